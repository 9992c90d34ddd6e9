"""The parts of an import's plan: rows, changes of cells, and problems of cells."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS

from accounts.models import User
from accounts.records.conflicts import VERSION_FIELD
from accounts.web.forms import PageModelForm
from documents.excel.sheet import column_letters
from findings.inspections.models.quoted_totals import undone_by_totals
from findings.models import Accountability, Aspect, Finding, Measure, Recovery, Regulation
from findings.work.deadline_forms import REASON_FIELD
from findings.workflow.editing import VOIDS, edit_consequence
from findings.workflow.void_warnings import wholly_signed
from ledgers.cell_parsing import Sent
from ledgers.columns import Column
from ledgers.continued_rows import FileRow
from ledgers.import_rights import FormClass, NewRecordFactory, fields_of
from ledgers.models import Entry
from ledgers.sheet_matching import FileList

FILED_BY = ("finding", "findings", "measures")  # fields of forms that name findings
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
    data that would store it. ``clashes`` is True when both sides changed it and the user has to choose. ``note`` says
    how the cell was read where that does not go without saying.
    """

    column: Column
    base: str
    ours: str
    theirs: str
    sent: Sent
    clashes: bool
    note: str = ""

    @property
    def heading(self) -> str:
        """The heading of the column."""
        return self.column.heading

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

    def takes_number(self) -> bool:
        """Whether the record is new and takes the next number among its siblings."""
        return self.is_new and bool(self.record.numbered_within) and self.record.order is None

    @property
    def words(self) -> str:
        """The record's name; for a new one its title or first text."""
        if not self.is_new:
            return str(self.record)
        texts = {one.column.key: one.theirs for one in self.changes}
        return texts.get("title") or next(filter(None, texts.values()), "")

    @property
    def findings(self) -> set[int]:
        """The keys of the findings that a filed record or an entry belongs to, before and after; else empty."""
        if self.form is None or not isinstance(self.record, Accountability | Recovery | Regulation | Entry):
            return set()
        given = (values.get(name) for values in (self.form.initial, self.form.cleaned_data) for name in FILED_BY)
        return {key for value in given for key in _keys_of(value)}

    @property
    def clashes(self) -> list[CellChange]:
        """The changes for which the user has to choose a side."""
        return [change for change in self.changes if change.clashes]

    @property
    def accepted_changes(self) -> list[CellChange]:
        """The changes that are stored without a choice."""
        return [change for change in self.changes if not change.clashes]


