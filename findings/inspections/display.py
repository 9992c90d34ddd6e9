"""Tags, numbers and links of findings, measures and units for list cells and pages."""

from __future__ import annotations

import datetime as dt

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from accounts.web.tables import state_tag
from findings.choices import MeasureStatus, Status
from findings.inspections.due_status import DueStatus, short_date
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.units.models import Unit

# By the unit that a row of findings shows: a sub-finding without one has its parent's.
BY_UNIT = (
    Coalesce("lead_unit__order", "parent__lead_unit__order").asc(nulls_last=True),
    Coalesce("lead_unit", "parent__lead_unit").asc(),
    F("pk").asc(),
)
TAGGED = ("status", "is_void", "next_review_on")  # the fields that ``finding_tag`` reads


def finding_tag(finding: Finding, inspection: Inspection, today: dt.date | None = None) -> SafeString:
    """The tag of the finding's status in the inspection's own word; void sign-offs and missed reviews have tags."""
    if finding.is_void:
        return state_tag("void", "销号失效")
    tag = state_tag(finding.status, inspection.status_word(finding.status))
    if finding.next_review_on and finding.next_review_on < (today or timezone.localdate()):
        return format_html("{} {}", tag, state_tag("missed", "复查逾期"))
    return tag


def finding_due(finding: Finding, lights: DueStatus) -> SafeString:
    """The deadline, with its distance while the unit has the finding, and since when it waits while reviewers do."""
    due = lights.html(finding.due_on, settled=not finding.is_with_unit)
    return _with_wait(due, finding.submitted_at if finding.status == Status.SUBMITTED else None, "待审核", lights)


def measure_due(measure: Measure, lights: DueStatus) -> SafeString:
    """The deadline, with its distance while the measure is open, and since when it waits while it is to be verified."""
    due = lights.html(measure.due_on, settled=measure.is_done)
    return _with_wait(due, measure.reported_at if measure.status == MeasureStatus.REPORTED else None, "待核实", lights)


def _with_wait(due: SafeString, since: dt.datetime | None, what: str, lights: DueStatus) -> SafeString:
    if since is None:
        return due
    day = timezone.localdate(since)
    days = (lights.today - day).days
    words = f"{short_date(day, lights.today)}报，{what}{days}天" if days > 0 else f"今天报，{what}"
    return format_html('{}<span class="subline">{}</span>', due, words)


def finding_number(finding: Finding) -> str:
    """The number of a finding or sub-finding: 2-3 or 2-3-1 (aspect, finding, sub-finding)."""
    if finding.parent is None:
        return f"{finding.aspect.order}-{finding.order}"
    return f"{finding.aspect.order}-{finding.parent.order}-{finding.order}"


def measure_number(measure: Measure) -> str:
    """The number of a measure within its finding, after that of its facet if it has one: 3 or 2.3."""
    return f"{measure.facet.order}.{measure.order}" if measure.facet else str(measure.order)


def number_with_measure(finding: Finding, measure: Measure | None) -> str:
    """The number of a finding, followed by that of one of its measures: 2-3 or 2-3/4.1."""
    return f"{finding_number(finding)}/{measure_number(measure)}" if measure else finding_number(finding)


def name_with_measure(finding: Finding, measure: Measure | None) -> str:
    """The same in words: 2-3 or 2-3 措施 4.1."""
    return f"{finding_number(finding)} 措施 {measure_number(measure)}" if measure else finding_number(finding)


def finding_link(finding: Finding | None) -> SafeString | str:
    """A link to the finding of a record, by its title; an empty string for None."""
    return format_html('<a class="clamp" href="{}">{}</a>', finding.get_absolute_url(), finding) if finding else ""


def unit_name(unit: Unit | None) -> SafeString:
    """The short name of a unit, never cut off, with its full name as tooltip; 未定 for None."""
    if unit is None:
        return format_html('<span class="muted">{}</span>', "未定")
    return format_html('<span title="{}">{}</span>', unit.name, unit)


def measure_tag(measure: Measure) -> SafeString:
    """The tag of the measure's status."""
    return state_tag(measure.status, MeasureStatus(measure.status).label)
