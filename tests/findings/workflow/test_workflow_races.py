"""Several people at one finding at the same moment, in threads of their own, on whichever database the tests run.

Whatever comes first: a sign-off that holds says exactly what the record says, a refused step leaves nothing, nobody
waits for the other for ever.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Action, Event, Result, User
from accounts.records.ordering import move
from accounts.records.saving import ConflictError
from findings.choices import Completion, MeasureStatus, Status
from findings.factories import (
    make_evidence,
    make_finding,
    make_grant,
    make_measure,
    make_regulation,
    submission_fields,
)
from findings.models import Finding, Measure, Progress, Regulation, SignOff, Step
from findings.workflow import RefusedError, StepInput, StepName, take_step
from findings.workflow.models.signoffs import digest_of
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import signed_payload, verified_digest
from ledgers.factories import make_entry
from ledgers.models import Entry
from tests.findings.actors import COMPLETED, DUE, Cast, cast_of, edit, in_force, stage
from tests.findings.test_versions import versions_of

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 50
PATIENCE = 120  # seconds for a barrier: the machine may be busy
Act = Callable[[Finding], object]


@pytest.fixture
def cast() -> Cast:
    """The people; each race has findings of its own."""
    return cast_of(measures=0)


def waiting(cast: Cast, number: int = ROUNDS) -> list[Finding]:
    """So many findings ready to be signed off, each with one measure and its evidence."""
    now = timezone.now()
    verified = {
        "status": MeasureStatus.VERIFIED,
        "reported_by": cast["clerk"],
        "reported_at": now,
        "verified_by": cast["supervisor"],
        "verified_at": now,
    }
    made = []
    for _ in range(number):
        finding = make_finding(cast.finding.aspect, lead_unit=cast.unit, due_on=DUE)
        measure = make_measure(finding, completed_on=COMPLETED)
        make_evidence(measure, by=cast["clerk"])
        edit(measure, **verified, verified_digest=verified_digest(measure))
        for name, value in submission_fields(cast["clerk"]).items():
            setattr(finding, name, value)
        workflow_writer.save(finding, seen=1)
        made.append(finding)
    return made


def ended(act: Act, finding: Finding) -> str:
    """How an attempt ended; whatever else goes wrong, a deadlock above all, fails the test."""
    try:
        act(finding)
    except ConflictError:
        return "conflict"
    except RefusedError:
        return "refused"
    return "done"


def race(findings: Sequence[Finding], *acts: Act) -> list[tuple[str, ...]]:
    """Let all acts loose on the first finding at once, then on the next; how each ended, finding by finding."""
    start = threading.Barrier(len(acts))

    def runner(act: Act) -> list[str]:
        try:
            ends = []
            for finding in findings:
                mine = Finding.objects.get(pk=finding.pk)
                start.wait(timeout=PATIENCE)
                ends.append(ended(act, mine))
            return ends
        except BaseException:
            start.abort()  # the others need not wait
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(runner, act) for act in acts]
        errors = [error for one in running if (error := one.exception()) is not None]
        for error in sorted(errors, key=lambda error: isinstance(error, threading.BrokenBarrierError)):
            raise error
        return list(zip(*(one.result() for one in running), strict=True))


def says_what_was_signed(finding: Finding) -> bool:
    """Whether a sign-off holds; then there is one, and it says what the record says."""
    stored = Finding.objects.get(pk=finding.pk)
    signed = in_force(stored)
    holds = stored.status == Status.CLOSED and not stored.is_void
    assert len(signed) == (1 if holds else 0)
    if holds:
        assert signed[0].content == signed_payload(stored)
        assert signed[0].is_intact
    assert versions_of(finding) == list(range(1, stored.version + 1))
    return holds


def closing(user: User) -> Act:
    """Sign off what is there when the race begins."""

    def close(finding: Finding) -> None:
        given = StepInput("同意。", Completion.COMPLETE, digest_of(signed_payload(finding)))
        take_step(StepName.CLOSE, finding, user, finding.version, given)

    return close


def stepping(name: str, user: User) -> Act:
    """Take a step with the finding as it was read."""
    return lambda finding: take_step(StepName(name), finding, user, finding.version, StepInput("理由。"))


def with_measure(name: str, user: User) -> Act:
    """Take a step with its measure."""

    def take(finding: Finding) -> None:
        measure = finding.measures.select_related("finding").get()
        take_step(StepName(name), measure, user, measure.version, StepInput("理由。"))

    return take


def editing(finding: Finding) -> None:
    """Change the words of its measure."""
    edit(finding.measures.get(), outcome="成效改写过了。")


def log(measure: Measure) -> None:
    """Add an entry to the log of a measure."""
    assert measure.reported_by is not None
    workflow_writer.create(Progress(measure=measure, text="有进展。", logged_by=measure.reported_by))


def test_of_fifty_who_sign_at_once_one_does(cast: Cast) -> None:
    (finding,) = waiting(cast, 1)
    people = [cast["supervisor"], cast["second_supervisor"]]
    (ends,) = race([finding], *(closing(people[number % 2]) for number in range(50)))
    assert Counter(ends) == {"done": 1, "conflict": 49}
    assert says_what_was_signed(finding)
    assert SignOff.objects.count() == 1 == Step.objects.filter(transition="close").count()
    signed = Event.objects.filter(action=Action.SIGN_OFF)
    assert (signed.filter(result=Result.DONE).count(), signed.filter(result=Result.CONFLICT).count()) == (1, 49)
    assert Finding.objects.get(pk=finding.pk).version == finding.version + 1


def test_signed_or_sent_back_but_never_both(cast: Cast) -> None:
    findings = waiting(cast)
    for finding, ends in zip(
        findings, race(findings, closing(cast["supervisor"]), stepping("send_back", cast["leader"])), strict=True
    ):
        assert sorted(ends) in (["conflict", "done"], ["done", "refused"])
        assert says_what_was_signed(finding) is (ends[0] == "done")
        assert finding.steps.count() == 1


@pytest.mark.parametrize(
    "change_of_content",
    [
        lambda finding: make_evidence(finding.measures.get()),
        editing,
        lambda finding: make_regulation(finding.inspection, finding=finding),
        lambda finding: make_entry(finding.inspection, findings=[finding]),
        lambda finding: log(finding.measures.get()),
    ],
    ids=["evidence", "words", "regulation", "entry", "progress"],
)
def test_what_changes_while_somebody_signs_is_signed_or_makes_it_void(cast: Cast, change_of_content: Act) -> None:
    findings = waiting(cast)
    for finding, ends in zip(findings, race(findings, closing(cast["supervisor"]), change_of_content), strict=True):
        assert ends in {("done", "done"), ("conflict", "done"), ("refused", "done")}
        signed_with_it = says_what_was_signed(finding)  # when the change came before the signer's page
        assert Finding.objects.get(pk=finding.pk).is_void is (ends[0] == "done" and not signed_with_it)


def test_a_measure_is_returned_or_its_finding_submitted(cast: Cast) -> None:
    findings = waiting(cast)
    for finding in findings:
        take_step(StepName.WITHDRAW, finding, cast["office"], finding.version)
    acts = stepping("submit", cast["clerk"]), with_measure("send_back", cast["supervisor"])
    for finding, ends in zip(findings, race(findings, *acts), strict=True):
        assert sorted(ends) == ["done", "refused"]
        stored = Finding.objects.get(pk=finding.pk)
        assert (stored.status, stored.measures.get().status) in {
            (Status.SUBMITTED, MeasureStatus.VERIFIED),
            (Status.IN_PROGRESS, MeasureStatus.SENT_BACK),
        }


def test_a_measure_is_not_returned_from_under_a_signature(cast: Cast) -> None:
    findings = waiting(cast)
    acts = closing(cast["supervisor"]), with_measure("send_back", cast["second_supervisor"])
    for finding, ends in zip(findings, race(findings, *acts), strict=True):
        assert ends == ("done", "refused")
        assert says_what_was_signed(finding)


def test_a_sub_finding_goes_back_or_what_is_above_it_is_signed(cast: Cast) -> None:
    findings = waiting(cast, 25)
    below = {finding.pk: waiting(cast, 1)[0] for finding in findings}
    for finding in findings:
        edit(below[finding.pk], parent=finding, order=1)
        closing(cast["supervisor"])(Finding.objects.get(pk=below[finding.pk].pk))

    def reopen(finding: Finding) -> None:
        sub = finding.sub_findings.get()
        take_step(StepName.REOPEN, sub, cast["second_supervisor"], sub.version, StepInput("反弹。"))

    for finding, ends in zip(findings, race(findings, closing(cast["supervisor"]), reopen), strict=True):
        assert ends[1] == "done"
        assert not says_what_was_signed(finding)
        assert not says_what_was_signed(below[finding.pk])


def test_of_two_who_edit_one_wins_and_the_sign_off_is_void_once(cast: Cast) -> None:
    findings = waiting(cast)
    for finding in findings:
        closing(cast["supervisor"])(finding)

    def editing_as(words: str) -> Act:
        def act(finding: Finding) -> None:
            finding.title = words
            workflow_writer.save(finding, seen=finding.version)

        return act

    for finding, ends in zip(findings, race(findings, editing_as("甲改的"), editing_as("乙改的")), strict=True):
        assert sorted(ends) == ["conflict", "done"]
        assert not says_what_was_signed(finding)
        assert finding.signoffs.count() == 1
        assert Event.objects.filter(action=Action.VOID, record_id=finding.pk).count() == 1


def test_two_consents_at_once_are_both_counted(cast: Cast) -> None:
    make_grant(cast["publisher"], "leader", cast.body)
    stage(cast, 1, people=(cast["leader"], cast["publisher"]), by_all=True)
    findings = waiting(cast, 25)

    def consent(user: User) -> Act:
        return lambda finding: until_done(lambda: stepping("review", user)(Finding.objects.get(pk=finding.pk)))

    race(findings, consent(cast["leader"]), consent(cast["publisher"]))
    for finding in findings:
        assert finding.steps.filter(transition="review", stage=1).count() == 2
        closing(cast["supervisor"])(Finding.objects.get(pk=finding.pk))


def until_done(act: Callable[[], object]) -> None:
    """Look again and try again, as a person would who was told of a conflict."""
    try:
        act()
    except ConflictError:
        until_done(act)


def test_nobody_waits_for_another_for_ever(cast: Cast) -> None:
    """Everything at once that touches a finding, what refers to it, what lies below and beside it: no deadlock."""
    findings = waiting(cast)
    siblings = Finding.objects.filter(aspect=cast.finding.aspect)

    def regulate(finding: Finding) -> None:
        workflow_writer.create(Regulation(inspection=cast.inspection, finding=finding, title=f"办法{finding.pk}"))

    entry = make_entry(cast.inspection, findings=findings)

    def relink(finding: Finding) -> None:
        """Link the entry to this finding and the next: it locks them together with those that it leaves."""
        stored = Entry.objects.get(pk=entry.pk)
        places = findings.index(finding), (findings.index(finding) + 1) % len(findings)
        linked = [findings[place] for place in places]
        workflow_writer.save(stored, seen=stored.version, linked={"findings": linked})

    def renumber(finding: Finding) -> None:
        if not move(workflow_writer, finding, siblings, -1):
            move(workflow_writer, finding, siblings, 1)

    def reorder(finding: Finding) -> None:
        edit(finding.measures.get(), order=finding.version + 40)

    acts = (
        closing(cast["supervisor"]),
        stepping("send_back", cast["leader"]),
        with_measure("send_back", cast["second_supervisor"]),
        lambda finding: make_evidence(finding.measures.get()),
        editing,
        reorder,
        regulate,
        relink,
        renumber,
    )
    race(findings, *acts)
    for finding in findings:
        says_what_was_signed(finding)
    numbers = list(Event.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    for measure in Measure.objects.all():
        assert versions_of(measure) == list(range(1, measure.version + 1))
