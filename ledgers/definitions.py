"""What a special ledger is made of, and the columns that several of them have.

The key of a column is the field of ``ledgers.models.Entry`` it shows and, where people type it, fills in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from documents.excel.columns import CellValue
from findings.inspections.totals import Total, totals_of_ledger
from ledgers.columns import Column, ColumnKind
from ledgers.list_columns import name_of, numbers_of, units_of

BY_STEPS = "状态和办结的日期只由办理步骤写入，这里的改动不计；请在导入后打开这件事项，点页面上的办理步骤。"


@dataclass(frozen=True)
class EntryState:
    """One state of an entry; a ``final`` one ends the work. ``days`` after it came in an entry has to have left it."""

    key: str
    label: str
    final: bool = False
    days: int | None = None


@dataclass(frozen=True)
class StepDefinition:
    """One step from a state to another: the button, what must be filled in before, and whether units take it too."""

    key: str
    label: str
    sources: tuple[str, ...]
    target: str
    needs: tuple[str, ...] = ()
    by_units: bool = False
    says_why: bool = False


@dataclass(frozen=True)
class Ledger:
    """One ledger; its first state is that of a new entry. ``due_days`` after it came in an entry is due, if no other
    day is given.
    """

    key: str
    title: str
    noun: str  # what its entries are counted in, such as 件批示和交办事项
    columns: tuple[Column, ...]
    states: tuple[EntryState, ...]
    steps: tuple[StepDefinition, ...]
    due_days: int | None = None

    def column(self, key: str) -> Column:
        """The column of a field."""
        return next(column for column in self.columns if column.key == key)

    def has_field(self, key: str) -> bool:
        """Whether its entries have a field."""
        return any(column.key == key for column in self.columns)

    def state(self, key: str) -> EntryState:
        """A state by its key."""
        return next(state for state in self.states if state.key == key)

    def steps_from(self, state: str) -> list[StepDefinition]:
        """The steps out of a state."""
        return [step for step in self.steps if state in step.sources]

    @property
    def totals(self) -> list[Total]:
        """The totals of its entries that may be quoted."""
        return totals_of_ledger(self.key)

    @property
    def finals(self) -> list[str]:
        """The states in which nothing is left to do."""
        return [state.key for state in self.states if state.final]


def field_column(
    key: str, heading: str, width: int, kind: ColumnKind = ColumnKind.TEXT, choices: tuple[str, ...] = ()
) -> Column:
    """The column of a field of an entry."""

    def value(entry: Any) -> CellValue:
        found: CellValue = getattr(entry, key)
        return found

    return Column(key, heading, width, value, kind, choices=choices, codes=choices, field=key)


def choice_column(heading: str, *choices: str) -> Column:
    """The column of a choice that the ledger names."""
    return field_column("kind", heading, 5, ColumnKind.CHOICE, choices)


def date_column(key: str, heading: str) -> Column:
    """The column of a day."""
    return field_column(key, heading, 5, ColumnKind.DAY)


def end_date_column(heading: str) -> Column:
    """The column of the day on which the work was ended."""
    return replace(date_column("done_on", heading), field="", instead=BY_STEPS)


NUMBER = field_column("number", "编号", 5)
NOTE = field_column("note", "备注", 6)
UNITS = Column("units", "承办单位", 8, lambda entry: units_of(entry.units), ColumnKind.UNITS, field="units")
PERSON = Column(
    "person_in_charge",
    "责任人",
    4,
    lambda entry: name_of(entry.person_in_charge),
    ColumnKind.PERSON,
    field="person_in_charge",
)
DUE = date_column("due_on", "办理期限")
STATE = Column("status", "状态", 5, lambda entry: entry.state.label, instead=BY_STEPS)
FINDINGS = Column(
    "findings", "对应问题", 5, lambda entry: numbers_of(entry.findings.all()), ColumnKind.PLACES, field="findings"
)
ENDED = (FINDINGS, NOTE)


def sent_back(target: str, *sources: str) -> StepDefinition:
    """The step back to where work goes on, which has to be explained."""
    return StepDefinition("send_back", "退回", sources, target, says_why=True)
