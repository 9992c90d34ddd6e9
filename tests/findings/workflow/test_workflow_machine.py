"""Random lives of one finding, played against a model of the rules that knows nothing of the table of transitions.

200 lives of 50 steps take too long for every run of the tests: by default there are 30 of 30, on PostgreSQL 10.
``WORKFLOW_LIVES=200 WORKFLOW_STEPS=50`` plays them all, as ``make machine`` does.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Event, Result
from accounts.records.saving import ConflictError
from findings.factories import make_grant, make_member
from findings.models import Evidence, Finding, Measure
from findings.workflow import RefusedError, StepInput, StepName, available_steps, take_step
from findings.workflow.models.signoffs import digest_of
from findings.workflow.signed_content import signed_payload, verified_digest
from tests.databases import examples
from tests.findings.actors import COMPLETED, Cast, cast_of, edit, everything, in_force, prove, stage
from tests.findings.test_versions import versions_of

LIVES, STEPS = int(os.environ.get("WORKFLOW_LIVES", examples(30))), int(os.environ.get("WORKFLOW_STEPS", "30"))
WHO = ("clerk", "reporter", "office", "leader", "supervisor", "second_supervisor", "both", "other_reporter", "nobody")
REPORTING, JUDGING = {"clerk", "reporter", "office", "both"}, {"supervisor", "second_supervisor", "both"}
people = st.sampled_from(WHO)
which = st.integers(0, 1)
REACHED: Counter[str] = Counter()


@dataclass
class MeasureModel:
    """One measure as the rules see it. Moments are counted in steps of the life."""

    state: str = "not_started"
    outcome: str = ""
    is_dated: bool = False
    reported_by: str = ""
    reported_at: int = 0
    proofs: dict[int, int] = field(default_factory=dict)  # evidence that counts, with the moment it was uploaded

    @property
    def is_complete(self) -> bool:
        return bool(self.outcome) and "正在推进" not in self.outcome and self.is_dated


@dataclass
class Model:
    """One finding as the rules see it."""

    stages: list[tuple[set[str], bool]]  # who reviews, and whether all of them must
    state: str = "open"
    is_void: bool = False
    submitted_by: str = ""
    submitted_at: int = 0
    submissions: int = 0
    consents: list[set[str]] = field(default_factory=list)
    measures: list[MeasureModel] = field(default_factory=lambda: [MeasureModel(), MeasureModel()])
    signed: int = 0

    @property
    def stage(self) -> int | None:
        """The first stage that is not through."""
        for number, (reviewers, by_all) in enumerate(self.stages):
            given = self.consents[number] if number < len(self.consents) else set()
            if not (reviewers <= given if by_all else given):
                return number
        return None

    @property
    def is_ready(self) -> bool:
        """Whether all measures are reported, complete and proved."""
        return all(one.state in {"reported", "verified"} and one.is_complete and one.proofs for one in self.measures)

    def may_review(self, who: str) -> bool:
        """Whether somebody's consent is asked for now."""
        if self.stage is None:
            return False
        given = self.consents[self.stage] if self.stage < len(self.consents) else set()
        return who in self.stages[self.stage][0] and who not in given

    def is_worked_on(self) -> bool:
        """Whether measures may move."""
        return self.state != "closed" or self.is_void

    def begin(self) -> None:
        """The first work on a measure begins the finding."""
        if self.state == "open":
            self.state = "in_progress"

    def rework(self, number: int) -> None:
        """Something that was verified, and with it what is signed, has changed."""
        if self.measures[number].state == "verified":
            self.measures[number].state = "reported"
            REACHED["lapsed"] += 1
        self.touch()

    def touch(self) -> None:
        """Something that is signed has changed."""
        if self.state == "closed" and not self.is_void:
            self.is_void = True
            REACHED["void"] += 1


