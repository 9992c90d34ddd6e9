"""Finding where a superior's workbook is filled in, and checking a mapping. No database access.

The mapping follows from placeholders in the cells, or is proposed from the headings. Faults are Chinese sentences that
name sheet and cell.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from documents.excel.sheet import column_letters, column_number
from documents.excel.templates.mapping import (
    BRACES,
    COORDINATE,
    ROW_NUMBER,
    PlaceholderNames,
    TemplateMapping,
    placeholder,
    placeholder_faults,
    placeholder_names,
    single_placeholder,
)
from documents.excel.templates.snapshot import FORMULA, SheetSnapshot, find_sheet
from ledgers.headings import CLOSE, normal, synonyms_of

HEADINGS = 30  # rows from the top that are searched for headings
LINES = 3  # most lines of headings
RUNNING = "序号"  # in superiors' templates this column counts the rows; it is not the finding's number
NO_ROW = (
    "没有找到要逐条重复的一行。请在表里选一行，在要填的各格里写清单的列名，如 {{行号}}、{{"
    "反馈问题}}；每条记录会占一行。可用的列名有："
)
NO_HEADINGS = (
    "没有找到占位符，也没有找到表头。请在单元格里写占位符，如 {{反馈问题}}；或者让表头占单独的行，至少有两列。"
)


class WrongFormError(ValueError):
    """A workbook that cannot be filled in; ``faults`` are Chinese sentences with the place and what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("".join(faults))
        self.faults = list(faults)


def by_placeholders(pages: list[SheetSnapshot], names: PlaceholderNames) -> TemplateMapping | None:
    """The mapping given by a workbook's placeholders; None when it has none.

    WrongFormError lists every wrong placeholder, and those of records that are not all in one row.
    """
    tags = [(page, *cell) for page in pages for cell in page.filled_cells() if BRACES.search(cell[3])]
    if not tags:
        return None
    faults = []
    for page, row, column, kind, text in tags:
        wrong = ["公式里不能写占位符"] if kind == FORMULA else placeholder_faults(text, names.all)
        faults += [f"{page.describe_cell(row, column)}：{one}。" for one in wrong]
    repeated = sorted(
        {(page.name, row) for page, row, _, _, text in tags if set(placeholder_names(text)) & set(names.record)}
    )
    if not repeated and not faults:
        faults = [f"{NO_ROW}{'、'.join(names.record)}。"]
    for page, row, column, _, text in tags:
        # Only one row can be repeated; the first one found is taken for it.
        if (page.name, row) in repeated[1:] and set(placeholder_names(text)) & set(names.record):
            sheet, first = repeated[0]
            faults.append(
                f"{page.describe_cell(row, column)}：清单的列只能写在同一行，工作表“{sheet}”第 {first} 行已经有了；"
                "请移到那一行，或者删除。"
            )
    if faults:
        raise WrongFormError(faults)
    sheet, number = repeated[0]
    columns = {
        column_letters(column): text for page, row, column, _, text in tags if (page.name, row) == (sheet, number)
    }
    cells = {
        f"{page.name}!{column_letters(column)}{row}": text
        for page, row, column, _, text in tags
        if (page.name, row) != (sheet, number)
    }
    return TemplateMapping(sheet, number, columns, cells)


def by_headings(pages: list[SheetSnapshot], headings: Sequence[str]) -> TemplateMapping:
    """The mapping proposed from the headings; WrongFormError when there is no row with at least two cells.

    The row with the most known headings is taken; among equals the fullest, then the first sheet, then the lowest row.
    """
    found = [
        (len(propose_placeholders(page, row + 1, headings)), len(set(page.row_texts(row).values())), -place, row)
        for place, page in enumerate(pages)
        if not page.is_hidden
        for row in range(1, min(page.last_row, HEADINGS) + 1)
    ]
    _, filled, place, row = max(found, default=(0, 0, 0, 0))
    # One cell alone is more likely a title than a row of headings.
    if filled < 2:
        raise WrongFormError([NO_HEADINGS])
    page = pages[-place]
    return TemplateMapping(page.name, row + 1, propose_placeholders(page, row + 1, headings))


def headings_above(page: SheetSnapshot, row: int) -> dict[int, list[str]]:
    """The headings above each column of a row, from the top down.

    Up to ``LINES`` rows belong together when a merged cell spans them.
    """
    first = row - 1
    while first > 1 and row - first < LINES and any(top < first <= bottom for top, _, bottom, _ in page.merged):
        first -= 1
    above: dict[int, list[str]] = {}
    for number in range(first, row):
        for column, text in page.row_texts(number).items():
            lines = above.setdefault(column, [])
            if text not in lines:
                lines.append(text)
    return {column: above[column] for column in sorted(above) if not page.is_covered(row, column)}


