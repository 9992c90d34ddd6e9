"""The worker that reads an imported workbook or marks its faults, run as ``python -m documents.excel.reading_worker``.

Only cells that exist are read: openpyxl's own rows are filled up to the last column, and a workbook of a few kilobytes
can state that its last cell is XFD1048576.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles import PatternFill
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._reader import INLINE_STRING, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

from documents.excel.limits import (
    HEAD,
    MARK,
    MEMORY,
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    SECONDS,
    Cell,
)
from documents.sandbox.messages import Head, Message
from documents.sandbox.worker import limit_resources, serve

WRONG = PatternFill("solid", start_color="FFFFC7CE")
NO_RESULT = "#N/A"  # the value of a formula without a stored result
# Built-in formats of days and times in Chinese Excel, such as 58 (m月d日); openpyxl knows the American ones.
CHINESE_DAYS = frozenset({*range(27, 37), *range(50, 59)})
LAST_SERIAL = 2_958_465  # 31 December 9999: a larger number in a cell of a day is no serial number
PADDED = re.compile("00+")  # a format that shows leading zeros
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")  # a character that XML cannot hold or would change, such as _x000D_
PLAIN_TEXT = [f"{{{SHEET_MAIN_NS}}}t"]  # the children of a text in one format


class WorkbookTooLargeError(ValueError):
    """The workbook is over the limits; the message is a Chinese sentence."""


class SheetParser(WorkSheetParser):  # type: ignore[misc]  # openpyxl ships no types
    """openpyxl's parser, with four changes.

    A formula without a stored result is an error, because an empty cell would clear the record's value. A text in one
    format is read directly, because openpyxl makes several objects of each. A number in a cell of a day that is no
    serial number, such as 20260930, stays a number. A number keeps the leading zeros that its format shows.
    """

    padding: Mapping[int, int] = {}  # digits shown at least, by the number of the style

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """The row, column, data type and value of a cell, as openpyxl's reader expects them."""
        style = int(element.get("s", 0))
        if style in self.date_formats and is_beyond_dates(element):
            element.set("s", "0")
        text = element.find(INLINE_STRING)
        is_plain = text is not None and element.get("t") == "inlineStr" and [child.tag for child in text] == PLAIN_TEXT
        if is_plain:
            element.remove(text)
        cell: dict[str, Any] = super().parse_cell(element)
        if is_plain:
            cell |= {"value": text[0].text or "", "data_type": "s"}
        elif cell["value"] is None and any(child.tag.endswith("}f") for child in element):
            cell |= {"value": NO_RESULT, "data_type": "e"}
        elif style in self.padding and type(cell["value"]) is int and cell["value"] >= 0:
            cell |= {"value": str(cell["value"]).zfill(self.padding[style]), "data_type": "s"}
        return cell


def is_beyond_dates(element: Any) -> bool:
    """Whether a cell holds a number that no day has as its serial number."""
    number = element.findtext(VALUE_TAG)
    if not number or element.get("t", "n") != "n":
        return False
    try:
        return not 0 <= float(number) <= LAST_SERIAL
    except ValueError:
        return False


def unescape(text: str) -> str:
    """The text with the characters that a workbook writes as _xHHHH_, without those that no text may have.

    _x005F_ is the underscore of a text that itself looks like such an escape.
    """

    def character(found: re.Match[str]) -> str:
        one = chr(int(found[1], 16))
        return one if one in "\t\n\r" or unicodedata.category(one) not in {"Cc", "Cs", "Cn"} else ""

    return ESCAPE.sub(character, text) if "_x" in text else text


def read_sheets(content: bytes) -> dict[str, Any]:
    """The sheets with their filled cells, by row and column; the value of a merged cell is in every row it covers.

    Raises WorkbookTooLargeError.
    """
    # Not load_workbook, which parses a sheet without a stated size a second time to find it.
    reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    sheets = [
        (sheet.name, part.target)
        for sheet, part in reader.parser.find_sheets()
        if part.target in reader.valid_files and "chartsheet" not in part.Type
    ]
    if len(sheets) > MOST_SHEETS:
        raise WorkbookTooLargeError(f"工作簿有 {len(sheets)} 个工作表，最多 {MOST_SHEETS} 个。请只留下要导入的表。")
    from_1904 = reader.wb.epoch == CALENDAR_MAC_1904
    return {
        "from_1904": from_1904,
        "sheets": [{"name": name} | _read_sheet(reader, name, path) for name, path in sheets],
    }


