"""The definition of a special ledger, and the columns that several ledgers have in common.

The key of a column is the field of ``ledgers.models.Entry`` that it shows and, if it is editable, fills in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from documents.excel.columns import CellValue
from findings.inspections.totals import Total, totals_of_ledger
from ledgers.cell_values import name_of, numbers_of, units_of
from ledgers.columns import Column, ColumnKind

BY_STEPS = "状态和办结的日期只由办理步骤写入，这里的改动不计；请在导入后打开这件事项，点页面上的办理步骤。"


@dataclass(frozen=True)
class EntryState:
    """One state of an entry; a ``final`` one ends the work.

    ``days`` limits how many days after ``received_on`` an entry may still be in this state; it is overdue afterwards.
    """

    key: str
    label: str
    final: bool = False
    days: int | None = None


@dataclass(frozen=True)
class StepDefinition:
    """One step of an entry from some states to another.

    ``needs`` names fields that must be filled in before; ``by_units`` lets the units of the entry take the step, not
    only the office; ``says_why`` makes a comment mandatory and marks a step back.
    """

    key: str
    label: str
    sources: tuple[str, ...]
    target: str
    needs: tuple[str, ...] = ()
    by_units: bool = False
    says_why: bool = False


@dataclass(frozen=True)
class Ledger:
    """One ledger; a new entry is in the first of ``states``.

    ``due_days`` sets the deadline of an entry without one: that many days after ``received_on``. None: no deadline.
    """

    key: str
    title: str
    noun: str  # measure word and noun for a number of entries, such as 件批示和交办事项
    columns: tuple[Column, ...]
    states: tuple[EntryState, ...]
    steps: tuple[StepDefinition, ...]
    due_days: int | None = None

    def column(self, key: str) -> Column:
        """The column with this key; StopIteration when the ledger does not have it."""
        return next(column for column in self.columns if column.key == key)

    def has_field(self, key: str) -> bool:
        """Whether the ledger uses this field of ``Entry``."""
        return any(column.key == key for column in self.columns)

    def state(self, key: str) -> EntryState:
        """The state with this key; StopIteration when there is none."""
        return next(state for state in self.states if state.key == key)

    def steps_from(self, state: str) -> list[StepDefinition]:
        """The steps that start in a state, in the order of the definition."""
        return [step for step in self.steps if state in step.sources]

    @property
    def totals(self) -> list[Total]:
        """The totals over the ledger's entries that outcomes can quote."""
        return totals_of_ledger(self.key)

    @property
    def finals(self) -> list[str]:
        """The keys of the final states."""
        return [state.key for state in self.states if state.final]


def field_column(
    key: str, heading: str, width: int, kind: ColumnKind = ColumnKind.TEXT, choices: tuple[str, ...] = ()
) -> Column:
    """A column that shows and fills in the field ``key``."""

    def value(entry: Any) -> CellValue:
        found: CellValue = getattr(entry, key)
        return found

    return Column(
        key, heading, width, value, kind, choices=choices, codes=choices, field=key, identifies=key == "title"
    )


def choice_column(heading: str, *choices: str) -> Column:
    """The column of ``kind``, whose choices differ between ledgers; the labels are stored as they are."""
    return field_column("kind", heading, 16, ColumnKind.CHOICE, choices)


def date_column(key: str, heading: str) -> Column:
    """An editable column of a date field."""
    return field_column(key, heading, 22, ColumnKind.DAY)


def end_date_column(heading: str) -> Column:
    """The read-only column of ``done_on``, which only a step writes."""
    return replace(date_column("done_on", heading), field="", instead=BY_STEPS)


NUMBER = replace(field_column("number", "编号", 18), is_repeated=True)
NOTE = field_column("note", "备注", 24)
UNITS = Column(
    "units",
    "承办单位",
    30,
    lambda entry: units_of(entry.units),
    ColumnKind.UNITS,
    field="units",
    units=lambda entry: entry.units.all(),
)
PERSON = Column(
    "person_in_charge",
    "责任人",
    17,
    lambda entry: name_of(entry.person_in_charge),
    ColumnKind.PERSON,
    field="person_in_charge",
)
DUE = date_column("due_on", "办理期限")
# No ``field``: an import may not change the state, which only a step writes.
STATE = Column("status", "状态", 18, lambda entry: entry.state.label, instead=BY_STEPS)
FINDINGS = Column(
    "findings", "对应问题", 20, lambda entry: numbers_of(entry.findings.all()), ColumnKind.PLACES, field="findings"
)
ENDED = (FINDINGS, NOTE)


def sent_back(target: str, *sources: str) -> StepDefinition:
    """The step back to the state ``target``, for which a comment is mandatory."""
    return StepDefinition("send_back", "退回", sources, target, says_why=True)
