"""Closed findings whose texts quote totals: a change of what is counted voids their sign-offs."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from findings.choices import Status
from findings.inspections.models.findings import Finding
from findings.inspections.totals import quoted_in

QUOTED = "有 {} 个已销号的问题引用统计数。如果统计数因此改变，引用它的问题销号即失效，需要重新申请销号。"


def quoting_texts(inspection: int, condition: Q) -> QuerySet[Finding, tuple[int, str]]:
    """The texts with brackets that sign-offs of an inspection (key) cover, each with its finding (key); one query.

    ``condition`` selects the findings, by lookups of ``Finding``. The bracket is only a filter for SQL: other words can
    stand in it, too.
    """
    findings = Finding.objects.filter(condition, inspection=inspection).order_by()
    texts = (
        findings.filter(introduction__contains="【").values_list("pk", "introduction"),
        findings.filter(facets__introduction__contains="【").values_list("pk", "facets__introduction"),
        findings.filter(measures__outcome__contains="【").values_list("pk", "measures__outcome"),
    )
    return texts[0].union(*texts[1:], all=True)


def findings_quoting_totals(inspection: int) -> list[int]:
    """The keys of the closed findings of an inspection (key) with a text that may quote a total; one query."""
    return sorted({finding for finding, _ in quoting_texts(inspection, Q(status=Status.CLOSED))})


def lock_findings_quoting_totals(inspection: int, *others: int) -> None:
    """Lock the findings that may become void, and others (keys); for ``lock_parents`` of records counted in totals."""
    # All at once: two locks one after the other could deadlock with those of another transaction.
    if found := {*findings_quoting_totals(inspection), *others}:
        Finding.objects.lock(*found)


def undone_by_totals(inspection: int) -> str:
    """The warning (Chinese) shown before a change of the totals of an inspection (key), or an empty string."""
    texts = quoting_texts(inspection, Q(status=Status.CLOSED, is_void=False))
    quoting = {finding for finding, text in texts if quoted_in(text)}
    return QUOTED.format(len(quoting)) if quoting else ""
