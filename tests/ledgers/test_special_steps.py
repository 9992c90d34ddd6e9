"""The steps of the special ledgers: every one that is allowed, and none that is not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Result, User
from accounts.records.saving import ConflictError
from findings.workflow import RefusedError, StepInput, perform
from ledgers.definitions import Ledger, StepDefinition
from ledgers.factories import make_entry
from ledgers.models import Entry
from ledgers.special_ledgers import LEDGERS
from ledgers.workflow import available_transitions, transition_of
from tests.findings.conftest import Case, newest, words_of

pytestmark = pytest.mark.django_db
STEPS = [(ledger, step) for ledger in LEDGERS.values() for step in ledger.steps]
FILLED: dict[str, Any] = {
    "handled": "已经落实。",
    "quantity": 20,
    "content": "研究整改方案。",
    "revisited_on": dt.date(2026, 6, 1),
    "result": "满意。",
}


def filled(case: Case, ledger: Ledger, status: str, **fields: Any) -> Entry:
    """An entry in a state with all that steps may need."""
    own = {name: value for name, value in FILLED.items() if ledger.has_field(name)}
    return make_entry(case.inspection, ledger.key, status=status, units=[case.unit], **(own | fields))


def take(
    step: StepDefinition, entry: Entry, user: User, seen: int, *, on: dt.date | None = None, why: str = ""
) -> None:
    """Take a step of the entry's ledger."""
    perform(transition_of(entry.definition, step), entry, user, seen, StepInput(comment=why, day=on))


def address(entry: Entry, name: str) -> str:
    """The page before a step."""
    return reverse("ledgers:entry_step", args=[entry.pk, name])


@pytest.mark.parametrize(("ledger", "step"), STEPS, ids=lambda one: one.key)
def test_each_step_leads_from_its_states_to_its_target_and_from_no_other(
    case: Case, office: User, ledger: Ledger, step: StepDefinition
) -> None:
    for state in ledger.states:
        entry = filled(case, ledger, state.key)
        if state.key in step.sources:
            take(step, entry, office, entry.version, on=timezone.localdate(), why="请补充。")
            entry.refresh_from_db()
            assert (entry.status, entry.version) == (step.target, 2)
        else:
            with pytest.raises(RefusedError, match=f"现在是“{state.label}”，不能{step.label}。"):
                take(step, entry, office, entry.version)
            assert Event.objects.filter(result=Result.REFUSED, record_id=entry.pk).exists()


@pytest.mark.parametrize(("ledger", "step"), [pair for pair in STEPS if pair[1].needs], ids=lambda one: one.key)
def test_a_step_waits_for_what_it_needs(case: Case, office: User, ledger: Ledger, step: StepDefinition) -> None:
    entry = make_entry(case.inspection, ledger.key, status=step.sources[0])
    with pytest.raises(RefusedError) as refused:
        take(step, entry, office, 1)
    assert refused.value.sentences == [f"还没有填写“{ledger.column(name).heading}”。" for name in step.needs]
    entry.refresh_from_db()
    assert entry.status == step.sources[0]


def test_every_state_is_reached_and_left_by_a_step_or_ends_the_work() -> None:
    for ledger in LEDGERS.values():
        reached = {ledger.states[0].key} | {step.target for step in ledger.steps}
        keys = {state.key for state in ledger.states}
        assert reached == keys, ledger.key
        assert all(set(step.sources) <= keys for step in ledger.steps)
        assert all(ledger.has_field(name) for step in ledger.steps for name in step.needs)
        assert all(state.final or ledger.steps_from(state.key) for state in ledger.states)


def test_the_day_stands_while_the_work_is_ended_and_goes_when_it_goes_on(case: Case, office: User) -> None:
    ledger, day = LEDGERS["tracked"], dt.date(2026, 5, 4)
    steps = {step.key: step for step in ledger.steps}
    entry = filled(case, ledger, "handled")
    take(steps["close"], entry, office, 1, on=day)
    assert entry.done_on == day
    take(steps["revisit"], entry, office, 2)
    assert entry.done_on == day
    take(steps["send_back"], entry, office, 3, why="又出现了。")
    assert entry.done_on is None


def test_a_step_taken_on_its_page_is_in_the_history_with_its_reason(office_client: Client, case: Case) -> None:
    entry = filled(case, LEDGERS["instructions"], "answered")
    page = words_of(office_client.get(address(entry, "close")).content.decode())
    assert "将由“已反馈”转为“已办结”" in page
    assert "办结日期" in page
    answer = office_client.post(address(entry, "close"), {"on": "2026-05-04", "why": "照办。", "seen": 1})
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert (entry.status, entry.done_on) == ("closed", dt.date(2026, 5, 4))
    assert "办结：照办。" in newest(office_client, entry)


def test_a_step_back_has_to_be_explained_and_a_day_is_not_ahead(office_client: Client, case: Case) -> None:
    entry = filled(case, LEDGERS["instructions"], "answered")
    assert "请填写说明" in office_client.post(address(entry, "send_back"), {"seen": 1}).content.decode()
    ahead = {"on": "2099-01-01", "seen": 1}
    assert "日期不能在今天之后" in office_client.post(address(entry, "close"), ahead).content.decode()


def test_a_step_that_cannot_be_taken_says_so_on_its_page(office_client: Client, case: Case) -> None:
    entry = make_entry(case.inspection)
    assert "还没有填写“承办单位”。" in office_client.get(address(entry, "assign")).content.decode()
    answer = office_client.post(address(entry, "assign"), {"seen": 1})
    assert answer.status_code == 409


def test_a_step_with_another_version_than_was_seen_is_not_taken(
    office_client: Client, office: User, case: Case
) -> None:
    ledger = LEDGERS["instructions"]
    entry = filled(case, ledger, "handling")
    assert office_client.post(address(entry, "answer"), {"seen": 9}).status_code == 409
    with pytest.raises(ConflictError):
        take(ledger.steps[2], entry, office, 0)
    entry.refresh_from_db()
    assert entry.status == "handling"


def test_units_take_the_steps_that_are_theirs(reporter: User, case: Case) -> None:
    ledger = LEDGERS["instructions"]
    for state, names in {"received": [], "assigned": ["handle"], "handling": ["answer"], "answered": []}.items():
        assert [step.name for step in available_transitions(filled(case, ledger, state), reporter)] == names
    foreign = make_entry(case.inspection, status="assigned", units=[case.other_unit])
    assert available_transitions(foreign, reporter) == []


def test_what_waits_too_long_in_a_state_is_late_and_says_until_when(case: Case) -> None:
    today = timezone.localdate()
    waiting = make_entry(case.inspection, received_on=today - dt.timedelta(days=3))
    assert waiting.next_due_on == today
    assert waiting not in Entry.objects.overdue()
    assert waiting in Entry.objects.overdue(today + dt.timedelta(days=1))
    ended = make_entry(case.inspection, status="closed", received_on=dt.date(2026, 1, 1), due_on=dt.date(2026, 1, 2))
    assert ended.next_due_on is None
    assert ended not in Entry.objects.overdue()
