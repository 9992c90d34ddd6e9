"""The tables of findings and measures."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from accounts.web.tables import IndexedOrdering, ListTable
from accounts.web.text import shorten
from findings.choices import DONE_STATUSES, OPEN_STATUSES, Status
from findings.inspections.display import (
    BY_UNIT,
    TAGGED,
    finding_due,
    finding_number,
    finding_tag,
    measure_due,
    measure_number,
    measure_tag,
    unit_name,
)
from findings.inspections.due_status import DueStatus, short_date
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.units.models import Unit

# The order of the register, walked along the index from aspect to aspect (ADR 5).
REGISTER_ORDER = IndexedOrdering.along(
    F("aspect__order").asc(),
    Coalesce("parent__order", "order").asc(),
    F("parent").asc(nulls_first=True),
    F("order").asc(),
    known=Q(aspect__inspection=F("inspection")),
)
OF_ONE_INSPECTION = Q(finding__inspection=F("inspection"), finding__aspect__inspection=F("inspection"))
BY_DEADLINE = (F("due_on").asc(nulls_last=True), F("pk").asc())
# In the order of the work; the codes sort otherwise.
BY_STATUS = Case(*(When(status=status, then=Value(place)) for place, status in enumerate(Status.values)))
BY_MEASURE_STATUS = Case(
    *(When(status=status, then=Value(place)) for place, status in enumerate((*OPEN_STATUSES, *DONE_STATUSES)))
)


class FindingTable(ListTable):
    """The findings of one inspection; aspects and units come from the page, which saves a millisecond for each join."""

    key = "findings"
    fixed = ("number", "finding")
    shown = (
        "version",
        "aspect_id",
        "order",
        "title",
        "lead_unit_id",
        "due_on",
        "submitted_at",
        *TAGGED,
        "long_term",
        "parent__order",
        "parent__lead_unit_id",
    )
    number = tables.Column("编号")
    finding = tables.Column("问题")
    unit = tables.Column("牵头单位")
    due = tables.Column("完成时限")
    status = tables.Column("状态")
    measures = tables.Column("措施完成")

    orderings = {
        "number": REGISTER_ORDER,
        "unit": BY_UNIT,
        "due": BY_DEADLINE,
        "status": (BY_STATUS.asc(), F("pk").asc()),
    }
    css = {
        "number": "col-tight ordinal",
        "finding": "col-text",
        "unit": "col-unit",
        "due": "col-tight",
        "status": "col-tight",
        "measures": "col-tight",
    }

    def __init__(self, records: list[Finding], inspection: Inspection, units: list[Unit], **how: Any) -> None:
        super().__init__(records, **how)
        self.inspection, self.lights = inspection, DueStatus.of(inspection)
        self.units = {unit.pk: unit for unit in units}
        self.address = self.links_to("findings:finding_detail")
        aspects = {aspect.pk: aspect for aspect in inspection.aspects.all()}
        for finding in records:
            finding.aspect = aspects[finding.aspect_id]

    def render_number(self, finding: Finding) -> str:
        """The number: 2-3, or 2-3-1 for a sub-finding."""
        return finding_number(finding)

    def render_finding(self, finding: Finding) -> SafeString:
        """The title, clamped to two lines, with its link and the aspect below."""
        html = '<a class="clamp" href="{}" title="{}">{}</a><span class="subline">{}</span>'
        aspect = finding.aspect
        return format_html(html, self.address(finding.pk), finding.title, finding.title, aspect.short_title or aspect)

    def render_unit(self, finding: Finding) -> SafeString:
        """The short name of the lead unit; of a sub-finding without one, of its parent's."""
        return unit_name(self.units.get(finding.leading_unit_id or 0))

    def render_due(self, finding: Finding) -> SafeString:
        """The deadline, with its distance, or since when the finding waits for review."""
        return finding_due(finding, self.lights)

    def render_status(self, finding: Finding) -> SafeString:
        """The tag of the status, and a tag for long-term findings."""
        tag = finding_tag(finding, self.inspection, self.lights.today)
        return format_html('{} <span class="tag">长期坚持</span>', tag) if finding.long_term else tag

    def render_measures(self, finding: Finding) -> SafeString:
        """The numbers of completed and of all measures, with a bar."""
        done, total = finding.measures_done_count, finding.measures_count  # type: ignore[attr-defined]  # annotated
        if not total:
            return format_html('<span class="muted">{}</span>', "还没有措施")
        html = '<progress max="{}" value="{}" aria-label="措施完成进度"></progress> {}/{}'
        return format_html(html, total, done, done, total)


