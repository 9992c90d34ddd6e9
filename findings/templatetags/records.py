"""How records say their state and their deadlines on pages; the lists use the same functions."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from findings.choices import Status
from findings.deadlines import Lights
from findings.list_table import done_tag, finding_number, finding_tag
from findings.models import Finding, Inspection, Measure
from findings.numerals import to_chinese
from findings.workflow import wording

register = template.Library()
register.filter("number", finding_number)
register.filter("step_label", wording.label_of)


@register.filter
def numeral(number: int) -> str:
    """The number of an aspect as reports write it; digits for numbers no report counts to."""
    return to_chinese(number) if 1 <= number <= 999 else str(number)


@register.simple_tag
def status_tag(finding: Finding, inspection: Inspection) -> SafeString:
    """Where a finding stands, in the inspection's own word, and whether its sign-off still holds."""
    return finding_tag(finding, inspection)


@register.simple_tag
def completion_word(finding: Finding, inspection: Inspection) -> str:
    """How far a closed finding was rectified, in the inspection's own word."""
    return inspection.completion_word(finding.completion)


@register.simple_tag
def completion_tag(measure: Measure, lights: Lights) -> SafeString:
    """Whether a measure is carried out, and when."""
    return done_tag(measure, lights)


@register.simple_tag
def deadline(record: Finding | Measure, lights: Lights) -> SafeString:
    """A deadline with its distance."""
    settled = record.status == Status.CLOSED if isinstance(record, Finding) else record.completed_on is not None
    return lights.html(record.due_on, settled=settled)