def propose_placeholders(page: SheetSnapshot, row: int, headings: Sequence[str]) -> dict[str, str]:
    """Placeholders by column letters, for columns whose heading is that of a list column, or similar.

    Exact matches are assigned first, then headings that contain one another, then similar ones; each list column once.
    """
    above, free = headings_above(page, row), {normal(heading): heading for heading in headings}
    chosen: dict[int, str] = {}
    for column, words in above.items():
        if normal(words[-1]) == RUNNING:
            chosen[column] = ROW_NUMBER
            free.pop(RUNNING, None)
    for like in (_same, _synonym, _within, _close):
        for column, words in above.items():
            if column not in chosen and (key := like(normal(words[-1]), list(free))):
                chosen[column] = free.pop(key)
    return {column_letters(column): placeholder(chosen[column]) for column in sorted(chosen)}


def _same(heading: str, known: list[str]) -> str:
    """The heading itself if it is known, else ""."""
    return heading if heading in known else ""


def _synonym(heading: str, known: list[str]) -> str:
    """The known heading that offices also call this, else ""."""
    return next((one for one in known if heading in map(normal, synonyms_of(one))), "")


def _within(heading: str, known: list[str]) -> str:
    """The longest known heading that contains this one or is part of it: 责任人 for 责任人（姓名、职务）."""
    fitting = (one for one in known if one in heading or (len(heading) > 2 and heading in one))
    return max(fitting, key=len, default="")


def _close(heading: str, known: list[str]) -> str:
    """The most similar known heading, "" when none is similar enough."""
    return next(iter(difflib.get_close_matches(heading, known, n=1, cutoff=CLOSE)), "")


def faults_of(places: TemplateMapping, pages: list[SheetSnapshot], names: PlaceholderNames) -> list[str]:
    """The faults of a mapping for this workbook, as Chinese sentences; empty when it can be filled in."""
    page = find_sheet(pages, places.sheet)
    if page is None:
        return [f"没有工作表“{places.sheet}”；有的是：{'、'.join(one.name for one in pages)}。"]
    used = {name for text in places.columns.values() for name in placeholder_names(text)}
    faults = [] if used & set(names.record) else ["至少要有一列填清单的内容。"]
    faults += [
        f"工作表“{page.name}”第 {places.row} 行有跨行合并的单元格，每条记录只能占一行；请取消合并，或者换一行。"
        for top, _, bottom, _ in page.merged
        if top <= places.row <= bottom and bottom > top
    ]
    for letters, text in places.columns.items():
        faults += _of_column(page, places.row, column_number(letters), text, names)
    for where, text in places.cells.items():
        faults += _of_cell(where, text, places, pages, names)
    return faults


def _of_column(page: SheetSnapshot, row: int, column: int, text: str, names: PlaceholderNames) -> list[str]:
    """The faults of one column of the repeated row."""
    place = page.describe_cell(row, column)
    if page.is_covered(row, column):
        return [f"{place}：和左边的单元格合并了，不能另填内容。"]
    stands = page.text_at(row, column).strip()
    # The superior may have numbered the empty rows already; the running number replaces theirs.
    is_counted = single_placeholder(text) == ROW_NUMBER and stands.isdecimal()
    if stands not in {"", text.strip()} and not is_counted:
        return [f"{place}：这一行要填记录，但表样里已经有内容；请在表头下面留一个空行，或者把这一列改为“留空”。"]
    return [f"{place}：{fault}。" for fault in placeholder_faults(text, names.all)]


def _of_cell(
    where: str, text: str, places: TemplateMapping, pages: list[SheetSnapshot], names: PlaceholderNames
) -> list[str]:
    """The faults of a text for a single cell, named as ``sheet!cell``."""
    sheet, _, cell = where.rpartition("!")
    page, found = find_sheet(pages, sheet), COORDINATE.fullmatch(cell)
    if page is None or not found:
        return [f"“{where}”不是表样里的单元格；请写成“工作表名称!B2”这样。"]
    row, column = int(found[2]), column_number(found[1])
    if (sheet, row) == (places.sheet, places.row):
        return [f"{page.describe_cell(row, column)}：这一行逐条填记录，请在各列里选择。"]
    if page.is_covered(row, column):
        top, left, _, _ = page.merged_area(row, column)
        return [f"{page.describe_cell(row, column)}：是合并单元格的一部分，请写 {column_letters(left)}{top}。"]
    return [f"{page.describe_cell(row, column)}：{fault}。" for fault in placeholder_faults(text, names.whole)]
