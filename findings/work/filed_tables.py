"""The lists of what is filed beside the findings: regulations, people held to account, money."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from accounts.web.tables import ListTable, url_builder
from documents.numerals import full_date
from findings.evidence.regulations import Regulation
from findings.inspections.display import finding_link
from findings.inspections.models.accountability import Accountability, Recovery


class FiledTable(ListTable):
    """A list whose first column opens the form, for those who may fill it in."""

    edit_view = ""

    def __init__(self, records: list[Any], editable: bool, **how: Any) -> None:
        super().__init__(records, **how)
        self.address = url_builder(self.edit_view) if editable else None

    def opening(self, record: Any, words: str) -> SafeString | str:
        """Words that open the form of a record."""
        return (
            format_html('<a class="clamp" href="{}">{}</a>', self.address(record.pk), words) if self.address else words
        )


class RegulationTable(FiledTable):
    """The regulations of one inspection."""

    edit_view = "findings:regulation_edit"
    title = tables.Column("制度名称")
    document_number = tables.Column("文号")
    kind = tables.Column("类型")
    issued = tables.Column("印发日期")
    finding = tables.Column("对应问题")
    file = tables.Column("制度文件")

    orderings = {
        "title": (F("title").asc(), F("pk").asc()),
        "kind": (F("kind").asc(), F("pk").asc()),
        "issued": (F("issued_on").asc(nulls_last=True), F("pk").asc()),
    }
    css = {
        "title": "col-text",
        "document_number": "col-tight",
        "kind": "col-tight",
        "issued": "col-tight",
        "finding": "col-finding",
        "file": "col-unit",
    }

    def render_title(self, regulation: Regulation) -> SafeString | str:
        """The title in book title marks; for the office it opens the form."""
        return self.opening(regulation, str(regulation))

    def render_document_number(self, regulation: Regulation) -> str:
        """The number of the document."""
        return regulation.document_number

    def render_kind(self, regulation: Regulation) -> str:
        """New, revised or abolished."""
        return regulation.get_kind_display()

    def render_issued(self, regulation: Regulation) -> str:
        """When it was issued, always with the year."""
        return full_date(regulation.issued_on)

    def render_finding(self, regulation: Regulation) -> SafeString | str:
        """The finding it answers."""
        return finding_link(regulation.finding)

    def render_file(self, regulation: Regulation) -> str:
        """The file that proves it."""
        return str(regulation.evidence or "")


class AccountabilityTable(FiledTable):
    """The people held to account in one inspection."""

    edit_view = "findings:accountability_edit"
    kind = tables.Column("处理方式")
    persons = tables.Column("人数")
    person_times = tables.Column("人次")
    decided = tables.Column("处理日期")
    finding = tables.Column("对应问题")

    orderings = {
        "kind": (F("kind").asc(), F("pk").asc()),
        "persons": (F("persons").asc(), F("pk").asc()),
        "person_times": (F("person_times").asc(), F("pk").asc()),
        "decided": (F("decided_on").asc(nulls_last=True), F("pk").asc()),
    }
    css = {
        "kind": "col-tight",
        "persons": "col-number",
        "person_times": "col-number",
        "decided": "col-tight",
        "finding": "col-text",
    }

    def render_kind(self, row: Accountability) -> SafeString | str:
        """What was done."""
        return self.opening(row, row.get_kind_display())

    def render_persons(self, row: Accountability) -> int:
        """How many people."""
        return row.persons

    def render_person_times(self, row: Accountability) -> int:
        """How many times."""
        return row.person_times

    def render_decided(self, row: Accountability) -> str:
        """When it was decided."""
        return full_date(row.decided_on)

    def render_finding(self, row: Accountability) -> SafeString | str:
        """The finding it answers."""
        return finding_link(row.finding)


class RecoveryTable(FiledTable):
    """The money that came back in one inspection."""

    edit_view = "findings:recovery_edit"
    kind = tables.Column("类型")
    amount = tables.Column("金额（元）")
    recovered = tables.Column("到账日期")
    voucher = tables.Column("凭据号")
    finding = tables.Column("对应问题")

    orderings = {
        "kind": (F("kind").asc(), F("pk").asc()),
        "amount": (F("amount").asc(), F("pk").asc()),
        "recovered": (F("recovered_on").asc(nulls_last=True), F("pk").asc()),
    }
    css = {
        "kind": "col-tight",
        "amount": "col-number",
        "recovered": "col-tight",
        "voucher": "col-unit",
        "finding": "col-text",
    }

    def render_kind(self, row: Recovery) -> SafeString | str:
        """How it came back."""
        return self.opening(row, row.get_kind_display())

    def render_amount(self, row: Recovery) -> str:
        """How much, to the cent."""
        return f"{row.amount:,.2f}"

    def render_recovered(self, row: Recovery) -> str:
        """When it arrived."""
        return full_date(row.recovered_on)

    def render_voucher(self, row: Recovery) -> SafeString | str:
        """The number that proves it; money without one is proved by nothing."""
        return row.voucher or format_html('<span class="due due-warn">{}</span>', "未填凭据号")

    def render_finding(self, row: Recovery) -> SafeString | str:
        """The finding it answers."""
        return finding_link(row.finding)