def _read_sheet(reader: Any, title: str, path: str) -> dict[str, Any]:
    """The filled rows of a sheet and its merged areas, those within the limits."""
    book = reader.wb
    chinese = {number for number, style in enumerate(book._cell_styles) if style.numFmtId in CHINESE_DAYS}
    formats = {"date_formats": book._date_formats | chinese, "timedelta_formats": book._timedelta_formats}
    with reader.archive.open(path) as source:
        parser = SheetParser(source, reader.shared_strings, data_only=True, epoch=book.epoch, **formats)
        parser.padding = _padding(book)
        rows = {number: cells for number, cells in _filled_rows(parser, title) if cells}
        areas = parser.merged_cells.mergeCell if parser.merged_cells else ()
        merged = [area for area in areas if area.min_row in rows and area.max_col <= MOST_COLUMNS]
        _spread_merged(merged, rows)
    places = [(area.min_row, area.min_col, area.max_row, area.max_col) for area in merged]
    return {"rows": sorted(rows.items()), "merged": places}


def _padding(book: Any) -> dict[int, int]:
    """The styles whose format is nothing but zeros, with the number of digits that they show at least."""
    found = {}
    for number, style in enumerate(book._cell_styles):
        custom = style.numFmtId - BUILTIN_FORMATS_MAX_SIZE
        if 0 <= custom < len(book._number_formats) and PADDED.fullmatch(book._number_formats[custom]):
            found[number] = len(book._number_formats[custom])
    return found


def _filled_rows(parser: Any, title: str) -> Iterator[tuple[int, dict[int, Cell]]]:
    for number, row in parser.parse():
        cells = {cell["column"]: _cell(cell) for cell in row if cell["value"] is not None and cell["value"] != ""}
        if cells and number > MOST_ROWS + HEAD:
            raise WorkbookTooLargeError(
                f"工作表“{title}”第 {number} 行还有内容，一次最多导入 {MOST_ROWS} 行。请分几个文件导入，"
                "或者删除清单下方多余的内容。"
            )
        if cells and (last := max(cells)) > MOST_COLUMNS:
            raise WorkbookTooLargeError(
                f"工作表“{title}”{get_column_letter(last)} 列还有内容，"
                f"最多 {MOST_COLUMNS} 列。请删除清单右侧多余的内容。"
            )
        yield number, cells


def _cell(cell: dict[str, Any]) -> Cell:
    value = cell["value"]
    if isinstance(value, dt.datetime):
        return ("d", value.date().isoformat())
    if isinstance(value, dt.date):
        return ("d", value.isoformat())
    if cell["data_type"] == "e" or isinstance(value, dt.time | dt.timedelta):
        return ("e", str(value))
    if isinstance(value, bool):  # before int, of which bool is a subclass
        return ("s", "是" if value else "否")
    if isinstance(value, int | float):
        return ("n", value)
    return ("s", unescape(str(value)[:MOST_CHARACTERS]))


def _spread_merged(merged: list[Any], rows: dict[int, dict[int, Cell]]) -> None:
    """Copy the value of each merged area into all cells it covers in existing rows, within the limits."""
    for area in merged:
        first = rows.get(area.min_row, {}).get(area.min_col)
        if first is None:
            continue
        for number in range(area.min_row, min(area.max_row, MOST_ROWS + HEAD) + 1):
            if number in rows:
                rows[number] |= dict.fromkeys(range(area.min_col, area.max_col + 1), first)


def mark_faults(content: bytes, faults: list[tuple[str, int, int, str]]) -> bytes:
    """The workbook with the faulty cells (sheet, row, column, message) coloured and the message as a comment."""
    book = load_workbook(io.BytesIO(content), keep_links=False)
    for sheet, row, column, words in faults:
        page = book[sheet]
        cell = page.cell(row, column)
        for area in page.merged_cells.ranges:
            if cell.coordinate in area:  # only the first of merged cells can have a comment
                cell = page.cell(area.min_row, area.min_col)
                break
        earlier = f"{cell.comment.text}\n" if cell.comment else ""
        cell.fill, cell.comment = WRONG, Comment(f"{earlier}{words}", "导入检查", width=320, height=120)
    marked = io.BytesIO()
    book.save(marked)
    return marked.getvalue()


def respond(request: Head, content: bytes) -> Message:
    """The sheets of the workbook (or ``refused`` with a sentence), or the workbook with its faults marked."""
    if request["task"] == MARK:
        return {}, mark_faults(content, request["faults"])
    try:
        return read_sheets(content), b""
    except WorkbookTooLargeError as error:
        return {"refused": str(error)}, b""


def main() -> None:
    """Answer the request on standard input, within the limits."""
    with limit_resources(memory=MEMORY, seconds=SECONDS, open_files=16) as answers:
        serve(answers, respond)


if __name__ == "__main__":
    main()
