"""Tables as Excel workbooks; the only module that knows openpyxl.

Every cell is a text and stays one: Excel takes nothing in it for a formula, a date or a number.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

# This is the module that may import openpyxl (TID251).
from openpyxl import Workbook  # noqa: TID251
from openpyxl.cell import WriteOnlyCell  # noqa: TID251
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: TID251
from openpyxl.styles import Alignment, Font  # noqa: TID251
from openpyxl.utils import get_column_letter  # noqa: TID251

MOST_CHARACTERS = 32_767  # of a cell; openpyxl would cut what is longer without a word
TOP = Alignment(vertical="top", wrap_text=True)


def write_table(title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one sheet: headings with the width of their columns in characters, then the rows.

    Characters that no XML file may hold are left out. ValueError for a text that is too long for a cell.
    """
    said = [[_said(text) for text in row] for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for number, (_, width) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, heading, bold=True) for heading, _ in columns])
    for row in said:
        sheet.append([_cell(sheet, text) for text in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _said(text: str) -> str:
    said: str = ILLEGAL_CHARACTERS_RE.sub("", text)
    if len(said) > MOST_CHARACTERS:
        raise ValueError(f"a cell takes {MOST_CHARACTERS} characters, not {len(said)}")
    return said


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # whatever it begins with
    cell.quotePrefix = True
    cell.alignment = TOP
    if bold:
        cell.font = Font(bold=True)
    return cell
