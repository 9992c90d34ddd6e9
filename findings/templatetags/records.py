"""Template tags and filters of records: tags of statuses, deadlines, sums; the tables use the same functions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.users.roles import Right
from documents.numerals import to_chinese
from findings.followup.models.reviews import SpotCheckItem
from findings.followup.tables import answer_state, result_tag
from findings.inspections.display import (
    finding_due,
    finding_number,
    finding_tag,
    measure_due,
    measure_tag,
    number_with_measure,
)
from findings.inspections.due_status import DueStatus, short_date
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.work.extension_tables import decision_tag
from findings.work.quoting_forms import QuotingForm
from findings.workflow.wording import step_label

register = template.Library()
register.filter("number", finding_number)
register.filter(number_with_measure)
register.simple_tag(measure_tag)
register.simple_tag(decision_tag)
register.simple_tag(answer_state)
register.filter("step_label", step_label)


@register.filter
def numeral(number: int) -> str:
    """The number of an aspect in Chinese, as in reports; in digits outside of 1 to 999."""
    return to_chinese(number) if 1 <= number <= 999 else str(number)


@register.filter
def short_day(moment: dt.date) -> str:
    """A day, or that of a moment, as 11月30日; with the year when it is not this year's."""
    day = timezone.localdate(moment) if isinstance(moment, dt.datetime) else moment
    return short_date(day, timezone.localdate())


@register.filter
def says(inspection: Inspection, text: str) -> str:
    """A text of the inspection with the totals it quotes."""
    return inspection.saying(text)


@register.inclusion_tag("findings/work/quotable_totals.html")
def quotable_totals(form: QuotingForm, inspection: Inspection) -> dict[str, Any]:
    """The totals that the texts of a form may quote, with buttons that insert them; counted when they are opened."""
    address = reverse("findings:quotable_totals", args=[inspection.pk])
    return {
        "address": f"{address}?texts={'signed' if form.is_signed else 'all'}",
        "areas": form.quoting_areas(),
        "signed": form.is_signed,
    }


@register.filter
def money(amount: Decimal) -> str:
    """An amount in yuan with separators and two decimals: 1,234.50."""
    return f"{amount:,.2f}"


@register.simple_tag
def check_result(item: SpotCheckItem) -> SafeString:
    """The tag of a spot check's result: icon, word and colour."""
    return result_tag(item)


@register.inclusion_tag("findings/followup/letter_section.html", takes_context=True)
def letters_about(context: Context, measure: Measure) -> dict[str, Any]:
    """The letters about a measure that the user may see; one query."""
    letters = measure.letters.all()
    if not measure.inspection.allows(context["user"], Right.SEE_ALL):
        letters = letters.shown_to_units()
    return {"letters": list(letters), "lights": DueStatus.of(measure.inspection)}


@register.simple_tag
def status_tag(finding: Finding, inspection: Inspection) -> SafeString:
    """The tag of the finding's status in the inspection's own word, with void sign-offs and missed reviews."""
    return finding_tag(finding, inspection)


@register.simple_tag
def completion_word(finding: Finding, inspection: Inspection) -> str:
    """The degree of completion in the inspection's own word."""
    return inspection.completion_word(finding.completion)


@register.simple_tag
def deadline(record: Finding | Measure, lights: DueStatus) -> SafeString:
    """The deadline of a finding or measure, with its distance, or since when it waits for somebody else."""
    return finding_due(record, lights) if isinstance(record, Finding) else measure_due(record, lights)


@register.simple_tag
def due_by(day: dt.date, lights: DueStatus) -> SafeString:
    """A day by which something has to be done, with its distance."""
    return lights.html(day, settled=False)
