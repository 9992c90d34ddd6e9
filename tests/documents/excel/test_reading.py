"""Workbooks that are none, or too much: refused with a sentence, within the limits of time and memory."""

from __future__ import annotations

import io
import resource
import time
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from documents.excel.limits import MOST_BYTES
from documents.excel.reading import UnreadableError, read_workbook
from documents.excel.workbook import write_table
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
        made.active.merge_cells("A1:A2")

    # Written as text, because openpyxl makes an object of each merged cell.
    merged = replaced(book(fill), "xl/worksheets/sheet1.xml", b"A1:A2", b"A1:A1048576")
    assert b"A1:A1048576" in zipfile.ZipFile(io.BytesIO(merged)).read("xl/worksheets/sheet1.xml")
    (sheet,) = read_workbook(merged)
    assert len(sheet.rows) == 1


def numbers(*formats: tuple[str, Any], built_in: int | None = None, from_1904: bool = False) -> bytes:
    """A workbook with a row of numbers, each in its format; ``built_in`` of Chinese Excel replaces @."""

    def fill(made: Any) -> None:
        if from_1904:
            made.epoch = CALENDAR_MAC_1904
        for place, (number_format, value) in enumerate(formats, start=1):
            made.active.cell(1, place, value).number_format = number_format

    content = book(fill)
    if built_in is None:
        return content
    return replaced(content, "xl/styles.xml", b'numFmtId="49"', f'numFmtId="{built_in}"'.encode())


def replaced(content: bytes, name: str, before: bytes, after: bytes) -> bytes:
    """The workbook with other bytes in one of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry).replace(before, after if entry.filename == name else before))
    return made.getvalue()


@pytest.mark.parametrize("built_in", [27, 28, 31, 36, 50, 54, 57, 58])
@pytest.mark.parametrize(("from_1904", "serial"), [(False, 46295), (True, 44833)])
def test_days_in_chinese_formats_are_days_in_both_calendars(built_in: int, from_1904: bool, serial: int) -> None:
    (sheet,) = read_workbook(numbers(("@", serial), built_in=built_in, from_1904=from_1904))
    assert sheet.rows == [(1, {1: ("d", "2026-09-30")})]
    assert sheet.from_1904 == from_1904


def test_times_in_chinese_formats_are_no_days() -> None:
    (sheet,) = read_workbook(numbers(("@", 0.5), built_in=33))
    assert sheet.rows[0][1][1][0] == "e"


def test_a_number_that_is_no_day_stays_a_number_in_a_cell_of_days() -> None:
    (sheet,) = read_workbook(numbers(("yyyy-mm-dd", 20260930)))
    assert sheet.rows == [(1, {1: ("n", 20260930)})]


def test_leading_zeros_that_a_format_shows_are_kept() -> None:
    (sheet,) = read_workbook(numbers(("00000000", 1234), ("0", 7), ("0.00", 7)))
    assert sheet.rows == [(1, {1: ("s", "00001234"), 2: ("n", 7), 3: ("n", 7)})]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("一_x000D_\n二", "一\r\n二"),
        ("一_x000D_二", "一\r二"),
        ("一_x000a_二", "一\n二"),
        ("一_x0007_二_xD800_", "一二"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x4E00_", "一"),
        ("A_x1_B", "A_x1_B"),
    ],
)
def test_escaped_characters_are_what_they_stand_for(written: str, text: str) -> None:
    (sheet,) = read_workbook(book(lambda made: made.active.append([written])))
    assert sheet.rows == [(1, {1: ("s", text)})]


def test_a_text_that_looks_escaped_comes_back_as_it_went_out() -> None:
    (sheet,) = read_workbook(write_table("表", [("列", 10)], [["第一行_x000D_第二行_x005F_"]]))
    assert sheet.rows[1] == (2, {1: ("s", "第一行_x000D_第二行_x005F_")})


def test_other_table_formats_are_named_with_what_to_do() -> None:
    table = book(lambda made: made.active.append(["x"]))
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strict = replaced(table, "xl/workbook.xml", namespace, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    for content, words in {
        strict: "Strict Open XML",
        container({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}): r"OpenDocument 表格（\.ods）",
        container({"xl/workbook.bin": b"x"}): "xlsb",
        "序号,反馈问题\n1-1,台账不全\n".encode("utf-8-sig"): "CSV.*不导入 CSV",
        "序号,反馈问题\n1-1,台账不全\n".encode("gb18030"): "CSV",
        "序号\t反馈问题\n".encode("utf-16"): "CSV",
        "序号　反馈问题".encode(): "纯文本",
        b"<html><table><tr><td>1</td></tr></table></html>": "HTML",
        b"%PDF-1.7\n": "PDF",
    }.items():
        with pytest.raises(UnreadableError, match=words) as refused:
            read_workbook(content)
        assert "xlsx" in str(refused.value)
