"""How records say their state and their deadlines on pages; the lists use the same functions."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from findings.choices import Status
from findings.deadlines import Lights
from findings.list_table import decision_tag, finding_number, measure_tag, state_tag
from findings.models import Finding, Inspection, Measure
from findings.numerals import to_chinese

register = template.Library()
register.filter("number", finding_number)
register.simple_tag(measure_tag)
register.simple_tag(decision_tag)


@register.filter
def numeral(number: int) -> str:
    """The number of an aspect as reports write it; digits for numbers no report counts to."""
    return to_chinese(number) if 1 <= number <= 999 else str(number)


@register.simple_tag
def status_tag(finding: Finding, inspection: Inspection) -> SafeString:
    """Where a finding stands, in the inspection's own word."""
    return state_tag(finding.status, inspection.status_word(finding.status))


@register.simple_tag
def deadline(record: Finding | Measure, lights: Lights) -> SafeString:
    """A deadline with its distance."""
    settled = record.status == Status.CLOSED if isinstance(record, Finding) else record.completed_on is not None
    return lights.html(record.due_on, settled=settled)
