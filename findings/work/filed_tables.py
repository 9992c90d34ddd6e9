"""The tables of records filed with an inspection: regulations, accountability entries, recovered money."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from accounts.web.tables import ListTable
from documents.numerals import full_date
from findings.evidence.regulations import Regulation
from findings.inspections.display import finding_link
from findings.inspections.models.accountability import Accountability, Recovery


class FiledTable(ListTable):
    """A table whose first column links to the form for users who may edit, and is plain text for others."""

    edit_view = ""

    def __init__(self, records: list[Any], editable: bool, **how: Any) -> None:
        super().__init__(records, **how)
        self.address = self.links_to(self.edit_view) if editable else None

    def opening(self, record: Any, words: str) -> SafeString | str:
        """The words, as a link to the record's form if the user may edit."""
        return (
            format_html('<a class="clamp" href="{}">{}</a>', self.address(record.pk), words) if self.address else words
        )


class RegulationTable(FiledTable):
    """The regulations of one inspection."""

    edit_view = "findings:regulation_edit"
    key = "regulations"
    fixed = ("title",)
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
        """The title in book title marks; for editors a link to the form."""
        return self.opening(regulation, str(regulation))

    def render_document_number(self, regulation: Regulation) -> str:
        """The document number (文号), as entered."""
        return regulation.document_number

    def render_kind(self, regulation: Regulation) -> str:
        """New, revised or abolished."""
        return regulation.get_kind_display()

    def render_issued(self, regulation: Regulation) -> str:
        """The day of issue, always with the year."""
        return full_date(regulation.issued_on)

    def render_finding(self, regulation: Regulation) -> SafeString | str:
        """A link to the finding it is filed with."""
        return finding_link(regulation.finding)

    def render_file(self, regulation: Regulation) -> SafeString | str:
        """The name of its file of evidence."""
        return str(regulation.evidence) if regulation.evidence else format_html('<span class="muted">{}</span>', "未附")


class AccountabilityTable(FiledTable):
    """The accountability entries of one inspection."""

    edit_view = "findings:accountability_edit"
    key = "accountability"
    fixed = ("kind",)
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
        """The kind; for editors a link to the form."""
        return self.opening(row, row.get_kind_display())

    def render_persons(self, row: Accountability) -> int:
        """The number of persons."""
        return row.persons

    def render_person_times(self, row: Accountability) -> int:
        """The number of person-times."""
        return row.person_times

    def render_decided(self, row: Accountability) -> str:
        """The day of the decision."""
        return full_date(row.decided_on)

    def render_finding(self, row: Accountability) -> SafeString | str:
        """A link to the finding it is filed with."""
        return finding_link(row.finding)


class RecoveryTable(FiledTable):
    """The recovered money of one inspection."""

    edit_view = "findings:recovery_edit"
    key = "recoveries"
    fixed = ("kind",)
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
        """The kind; for editors a link to the form."""
        return self.opening(row, row.get_kind_display())

    def render_amount(self, row: Recovery) -> str:
        """The amount in yuan with separators and two decimals."""
        return f"{row.amount:,.2f}"

    def render_recovered(self, row: Recovery) -> str:
        """The day on which the money arrived."""
        return full_date(row.recovered_on)

    def render_voucher(self, row: Recovery) -> SafeString | str:
        """The number of the voucher, or a warning that it is missing."""
        return row.voucher or format_html('<span class="due due-warn">{}</span>', "未填凭据号")

    def render_finding(self, row: Recovery) -> SafeString | str:
        """A link to the finding it is filed with."""
        return finding_link(row.finding)