class PlanOutcome:
    """What a plan has found: rows to store, problems, and readings that the user should look at."""

    file: FileList
    columns: dict[str, Column]
    new_records: NewRecordFactory
    rows: list[PlannedRow]
    problems: list[CellProblem]  # any of them prevents the import
    moves: list[CellProblem]  # deadlines that need a reason, which prevents the import only without one
    reason: str

    def complain_of(self, form: PageModelForm, row: FileRow) -> None:
        """Add the errors of a form to ``problems``, each at the cell of its field, else at the row's first cell."""
        by_field = {column.field: name for name, column in self.columns.items() if column.field}
        by_field["reported_on"] = by_field.get("text", "")
        for name, errors in form.errors.items():
            if name == REASON_FIELD and not self.reason:
                continue  # asked for once for all rows, see ``moves``
            key = by_field.get(name) or next(iter(row.cells))
            is_labelled = name not in {NON_FIELD_ERRORS, VERSION_FIELD} and not by_field.get(name)
            label = f"{form.fields[name].label}：" if is_labelled else ""
            for words in errors:
                self._complain(row, key, f"{label}{words}")

    def complain(self, row: FileRow, words: str) -> None:
        """Add a problem of a whole row, at its first cell."""
        self._complain(row, next(iter(row.cells)), words)

    def _complain(self, row: FileRow, key: str, words: str) -> None:
        """Add a problem of one cell, once: several forms may report the same error."""
        problem = self._problem(row, key, words)
        if problem not in self.problems:
            self.problems.append(problem)

    def _problem(self, row: FileRow, key: str, words: str) -> CellProblem:
        return CellProblem(row.number, self.file.places[key], str(row.cells[key][1]), words)

    @property
    def rows_to_create(self) -> list[PlannedRow]:
        """The rows that create a record."""
        return [row for row in self.rows if row.is_new]

    @property
    def rows_to_change(self) -> list[PlannedRow]:
        """The rows that change a record and in which nothing has to be chosen."""
        return [row for row in self.rows if not row.is_new and not row.clashes]

    @property
    def rows_to_save(self) -> list[PlannedRow]:
        """The rows that have something to store."""
        return [row for row in self.rows if row.steps]

    def _key_of(self, field_name: str, row: FileRow) -> str:
        """The key of the column of a field, else of the row's first cell."""
        return next(
            (name for name, column in self.columns.items() if column.field == field_name), next(iter(row.cells))
        )

    def with_reason(self, form_class: FormClass, sent: Sent) -> Sent:
        """The data of a form, with the reason for a later deadline where the form asks for one."""
        asks = self.reason and "due_on" in sent and REASON_FIELD in fields_of(form_class)
        return {**sent, REASON_FIELD: [self.reason]} if asks else sent

    @property
    def lacks_reason(self) -> bool:
        """Whether deadlines move that need a reason, and none was given."""
        return bool(self.moves) and not self.reason

    @property
    def readings(self) -> list[CellProblem]:
        """The cells that were read in a way that the user should look at, each with how."""
        return [
            self._problem(row.at, change.column.key, change.note)
            for row in self.rows
            for change in row.changes
            if change.note
        ]

    @property
    def clashing(self) -> list[PlannedRow]:
        """The rows in which the user has to choose between two values."""
        return [row for row in self.rows if row.clashes]

    @property
    def new_aspects(self) -> list[tuple[Aspect, list[int]]]:
        """The aspects that do not exist yet, each with the rows that name it."""
        rows: dict[str, list[int]] = {key: [] for key in self.new_records.aspects}
        for row in self.rows_to_create:
            for key, aspect in self.new_records.aspects.items():
                if getattr(row.record, "aspect", None) is aspect:
                    rows[key].append(row.number)
        return [(self.new_records.aspects[key], numbers) for key, numbers in rows.items() if numbers]

    @property
    def digest(self) -> str:
        """A digest of all planned changes; another digest shows that a record was changed since the preview."""
        seen = [
            (row.number, row.record.pk, [(one.column.key, one.ours, one.theirs, one.clashes) for one in row.changes])
            for row in self.rows
        ]
        made = [aspect.title for aspect, _ in self.new_aspects]
        return hashlib.sha256(json.dumps([seen, made]).encode()).hexdigest()


def _keys_of(value: Any) -> Iterator[int]:
    """The keys of the findings that a field of a form names: a key, a finding, or several findings or measures."""
    for one in value if isinstance(value, Iterable) else (value,):
        if isinstance(one, Finding | int):
            yield one.pk if isinstance(one, Finding) else one
        elif isinstance(one, Measure):
            yield one.finding_id


def list_consequences(rows: Sequence[PlannedRow], user: User) -> list[str]:
    """Warnings about sign-offs and verifications that these rows would end.

    One Chinese sentence for each kind of consequence, with the numbers of the rows.
    """
    # Asks the database once for each inspection, not for each row.
    by_totals = cache(undone_by_totals)
    findings = {row.number: row.findings for row in rows}
    signed = wholly_signed({key for keys in findings.values() for key in keys})

    def words_for(row: PlannedRow) -> str:
        record = row.record
        if isinstance(record, Measure):
            return edit_consequence(record, user)
        if isinstance(record, Finding):
            above = record.parent if row.is_new else None
            return VOIDS if record.is_signed_off or (above and above.is_signed_off) else ""
        voids = "" if signed.isdisjoint(findings[row.number]) else VOIDS
        return f"{voids}{by_totals(record.inspection_id)}" if getattr(record, "counts_in_totals", False) else voids

    rows_by_consequence: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        rows_by_consequence[words_for(row)].append(row.number)
    return [f"{_row_numbers(numbers)}：{words}" for words, numbers in rows_by_consequence.items() if words]


def _row_numbers(numbers: list[int]) -> str:
    named = "、".join(map(str, numbers[:NAMED]))
    return f"第 {named} 行" if len(numbers) <= NAMED else f"第 {named} 等 {len(numbers)} 行"
