"""A list as offices hand it in: what stands on the sheet, how high its rows are, which cells are shared. No Excel here.

A row shares cells with its neighbours as far as they have the same aspect or finding: the value is written once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from documents.excel.columns import Column, Value, said

LINE, PADDING = 14.0, 6.0  # points: a line of Chinese text of 10 points, and what a cell keeps free
MOST_HEIGHT = 409.0  # points; a higher row no spreadsheet shows
PIECE = 30_000  # characters of a cell
PADDED = 2  # half characters of a line that a cell keeps free


def letter_of(number: int) -> str:
    """A column by its letters: 28 is AB."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def number_of(letters: str) -> int:
    """A column by its number: AB is 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True)
class Sheet:
    """What is written around a list."""

    title: str
    subtitle: str
    signature: str
    columns: tuple[Column, ...]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of columns that are known here only: units
    memory: tuple[str, ...] = ()  # what is needed to take the sheet back: which list, of what, in which form


@dataclass(frozen=True)
class Row:
    """One record: a value for each column, None where it stands in the cell above, and how high the row has to be."""

    key: str  # which record it is
    memory: tuple[str, ...]  # the key, the version, and what each column said when it was handed out
    values: tuple[Value, ...]
    shares: tuple[bool, ...]  # for each column whether this is the cell of the row above
    height: float


def half_characters(text: str) -> int:
    """How many half-width characters a line takes: GB 18030 has two bytes for what is as wide as two of them."""
    return len(text.encode("gb18030", "replace"))


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of so many Chinese characters."""
    room = max(2, 2 * width - PADDED)
    return sum(max(1, math.ceil(half_characters(line) / room)) for line in text.split("\n"))


def fitted(columns: Sequence[Column], records: Sequence[Any]) -> tuple[Column, ...]:
    """The columns as narrow as these records allow, but so that the heading has room in two lines."""

    def width_of(column: Column) -> int:
        longest = max(
            (half_characters(line) for one in records for line in said(column.value(one)).split("\n")), default=0
        )
        heading = math.ceil(half_characters(column.heading) / 4)
        return min(column.width, max(heading, math.ceil((longest + PADDED) / 2)))

    return tuple(replace(column, width=width_of(column)) for column in columns)


def height_of(text: str, column: Column) -> float:
    """How high a cell has to be so that all of its text can be read."""
    return lines_of(text, column.width) * LINE + PADDING


def rows_of(columns: Sequence[Column], records: Iterable[Any]) -> Iterator[Row]:
    """The rows in order. Those that share every cell that can be shared are looked at together, never all of them."""
    sharing = tuple(bool(column.shared_by) for column in columns)
    above: list[Any] = [object()] * len(columns)  # what the row above has in common with its neighbours

    def common(record: Any) -> list[Any]:
        own = None if any(sharing) else record.pk  # rows that share nothing are looked at one by one
        return [column.shared_by(record) if column.shared_by else own for column in columns]

    for keys, group in groupby(records, common):
        together = list(group)
        rows = [[column.value(record) for column in columns] for record in together]
        texts = [[said(value) for value in row] for row in rows]
        shares = tuple(may and key == last for may, key, last in zip(sharing, keys, above, strict=True))
        for record, values, saying, height in zip(together, rows, texts, _heights(columns, texts), strict=True):
            key = f"{record._meta.model_name}-{record.pk}"
            memory = (key, str(getattr(record, "version", "")), *in_cells(saying))
            shown = tuple(None if shared else value for value, shared in zip(values, shares, strict=True))
            yield Row(key, memory, shown, shares, height)
            shares = sharing
        above = keys


def in_cells(values: Sequence[str]) -> list[str]:
    """Some texts as JSON, cut into as many cells as it takes: one is ten times as quick as one for each."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def _heights(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[float]:
    """How high the rows are: each for its own cells, all together for those they share."""
    own = [
        max(height_of(text, column) for text, column in zip(row, columns, strict=True) if not column.shared_by)
        for row in rows
    ]
    shared = (height_of(text, column) for text, column in zip(rows[0], columns, strict=True) if column.shared_by)
    more = max(0.0, max(shared, default=0.0) - sum(own)) / len(own)
    return [min(MOST_HEIGHT, height + more) for height in own]
