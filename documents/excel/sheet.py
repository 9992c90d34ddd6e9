"""The content of a list's sheet: rows, their heights, and the cells that neighbouring rows share. No Excel here.

Neighbouring rows with a common key in a column share one cell of it, in which the value is written once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, NamedTuple

from documents.excel.columns import CellValue, SheetColumn, format_value

LINE_HEIGHT, PADDING = 14.0, 6.0  # points: a line of Chinese text of 10 points, and the free space in a cell
MOST_HEIGHT = 409.0  # points; spreadsheets show no higher row
JSON_CELL = 30_000  # characters in a cell, below the limit of Excel
CELL_MARGIN = 2  # half-width characters of a line that stay free


def column_letters(number: int) -> str:
    """The letters of a column by its number from 1: 28 is AB."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column from 1 by its capital letters: AB is 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True)
class ListSheet:
    """The definition of a list's sheet: everything but its rows."""

    title: str
    subtitle: str
    signature: str
    columns: tuple[SheetColumn, ...]
    choices: Mapping[str, Sequence[str]] = field(
        default_factory=dict
    )  # by column key, where the choices differ from list to list
    memory: tuple[str, ...] = ()  # identifies the list at its import; written to a hidden sheet


class RecordIdentity(NamedTuple):
    """The key and the version of the record in a row."""

    key: str
    version: str


@dataclass(frozen=True)
class ListRow:
    """One record: a value for each column, None where it is in a cell shared with the row above, and the row's height.

    The height is in points.
    """

    key: str  # of the record
    memory: tuple[str, ...]  # key, version and the exported texts, to find at the import what was changed
    values: tuple[CellValue, ...]
    shares: tuple[bool, ...]  # for each column whether this is the cell of the row above
    height: float


def count_half_widths(text: str) -> int:
    """The width of a line in half-width characters."""
    # GB 18030 has one byte for half-width characters and two for common full-width ones.
    return len(text.encode("gb18030", "replace"))


def count_lines(text: str, width: int) -> int:
    """The number of lines of a text in a column of ``width`` Chinese characters."""
    room = max(2, 2 * width - CELL_MARGIN)
    return sum(max(1, math.ceil(count_half_widths(line) / room)) for line in text.split("\n"))


def fit_columns(columns: Sequence[SheetColumn], records: Sequence[Any]) -> tuple[SheetColumn, ...]:
    """The columns narrowed to the texts of these records, but wide enough for the heading in two lines."""

    def width_of(column: SheetColumn) -> int:
        longest = max(
            (count_half_widths(line) for one in records for line in format_value(column.value(one)).split("\n")),
            default=0,
        )
        heading = math.ceil(count_half_widths(column.heading) / 4)
        return min(column.width, max(heading, math.ceil((longest + CELL_MARGIN) / 2)))

    return tuple(replace(column, width=width_of(column)) for column in columns)


def cell_height(text: str, column: SheetColumn) -> float:
    """The height in points that shows all of a text in a column."""
    return count_lines(text, column.width) * LINE_HEIGHT + PADDING


def list_rows(
    columns: Sequence[SheetColumn], records: Iterable[Any], identify: Callable[[Any], RecordIdentity]
) -> Iterator[ListRow]:
    """The rows in order, computed group by group: only rows that share all their shared cells are in memory."""
    sharing = tuple(bool(column.shared_by) for column in columns)
    above: list[Any] = [object()] * len(columns)  # the keys of the row above, which equal none at first

    def common(record: Any) -> list[Any]:
        own = None if any(sharing) else identify(record)  # without shared columns each row is a group
        return [column.shared_by(record) if column.shared_by else own for column in columns]

    for keys, group in groupby(records, common):
        together = list(group)
        rows = [[column.value(record) for column in columns] for record in together]
        texts = [[format_value(value) for value in row] for row in rows]
        # For the first row of the group; its other rows share every shared column.
        shares = tuple(can_share and key == last for can_share, key, last in zip(sharing, keys, above, strict=True))
        for record, values, formatted, height in zip(together, rows, texts, _heights(columns, texts), strict=True):
            identity = identify(record)
            memory = (*identity, *json_cells(formatted))
            shown = tuple(None if shared else value for value, shared in zip(values, shares, strict=True))
            yield ListRow(identity.key, memory, shown, shares, height)
            shares = sharing
        above = keys


def json_cells(values: Sequence[str]) -> list[str]:
    """The texts as one JSON array, cut into cells of ``JSON_CELL``: ten times as fast as one cell for each text."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return [text[start : start + JSON_CELL] for start in range(0, len(text), JSON_CELL)]


def _heights(columns: Sequence[SheetColumn], rows: Sequence[Sequence[str]]) -> list[float]:
    """The heights of a group's rows: enough for each row's own cells, and in all for the cells they share."""
    own = [
        max(cell_height(text, column) for text, column in zip(row, columns, strict=True) if not column.shared_by)
        for row in rows
    ]
    shared = (cell_height(text, column) for text, column in zip(rows[0], columns, strict=True) if column.shared_by)
    more = max(0.0, max(shared, default=0.0) - sum(own)) / len(own)
    return [min(MOST_HEIGHT, height + more) for height in own]
