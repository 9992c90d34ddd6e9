"""The parts of an import's plan: rows, changes of cells, and problems of cells."""

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
from ledgers.continued_rows import FileRow
from ledgers.import_rights import FormClass
from ledgers.models import Entry

NAMED = 20  # rows that a sentence names one by one


@dataclass(frozen=True)
class CellProblem:
    """A problem of one cell: where it is, its value, and a Chinese sentence with what to do."""

    row: int
    place: int  # number of the column, from 1
    value: str
    words: str

    @property
    def at(self) -> str:
        """The cell's name in a spreadsheet, such as B12."""
        return f"{column_letters(self.place)}{self.row}"


@dataclass(frozen=True)
class CellChange:
    """One cell whose value differs from the record.

    ``base`` is the value when the list was exported, ``ours`` the present one, ``theirs`` the file's; ``sent`` the form
    data that would store it. ``clashes`` is True when both sides changed it and the user has to choose.
    """

    column: Column
    base: str
    ours: str
    theirs: str
    sent: Sent
    clashes: bool

    def name(self, row: int) -> str:
        """The name of the radio input by which the user chooses a side."""
        return f"take-{row}-{self.column.key}"


@dataclass
class PlannedRow:
    """The changes one row of the file makes to one record, new or existing.

    ``steps`` are the forms to save and their data, in order; a form that needs the record to exist comes after the
    first.
    """

    at: FileRow
    record: Any
    changes: list[CellChange]
    steps: list[tuple[FormClass, Sent]] = field(default_factory=list)
    form: PageModelForm | None = None  # the bound form of the first step, which is reused when storing

    @property
    def number(self) -> int:
        """The number of the row in the sheet."""
        return self.at.number

    def __post_init__(self) -> None:
        self.is_new = bool(self.record._state.adding)  # kept, since it is needed after the record has been stored

    @property
    def words(self) -> str:
        """The record's name; for a new one its title or first text."""
        if not self.is_new:
            return str(self.record)
        texts = {one.column.key: one.theirs for one in self.changes}
        return texts.get("title") or next(filter(None, texts.values()), "")

    @property
    def clashes(self) -> list[CellChange]:
        """The changes for which the user has to choose a side."""
        return [change for change in self.changes if change.clashes]

    @property
    def accepted_changes(self) -> list[CellChange]:
        """The changes that are stored without a choice."""
        return [change for change in self.changes if not change.clashes]


def list_consequences(rows: Iterable[PlannedRow], user: User) -> list[str]:
    """Warnings about sign-offs and verifications that these rows would end.

    One Chinese sentence for each kind of consequence, with the numbers of the rows.
    """
    # Asks the database once for each inspection, not for each row.
    by_totals = cache(undone_by_totals)

    def words_for(record: Any) -> str:
        if isinstance(record, Measure):
            return edit_consequence(record, user)
        if isinstance(record, Entry | Supervision):
            return by_totals(record.inspection_id)
        return VOIDS if isinstance(record, Finding) and record.is_signed_off else ""

    rows_by_consequence: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        rows_by_consequence[words_for(row.record)].append(row.number)
    return [f"{_row_numbers(numbers)}：{words}" for words, numbers in rows_by_consequence.items() if words]


def _row_numbers(numbers: list[int]) -> str:
    named = "、".join(map(str, numbers[:NAMED]))
    return f"第 {named} 行" if len(numbers) <= NAMED else f"第 {named} 等 {len(numbers)} 行"
