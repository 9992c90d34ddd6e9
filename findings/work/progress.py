"""The progress of one inspection by aspect and by unit, with the findings that are overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.safestring import SafeString

from accounts.models import User
from findings.inspections.due_status import DueStatus
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
    total: int
    closed: int
    soon: int
    late: int


@dataclass(frozen=True)
class InspectionProgress:
    """The counts of one inspection, and its findings that are overdue longest."""

    inspection: Inspection
    whole: ProgressRow
    by_aspect: list[ProgressRow]
    by_unit: list[ProgressRow]
    late: list[tuple[Finding, SafeString, Unit | None]]


def inspection_progress(inspection: Inspection, user: User, units: Iterable[Unit]) -> InspectionProgress:
    """Count all findings and sub-findings that the user may see, as the lists behind the numbers do."""
    findings = Finding.objects.visible_to(user).of(inspection)
    aspects = [(one.pk, one.short_title or one.title, f"aspect={one.pk}") for one in inspection.aspects.all()]
    units_named = [(unit.pk, str(unit), f"unit={unit.pk}&led=on") for unit in units]
    by_aspect = progress_rows(inspection, findings, "aspect", aspects)
    parts = ("total", "closed", "soon", "late")
    # Every finding has one aspect, so that the rows of the aspects add up to the whole.
    sums = {part: sum(getattr(one, part) for one in by_aspect) for part in parts}
    return InspectionProgress(
        inspection=inspection,
        whole=ProgressRow("全部", "", **sums),
        by_aspect=by_aspect,
        by_unit=progress_rows(inspection, findings, "lead_unit", units_named),
        late=overdue_findings(findings, inspection),
    )


def progress_rows(
    inspection: Inspection, findings: FindingQuerySet, way: str, named: Iterable[tuple[int, str, str]]
) -> list[ProgressRow]:
    """The findings counted by aspect or unit, in the order of ``named`` (key, name, query); empty rows are left out."""
    total = count_by(findings, way)
    closed = count_by(findings.closed(), way)
    soon, late = count_by(findings.due_soon(inspection), way), count_by(findings.overdue(), way)
    return [
        ProgressRow(name, query, total[pk], closed.get(pk, 0), soon.get(pk, 0), late.get(pk, 0))
        for pk, name, query in named
        if pk in total
    ]


def count_by(records: QuerySet[Any], way: str = "inspection") -> Counts:
    """The number of records by the lookup ``way``; one query."""
    return dict(records.order_by().values_list(way).annotate(number=Count("pk")))


def overdue_findings(
    findings: FindingQuerySet, inspection: Inspection
) -> list[tuple[Finding, SafeString, Unit | None]]:
    """The findings overdue longest, each with its deadline and lead unit."""
    lights = DueStatus.of(inspection)
    rows = findings.overdue().select_related("lead_unit", "parent__lead_unit", "person_in_charge", "responsible_leader")
    late = list(rows.order_by("due_on", "pk")[:LATE_LISTED])
    return [(one, lights.html(one.due_on, settled=False), lead_unit_of(one)) for one in late]


def lead_unit_of(finding: Finding) -> Unit | None:
    """The unit that leads a finding, its own or its parent's."""
    return finding.lead_unit or (finding.parent.lead_unit if finding.parent else None)
