"""A list's sheet: its definition with what stands above and below its rows, and a row. No Excel here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from documents.excel.columns import CellValue, SheetColumn
from documents.excel.lines import count_lines, text_width
from documents.excel.paper import Layout, line_room, row_height

TITLE_SIZE, SUBTITLE_SIZE, FOOT_SIZE = 22.0, 12.0, 10.5
LEAST_GAP = 6  # full-width blanks behind each label of a signature
NOT_PRINTED = "没有内容、未印出的栏目：{0}。（要填写时，选中表格全部的列，右键“取消隐藏”）"


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
    """The definition of a list's sheet: everything but its rows. ``signature`` are the labels of who signs."""

    title: str
    subtitle: str
    signature: tuple[str, ...]
    layout: Layout
    choices: Mapping[str, Sequence[str]] = field(
        default_factory=dict
    )  # by column key, where the choices differ from list to list
    memory: tuple[str, ...] = ()  # identifies the list at its import; written to a hidden sheet

    @property
    def columns(self) -> tuple[SheetColumn, ...]:
        """The columns with their printed widths."""
        return self.layout.columns

    @property
    def head_heights(self) -> tuple[float, float]:
        """The heights of the title and of the line below it, in points."""
        sized = ((self.title, TITLE_SIZE), (self.subtitle, SUBTITLE_SIZE))
        title, subtitle = (row_height(self._lines(text, size), size) for text, size in sized)
        return title, subtitle

    @property
    def foot(self) -> list[tuple[str, float]]:
        """The lines below the list with their heights in points: the columns that are not printed, the signature."""
        empty = "、".join(column.heading for column in self.columns if column.key in self.layout.empty)
        notes = [NOT_PRINTED.format(empty)] if empty else []
        lines = [(note, row_height(self._lines(note, FOOT_SIZE), FOOT_SIZE)) for note in notes]
        signature = signature_lines(self.signature, line_room(self.layout.paper.filled_width, FOOT_SIZE))
        return [*lines, (signature, row_height(2 + signature.count("\n"), FOOT_SIZE))]

    def _lines(self, text: str, size: float) -> int:
        return count_lines(text, line_room(self.layout.paper.filled_width, size))


def signature_lines(labels: Sequence[str], room: float) -> str:
    """The labels spread over one line, or over two where one has too little room between them to sign."""
    gap = int((room - sum(map(text_width, labels))) / 2 / max(1, len(labels)))
    if gap < LEAST_GAP and len(labels) > 1:
        half = len(labels) // 2
        return f"{signature_lines(labels[:half], room)}\n\n{signature_lines(labels[half:], room)}"
    return ("　" * max(1, gap)).join(labels)


class RecordIdentity(NamedTuple):
    """The key and the version of the record in a row."""

    key: str
    version: str


@dataclass(frozen=True)
class ListRow:
    """A row: a value for each column, None where it is in a cell shared with the row above, and its height in points.

    ``key`` is that of the record, with ``+2/3`` behind it in the second of three rows of one record. ``memory`` is
    empty in rows on which a record goes on. A page begins with a row that ``starts_page``, and ends with one that
    ``ends_page`` though the foot of the list follows.
    """

    key: str
    memory: tuple[str, ...]  # key, version and the exported texts, to find at the import what was changed
    values: tuple[CellValue, ...]
    shares: tuple[bool, ...]  # for each column whether this is the cell of the row above
    height: float
    starts_page: bool = False
    ends_page: bool = False