class MeasureTable(ListTable):
    """The measures of one inspection."""

    key = "measures"
    fixed = ("number", "measure")
    shown = (
        "version",
        "order",
        "plan",
        "outcome",
        "due_on",
        "completed_on",
        "status",
        "reported_at",
        "facet__order",
        "person_in_charge__name",
        "finding__order",
        "finding__title",
        "finding__aspect__order",
        "finding__parent__order",
        "lead_unit_id",
        "finding__lead_unit_id",
        "finding__parent__lead_unit_id",
    )
    number = tables.Column("编号")
    measure = tables.Column("整改措施")
    unit = tables.Column("责任单位")
    due = tables.Column("完成时限")
    status = tables.Column("办理状态")
    progress = tables.Column("最近进展")
    outcome = tables.Column("公开成效")

    orderings = {
        "due": BY_DEADLINE,
        "number": IndexedOrdering.along(
            F("finding__aspect__order").asc(),
            Coalesce("finding__parent__order", "finding__order").asc(),
            F("finding__parent").asc(nulls_first=True),
            F("finding__order").asc(),
            F("facet__order").asc(nulls_first=True),
            F("order").asc(),
            known=OF_ONE_INSPECTION,
        ),
        "status": (BY_MEASURE_STATUS.asc(), F("pk").asc()),
    }
    css = {
        "number": "col-tight ordinal",
        "measure": "col-text",
        "unit": "col-unit",
        "due": "col-tight",
        "status": "col-tight",
        "progress": "col-tight",
        "outcome": "col-tight",
    }

    def __init__(self, records: list[Measure], inspection: Inspection, units: list[Unit], **how: Any) -> None:
        super().__init__(records, **how)
        self.lights = DueStatus.of(inspection)
        self.units = {unit.pk: unit for unit in units}
        self.address = self.links_to("findings:measure_detail")

    def render_number(self, measure: Measure) -> str:
        """The finding's number and the measure's own, with its facet's in between if it has one."""
        return f"{finding_number(measure.finding)} / {measure_number(measure)}"

    def render_measure(self, measure: Measure) -> SafeString:
        """The plan or, without one, the outcome, clamped to two lines, with its link and the finding below."""
        html = '<a class="clamp" href="{}" title="{}">{}</a><span class="subline">{}</span>'
        words = str(measure)
        return format_html(html, self.address(measure.pk), shorten(words, 500), shorten(words, 120), measure.finding)

    def render_unit(self, measure: Measure) -> SafeString:
        """The unit that answers, with the person in charge below."""
        # From the page's units, which spares a join over three tables.
        unit = unit_name(self.units.get(measure.answering_unit_id or 0))
        person = measure.person_in_charge
        return format_html('{}<span class="subline">{}</span>', unit, person) if person else unit

    def render_due(self, measure: Measure) -> SafeString:
        """The deadline, with its distance, or since when the measure waits for verification."""
        return measure_due(measure, self.lights)

    def render_status(self, measure: Measure) -> SafeString:
        """The tag of the status, with the day of completion below."""
        tag, day = measure_tag(measure), measure.completed_on if measure.is_done else None
        return (
            format_html('{}<span class="subline">{}完成</span>', tag, short_date(day, self.lights.today))
            if day
            else tag
        )

    def render_progress(self, measure: Measure) -> SafeString | str:
        """The day of the latest log entry."""
        day = measure.progress_on  # type: ignore[attr-defined]  # annotated
        return short_date(day, self.lights.today) if day else format_html('<span class="muted">{}</span>', "还没有")

    def render_outcome(self, measure: Measure) -> SafeString | str:
        """Whether there is an outcome to publish."""
        return "已填" if measure.outcome else format_html('<span class="muted">{}</span>', "未填")
