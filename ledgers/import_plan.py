"""What a list that came back would do: rows, the changes in their cells, and what is wrong with cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from accounts.models import User
from accounts.web.forms import PageModelForm
from documents.excel.sheet import column_letters
from findings.models import Finding, Measure, Supervision
from findings.workflow.editing import VOIDS, edit_consequence
from findings.workflow.quoted_totals import undone_by_totals
from ledgers.cell_parsing import Sent
from ledgers.columns import Column
from ledgers.import_rights import FormClass
from ledgers.models import Entry
from ledgers.sheet_matching import FileRow

NAMED = 20  # rows that a sentence names one by one


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with one cell: where, what stands there, and what to do."""

    row: int
    place: int  # the number of the column
    value: str
    words: str

    @property
    def at(self) -> str:
        """The cell as spreadsheets call it."""
        return f"{column_letters(self.place)}{self.row}"


@dataclass(frozen=True)
class CellChange:
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
class PlannedRow:
    """What one row of the file does to one record."""

    at: FileRow
    record: Any
    changes: list[CellChange]
    steps: list[tuple[FormClass, Sent]] = field(default_factory=list)
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
    def clashes(self) -> list[CellChange]:
        """The cells in which somebody has to choose."""
        return [change for change in self.changes if change.clashes]

    @property
    def accepted_changes(self) -> list[CellChange]:
        """The cells that are taken over."""
        return [change for change in self.changes if not change.clashes]


def undone(rows: Iterable[PlannedRow], user: User) -> list[str]:
    """What these rows undo, sign-offs and verifications: a sentence for each kind, with the rows that do."""
    by_totals = cache(undone_by_totals)

    def words_for(record: Any) -> str:
        if isinstance(record, Measure):
            return edit_consequence(record, user)
        if isinstance(record, Entry | Supervision):
            return by_totals(record.inspection_id)
        return VOIDS if isinstance(record, Finding) and record.is_signed_off else ""

    told: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        told[words_for(row.record)].append(row.number)
    return [f"{_rows_said(numbers)}：{words}" for words, numbers in told.items() if words]


def _rows_said(numbers: list[int]) -> str:
    named = "、".join(map(str, numbers[:NAMED]))
    return f"第 {named} 行" if len(numbers) <= NAMED else f"第 {named} 等 {len(numbers)} 行"
