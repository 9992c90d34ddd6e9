"""Workbooks that are none, or too much: refused with a sentence, within the limits of time and memory."""

from __future__ import annotations

import io
import resource
import time
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from documents.excel.limits import MOST_BYTES
from documents.excel.reading import UnreadableError, read_workbook
from tests.hostile_files import compound, container, office


def book(fill: Callable[[Any], Any]) -> bytes:
    """A workbook, once somebody has done this to it."""
    made, file = openpyxl.Workbook(), io.BytesIO()
    fill(made)
    made.save(file)
    return file.getvalue()


def many_rows(made: Any, number: int = 5_011) -> None:
    """More rows than a list may have."""
    for _ in range(number):
        made.active.append(["x"])


def bomb() -> bytes:
    """Three hundred million blanks."""
    return office("xlsx", {"xl/worksheets/sheet1.xml": b"<x>" + bytes(300 * 1024 * 1024)})


def declared() -> bytes:
    """An entity that is made of entities."""
    return office("xlsx", main=b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "far cell": (lambda: book(lambda made: made.active.__setitem__("XFD1048576", "x")), "1048576 行还有内容"),
    "far column": (lambda: book(lambda made: made.active.__setitem__("XFD4", "x")), "XFD 列还有内容"),
    "21 sheets": (lambda: book(lambda made: [made.create_sheet() for _ in range(20)]), "21 个工作表，最多 20 个"),
    "101 columns": (lambda: book(lambda made: made.active.append(["x"] * 101)), "CW 列还有内容，最多 100 列"),
    "too many rows": (lambda: book(many_rows), "一次最多导入 5000 行"),
    "bomb": (bomb, "超过 200 MB"),
    "DTD": (declared, "DTD"),
    "no zip": (lambda: b"\xff\xd8\xff" + bytes(500), "已损坏或不完整"),
    "empty": (lambda: b"", "已损坏或不完整"),
    "xls": (lambda: compound("Workbook"), "旧版格式"),
    "encrypted": (lambda: compound("EncryptedPackage", "EncryptionInfo"), "打开密码"),
    "macros": (lambda: office("xlsx", {"xl/vbaProject.bin": b"x"}), "宏"),
    "a Word document": (lambda: office("docx"), "内容和扩展名不符"),
    "another zip": (lambda: container({"a.txt": b"x"}), "内容和扩展名不符"),
    "hollow": (lambda: office("xlsx"), "读不出来"),
    "11 MB": (lambda: bytes(MOST_BYTES + 1), "超过 10 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_with_a_sentence(name: str) -> None:
    make, words = HOSTILE[name]
    content, begun = make(), time.monotonic()
    with pytest.raises(UnreadableError, match=words):
        read_workbook(content)
    assert time.monotonic() - begun < 30
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1024 * 1024  # kilobytes


def test_a_formula_that_nobody_calculated_is_not_an_empty_cell() -> None:
    (sheet,) = read_workbook(book(lambda made: made.active.append(["=1+1", "x"])))
    assert sheet.rows == [(1, {1: ("e", "#N/A"), 2: ("s", "x")})]


def test_a_text_that_looks_different_in_parts_is_read_whole() -> None:
    texts = [CellRichText("立行", TextBlock(InlineFont(b=True), "立改"), "\n已完成"), "一段话", "  ", ""]
    (sheet,) = read_workbook(book(lambda made: made.active.append(texts)))
    assert sheet.rows == [(1, {1: ("s", "立行立改\n已完成"), 2: ("s", "一段话"), 3: ("s", "  ")})]


def test_a_merged_cell_counts_for_all_it_covers() -> None:
    def fill(made: Any) -> None:
        for row in (["一", 1], [None, 2], [None, 3]):
            made.active.append(row)
        made.active.merge_cells("A1:A3")

    (sheet,) = read_workbook(book(fill))
    assert [cells[1] for _, cells in sheet.rows] == [("s", "一")] * 3


def test_merged_cells_down_to_the_last_row_fill_no_rows_that_are_not_there() -> None:
    def fill(made: Any) -> None:
        made.active.append(["一", 1])
        made.active.merge_cells("A1:A1048576")

    (sheet,) = read_workbook(book(fill))
    assert len(sheet.rows) == 1
