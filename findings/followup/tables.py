"""The lists of supervision and of what is looked at again after the sign-off."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from accounts.web.tables import ListTable, state_tag, url_builder
from accounts.web.text import shorten
from documents.numerals import full_date
from findings.choices import CheckResult
from findings.followup.models.reviews import SpotCheck, SpotCheckItem
from findings.followup.models.supervision import Supervision
from findings.inspections.display import finding_number, unit_name
from findings.inspections.due_status import DueStatus
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection

RESULT_STATES = {CheckResult.WAITING: "open", CheckResult.TRUE: "done", CheckResult.UNTRUE: "failed"}


def result_tag(item: SpotCheckItem) -> SafeString:
    """The result of a spot check as icon, word and colour."""
    return state_tag(RESULT_STATES[CheckResult(item.result)], item.get_result_display())


class SupervisionTable(ListTable):
    """Supervision, bulletins and visits of one inspection."""

    held = tables.Column("日期")
    kind = tables.Column("方式")
    found = tables.Column("发现的情况")
    held_by = tables.Column("实施单位和人员")
    answer = tables.Column("回复")

    orderings = {
        "held": (F("held_on").asc(), F("pk").asc()),
        "kind": (F("kind").asc(), F("pk").asc()),
        "answer": (F("answer_due_on").asc(nulls_last=True), F("pk").asc()),
    }
    css = {
        "held": "col-tight",
        "kind": "col-tight",
        "found": "col-text",
        "held_by": "col-unit",
        "answer": "col-tight",
    }

    def __init__(self, records: list[Supervision], inspection: Inspection, **how: Any) -> None:
        super().__init__(records, **how)
        self.lights, self.address = DueStatus.of(inspection), url_builder("findings:supervision_detail")

    def render_held(self, row: Supervision) -> str:
        """When it took place."""
        return full_date(row.held_on)

    def render_kind(self, row: Supervision) -> SafeString:
        """In what way, with the number of the document."""
        return format_html(
            '<span class="tag">{}</span><span class="subline">{}</span>', row.get_kind_display(), row.number
        )

    def render_found(self, row: Supervision) -> SafeString:
        """What was found; opens the record."""
        return format_html('<a class="clamp" href="{}">{}</a>', self.address(row.pk), shorten(row.found, 120))

    def render_held_by(self, row: Supervision) -> SafeString:
        """Who did it."""
        return format_html('<span class="clamp" title="{}">{}</span>', row.held_by, row.held_by)

    def render_answer(self, row: Supervision) -> SafeString | str:
        """Answered, or until when an answer is due."""
        if row.answered_on is not None:
            return state_tag("done", f"{full_date(row.answered_on)}回复")
        return self.lights.html(row.answer_due_on, settled=False) if row.answer_due_on else "不要求回复"


class SpotCheckTable(ListTable):
    """The samples drawn in one inspection."""

    name = tables.Column("抽查")
    unit = tables.Column("牵头单位")
    drawn = tables.Column("抽中")
    waiting = tables.Column("待查")
    untrue = tables.Column("不实")

    orderings = {"name": (F("drawn_at").asc(), F("pk").asc())}
    css = {
        "name": "col-text",
        "unit": "col-unit",
        "drawn": "col-number",
        "waiting": "col-number",
        "untrue": "col-number",
    }

    def render_name(self, check: SpotCheck) -> SafeString:
        """When, how much and of what; opens the sample."""
        return format_html('<a class="clamp" href="{}">{}</a>', check.get_absolute_url(), check)

    def render_unit(self, check: SpotCheck) -> str:
        """Of which unit."""
        return str(check.unit or "不限单位")

    def render_drawn(self, check: SpotCheck) -> int:
        """How many findings of it the reader may see."""
        return check.drawn_count  # type: ignore[attr-defined, no-any-return]  # annotated

    def render_waiting(self, check: SpotCheck) -> int:
        """How many have no result."""
        return check.waiting_count  # type: ignore[attr-defined, no-any-return]  # annotated

    def render_untrue(self, check: SpotCheck) -> SafeString | int:
        """How many were not so, as a warning when there are any."""
        number: int = check.untrue_count  # type: ignore[attr-defined]  # annotated
        return format_html('<span class="due due-late">{}</span>', number) if number else 0


class ReviewTable(ListTable):
    """The long-term findings of one inspection by the day of their next review."""

    number = tables.Column("编号")
    finding = tables.Column("问题")
    unit = tables.Column("牵头单位")
    due = tables.Column("应复查日期")
    cycle = tables.Column("复查周期")

    orderings = {
        "due": (F("next_review_on").asc(), F("pk").asc()),
        "unit": (F("lead_unit__order").asc(nulls_last=True), F("lead_unit").asc(), F("pk").asc()),
    }
    css = {
        "number": "col-tight ordinal",
        "finding": "col-text",
        "unit": "col-unit",
        "due": "col-tight",
        "cycle": "col-tight",
    }

    def __init__(self, records: list[Finding], inspection: Inspection, editable: bool, **how: Any) -> None:
        super().__init__(records, **how)
        self.lights = DueStatus.of(inspection)
        self.address = url_builder("findings:review_create" if editable else "findings:finding_detail")

    def render_number(self, finding: Finding) -> str:
        """Its number in the register."""
        return finding_number(finding)

    def render_finding(self, finding: Finding) -> SafeString:
        """The title; opens the form of a review for those who record it, for others the finding."""
        return format_html('<a class="clamp" href="{}">{}</a>', self.address(finding.pk), finding.title)

    def render_unit(self, finding: Finding) -> SafeString:
        """Who leads it."""
        return unit_name(finding.lead_unit or (finding.parent.lead_unit if finding.parent else None))

    def render_due(self, finding: Finding) -> SafeString:
        """Until when it is to be reviewed."""
        return self.lights.html(finding.next_review_on, settled=False)

    def render_cycle(self, finding: Finding) -> str:
        """How often."""
        return f"每 {finding.review_cycle_months} 个月" if finding.review_cycle_months else "未定"
