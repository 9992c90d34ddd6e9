"""Lists that were parted for printing, put together again: rows of one record, and texts marked as continued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from documents.excel.limits import Cell
from documents.excel.lines import CONTINUED, MORE
from documents.excel.reading import UnreadableError
from ledgers.cell_text import normalise
from ledgers.columns import Column

BLANK: Cell = ("s", "")
PART_MISSING = (
    "第 {0} 行的内容较长，打印时分成 {1} 行，现在缺其中第 {2} 行，不能导入，以免丢掉后面的文字。"
    "请把缺的行补上，或者重新导出；不要这条记录的，请把它的 {1} 行都删除。"
)


@dataclass(frozen=True)
class FileRow:
    """One row of the file: its number, the key of its record ("" without one), and its cells by column key."""

    number: int
    key: str
    cells: dict[str, Cell]


def join_rows(
    rows: Iterable[FileRow], columns: Iterable[Column], base: Mapping[str, Mapping[str, str]]
) -> list[FileRow]:
    """One row for each record, each cell with its whole text; ``base`` are the exported texts by record and column.

    Rows whose key says ``+2/3`` are joined to that of ``+1/3``; without it they belong to a record whose row was
    deleted and are passed over. UnreadableError when another of them is missing.
    """
    shared = {column.key for column in columns if column.shared_by}
    joined: list[FileRow] = []
    parts: dict[str, dict[int, FileRow]] = defaultdict(dict)
    counts: dict[str, int] = {}
    for row in rows:
        key, _, part = row.key.partition("+")
        cells = {
            name: _whole_cell(cell, base.get(key, {}).get(name)) for name, cell in row.cells.items() if name in shared
        }
        whole = replace(row, key=key, cells={**row.cells, **cells})
        number, _, count = part.partition("/")
        if not part:
            joined.append(whole)
        elif int(number) in parts[key]:  # a copy that somebody made for a new record
            joined.append(replace(whole, key=""))
        else:
            parts[key][int(number)], counts[key] = whole, int(count)
    for key, own in parts.items():
        if 1 not in own:
            continue
        if missing := [str(number) for number in range(1, counts[key] + 1) if number not in own]:
            raise UnreadableError(PART_MISSING.format(own[1].number, counts[key], "、".join(missing)))
        joined.append(_join_parts([own[number] for number in sorted(own)], shared))
    return sorted(joined, key=lambda row: row.number)


def _join_parts(rows: list[FileRow], shared: Iterable[str]) -> FileRow:
    """The first row, its own texts with what stands of them in the others."""
    cells = dict(rows[0].cells)
    for row in rows[1:]:
        for name in cells.keys() - set(shared):
            if rest := _rest(str(row.cells[name][1])):
                cells[name] = ("s", f"{cells[name][1]}{rest}")
    return replace(rows[0], cells=cells)


def _rest(text: str) -> str:
    """What a further row adds to a cell: the text behind the mark, or one that somebody typed without it."""
    if text.startswith(CONTINUED):
        return text.removeprefix(CONTINUED)
    return "" if text.endswith(CONTINUED) else text


def _whole_cell(cell: Cell, exported: str | None) -> Cell:
    """The cell of a shared text as it was exported, if it says a part of it and is marked so."""
    text = str(cell[1])
    part = text.removeprefix(CONTINUED).removesuffix(CONTINUED).removesuffix(MORE)
    if cell[0] != "s" or text in {part, exported}:
        return cell
    if exported is not None:
        return ("s", exported) if normalise(part) in normalise(exported) else cell
    return BLANK if text.startswith(CONTINUED) else ("s", text.removesuffix(CONTINUED))
