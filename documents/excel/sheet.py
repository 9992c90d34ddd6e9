"""A list as offices hand it in: what stands on the sheet, how high its rows are, which cells are shared. No Excel here.

A row shares cells with its neighbours as far as they have something in common: the value is written once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, NamedTuple

from documents.excel.columns import CellValue, SheetColumn, format_value

LINE_HEIGHT, PADDING = 14.0, 6.0  # points: a line of Chinese text of 10 points, and what a cell keeps free
MOST_HEIGHT = 409.0  # points; a higher row no spreadsheet shows
JSON_CELL = 30_000  # characters of a cell
CELL_MARGIN = 2  # half characters of a line that a cell keeps free


def column_letters(number: int) -> str:
    """A column by its letters: 28 is AB."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A column by its number: AB is 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True)
class ListSheet:
    """What is written around a list."""

    title: str
    subtitle: str
    signature: str
    columns: tuple[SheetColumn, ...]
    choices: Mapping[str, Sequence[str]] = field(
        default_factory=dict
    )  # of columns whose choices differ from list to list
    memory: tuple[str, ...] = ()  # what is needed to take the sheet back: which list, of what, in which form


class RecordIdentity(NamedTuple):
    """Which record a row is of, and in which version."""

    key: str
    version: str


@dataclass(frozen=True)
class ListRow:
    """One record: a value for each column, None where it stands in the cell above, and how high the row has to be."""

    key: str  # which record it is
    memory: tuple[str, ...]  # the key, the version, and what each column said when it was handed out
    values: tuple[CellValue, ...]
    shares: tuple[bool, ...]  # for each column whether this is the cell of the row above
    height: float


def count_half_widths(text: str) -> int:
    """How many half-width characters a line takes: GB 18030 has two bytes for what is as wide as two of them."""
    return len(text.encode("gb18030", "replace"))


def count_lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of so many Chinese characters."""
    room = max(2, 2 * width - CELL_MARGIN)
    return sum(max(1, math.ceil(count_half_widths(line) / room)) for line in text.split("\n"))


def fit_columns(columns: Sequence[SheetColumn], records: Sequence[Any]) -> tuple[SheetColumn, ...]:
    """The columns as narrow as these records allow, but so that the heading has room in two lines."""

    def width_of(column: SheetColumn) -> int:
        longest = max(
            (count_half_widths(line) for one in records for line in format_value(column.value(one)).split("\n")),
            default=0,
        )
        heading = math.ceil(count_half_widths(column.heading) / 4)
        return min(column.width, max(heading, math.ceil((longest + CELL_MARGIN) / 2)))

    return tuple(replace(column, width=width_of(column)) for column in columns)


def cell_height(text: str, column: SheetColumn) -> float:
    """How high a cell has to be so that all of its text can be read."""
    return count_lines(text, column.width) * LINE_HEIGHT + PADDING


def list_rows(
    columns: Sequence[SheetColumn], records: Iterable[Any], identify: Callable[[Any], RecordIdentity]
) -> Iterator[ListRow]:
    """The rows in order. Those that share every cell that can be shared are looked at together, never all of them."""
    sharing = tuple(bool(column.shared_by) for column in columns)
    above: list[Any] = [object()] * len(columns)  # what the row above has in common with its neighbours

    def common(record: Any) -> list[Any]:
        own = None if any(sharing) else identify(record)  # rows that share nothing are looked at one by one
        return [column.shared_by(record) if column.shared_by else own for column in columns]

    for keys, group in groupby(records, common):
        together = list(group)
        rows = [[column.value(record) for column in columns] for record in together]
        texts = [[format_value(value) for value in row] for row in rows]
        shares = tuple(may and key == last for may, key, last in zip(sharing, keys, above, strict=True))
        for record, values, formatted, height in zip(together, rows, texts, _heights(columns, texts), strict=True):
            identity = identify(record)
            memory = (*identity, *json_cells(formatted))
            shown = tuple(None if shared else value for value, shared in zip(values, shares, strict=True))
            yield ListRow(identity.key, memory, shown, shares, height)
            shares = sharing
        above = keys


def json_cells(values: Sequence[str]) -> list[str]:
    """Some texts as JSON, cut into as many cells as it takes: one is ten times as quick as one for each."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return [text[start : start + JSON_CELL] for start in range(0, len(text), JSON_CELL)]


def _heights(columns: Sequence[SheetColumn], rows: Sequence[Sequence[str]]) -> list[float]:
    """How high the rows are: each for its own cells, all together for those they share."""
    own = [
        max(cell_height(text, column) for text, column in zip(row, columns, strict=True) if not column.shared_by)
        for row in rows
    ]
    shared = (cell_height(text, column) for text, column in zip(rows[0], columns, strict=True) if column.shared_by)
    more = max(0.0, max(shared, default=0.0) - sum(own)) / len(own)
    return [min(MOST_HEIGHT, height + more) for height in own]
