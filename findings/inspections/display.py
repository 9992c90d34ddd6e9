"""How findings, measures and units are shown in the cells of lists and on pages: state, number, link, name."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from accounts.web.tables import state_tag
from findings.choices import MeasureStatus
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.units.models import Unit

TAGGED = ("status", "is_void", "next_review_on")  # what ``finding_tag`` reads


def finding_tag(finding: Finding, inspection: Inspection, today: dt.date | None = None) -> SafeString:
    """Where a finding stands, in the inspection's own word; a sign-off that holds no longer says so instead."""
    if finding.is_void:
        return state_tag("void", "销号失效")
    tag = state_tag(finding.status, inspection.status_word(finding.status))
    if finding.next_review_on and finding.next_review_on < (today or timezone.localdate()):
        return format_html("{} {}", tag, state_tag("missed", "复查逾期"))
    return tag


def finding_number(finding: Finding) -> str:
    """Aspect, finding and sub-finding as one number: 2-3 or 2-3-1."""
    if finding.parent is None:
        return f"{finding.aspect.order}-{finding.order}"
    return f"{finding.aspect.order}-{finding.parent.order}-{finding.order}"


def finding_link(finding: Finding | None) -> SafeString | str:
    """The finding a record answers, by its title; nothing where it answers none."""
    return format_html('<a class="clamp" href="{}">{}</a>', finding.get_absolute_url(), finding) if finding else ""


def unit_name(unit: Unit | None) -> SafeString:
    """A unit in the short form, with the whole name for the pointer."""
    if unit is None:
        return format_html('<span class="muted">{}</span>', "未定")
    return format_html('<span class="clamp" title="{}">{}</span>', unit.name, unit)


def measure_tag(measure: Measure) -> SafeString:
    """Where a measure stands."""
    return state_tag(measure.status, MeasureStatus(measure.status).label)
