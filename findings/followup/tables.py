"""The tables of supervision, spot checks and reviews."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.utils.safestring import SafeString

from accounts.web.back import returning
from accounts.web.markup import format_html
from accounts.web.tables import ListTable, state_tag
from accounts.web.text import shorten
from documents.numerals import full_date
from findings.choices import CheckResult
from findings.followup.models.reviews import SpotCheck, SpotCheckItem
from findings.followup.models.supervision import Supervision
from findings.inspections.display import BY_UNIT, finding_number, unit_name
from findings.inspections.due_status import DueStatus, short_date
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection

RESULT_STATES = {CheckResult.WAITING: "open", CheckResult.TRUE: "done", CheckResult.UNTRUE: "failed"}


def result_tag(item: SpotCheckItem) -> SafeString:
    """The tag of a spot check's result: icon, word and colour."""
    return state_tag(RESULT_STATES[CheckResult(item.result)], item.get_result_display())


def answer_state(record: Supervision, lights: DueStatus) -> SafeString | str:
    """The day of the answer, or the deadline of one; of a void letter that it is void."""
    if record.voided_at is not None:
        return state_tag("void", "已作废")
    if record.answered_on is not None:
        return state_tag("done", f"{full_date(record.answered_on)}回复")
    return lights.html(record.answer_due_on, settled=False) if record.answer_due_on else "不要求回复"


class SupervisionTable(ListTable):
    """The supervision, bulletins and visits of one inspection."""

    key = "supervision"
    fixed = ("held", "kind")
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
        self.lights, self.address = DueStatus.of(inspection), self.links_to("findings:supervision_detail")

    def render_held(self, row: Supervision) -> str:
        """The day on which it took place, with the year unless it is this one."""
        return short_date(row.held_on, self.lights.today)

    def render_kind(self, row: Supervision) -> SafeString:
        """The kind, of a letter that of the letter, with the number of the document below."""
        kind = row.get_letter_display() if row.letter else row.get_kind_display()
        number = f"{row.number}（已作废）" if row.voided_at else row.number
        return format_html('<span class="tag">{}</span><span class="subline">{}</span>', kind, number)

    def render_found(self, row: Supervision) -> SafeString:
        """The first 120 characters of what was found, with the link to the record."""
        return format_html('<a class="clamp" href="{}">{}</a>', self.address(row.pk), shorten(row.found, 120))

    def render_held_by(self, row: Supervision) -> str:
        """The unit and people who held it."""
        return row.held_by

    def render_answer(self, row: Supervision) -> SafeString | str:
        """The day of the answer, or the deadline of one."""
        return answer_state(row, self.lights)


class SpotCheckTable(ListTable):
    """The spot checks of one inspection."""

    key = "spot-checks"
    fixed = ("name",)
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
        """The day, share and range, with the link to the sample."""
        return format_html('<a class="clamp" href="{}">{}</a>', returning(check.get_absolute_url(), self.back), check)

    def render_unit(self, check: SpotCheck) -> str:
        """The unit to which the sample is limited."""
        return str(check.unit or "不限单位")

    def render_drawn(self, check: SpotCheck) -> int:
        """The number of drawn findings that the user may see."""
        return check.drawn_count  # type: ignore[attr-defined, no-any-return]  # annotated

    def render_waiting(self, check: SpotCheck) -> int:
        """The number of those without a result."""
        return check.waiting_count  # type: ignore[attr-defined, no-any-return]  # annotated

    def render_untrue(self, check: SpotCheck) -> SafeString | int:
        """The number of those found 不实, as a warning when there are any."""
        number: int = check.untrue_count  # type: ignore[attr-defined]  # annotated
        return format_html('<span class="due due-late">{}</span>', number) if number else 0


class ReviewTable(ListTable):
    """The long-term findings of one inspection by the day of their next review."""

    key = "reviews"
    fixed = ("number", "finding")
    number = tables.Column("编号")
    finding = tables.Column("问题")
    unit = tables.Column("牵头单位")
    due = tables.Column("应复查日期")
    cycle = tables.Column("复查周期")

    orderings = {
        "due": (F("next_review_on").asc(), F("pk").asc()),
        "unit": BY_UNIT,
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
        self.address = self.links_to("findings:review_create" if editable else "findings:finding_detail")

    def render_number(self, finding: Finding) -> str:
        """The number in the register, as 2-3."""
        return finding_number(finding)

    def render_finding(self, finding: Finding) -> SafeString:
        """The title, with a link to the form of a review for those who record it, for others to the finding."""
        return format_html('<a class="clamp" href="{}">{}</a>', self.address(finding.pk), finding.title)

    def render_unit(self, finding: Finding) -> SafeString:
        """The lead unit, its own or its parent's."""
        return unit_name(finding.leading_unit)

    def render_due(self, finding: Finding) -> SafeString:
        """The day by which the review is due."""
        return self.lights.html(finding.next_review_on, settled=False)

    def render_cycle(self, finding: Finding) -> str:
        """The cycle in months."""
        return f"每 {finding.review_cycle_months} 个月" if finding.review_cycle_months else "未定"
