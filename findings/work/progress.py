"""The progress of one inspection by aspect and by unit, with the findings that are overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.safestring import SafeString

from accounts.models import User
from findings.inspections.due_status import DueStatus
from findings.inspections.finding_counts import (
    FindingCounts,
    FindingGroup,
    completion_sentence,
    count_findings,
    counting_sentence,
    sum_counts,
)
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.inspections.models.inspections import Inspection
from findings.units.models import Unit

LATE_LISTED = 20


Counts = dict[Any, int]  # numbers by the key they are grouped by


@dataclass(frozen=True)
class ProgressRow:
    """The findings of one aspect, of one unit, or all; ``query`` filters the list behind the numbers."""

    name: str
    query: str
    counts: FindingCounts
    is_sum: bool = False


@dataclass(frozen=True)
class InspectionProgress:
    """The counts of one inspection, and its findings that are overdue longest."""

    inspection: Inspection
    counts: FindingCounts
    note: str
    completion: str
    by_aspect: list[ProgressRow]
    by_unit: list[ProgressRow]
    late: list[tuple[Finding, SafeString, Unit | None]]
    more_are_late: bool


def inspection_progress(inspection: Inspection, user: User, units: Iterable[Unit]) -> InspectionProgress:
    """Count the findings that the user may see, in the inspection's own way of counting.

    The list of those overdue has sub-findings too, so that none is hidden behind one that is not due yet.
    """
    findings = Finding.objects.visible_to(user).of(inspection)
    groups = count_findings(findings, inspection)
    aspects = [(one.pk, one.short_title or one.title, f"aspect={one.pk}") for one in inspection.aspects.all()]
    units_named = [*((unit.pk, str(unit), f"unit={unit.pk}&led=on") for unit in units), (None, "未定", "gap=unit")]
    late, counts = overdue_findings(findings, inspection), sum_counts(groups)
    return InspectionProgress(
        inspection=inspection,
        counts=counts,
        note=counting_sentence(inspection),
        completion=completion_sentence(counts, inspection),
        by_aspect=progress_rows(groups, "aspect", aspects),
        by_unit=progress_rows(groups, "unit", units_named),
        late=late[:LATE_LISTED],
        more_are_late=len(late) > LATE_LISTED,
    )


def progress_rows(
    groups: list[FindingGroup], way: str, named: Iterable[tuple[int | None, str, str]]
) -> list[ProgressRow]:
    """The groups added up by ``aspect`` or ``unit``, in the order of ``named`` (key, name, query), then their sum.

    Rows without findings are left out; without any, there is no sum either.
    """
    own: dict[int | None, list[FindingGroup]] = {}
    for group in groups:
        own.setdefault(getattr(group, way), []).append(group)
    rows = [ProgressRow(name, f"counted=on&{query}", sum_counts(own[key])) for key, name, query in named if key in own]
    return [*rows, ProgressRow("合计", "counted=on", sum_counts(groups), is_sum=True)] if rows else []


def count_by(records: QuerySet[Any], way: str = "inspection") -> Counts:
    """The number of records by the lookup ``way``; one query."""
    return dict(records.order_by().values_list(way).annotate(number=Count("pk")))


def overdue_findings(
    findings: FindingQuerySet, inspection: Inspection
) -> list[tuple[Finding, SafeString, Unit | None]]:
    """The findings overdue longest, one more than are listed, each with its deadline and lead unit."""
    lights = DueStatus.of(inspection)
    rows = findings.overdue().select_related("lead_unit", "parent__lead_unit", "person_in_charge", "responsible_leader")
    late = list(rows.order_by("due_on", "pk")[: LATE_LISTED + 1])
    return [(one, lights.html(one.due_on, settled=False), lead_unit_of(one)) for one in late]


def lead_unit_of(finding: Finding) -> Unit | None:
    """The unit that leads a finding, its own or its parent's."""
    return finding.lead_unit or (finding.parent.lead_unit if finding.parent else None)
