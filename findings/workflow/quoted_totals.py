"""Closed findings whose outcomes quote totals: a change of what is counted voids their sign-offs."""

from __future__ import annotations

from findings.choices import Status
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.inspections.totals import quoted_in

QUOTED = "有 {} 个已销号的问题在整改成效里引用统计数。如果统计数因此改变，引用它的问题销号即失效，需要重新申请销号。"


def findings_quoting_totals(inspection: int) -> list[int]:
    """The keys of the closed findings of an inspection (key) with a measure that may quote a total; one query."""
    # The bracket is only a filter for SQL; the sign-off is compared with the numbers afterwards.
    measures = Measure.objects.filter(inspection=inspection, outcome__contains="【", finding__status=Status.CLOSED)
    return sorted(set(measures.values_list("finding", flat=True)))


def lock_findings_quoting_totals(inspection: int, *others: int) -> None:
    """Lock the findings that may become void, and others (keys); for ``lock_parents`` of records counted in totals."""
    # All at once: two locks one after the other could deadlock with those of another transaction.
    if found := {*findings_quoting_totals(inspection), *others}:
        Finding.objects.lock(*found)


def undone_by_totals(inspection: int) -> str:
    """The warning (Chinese) shown before a change of the totals of an inspection (key), or an empty string."""
    signed = Measure.objects.filter(inspection=inspection, finding__status=Status.CLOSED, finding__is_void=False)
    outcomes = signed.filter(outcome__contains="【").values_list("finding", "outcome")
    # Brackets can also stand around other words; only the keys of totals count.
    quoting = {finding for finding, outcome in outcomes if quoted_in(outcome)}
    return QUOTED.format(len(quoting)) if quoting else ""
