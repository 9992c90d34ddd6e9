"""The plan of an import: what a workbook would change, row by row, checked by the forms of the pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from accounts.models import User
from documents.excel.columns import format_value
from documents.excel.limits import Cell
from findings.inspections.totals import quoted_in
from findings.models import Inspection, Progress
from findings.work.deadline_forms import DeadlineForm
from ledgers.catalogue import ListDefinition
from ledgers.cell_parsing import Sent, display, parse_cell
from ledgers.cell_text import CellError, normalise, read_text
from ledgers.columns import Column, with_unit_labels
from ledgers.continued_rows import FileRow
from ledgers.duplicate_rows import DuplicateRows, PresentTexts
from ledgers.import_plan import CellChange, CellProblem, PlannedRow, PlanOutcome
from ledgers.import_rights import FormClass, NewRecordFactory, bound_form, editable_forms, fields_of
from ledgers.job_progress import with_progress
from ledgers.lookups import Lookup
from ledgers.merging import MergeOutcome, merge
from ledgers.row_identity import COPIED, KEYS_CUT, RowIdentity
from ledgers.sheet_matching import EXAMPLE, NOT_FILLED, FileList

CHUNK_SIZE = 1000  # records loaded at once
QUOTES = "这段话引用了专项台账的数字，表格里是算好的，从这里改会把数字写死，改动不计；请到系统的页面上改。"
RENUMBER = "序号不从表里改，这里的改动不计；要调整次序，请到系统的页面上移动。"
CONTRADICTS = "和同一行的时限类型对不上，请改成一致。"
READ_ONLY = "这一列只供查看，改动不计；请到系统的页面上办理。"
GONE = "这条记录已被删除，或者您不能查看。请删除这一行；要重新登记的，请另起一个空行填写。"


class Plan(PlanOutcome):
    """What a workbook would do to the records of an inspection, for one user, as the records are now.

    Making the plan changes nothing in the database. ``taken`` names the clashing cells for which the file's value was
    chosen, ``reason`` is that of the deadlines which move beyond what they may (``moves``).
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- what, as which list of what, for whom, and what was chosen and typed
        self,
        file: FileList,
        listed: ListDefinition,
        inspection: Inspection,
        user: User,
        taken: Collection[str] = (),
        reason: str = "",
    ) -> None:
        self.file, self.listed, self.inspection, self.user, self.taken = file, listed, inspection, user, taken
        self.reason = reason.strip()
        self.known = Lookup(inspection, user)
        self.new_records = NewRecordFactory(self.known, listed.ledger)
        columns = with_unit_labels(listed.columns, self.known.unit_names)
        self.columns = {column.key: column for column in columns if column.key in file.places}
        self.rows: list[PlannedRow] = []
        self.problems: list[CellProblem] = []  # any of them prevents the import
        self.ignored: list[CellProblem] = []  # shown to the user; the rest is imported all the same
        self.moves: list[CellProblem] = []
        self.same = 0  # rows that change nothing
        self.keyed: dict[str, FileRow] = {}  # the rows of the file by the key of their record
        self._read()

    def _read(self) -> None:
        """Plan all rows, then bring rows and problems into the order of the file."""
        self.keyed, loose = self._group_rows()
        for key, row in with_progress(self.user, "正在核对", self.keyed.items()):
            self._plan_existing(row, key)
        for row in with_progress(self.user, "正在核对新的行", loose):
            self._plan_new(row)
        self.rows.sort(key=lambda row: row.number)
        self.problems.sort(key=lambda problem: (problem.row, problem.place))

    def _group_rows(self) -> tuple[dict[str, FileRow], list[FileRow]]:
        """The rows by key, and those without; of rows copied within the sheet the least edited keeps the key."""
        by_key: dict[str, list[FileRow]] = defaultdict(list)
        loose = []
        for row in self.file.rows:
            # A template's example row that somebody has typed over is meant as a row.
            if row.key == EXAMPLE and not self._edits(row):
                continue
            if row.key and row.key != EXAMPLE and row.key.startswith(f"{self.model._meta.model_name}-"):
                by_key[row.key].append(row)
            else:
                loose.append(row)
        keyed = {key: min(rows, key=self._edits) if len(rows) > 1 else rows[0] for key, rows in by_key.items()}
        loose += [row for key, rows in by_key.items() for row in rows if row is not keyed[key]]
        return keyed, sorted(loose, key=lambda row: row.number)

    def _edits(self, row: FileRow) -> int:
        """The number of cells that differ from the export."""
        base = self.file.base.get(row.key, {})
        return sum(display(self.columns[key], cell) != normalise(base.get(key, "")) for key, cell in row.cells.items())

    @cached_property
    def model(self) -> type[Any]:
        """The model of the list's records."""
        model: type[Any] = self.listed.records(self.user).model
        return model

    @cached_property
    def records(self) -> dict[str, Any]:
        """The records by key: those the file names; all if a row has no key, which may repeat any of them."""
        records = self.listed.with_links().records(self.user).filter(inspection=self.inspection)
        name = self.model._meta.model_name
        keys = {row.key for row in self.file.rows} | self.file.base.keys()
        if all(row.key not in {"", EXAMPLE} for row in self.file.rows):
            records = records.filter(pk__in=[int(key.split("-")[1]) for key in keys if key.startswith(f"{name}-")])
        # In parts: for thousands of keys at once SQLite scans all links of evidence instead of looking each up.
        found = {f"{name}-{record.pk}": record for record in records.iterator(chunk_size=CHUNK_SIZE)}
        for record in found.values():
            record.inspection = self.inspection  # saves one query for each record
        return found

    @cached_property
    def record_texts(self) -> dict[str, PresentTexts]:
        """The present texts of the records by key and column, as an export would write them."""
        return {key: PresentTexts(record, self.columns) for key, record in self.records.items()}

    def _plan_existing(self, row: FileRow, key: str) -> None:
        """Plan a row whose key names a record; a record that is gone is a problem only if the row was edited."""
        base, record = self.file.base.get(key), self.records.get(key)
        if base is not None and not self._edits(row):  # most rows of most files: nothing to compare
            self.same += record is not None  # an unchanged copy of a deleted record asks for nothing
            return
        if record is None:
            self._complain(row, next(iter(row.cells)), GONE)
            return
        column, contradiction = self._identity.mismatch(key)
        if contradiction:
            self._complain(row, column, contradiction)
            return
        changes = []
        for name, cell in row.cells.items():
            change = self._compare_cell(row, self.columns[name], cell, base, record)
            if change is None:
                continue
            written = str(getattr(record, change.column.field, ""))
            # The list shows quoted totals as numbers; storing one would replace the quotation by today's number.
            if quoted_in(written) and normalise(written) != change.ours:
                self.ignored.append(self._problem(row, name, QUOTES))
            else:
                changes.append(change)
        if not self._plan_steps(PlannedRow(row, record, changes)):
            self.same += 1

    def _compare_cell(
        self, row: FileRow, column: Column, cell: Cell, base: Mapping[str, str] | None, record: Any
    ) -> CellChange | None:
        """The change a cell makes, or None; ``base`` is None without a known export. Faults are collected."""
        ours = self.record_texts[row.key][column.key]
        before = None if base is None else normalise(base.get(column.key, ""))
        theirs = display(column, cell)
        if merge(before, ours, theirs) == MergeOutcome.KEEP:
            return None
        if not column.field:
            if theirs:
                words = RENUMBER if column.places == "number" else column.instead or READ_ONLY
                self.ignored.append(self._problem(row, column.key, words))
            return None
        try:
            parsed = parse_cell(column, cell, self.known, ours)
        except CellError as error:
            self._complain(row, column.key, str(error))
            return None
        # Compared a second time as parsed: another way of writing the same day or unit is no change.
        outcome = merge(before, ours, normalise(parsed.text))
        if outcome == MergeOutcome.KEEP and len(parsed.sent) > 1 and not _says_already(record, parsed.sent):
            outcome = MergeOutcome.TAKE  # the day is the same, but the cell says more, such as 长期坚持
        if outcome == MergeOutcome.KEEP:
            return None
        is_clash = outcome == MergeOutcome.CLASH
        return CellChange(column, before or "", ours, parsed.text, parsed.sent, is_clash, parsed.note)

    def _plan_new(self, row: FileRow) -> None:
        """Plan a row without a record; one that repeats an existing record changes nothing."""
        parsed: dict[str, CellChange] = {}
        wrong = False
        for name, cell in row.cells.items():
            column = self.columns[name]
            try:
                text = read_text(cell)
                if column.field and text:
                    found = parse_cell(column, cell, self.known)
                    parsed[name] = CellChange(column, "", "", found.text, found.sent, clashes=False, note=found.note)
            except CellError as error:
                self._complain(row, name, str(error))
                wrong = True
        if wrong:
            return
        placing = {name: column for name, column in self.columns.items() if column.places}
        places = {column.places: display(column, row.cells[name]) for name, column in placing.items()}
        texts = {name: change.theirs for name, change in parsed.items() if change.column.field != "text"}
        duplicate = self._duplicates.of(texts, places)
        if not duplicate and (words := self._not_new(row)):
            self._complain(row, next(iter(self._identity.identifying or row.cells)), words)
            return
        try:
            record = self.records[duplicate] if duplicate else self.new_records.new(self.model, places)
        except CellError as error:
            at = next((name for name, column in placing.items() if column.places == error.places), "")
            self._complain(row, at or next(iter(placing or row.cells)), str(error))
            return
        self._note_ignored_cells(row, record)
        if duplicate or not self._plan_steps(PlannedRow(row, record, list(parsed.values()))):
            self.same += 1

    def _not_new(self, row: FileRow) -> str:
        """The Chinese sentence why a row without a key of its own must not become a record; "" if it may."""
        if row.key in self.keyed and self._identity.own_columns and not self._edits(row):
            return COPIED.format(self.keyed[row.key].number)
        if words := self._identity.lost_key(row):
            return words
        return KEYS_CUT if self._has_lost_keys else ""

    @cached_property
    def _has_lost_keys(self) -> bool:
        """Whether the file was exported, has no keys any more, and yet says what some of its records say."""
        if self.keyed or not self.file.base.keys() - {EXAMPLE}:
            return False
        return any(self._identity.repeats(row) for row in self.file.rows)

    @cached_property
    def _identity(self) -> RowIdentity:
        """What tells whether the rows still are the records of their keys."""
        return RowIdentity(self.columns, self.keyed, self.record_texts, self.file.base)

    @cached_property
    def _duplicates(self) -> DuplicateRows:
        """The records that rows without a key may repeat."""
        return DuplicateRows(self.columns, self.record_texts, {row.key for row in self.file.rows}, self.known)

    def _note_ignored_cells(self, row: FileRow, record: Any) -> None:
        """Report cells of read-only columns, unless they are blank or say what the record says."""
        for name, column in self.columns.items():
            theirs = display(column, row.cells[name])
            if column.instead and theirs not in {"", NOT_FILLED, normalise(format_value(column.value(record)))}:
                self.ignored.append(self._problem(row, name, column.instead))

    def _plan_steps(self, row: PlannedRow) -> bool:
        """Bind and validate the forms of a row; add it to the plan and return True if it does anything."""
        row.changes = [change for change in row.changes if not self._is_logged(row.record, change)]
        form_classes, refusal = editable_forms(row.record, self.user) if row.changes else ((), "")
        # The first form creates the record, even when all cells that are filled in belong to the second.
        steps: dict[FormClass, Sent] = {form_class: {} for form_class in form_classes[:1] if row.is_new}
        for change in row.changes:
            # Without a choice the system's value stays.
            if change.clashes and change.name(row.number) not in self.taken:
                continue
            form_class = next((each for each in form_classes if change.sent.keys() <= fields_of(each)), None)
            if form_class is None:
                self._complain(row.at, change.column.key, refusal)
                continue
            earlier = steps.get(form_class, {})
            if any(earlier.get(name, values) != values for name, values in change.sent.items()):
                self._complain(row.at, change.column.key, CONTRADICTS)
            steps[form_class] = {**earlier, **change.sent}
        for form_class in (each for each in form_classes if each in steps):
            if row.is_new and row.steps:  # the second form can be validated only once the record is stored
                row.steps.append((form_class, steps[form_class]))
                continue
            form = bound_form(form_class, row.record, self.user, self.with_reason(form_class, steps[form_class]))
            self.complain_of(form, row.at)
            if isinstance(form, DeadlineForm) and form.move_needs:
                self.moves.append(self._problem(row.at, self._key_of("due_on", row.at), form.move_needs))
            if row.is_new or form.has_changed():
                row.form = row.form or form
                row.steps.append((form_class, steps[form_class]))
        if does := bool(row.steps or row.clashes):
            self.rows.append(row)
        return does

    @property
    def missing(self) -> list[str]:
        """The names of records that the export had and the file no longer has; an import never deletes them."""
        here = {row.key for row in self.file.rows}
        return [str(self.records[key]) for key in self.file.base if key not in here and key in self.records]

    @staticmethod
    def _is_logged(record: Any, change: CellChange) -> bool:
        """Whether the log has this entry under an earlier day; the list shows only the last entry."""
        if change.column.field != "text" or record._state.adding or not change.sent:
            return False
        entry = {name: values[0] for name, values in change.sent.items()}
        return Progress.objects.filter(measure=record, **entry).exists()


def _says_already(record: Any, sent: Sent) -> bool:
    """Whether a record has the values that a cell with several of them would store."""
    stored = {name: getattr(record, name) for name in sent}
    return all(
        (value is True and sent[name] == ["on"]) or sent[name] == [format_value(value)]
        for name, value in stored.items()
    )
