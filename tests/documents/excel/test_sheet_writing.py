"""What is written into a cell, read again by openpyxl."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from documents.excel.columns import CellFormat, CellValue, SheetColumn
from documents.excel.limits import MOST_CHARACTERS, TextTooLongError
from documents.excel.paper import possible_layouts
from documents.excel.rows import list_rows
from documents.excel.sheet import ListRow, ListSheet, RecordIdentity, column_letters, column_number
from documents.excel.workbook import HEADINGS_ROW, write_list, write_table


def sheet_of_one(cell_format: CellFormat = CellFormat.TEXT) -> ListSheet:
    """A list of one column."""
    column = SheetColumn("one", "列", 100, lambda record: record, cell_format)
    return ListSheet("清单", "", ("填报人：",), possible_layouts([column], [10])[-1])


def cell_of(value: CellValue, cell_format: CellFormat = CellFormat.TEXT) -> Any:
    """The cell of a list with one record that says one thing."""
    file, row = io.BytesIO(), ListRow("x-1", ("x-1", "1"), (value,), (False,), 20.0)
    assert write_list(sheet_of_one(cell_format), [row], file) == 1
    return openpyxl.load_workbook(file)["清单"].cell(HEADINGS_ROW + 1, 1)


@pytest.mark.parametrize(
    "text", ["=1+1", " 前后空格 ", "一行\n二行\r\n三行\r", "a&b<c>]]>d", "&amp;#13;", "\tx", "𠮷", "#N/A", "007"]
)
def test_a_text_comes_back_as_it_was_written(text: str) -> None:
    cell = cell_of(text)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.parametrize("day", [dt.date(1900, 1, 1), dt.date(1900, 2, 28), dt.date(1900, 3, 1), dt.date(2026, 2, 28)])
def test_a_day_comes_back_as_that_day(day: dt.date) -> None:
    cell = cell_of(day, CellFormat.DAY)
    assert (cell.value.date(), cell.is_date) == (day, True)


@pytest.mark.parametrize("number", [0, 7, 10**12, Decimal("1234.50"), Decimal("0.01"), Decimal("99999999999.99")])
def test_a_number_comes_back_as_that_number(number: int | Decimal) -> None:
    assert Decimal(str(cell_of(number, CellFormat.MONEY).value)) == number


@pytest.mark.parametrize("nothing", [None, "", "\x00"])
def test_nothing_said_is_an_empty_cell_with_its_border(nothing: CellValue) -> None:
    cell = cell_of(nothing)
    assert (cell.value, cell.border.left.style) == (None, "thin")


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_what_no_workbook_may_hold_is_left_out(character: str) -> None:
    assert cell_of(f"前{character}后").value == "前后"


def test_a_list_that_cannot_be_written_to_its_end_leaves_nothing_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rows = list_rows(sheet_of_one(), ["短", "长" * (MOST_CHARACTERS + 1)], lambda record: RecordIdentity("x-1", "1"))
    with pytest.raises(TextTooLongError, match="第 2 行：有 32768 个字"):
        write_list(sheet_of_one(), rows, io.BytesIO())
    assert not list(tmp_path.iterdir())


def test_nothing_in_a_table_is_a_formula() -> None:
    evil = ["=1+1", "+A1", "-2", "@SUM(1)", "=cmd|' /C calc'!A0", "a\x0bb", "'x"]
    book = openpyxl.load_workbook(io.BytesIO(write_table("表", [("列", 10)] * len(evil), [evil])))
    cells = book.active[2]
    assert [cell.data_type for cell in cells] == ["s"] * len(evil)
    assert [cell.value for cell in cells] == [text.replace("\x0b", "") for text in evil]
    assert all(cell.quotePrefix for cell in cells)
    with pytest.raises(ValueError, match="只能放 32767 个字"):
        write_table("表", [("列", 10)], [["长" * (MOST_CHARACTERS + 1)]])


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")])
def test_columns_have_letters(number: int, letters: str) -> None:
    assert (column_letters(number), column_number(letters)) == (letters, number)
