"""The layout of an office's own ledger: headings of several rows, band rows between, what stands below. No database.

``documents.excel.reading`` has copied the value of each merged cell into all cells that it covers, so that a number or
a finding that is merged over several measures stands in each of their rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from documents.excel.limits import Cell
from documents.excel.reading import RawSheet
from ledgers.headings import normal

HEAD_ROWS = 3  # most rows of headings
# 一、党的领导方面, （二）组织建设方面
NUMBERED = re.compile(r"\s*(?:[一二三四五六七八九十]+\s*[、.．]|[（(]\s*[一二三四五六七八九十]+\s*[)）])\s*")
TOTALS = re.compile(r"(?:合计|小计|总计|本页小计|累计)")
BELOW = re.compile(
    r"(?:填报单位|填报人|填表单位|填表人|填表日期|填报日期|制表|审核|审批|联系人|联系电话|单位负责人|主要负责人|分管领导|签字|签名|盖章|注|说明|备注)"
    r"[^：:]{0,10}[：:]"
)
FURTHER = "第 {}–{} 行在同一个合并的单元格里，算一条，只读了第一行。"
COUNTED = 4  # filled cells from which a row of running numbers below the headings is one


@dataclass
class SheetTable:
    """The headings of a table by column number, its rows, and what stands between and below them."""

    headings: dict[int, str]
    rows: list[tuple[int, dict[int, Cell]]]
    bands: dict[int, str] = field(default_factory=dict)  # the title of the band above, by row
    band_column: int = 0  # in which the bands stand; 0 without any
    passed: list[str] = field(default_factory=list)  # Chinese sentences about rows that are no records


def plain_table(sheet: RawSheet, head: int) -> SheetTable:
    """The table of a sheet of ours: one row of headings, and rows below it."""
    headings = {at: str(cell[1]) for at, cell in dict(sheet.rows)[head].items()}
    return SheetTable(headings, [(number, cells) for number, cells in sheet.rows if number > head])


def office_table(sheet: RawSheet, head: int, known: Collection[str]) -> SheetTable:
    """The table of an office's own sheet around its row ``head``; ``known`` are the headings that columns may have."""
    first, last = _head_rows(sheet, head)
    table = SheetTable(_headings(sheet, first, last, known), [])
    title = ""
    for number, cells in sheet.rows:
        if number <= last:
            continue
        texts = _texts(cells)
        if (words := _why_no_record(number, texts, cells, is_first=number == last + 1)) and texts:
            table.passed.append(words)
        elif band := _band(sheet, number, cells, table.headings):
            title, table.band_column = band, table.band_column or min(cells)
        else:
            table.rows.append((number, cells))
            table.bands |= {number: title} if title else {}
    return table


def keep_first_rows(sheet: RawSheet, table: SheetTable, places: Collection[int]) -> None:
    """Of the rows that one merged cell in these columns holds together, keep the first: they are one record.

    So an office's ledger with several measures for each finding also comes in as a list of findings.
    """
    numbers = {number for number, _ in table.rows}
    for top, left, bottom, right in sheet.merged:
        further = {number for number in range(top + 1, bottom + 1) if number in numbers}
        if top in numbers and further and any(left <= place <= right for place in places):
            numbers -= further
            table.passed.append(FURTHER.format(top, max(further)))
    table.rows = [(number, cells) for number, cells in table.rows if number in numbers]


def _texts(cells: Mapping[int, Cell]) -> list[str]:
    """The different texts of a row, from left to right."""
    return list(dict.fromkeys(text for _, cell in sorted(cells.items()) if (text := str(cell[1]).strip())))


def _head_rows(sheet: RawSheet, head: int) -> tuple[int, int]:
    """The first and the last row of the headings: those that merged cells hold together with the row ``head``."""
    first = last = head
    for top, left, bottom, right in sheet.merged:
        is_short = bottom - top < HEAD_ROWS
        if is_short and top <= head <= bottom and bottom > top:
            first, last = min(first, top), max(last, bottom)
        # A group over several columns has its parts below; a title over all of them is no group.
        spans_part = right > left and right - left + 1 < len(dict(sheet.rows)[head])
        if top == bottom == head and spans_part and _has_parts(sheet, head, left, right):
            last = max(last, head + 1)
    return first, last


def _has_parts(sheet: RawSheet, row: int, left: int, right: int) -> bool:
    """Whether the cells below a group are different short texts, as headings are."""
    below = dict(sheet.rows).get(row + 1, {})
    parts = [str(below[at][1]).strip() for at in range(left, right + 1) if at in below and below[at][0] == "s"]
    return len(parts) == right - left + 1 == len(set(parts)) and all(len(part) <= 10 for part in parts)


def _headings(sheet: RawSheet, first: int, last: int, known: Collection[str]) -> dict[int, str]:
    """The heading of each column; of several that could be called the same, the later ones have all their parts."""
    rows = [cells for number, cells in sheet.rows if first <= number <= last]
    headings: dict[int, str] = {}
    for at in sorted({at for cells in rows for at in cells}):
        parts = list(dict.fromkeys(text for cells in rows if at in cells and (text := str(cells[at][1]).strip())))
        names = _names(parts)
        used = set(map(normal, headings.values()))
        headings[at] = next((one for one in names if normal(one) in known and normal(one) not in used), names[-1])
    return headings


def _names(parts: list[str]) -> list[str]:
    """What a column may be called: 责任单位 over 牵头 is 牵头, 牵头单位 or 责任单位牵头."""
    if len(parts) == 1:
        return parts
    group, own = "".join(parts[:-1]), parts[-1]
    return [own, f"{own}{group[-2:]}", f"{group}{own}"]


def _why_no_record(number: int, texts: list[str], cells: Mapping[int, Cell], *, is_first: bool) -> str:
    """The Chinese sentence about a row that is a sum, a line to sign, a note, or numbers the columns; "" for others."""
    first = next(iter(texts), "")
    words = f"第 {number} 行“{first[:20]}”"
    if TOTALS.match(normal(first)):
        return f"{words}是合计，没有读取。"
    if BELOW.match(normal(first)) and len(texts) < COUNTED + 2:
        return f"{words}是表外的说明，没有读取。"
    numbers = [str(cell[1]).strip(" ()（）") for _, cell in sorted(cells.items())]
    counted = [str(place) for place in range(1, len(numbers) + 1)]
    return (
        f"第 {number} 行是列的编号，没有读取。" if is_first and len(numbers) >= COUNTED and numbers == counted else ""
    )


def _band(sheet: RawSheet, number: int, cells: Mapping[int, Cell], headings: Collection[int]) -> str:
    """The title in a row that is one cell over several columns, or one numbered text; "" for a record."""
    texts = _texts(cells)
    if len(texts) != 1:
        return ""
    widest = max((right - left + 1 for top, left, bottom, right in sheet.merged if top == bottom == number), default=1)
    is_wide = widest > 1 and 2 * widest >= len(headings)
    return NUMBERED.sub("", texts[0], count=1) if is_wide or NUMBERED.match(texts[0]) else ""
