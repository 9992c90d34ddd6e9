"""The first work on a measure starts it, whichever way it is written down, and nothing else depends on that."""

from __future__ import annotations

import pytest

from accounts.models import Event, Result, User
from findings.choices import MeasureStatus, Status
from findings.models import Progress, Step
from findings.workflow import log_progress, start_measure
from tests.findings.actors import Cast, bring, cast_of, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return cast_of()


def entry(cast: Cast, user: User) -> Progress:
    """An entry of the log, not stored yet."""
    return Progress(measure=cast.finding.measures.get(), text="台账已经建立。", logged_by=user)


def test_the_first_entry_starts_the_measure_and_its_finding(cast: Cast) -> None:
    log_progress(entry(cast, cast["clerk"]), cast["clerk"])
    assert cast.finding.measures.get().status == MeasureStatus.UNDER_WAY
    assert list(Step.objects.order_by("pk").values_list("transition", "measure")) == [
        ("start", None),
        ("start", cast.finding.measures.get().pk),
    ]
    log_progress(entry(cast, cast["clerk"]), cast["clerk"])
    assert Step.objects.count() == 2
    assert Progress.objects.count() == 2


def test_what_is_against_starting_is_not_against_the_entry(cast: Cast) -> None:
    cast.finding.refresh_from_db()
    bring(cast, Status.CLOSED)
    step("reopen", cast.finding, cast["supervisor"])
    measure = cast.finding.measures.get()
    log_progress(entry(cast, cast["clerk"]), cast["clerk"])
    measure.refresh_from_db()
    assert (measure.status, Progress.objects.count()) == (MeasureStatus.VERIFIED, 1)
    assert not Event.objects.filter(result=Result.REFUSED).exists()


def test_who_may_not_start_it_starts_nothing(cast: Cast) -> None:
    measure = cast.finding.measures.get()
    assert not start_measure(measure, cast["foreign_reporter"])
    assert start_measure(measure, cast["clerk"])
    assert not start_measure(measure, cast["clerk"])
