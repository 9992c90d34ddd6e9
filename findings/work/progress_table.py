"""The table of findings counted by aspect or by unit; each number links to its list."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from accounts.web.tables import ListTable
from findings.inspections.models.inspections import Inspection
from findings.work.progress import ProgressRow


class ProgressTable(ListTable):
    """One row for each aspect or unit; ``first`` is the heading of the first column."""

    name = tables.Column("名称")
    total = tables.Column("问题")
    closed = tables.Column("已销号")
    soon = tables.Column("即将到期")
    late = tables.Column("逾期")

    css = {
        "name": "col-text",
        "total": "col-number",
        "closed": "col-number",
        "soon": "col-number",
        "late": "col-number",
    }

    def __init__(self, records: list[ProgressRow], inspection: Inspection, first: str) -> None:
        super().__init__(records)
        self.columns["name"].column.verbose_name = first
        self.columns["closed"].column.verbose_name = inspection.closed_word
        self.address = reverse("findings:finding_list", args=[inspection.pk])

    def render_name(self, tally: ProgressRow) -> str:
        """The name of the aspect or unit."""
        return tally.name

    def render_total(self, tally: ProgressRow) -> SafeString | int:
        """The number of all findings."""
        return self._linked_number(tally.total, tally.query)

    def render_closed(self, tally: ProgressRow) -> SafeString | int:
        """The number of findings signed off."""
        return self._linked_number(tally.closed, f"{tally.query}&status=closed")

    def render_soon(self, tally: ProgressRow) -> SafeString | int:
        """The number of findings due soon."""
        return self._linked_number(tally.soon, f"{tally.query}&soon=on")

    def render_late(self, tally: ProgressRow) -> SafeString | int:
        """The number of overdue findings, as a warning."""
        return self._linked_number(tally.late, f"{tally.query}&overdue=on", "due due-late")

    def _linked_number(self, number: int, query: str, css: str = "") -> SafeString | int:
        return format_html('<a class="{}" href="{}?{}">{}</a>', css, self.address, query, number) if number else 0