class Life(RuleBasedStateMachine):
    """What several people do to one finding with two measures, in any order."""

    @initialize(
        stages=st.lists(st.tuples(st.sampled_from(["leader", "supervisor", "named"]), st.booleans()), max_size=2),
        is_signed=st.booleans(),
    )
    def begin_life(self, stages: list[tuple[str, bool]], is_signed: bool) -> None:
        """A new finding, in half of the lives signed off at once: what is signed by chance comes late, if ever."""
        self.life = transaction.atomic()
        self.life.__enter__()
        self.cast: Cast = cast_of(measures=2)
        self.finding = self.cast.finding
        self.cast.people["both"] = self.cast["publisher"]
        make_member(self.cast.unit, self.cast["both"])
        make_grant(self.cast["both"], "supervisor", self.cast.body)
        make_grant(self.cast["both"], "reporter", self.cast.unit)
        self.model, self.now = Model([]), 0
        for order, (kind, by_all) in enumerate(stages, start=1):
            named = ("leader", "supervisor") if kind == "named" else ()
            role = "leader" if kind == "named" else kind
            stage(self.cast, order, role, tuple(self.cast[one] for one in named), by_all=by_all)
            reviewers = {"leader": {"leader"}, "supervisor": JUDGING, "named": {"leader", "supervisor"}}[kind]
            self.model.stages.append((reviewers, by_all and kind == "named"))
        for measure in self.measures:
            edit(measure, outcome="", completed_on=None, plan="建立台账。")
        self.finding.refresh_from_db()
        if is_signed:
            self.go_all_the_way("clerk")

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "life"):
            transaction.set_rollback(True)
            self.life.__exit__(None, None, None)

    @property
    def measures(self) -> list[Any]:
        """The two measures as they are stored."""
        return list(self.finding.measures.order_by("order"))

    def attempt(self, name: str, record: Any, who: str, allowed: bool, words: str = "同意。", **given: Any) -> bool:
        """Take a step, which must succeed exactly when the model allows it; whether it did."""
        self.now += 1
        before = [] if allowed else everything(self.finding)
        last = Event.objects.latest("number").number
        record.refresh_from_db()
        try:
            take_step(StepName(name), record, self.cast[who], record.version, StepInput(words, **given))
        except RefusedError as refusal:
            assert not allowed, (name, who, refusal.sentences)
            assert everything(self.finding) == before
            assert [row.result for row in Event.objects.filter(number__gt=last)] == [Result.REFUSED]
            return False
        assert allowed, (name, who)
        return True

    # Work on the measures.

    @rule(number=which, outcome=st.sampled_from(["", "台账已经建立。", "台账正在推进。", "台账已经用起来。"]))
    def write_outcome(self, number: int, outcome: str) -> None:
        """Somebody rewrites what came of a measure."""
        if self.model.measures[number].outcome != outcome:
            self.model.rework(number)
        self.model.measures[number].outcome = outcome
        edit(self.measures[number], outcome=outcome)

    @rule(number=which, is_dated=st.booleans())
    def date(self, number: int, is_dated: bool) -> None:
        """Somebody writes or removes the day it was done."""
        if self.model.measures[number].is_dated != is_dated:
            self.model.rework(number)
        self.model.measures[number].is_dated = is_dated
        edit(self.measures[number], completed_on=COMPLETED if is_dated else None)

    @rule(number=which)
    def upload(self, number: int) -> None:
        """Evidence arrives."""
        self.now += 1
        evidence = prove(self.measures[number], self.cast["clerk"])
        self.model.measures[number].proofs[evidence.pk] = self.now
        self.model.rework(number)

    @precondition(lambda self: any(one.proofs for one in self.model.measures))
    @rule(data=st.data())
    def withdraw_evidence(self, data: st.DataObject) -> None:
        """Evidence turns out to be wrong."""
        number = data.draw(st.sampled_from([n for n, one in enumerate(self.model.measures) if one.proofs]))
        owner = self.model.measures[number]
        key = data.draw(st.sampled_from(sorted(owner.proofs)))
        edit(Evidence.objects.get(pk=key), **self.withdrawal())
        del owner.proofs[key]
        self.model.rework(number)

    @precondition(lambda self: any(one.proofs for one in self.model.measures))
    @rule(data=st.data())
    def replace_evidence(self, data: st.DataObject) -> None:
        """A newer version of a file takes its place."""
        number = data.draw(st.sampled_from([n for n, one in enumerate(self.model.measures) if one.proofs]))
        owner = self.model.measures[number]
        key = data.draw(st.sampled_from(sorted(owner.proofs)))
        self.now += 1
        newer = prove(self.measures[number], self.cast["clerk"], replaces=Evidence.objects.get(pk=key))
        del owner.proofs[key]
        owner.proofs[newer.pk] = self.now
        self.model.rework(number)

    @rule(number=which)
    def advance(self, number: int) -> None:
        """A deadline is signed, but it is not what is verified."""
        measure = self.measures[number]
        edit(measure, due_on=(measure.due_on or dt.date(2026, 6, 30)) - dt.timedelta(days=1))
        self.model.touch()

    def withdrawal(self) -> dict[str, Any]:
        """Who withdrew it, when and why."""
        at = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
        return {"withdrawn_at": at, "withdrawn_by": self.cast["clerk"], "withdrawn_reason": "传错了。"}

    @rule(number=which, who=people)
    def start(self, number: int, who: str) -> None:
        """Begin with a measure."""
        one = self.model.measures[number]
        allowed = who in REPORTING and one.state == "not_started" and self.model.is_worked_on()
        if self.attempt("start", self.measures[number], who, allowed):
            one.state = "under_way"
            self.model.begin()

    @rule(number=which, who=people)
    def report(self, number: int, who: str) -> None:
        """Report a measure as done."""
        one = self.model.measures[number]
        allowed = who in REPORTING and one.state in {"not_started", "under_way", "sent_back"}
        allowed = allowed and self.model.is_worked_on() and one.is_complete and bool(one.proofs)
        if self.attempt("report", self.measures[number], who, allowed):
            one.state, one.reported_by, one.reported_at = "reported", who, self.now
            self.model.begin()

    @rule(number=which, who=people)
    def take_back(self, number: int, who: str) -> None:
        """Think again about a report."""
        one = self.model.measures[number]
        allowed = who in REPORTING and one.state == "reported" and self.model.is_worked_on()
        if self.attempt("withdraw", self.measures[number], who, allowed and self.model.state != "submitted"):
            one.state = "under_way"

    @rule(number=which, who=people)
    def verify(self, number: int, who: str) -> None:
        """Find that it is so."""
        one = self.model.measures[number]
        allowed = who in JUDGING and one.state == "reported" and one.reported_by != who and self.model.is_worked_on()
        proved = any(at < one.reported_at for at in one.proofs.values())
        if self.attempt("verify", self.measures[number], who, allowed and one.is_complete and proved):
            one.state = "verified"

    @rule(number=which, who=people, words=st.sampled_from(["", "佐证对不上。"]))
    def return_(self, number: int, who: str, words: str) -> None:
        """Find that it is not so."""
        one = self.model.measures[number]
        allowed = who in JUDGING and one.state in {"reported", "verified"} and self.model.is_worked_on()
        allowed = allowed and self.model.state != "submitted" and bool(words)
        if self.attempt("send_back", self.measures[number], who, allowed, words):
            one.state = "sent_back"

    @rule(who=st.sampled_from(["clerk", "reporter"]), judge=st.sampled_from(["supervisor", "second_supervisor"]))
    def finish_measures(self, who: str, judge: str) -> None:
        """Complete, prove, report and verify both measures."""
        for number in range(2):
            one = self.model.measures[number]
            if not one.is_complete:
                self.write_outcome(number, "台账已经建立。")
                self.date(number, True)
            if not one.proofs:
                self.upload(number)
            if one.state == "reported" and not any(at < one.reported_at for at in one.proofs.values()):
                self.take_back(number, who)
            self.report(number, who)
            self.verify(number, judge)

    # The finding itself.

    @rule(who=people)
    def begin(self, who: str) -> None:
        """Begin with the finding."""
        if self.attempt("start", self.finding, who, who in REPORTING and self.model.state == "open"):
            self.model.state = "in_progress"

    @rule(who=people)
    def submit(self, who: str) -> None:
        """Ask for the sign-off."""
        may = self.model.state in {"open", "in_progress"} or (self.model.state == "closed" and self.model.is_void)
        if self.attempt("submit", self.finding, who, who in REPORTING and may and self.model.is_ready):
            self.model.state, self.model.is_void = "submitted", False
            self.model.submitted_by, self.model.submitted_at = who, self.now
            self.model.submissions += 1
            self.model.consents = [set() for _ in self.model.stages]

    @rule(who=people)
    def withdraw(self, who: str) -> None:
        """Think again about the request."""
        if self.attempt("withdraw", self.finding, who, who in REPORTING and self.model.state == "submitted"):
            self.model.state, self.model.submitted_by = "in_progress", ""

    @rule(who=people, words=st.sampled_from(["", "同意。", "同意。"]))
    def review(self, who: str, words: str) -> None:
        """Consent in the stage whose turn it is."""
        asked = self.model.state == "submitted" and self.model.may_review(who)
        if self.attempt("review", self.finding, who, asked and who != self.model.submitted_by and bool(words), words):
            stage_number = self.model.stage
            assert stage_number is not None
            self.model.consents[stage_number].add(who)

    @rule(who=people, words=st.sampled_from(["", "不同意。"]))
    def send_back(self, who: str, words: str) -> None:
        """Refuse the request."""
        allowed = self.model.state == "submitted" and (who in JUDGING or self.model.may_review(who))
        allowed = allowed and who != self.model.submitted_by and bool(words)
        if self.attempt("send_back", self.finding, who, allowed, words):
            self.model.state, self.model.submitted_by = "in_progress", ""

    @rule(who=people, degree=st.sampled_from(["complete", "staged", "complete", ""]), is_stale=st.booleans())
    def close(self, who: str, degree: str, is_stale: bool) -> None:
        """Sign off, perhaps after something else than what is there now."""
        model = self.model
        early = all(any(at < model.submitted_at for at in one.proofs.values()) for one in model.measures)
        allowed = model.state == "submitted" and who in JUDGING and who != model.submitted_by and model.stage is None
        allowed = allowed and model.is_ready and all(one.state == "verified" for one in model.measures)
        allowed = allowed and early and bool(degree)
        seen = "" if is_stale else digest_of(signed_payload(self.finding))
        if allowed and is_stale:
            before = everything(self.finding)
            with pytest.raises(ConflictError):
                self.attempt("close", self.finding, who, False, completion=degree, seen_digest=seen)
            assert everything(self.finding) == before
        elif self.attempt("close", self.finding, who, allowed, completion=degree, seen_digest=seen):
            model.state, model.signed = "closed", model.signed + 1
            REACHED["signed"] += 1

    @rule(who=people, words=st.sampled_from(["", "问题反弹。"]))
    def reopen(self, who: str, words: str) -> None:
        """Take the sign-off back."""
        allowed = self.model.state == "closed" and who in JUDGING and bool(words)
        if self.attempt("reopen", self.finding, who, allowed, words):
            self.model.state, self.model.is_void, self.model.submitted_by = "in_progress", False, ""

    @precondition(lambda self: self.model.state == "submitted")
    @rule(judge=st.sampled_from(["supervisor", "second_supervisor", "both"]))
    def sign(self, judge: str) -> None:
        """The good way to the end: every consent that is still asked for, then the signature."""
        for who in ("leader", "supervisor", "second_supervisor") * 2:
            if self.model.may_review(who) and who != self.model.submitted_by:
                self.review(who, "同意。")
        self.close(judge, "complete", False)

    @precondition(lambda self: self.model.state in {"open", "in_progress"} or self.model.is_void)
    @rule(who=st.sampled_from(["clerk", "reporter", "both"]))
    def go_all_the_way(self, who: str) -> None:
        """What chance alone would hardly ever do in this order: finish, submit and sign."""
        self.finish_measures("clerk", "supervisor")
        self.submit(who)
        if self.model.state == "submitted":
            self.sign("second_supervisor")

    @rule(title=st.sampled_from(["督查重部署轻问效", "督查不够扎实"]))
    def retitle(self, title: str) -> None:
        """The words of the finding change."""
        if self.finding.title != title:
            self.model.touch()
        edit(self.finding, title=title)

    @rule(order=st.integers(1, 9))
    def renumber(self, order: int) -> None:
        """Its number in the sequence changes, which means nothing."""
        edit(self.finding, order=order)

    @rule(who=people, name=st.sampled_from(["start", "submit", "withdraw", "send_back", "close", "reopen"]))
    def come_too_late(self, who: str, name: str) -> None:
        """Somebody acts on a version that is no more."""
        before, stale = everything(self.finding), self.finding.version - 1
        with pytest.raises(ConflictError):
            take_step(StepName(name), self.finding, self.cast[who], stale, StepInput("同意。", "complete"))
        assert everything(self.finding) == before

    # What holds after every step.

    @invariant()
    def the_record_says_what_the_model_says(self) -> None:
        """States, void or not, by whom."""
        if not hasattr(self, "model"):
            return
        self.finding = Finding.objects.select_related("submitted_by").get(pk=self.finding.pk)
        assert (self.finding.status, self.finding.is_void) == (self.model.state, self.model.is_void)
        assert self.finding.submission == self.model.submissions
        assert [one.status for one in self.measures] == [one.state for one in self.model.measures]
        expected = self.cast[self.model.submitted_by] if self.model.submitted_by else None
        assert self.finding.submitted_by == expected

    @invariant()
    def a_sign_off_that_holds_says_what_the_record_says(self) -> None:
        """And there is never more than one."""
        if not hasattr(self, "model"):
            return
        self.finding = Finding.objects.get(pk=self.finding.pk)
        signed = in_force(self.finding)
        assert len(signed) == (self.model.state == "closed" and not self.model.is_void)
        assert self.finding.signoffs.count() == self.model.signed
        for one in signed:
            assert one.content == signed_payload(self.finding)
            assert one.signed_by != self.finding.submitted_by
        assert versions_of(self.finding) == list(range(1, self.finding.version + 1))

    @invariant()
    def what_is_open_done_and_overdue_follows_from_the_status(self) -> None:
        """A measure is open or done; it is overdue when it is open and past due, the finding when the unit has it."""
        if not hasattr(self, "model"):
            return
        measures, findings = Measure.objects.filter(finding=self.finding), Finding.objects.filter(pk=self.finding.pk)
        opened = {one.pk for one in measures.open()}
        assert opened.isdisjoint(measures.done())
        for measure, one in zip(self.measures, self.model.measures, strict=True):
            assert measure.is_done == (one.state in {"reported", "verified"}) == (measure.pk not in opened)
            if measure.due_on is not None:
                for day in (measure.due_on, measure.due_on + dt.timedelta(days=1)):
                    is_late = measures.overdue(day).filter(pk=measure.pk).exists()
                    assert is_late == (not measure.is_done and measure.due_on < day)
        with_unit = self.model.state in {"open", "in_progress"} or self.model.is_void
        assert self.finding.is_with_unit == with_unit == findings.overdue(dt.date(2099, 1, 1)).exists()
        assert findings.in_review().exists() == (self.model.state == "submitted")

    @invariant()
    def what_is_verified_was_verified_as_it_is(self) -> None:
        """And what is not has no digest of it."""
        if not hasattr(self, "model"):
            return
        for one in self.measures:
            assert one.verified_digest == (verified_digest(one) if one.status == "verified" else "")

    @invariant()
    def what_is_offered_without_objection_is_allowed(self) -> None:
        """The pages show buttons by ``offers``: none of a sign-off that would be refused for its state."""
        if not hasattr(self, "model"):
            return
        ready = {
            one.transition.name
            for one in available_steps(self.finding, self.cast["second_supervisor"])
            if not one.objections
        }
        assert ("reopen" in ready) == (self.model.state == "closed")
        assert "submit" not in ready


@pytest.mark.long
@pytest.mark.django_db
def test_many_lives_of_a_finding() -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=(Phase.generate,),  # a life is short enough to be read; to shorten it would take minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Lives in which nothing is ever signed, or never changed afterwards, would prove nothing.
    assert min(REACHED["signed"], REACHED["void"], REACHED["lapsed"]) >= LIVES // 10, REACHED
