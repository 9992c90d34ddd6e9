"""What a list that came back would do: rows, the changes in their cells, and what is wrong with cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.forms import PageModelForm
from ledgers.columns import Column
from ledgers.doors import Door
from ledgers.matching import FileRow
from ledgers.sheet import letter_of
from ledgers.values import Sent


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell: where, what stands there, and what to do."""

    row: int
    place: int  # the number of the column
    value: str
    words: str

    @property
    def at(self) -> str:
        """The cell as spreadsheets call it."""
        return f"{letter_of(self.place)}{self.row}"


@dataclass(frozen=True)
class Change:
    """One cell that differs from the record."""

    column: Column
    base: str
    ours: str
    theirs: str
    sent: Sent
    clashes: bool

    def name(self, row: int) -> str:
        """The name of the input by which it is chosen."""
        return f"take-{row}-{self.column.key}"


@dataclass
class Row:
    """What one row of the file does to one record."""

    at: FileRow
    record: Any
    changes: list[Change]
    steps: list[tuple[Door, Sent]] = field(default_factory=list)
    form: PageModelForm | None = None  # of the first step

    @property
    def number(self) -> int:
        """The number of the row."""
        return self.at.number

    def __post_init__(self) -> None:
        self.is_new = bool(self.record._state.adding)  # asked again once it is stored

    @property
    def words(self) -> str:
        """The record, or what will be one."""
        if not self.is_new:
            return str(self.record)
        said = {one.column.key: one.theirs for one in self.changes}
        return said.get("title") or next(filter(None, said.values()), "")

    @property
    def clashes(self) -> list[Change]:
        """The cells in which somebody has to choose."""
        return [change for change in self.changes if change.clashes]

    @property
    def settled(self) -> list[Change]:
        """The cells that are taken over."""
        return [change for change in self.changes if not change.clashes]
