"""Every row of the tables of transitions is complete, and the names of steps are those of the rows."""

from __future__ import annotations

from string import Formatter
from typing import Any

import pytest

from accounts.models import User
from findings.factories import make_extension
from findings.models import Finding
from findings.workflow import BY_NAME, TRANSITIONS, StepName, Transition, available_steps
from findings.workflow.extensions import EXTENSION_TRANSITIONS
from findings.workflow.wording import describe_step
from ledgers.special_ledgers import LEDGERS
from ledgers.workflow import ledger_transitions
from tests.findings.conftest import Case

pytestmark = pytest.mark.django_db
TABLES: list[Transition[Any]] = [*TRANSITIONS, *EXTENSION_TRANSITIONS]
EVERY = [*TABLES, *(row for ledger in LEDGERS.values() for row in ledger_transitions(ledger))]


def name_of(value: object) -> str:
    """How a row is called in the names of these tests."""
    return f"{value.model.__name__}-{value.name}" if isinstance(value, Transition) else str(value)


def record_for(row: Transition[Any], case: Case) -> Any:
    """A record of the row's model."""
    if row.model is Finding:
        return case.finding
    return case.measure if row in TRANSITIONS else make_extension(case.measure)


def test_the_names_are_those_of_the_rows() -> None:
    assert {row.name for row in TABLES} == set(StepName)
    assert all(isinstance(row.name, StepName) for row in TABLES)
    assert len({(row.model, row.name) for row in TABLES}) == len(TABLES)
    assert list(BY_NAME.values()) == list(TRANSITIONS)


@pytest.mark.parametrize("row", EVERY, ids=name_of)
def test_each_row_has_a_label_and_says_what_was_done(row: Transition[Any]) -> None:
    assert row.label
    assert row.after.endswith("。")
    assert row.target not in row.sources or row.name == StepName.REVIEW


@pytest.mark.parametrize("row", TRANSITIONS, ids=name_of)
def test_each_page_says_before_what_will_happen_and_to_what(row: Transition[Any], case: Case) -> None:
    record = record_for(row, case)
    assert row.before.count("{}") == 1
    assert row.before.endswith("。")
    assert str(record) in describe_step(row, record)


@pytest.mark.parametrize("row", EVERY, ids=name_of)
def test_whom_a_row_names_it_also_tells(row: Transition[Any]) -> None:
    assert (row.recipients is None) == (row.notice is None)


@pytest.mark.parametrize("row", [row for row in TABLES if row.notice], ids=name_of)
def test_each_notice_names_its_record_and_nothing_unknown(row: Transition[Any], case: Case) -> None:
    assert row.notice is not None
    assert row.recipients is not None
    assert row.recipients.label
    values = row.rules.notice_values(record_for(row, case)) | {"user": "张三", "stage": "整改办审核"}
    for words in filter(None, (row.notice.words, row.notice.words_with_stage)):
        assert {field for _, field, _, _ in Formatter().parse(words) if field} <= values.keys()
        assert values["name"] in words.format(**values)
        assert words.endswith("。")


@pytest.mark.parametrize("row", [row for row in TABLES if row.recipients], ids=name_of)
def test_nobody_is_told_of_what_they_do_themselves(row: Transition[Any], case: Case, reporter: User) -> None:
    assert reporter not in row.find_recipients(record_for(row, case), reporter).people


@pytest.mark.parametrize("row", [row for row in TRANSITIONS if row.right is None], ids=name_of)
def test_what_nobody_takes_by_hand_is_on_no_page(row: Transition[Any], case: Case, office: User) -> None:
    record = record_for(row, case)
    record.status = next(iter(row.sources))
    assert row not in [step.transition for step in available_steps(record, office)]
