"""The table of findings counted by aspect or by unit; each number links to its list."""

from __future__ import annotations

from collections.abc import Callable

import django_tables2 as tables
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from accounts.web.tables import ListTable
from findings.choices import Completion
from findings.inspections.models.inspections import Inspection
from findings.work.progress import ProgressRow

# The numbers of ``FindingCounts`` shown, in their order, each with the query of its list.
NUMBERS = {
    "total": "",
    "open": "status=open",
    "in_progress": "status=in_progress",
    "submitted": "status=submitted",
    "void": "status=void",
    "missed": "status=missed",
    "closed": "status=closed",
    "complete": "status=complete",
    "substantially": "status=substantially",
    "staged": "status=staged",
    "soon": "soon=on",
    "overdue": "overdue=on",
}
RARE = ("void", "missed")  # shown only where there are any


class ProgressTable(ListTable):
    """One row for each aspect or unit; ``first`` is the heading of the first column.

    The numbers from 待整改 to 已销号 add up to that of all findings, and the last row is the sum of the others.
    """

    name = tables.Column("名称")
    total = tables.Column("问题")
    open = tables.Column("待整改")
    in_progress = tables.Column("整改中")
    submitted = tables.Column("待审核")
    void = tables.Column("销号失效")
    missed = tables.Column("复查逾期")
    closed = tables.Column("已销号")
    complete = tables.Column("完成")
    substantially = tables.Column("基本完成")
    staged = tables.Column("阶段性完成")
    soon = tables.Column("即将到期")
    overdue = tables.Column("逾期")

    css = {"name": "col-text"} | dict.fromkeys(NUMBERS, "col-number")

    def __init__(self, records: list[ProgressRow], inspection: Inspection, first: str) -> None:
        super().__init__(records)
        words = {"name": first} | {degree.value: inspection.completion_word(degree) for degree in Completion}
        words |= {"open": inspection.open_word, "in_progress": inspection.in_progress_word}
        words |= {"submitted": inspection.submitted_word, "closed": inspection.closed_word}
        words["complete"] = f"其中{words['complete']}"
        for column, word in words.items():
            self.columns[column].column.verbose_name = word
        whole = records[-1].counts
        hidden = [column for column in RARE if not getattr(whole, column)]
        # When all closed findings are complete, their degrees would repeat the column before.
        hidden += [degree.value for degree in Completion] if whole.closed == whole.complete else []
        for column in hidden:
            self.columns.hide(column)
        self.address = reverse("findings:finding_list", args=[inspection.pk])
        for column, query in NUMBERS.items():
            setattr(self, f"render_{column}", self._number_cell(column, query))

    def render_name(self, row: ProgressRow) -> SafeString | str:
        """The name of the aspect or unit."""
        return format_html("<strong>{}</strong>", row.name) if row.is_sum else row.name

    def _number_cell(self, name: str, query: str) -> Callable[[ProgressRow], SafeString | int]:
        """The function that renders one of the numbers of ``FindingCounts``."""

        def render(row: ProgressRow) -> SafeString | int:
            number: int = getattr(row.counts, name)
            if not number:
                return 0
            css = "due due-late" if name == "overdue" else ""
            shown = format_html("<strong>{}</strong>", number) if row.is_sum else number
            return format_html('<a class="{}" href="{}?{}">{}</a>', css, self.address, f"{row.query}&{query}", shown)

        return render
