"""The warnings before a write to a record that belongs to signed findings, such as a regulation or a ledger entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.models import Record
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.inspections.models.quoted_totals import undone_by_totals
from findings.inspections.models.status_rules import signed_off
from findings.notifications.models.notices import short_name
from findings.workflow.models.signoffs import SignOff
from findings.workflow.signed_content import FORMAT_MARK, covering_findings

NAMED = 3  # findings that a sentence names
SIGNED = "问题{}已经销号。保存以后销号即失效，需要重新申请销号。"
CHOSEN = "这次巡察有已经销号的问题。“对应问题”选到或者去掉它们的，保存以后它们的销号即失效，需要重新申请销号。"


def void_warning(record: Record) -> str:
    """The sentences (Chinese) about the sign-offs that a save or deletion of a record ends, or an empty string."""
    return f"{signed_warning(covering_findings(record))}{_totals_warning(record)}"


def form_warning(record: Record, *others: int) -> str:
    """The warning above a form on which the findings of a record can be chosen; ``others`` are preselected (keys)."""
    inspection: int = record.inspection_id  # type: ignore[attr-defined]  # of every record that is asked about
    named = signed_warning([*covering_findings(record), *others])
    choice = CHOSEN if not named and _wholly_signed().filter(inspection=inspection).exists() else ""
    return f"{named}{choice}{_totals_warning(record)}"


def signed_warning(keys: Iterable[int]) -> str:
    """The sentence (Chinese) that names those of the findings (keys) that have a sign-off to void; one query."""
    if not (known := set(keys)):
        return ""
    titles = [f"“{short_name(finding)}”" for finding in _wholly_signed().filter(pk__in=known).order_by("pk")]
    more = f"等 {len(titles)} 个问题" if len(titles) > NAMED else ""
    return SIGNED.format(f"{'、'.join(titles[:NAMED])}{more}") if titles else ""


def wholly_signed(keys: Iterable[int]) -> set[int]:
    """Those of the findings (keys) whose sign-off a record filed with them voids; one query."""
    return set(_wholly_signed().filter(pk__in=set(keys)).order_by().values_list("pk", flat=True))


def _totals_warning(record: Any) -> str:
    return undone_by_totals(record.inspection_id) if getattr(record, "counts_in_totals", False) else ""


def _wholly_signed() -> FindingQuerySet:
    """The findings with a sign-off in force that covers all kinds of records, unlike those of version 0.2.0."""
    in_force = SignOff.objects.filter(voided_at=None, content__contains=FORMAT_MARK, finding=OuterRef("pk"))
    return Finding.objects.filter(signed_off(), Exists(in_force.order_by()))
