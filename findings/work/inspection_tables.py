"""The table of inspections."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.utils.safestring import SafeString

from accounts.web.back import returning
from accounts.web.markup import format_html
from accounts.web.tables import ListTable, url_builder
from findings.inspections.due_status import DueStatus, short_date
from findings.inspections.models.inspections import Inspection


class InspectionTable(ListTable):
    """The inspections that the user may see, with their numbers of findings."""

    key = "inspections"
    fixed = ("name",)
    name = tables.Column("巡察")
    body_inspected = tables.Column("被巡察党组织")
    feedback = tables.Column("反馈日期")
    deadline = tables.Column("集中整改期限")
    findings = tables.Column("问题")
    closed = tables.Column("已销号")
    in_review = tables.Column("待审核")
    overdue = tables.Column("逾期")

    orderings = {
        "feedback": (F("feedback_on").asc(nulls_last=True), F("pk").asc()),
        "deadline": (F("rectification_due_on").asc(nulls_last=True), F("pk").asc()),
        "name": (F("name").asc(), F("pk").asc()),
    }
    css = {
        "name": "col-text",
        "body_inspected": "col-unit",
        "feedback": "col-tight",
        "deadline": "col-tight",
        "findings": "col-number",
        "closed": "col-number",
        "in_review": "col-number",
        "overdue": "col-number",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = url_builder("findings:finding_list")

    def render_name(self, inspection: Inspection) -> SafeString:
        """The name with its link, and the round below."""
        html = '<a class="clamp" href="{}">{}</a><span class="subline">{}</span>'
        return format_html(html, returning(inspection.get_absolute_url(), self.back), inspection.name, inspection.round)

    def render_body_inspected(self, inspection: Inspection) -> str:
        """The name of the inspected body."""
        return inspection.body

    def render_feedback(self, inspection: Inspection) -> SafeString | str:
        """The day of the feedback."""
        today = DueStatus.of(inspection).today
        day = inspection.feedback_on
        return short_date(day, today) if day else format_html('<span class="muted">{}</span>', "未反馈")

    def render_deadline(self, inspection: Inspection) -> SafeString:
        """The deadline of the rectification, without its distance once all findings are closed."""
        finished = inspection.findings_count > 0 and inspection.findings_count == inspection.closed_count  # type: ignore[attr-defined]
        return DueStatus.of(inspection).html(inspection.rectification_due_on, settled=finished)

    def render_findings(self, inspection: Inspection) -> SafeString:
        """The number of findings, with the way in which the inspection counts them."""
        number = self._number(inspection, "findings_count", "")
        return format_html('{}<span class="subline">{}</span>', number, inspection.counting_note)

    def render_closed(self, inspection: Inspection) -> SafeString | int:
        """The number of findings signed off."""
        return self._number(inspection, "closed_count", "&status=closed")

    def render_in_review(self, inspection: Inspection) -> SafeString | int:
        """The number of findings that wait for the reviewers."""
        return self._number(inspection, "in_review_count", "&status=submitted")

    def render_overdue(self, inspection: Inspection) -> SafeString | int:
        """The number of overdue findings, as a warning when there are any."""
        return self._number(inspection, "overdue_count", "&overdue=on", "due due-late")

    def _number(self, inspection: Inspection, name: str, query: str, css: str = "") -> SafeString | int:
        number: int = getattr(inspection, name)  # annotated by ``with_counts``
        html = '<a class="{}" href="{}?counted=on{}">{}</a>'
        return format_html(html, css, self.address(inspection.pk), query, number) if number else 0
