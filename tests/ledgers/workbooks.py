"""Workbooks in the hands of people: taken from a page, changed in a cell, brought back."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.records.conflicts import VERSION_FIELD
from findings.models import Inspection
from ledgers.catalogue import LISTS
from ledgers.import_forms import read_list
from ledgers.models import ListImport
from ledgers.sheet_matching import FileList


class Book:
    """A workbook as it is open in a spreadsheet program."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.sheet: Any = self.book.worksheets[0]

    @property
    def headings(self) -> dict[str, int]:
        """The columns by their headings."""
        return {str(cell.value).replace("\n", ""): cell.column for cell in self.sheet[3] if cell.value}

    def row_of(self, record: Any) -> int:
        """The row of a record."""
        key = f"{record._meta.model_name}-{record.pk}"
        rows = (row[0].row for row in self.sheet.iter_rows() if any(cell.value == key for cell in row))
        return int(next(rows))

    def write(self, row: Any, heading: str, value: Any) -> None:
        """Type into a cell; the row is a number or its record."""
        number = row if isinstance(row, int) else self.row_of(row)
        self.sheet.cell(number, self.headings[heading]).value = value

    def read(self, row: Any, heading: str) -> Any:
        """What stands in a cell."""
        return self.sheet.cell(row if isinstance(row, int) else self.row_of(row), self.headings[heading]).value

    @property
    def content(self) -> bytes:
        """The file when it was saved."""
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()


def taken_out(client: Client, inspection: Inspection, key: str, form: str = "xlsx") -> Book:
    """A list as a page exports it, or its template."""
    name = "list_template" if form == "template" else "list_export"
    args = [inspection.pk, key, *([] if form == "template" else [form])]
    return Book(client.get(reverse(f"ledgers:{name}", args=args)).getvalue())


def listed(content: bytes, inspection: Inspection, key: str) -> FileList:
    """The list in a file."""
    return read_list(content, LISTS[key], inspection)


def brought_in(client: Client, inspection: Inspection, key: str, content: bytes) -> Any:
    """The answer to an upload: the preview, or the form with what is wrong."""
    file = SimpleUploadedFile("清单.xlsx", content)
    return client.post(reverse("ledgers:list_import", args=[inspection.pk, key]), {"file": file}, follow=True)


def columns_page() -> str:
    """The address of the page that asks about the columns of the latest draft."""
    return reverse("ledgers:import_columns", args=[ListImport.objects.latest("pk").pk])


def answer_questions(client: Client, page: Any, **answers: str) -> Any:
    """The answer to the choices of the page; headings that are not named keep what is proposed."""
    form = page.context["form"]
    data = {row.use.html_name: answers.get(row.heading, row.use.initial) for row in form.rows}
    return client.post(columns_page(), data | {VERSION_FIELD: form[VERSION_FIELD].value()}, follow=True)


def confirmed(client: Client, page: Any, **choices: str) -> Any:
    """The answer to the confirmation of a preview, with the reason that it asks for when deadlines move."""
    if page.context["plan"].moves:
        choices = {"reason": "上级文件还没有印发。"} | choices
    draft = ListImport.objects.latest("pk")
    address = reverse("ledgers:import_preview", args=[draft.pk])
    return client.post(address, {"digest": page.context["plan"].digest, **choices}, follow=True)
