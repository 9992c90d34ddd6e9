"""Every row of the table of transitions: who may, from where to where, what is against it; a no changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.models import Action, Event, Result, User
from accounts.records.saving import ConflictError
from accounts.users.roles import ROLES, Right
from findings.choices import Completion, MeasureStatus, Status
from findings.factories import make_grant, make_measure
from findings.models import Finding, Measure, Step
from findings.workflow import (
    TRANSITIONS,
    RefusedError,
    StepInput,
    StepName,
    available_steps,
    next_review,
    take_step,
    turn_of,
)
from findings.workflow.models.signoffs import digest_of
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import signed_payload
from tests.findings.actors import (
    COMPLETED,
    DONE,
    DUE,
    Cast,
    bring,
    bring_measure,
    cast_of,
    edit,
    everything,
    in_force,
    prove,
    stage,
    step,
    submit,
)
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db

OWN = {"clerk", "reporter", "office"}  # a unit's own people, and the office
SUPERVISORS = {"supervisor", "second_supervisor"}
M = MeasureStatus
# Written down once more, by hand: from where, to where, by whom (with the first stage of review that of the leader).
MEASURE_STEPS: dict[str, tuple[set[str], str, set[str]]] = {
    "start": ({M.NOT_STARTED}, M.UNDER_WAY, OWN),
    "report": ({M.NOT_STARTED, M.UNDER_WAY, M.SENT_BACK}, M.REPORTED, OWN),
    "withdraw": ({M.REPORTED}, M.UNDER_WAY, OWN),
    "verify": ({M.REPORTED}, M.VERIFIED, SUPERVISORS),
    "send_back": ({M.REPORTED, M.VERIFIED}, M.SENT_BACK, SUPERVISORS),
    "expire_verification": ({M.VERIFIED}, M.REPORTED, set()),
}
FINDING_STEPS: dict[str, tuple[set[str], str, set[str]]] = {
    "start": ({Status.OPEN}, Status.IN_PROGRESS, OWN),
    "submit": ({Status.OPEN, Status.IN_PROGRESS, "void"}, Status.SUBMITTED, OWN),
    "withdraw": ({Status.SUBMITTED}, Status.IN_PROGRESS, OWN),
    "review": ({Status.SUBMITTED}, Status.SUBMITTED, {"leader"}),
    "close": ({"reviewed"}, Status.CLOSED, SUPERVISORS),
    "send_back": ({Status.SUBMITTED}, Status.IN_PROGRESS, SUPERVISORS | {"leader"}),
    "reopen": ({Status.CLOSED, "void"}, Status.IN_PROGRESS, SUPERVISORS),
}
NEEDS_WORDS = {"send_back", "review", "close", "reopen"}


@pytest.fixture
def cast() -> Cast:
    """One finding with one measure, and everybody who could have to do with it."""
    return cast_of()


@contextmanager
def undone() -> Iterator[None]:
    """Take everything back that happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def refused(name: str, record: Finding | Measure, user: User, comment: str = "同意。", **given: Any) -> list[str]:
    """The sentences of a step that is refused, changes nothing and leaves one row in the trail."""
    finding = record if isinstance(record, Finding) else record.finding
    before, rows = everything(finding), Event.objects.count()
    with pytest.raises(RefusedError) as refusal:
        step(name, record, user, comment, **given)
    assert everything(finding) == before
    (event,) = Event.objects.order_by("-number")[: Event.objects.count() - rows]
    assert (event.result, event.user, event.record_id) == (Result.REFUSED, user, record.pk)
    assert (event.version_before, event.version_after) == (record.version, None)
    assert event.action == (Action.SIGN_OFF if name == "close" else Action.STEP)
    assert all(sentence[-1] == "。" for sentence in refusal.value.sentences)
    return refusal.value.sentences


def taken(name: str, record: Finding | Measure, user: User, target: str) -> None:
    """A step that is taken: one version, one row of history, of the trail and of the steps."""
    if isinstance(record, Measure) and record.finding.status == Status.OPEN and name in {"start", "report"}:
        step("start", record.finding, user)  # or the step would do so as well, which is shown below
    rows, versions, steps = Event.objects.count(), record.version, Step.objects.count()
    one = step(name, record, user)
    record.refresh_from_db()
    assert (record.status, record.version) == (target, versions + 1)
    assert (one.target, one.taken_by, one.transition) == (target, user, name)
    (event,) = Event.objects.order_by("-number")[: Event.objects.count() - rows]
    assert (event.result, event.version_before, event.version_after) == (Result.DONE, versions, versions + 1)
    assert Step.objects.count() == steps + 1


def test_the_table_has_these_rows_and_no_others() -> None:
    """The rights are compared by what they let people do, below."""
    named: dict[tuple[type, str], tuple[set[str], str, bool]] = {
        (one.model, one.name): (set(one.sources), one.target, one.needs_comment) for one in TRANSITIONS
    }
    expected: dict[tuple[type, str], tuple[set[str], str, bool]] = {
        (Measure, name): (row[0], row[1], name in NEEDS_WORDS) for name, row in MEASURE_STEPS.items()
    }
    for name, (sources, target, _) in FINDING_STEPS.items():
        told = {{"void": Status.CLOSED, "reviewed": Status.SUBMITTED}.get(one, one) for one in sources}
        expected[Finding, name] = (told, target, name in NEEDS_WORDS)
    assert named == expected


@pytest.mark.parametrize("status", M.values)
@pytest.mark.parametrize("name", MEASURE_STEPS)
def test_a_step_with_a_measure(cast: Cast, name: str, status: str) -> None:
    sources, target, people = MEASURE_STEPS[name]
    measure = bring_measure(cast, cast.finding.measures.get(), status)
    for who, person in cast.people.items():
        with undone():
            measure.refresh_from_db()
            if who in people and status in sources:
                taken(name, measure, person, target)
            else:
                refused(name, measure, person)


@pytest.mark.parametrize("status", [*Status.values, "reviewed", "void"])
@pytest.mark.parametrize("name", FINDING_STEPS)
def test_a_step_with_a_finding(cast: Cast, name: str, status: str) -> None:
    sources, target, people = FINDING_STEPS[name]
    stage(cast, 1)
    finding = bring(cast, Status.SUBMITTED if status == "reviewed" else status)
    if status == "reviewed":
        step("review", finding, cast["leader"])
        if name in {"withdraw", "send_back"}:
            sources, people = sources | {"reviewed"}, people - {"leader"}
    elif status == Status.OPEN and name == "submit":
        bring_measure(cast, finding.measures.get(), M.VERIFIED)
    elif status == Status.IN_PROGRESS and name == "submit":
        bring_measure(cast, finding.measures.get(), M.REPORTED)
    for who, person in cast.people.items():
        with undone():
            finding.refresh_from_db()
            if who in people and status in sources:
                taken(name, finding, person, target)
            else:
                refused(name, finding, person)


def test_who_has_no_right_learns_who_has_and_nothing_else(cast: Cast) -> None:
    assert refused("close", cast.finding, cast["reporter"]) == ["只有督查员可以同意销号、退回和重新整改。"]
    assert refused("close", cast.finding, cast["foreign_supervisor"]) == ["只有督查员可以同意销号、退回和重新整改。"]
    assert refused("reopen", cast.finding, cast["supervisor"]) == ["现在是“待整改”，不能重新整改。"]


@pytest.mark.parametrize(("kind", "name"), [(Measure, "send_back"), *((Finding, name) for name in sorted(NEEDS_WORDS))])
def test_a_judgement_needs_words(cast: Cast, kind: type[Finding | Measure], name: str) -> None:
    measure = bring_measure(cast, cast.finding.measures.get(), M.VERIFIED)
    stage(cast, 1)
    bring(cast, Status.OPEN if kind is Measure else {"reopen": Status.CLOSED}.get(name, Status.SUBMITTED))
    if name == "close":
        step("review", cast.finding, cast["leader"])
    record = measure if kind is Measure else cast.finding
    asked = "请填写意见。" if name in {"review", "close"} else "请填写理由。"
    for words in ("", "  \n "):
        assert refused(name, record, cast["leader" if name == "review" else "supervisor"], words) == [asked]


def test_a_person_no_longer_in_use_takes_no_step(cast: Cast) -> None:
    cast["clerk"].is_active = False
    refused("start", cast.finding, cast["clerk"])


def test_a_person_in_charge_takes_steps_with_his_own_part(cast: Cast) -> None:
    """Named in the record, with a role in the body: the measure and the finding are his to report."""
    edit(cast.finding.measures.get(), person_in_charge=cast["other_reporter"])
    refused("start", cast.finding, cast["other_reporter"])
    with undone():
        edit(cast.finding, person_in_charge=cast["other_reporter"])
        step("start", cast.finding, cast["other_reporter"])
    step("start", cast.finding.measures.get(), cast["other_reporter"])


@pytest.mark.parametrize("name", ["start", "report"])
def test_the_first_work_on_a_measure_begins_its_finding(cast: Cast, name: str) -> None:
    measure = cast.finding.measures.get()
    prove(measure, cast["clerk"])
    step(name, measure, cast["clerk"])
    cast.finding.refresh_from_db()
    assert cast.finding.status == Status.IN_PROGRESS
    assert set(Step.objects.values_list("transition", "taken_by")) == {
        (name, cast["clerk"].pk),
        ("start", cast["clerk"].pk),
    }


def test_the_page_offers_what_can_be_done_and_says_what_is_against_it(cast: Cast) -> None:
    def offered(who: str) -> dict[str, tuple[str, ...]]:
        return {one.transition.name: one.objections for one in available_steps(cast.finding, cast[who])}

    assert offered("clerk") == {"start": (), "submit": ("还有 1 条措施没有报完成。",)}
    assert offered("supervisor") == {} == offered("foreign_office")
    submit(cast)
    assert offered("clerk") == {"withdraw": ()}
    assert offered("supervisor")["close"] == () == offered("supervisor")["send_back"]
    assert offered("office")["review"] == ("各级审核都已通过，等待销号。",)


# What may be against a step.


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"outcome": ""}, "没有填写整改成效（公开用语）。"),
        ({"outcome": "台账正在推进。"}, "整改成效里还写着“正在推进”，请写已经做到的结果。"),
        ({"completed_on": None}, "没有填写完成日期。"),
    ],
)
def test_a_measure_is_reported_and_verified_only_with_its_result(
    cast: Cast, fields: dict[str, Any], sentence: str
) -> None:
    measure = cast.finding.measures.get()
    prove(measure, cast["clerk"])
    edit(measure, **fields)
    assert refused("report", measure, cast["clerk"]) == [sentence]
    edit(measure, outcome=DONE, completed_on=COMPLETED)
    step("report", measure, cast["clerk"])
    edit(measure, **fields)
    assert refused("verify", measure, cast["supervisor"]) == [sentence]


def test_a_measure_is_reported_only_with_evidence(cast: Cast) -> None:
    measure = cast.finding.measures.get()
    assert refused("report", measure, cast["clerk"]) == ["没有上传佐证材料。"]
    evidence = prove(measure, cast["clerk"])
    withdraw_evidence(cast, evidence)
    assert refused("report", measure, cast["clerk"]) == ["没有上传佐证材料。"]
    bring_measure(cast, measure, M.NOT_STARTED)
    prove(measure, cast["clerk"])
    step("report", measure, cast["clerk"])


def test_what_was_reported_before_its_evidence_is_not_verified(cast: Cast) -> None:
    measure = cast.finding.measures.get()
    evidence = prove(measure, cast["clerk"])
    step("report", measure, cast["clerk"])
    withdraw_evidence(cast, evidence)
    assert refused("verify", measure, cast["supervisor"]) == ["没有上传佐证材料。", LATE_PROOF]
    prove(measure, cast["clerk"])
    assert refused("verify", measure, cast["supervisor"]) == [LATE_PROOF]


LATE_PROOF = "报完成以前没有上传佐证材料，请退回。"


def test_nobody_verifies_what_he_reported(cast: Cast) -> None:
    make_grant(cast["clerk"], "supervisor")
    measure = bring_measure(cast, cast.finding.measures.get(), M.REPORTED)
    assert refused("verify", measure, cast["clerk"]) == ["您自己报完成的措施，要由另一个人核实。"]
    step("verify", measure, cast["supervisor"])


@pytest.mark.parametrize("name", ["withdraw", "send_back"])
def test_a_measure_of_a_submitted_finding_goes_back_with_the_whole(cast: Cast, name: str) -> None:
    bring_measure(cast, cast.finding.measures.get(), M.REPORTED)
    step("submit", cast.finding, cast["clerk"])
    who = "clerk" if name == "withdraw" else "supervisor"
    assert refused(name, cast.finding.measures.get(), cast[who]) == ["问题已申请销号，请先退回或撤回整个问题的申请。"]


def test_below_a_finding_signed_off_nothing_moves_until_it_is_void(cast: Cast) -> None:
    bring(cast, Status.CLOSED)
    measure = cast.finding.measures.get()
    assert refused("send_back", measure, cast["supervisor"]) == ["问题已经销号；确需再改，请先由督查员“重新整改”。"]
    edit(measure, outcome="改写过的成效。")
    step("send_back", measure, cast["supervisor"])


def test_a_submission_is_complete(cast: Cast) -> None:
    finding = cast.finding
    measure = finding.measures.get()
    assert refused("submit", finding, cast["clerk"]) == ["还有 1 条措施没有报完成。"]
    bring_measure(cast, measure, M.VERIFIED)
    with unchecked_writes():
        Finding.objects.filter(pk=finding.pk).update(lead_unit=None, due_on=None, long_term=True)
    lacks = ["没有确定牵头单位。", "没有填写完成时限。", "长期坚持的问题没有填写复查周期。"]
    assert refused("submit", finding, cast["office"]) == lacks
    edit(finding, lead_unit=cast.unit, due_on=dt.date(2026, 6, 30), review_cycle_months=6)
    edit(measure, completed_on=None)
    assert refused("submit", finding, cast["office"]) == ["有 1 条措施报完成以后改动，现在缺少整改成效或完成日期。"]
    edit(measure, completed_on=COMPLETED)
    withdraw_evidence(cast, measure.evidence.get())
    assert refused("submit", finding, cast["office"]) == ["有 1 条措施没有佐证材料。"]
    prove(measure, cast["clerk"])
    step("submit", finding, cast["office"])


def test_a_finding_without_measures_is_not_submitted(cast: Cast) -> None:
    workflow_writer.delete(measure := cast.finding.measures.get(), seen=measure.version)
    assert refused("submit", cast.finding, cast["clerk"]) == ["还没有整改措施。"]


def without_deadline(finding: Finding) -> None:
    """As some records of earlier times are; today a passed deadline cannot be emptied."""
    with unchecked_writes():
        Finding.objects.filter(pk=finding.pk).update(due_on=None)


@pytest.mark.parametrize(
    ("spoil", "sentences"),
    [
        (lambda cast: make_measure(cast.finding), ["没有报完成", "没有核实", "在申请销号以前没有上传"]),
        (lambda cast: without_deadline(cast.finding), ["没有填写完成时限。"]),
        (lambda cast: edit(cast.finding.measures.get(), outcome="正在推进。"), ["缺少整改成效或完成日期", "没有核实"]),
    ],
)
def test_what_was_spoilt_after_the_submission_is_not_signed(
    cast: Cast, spoil: Callable[[Cast], object], sentences: list[str]
) -> None:
    submit(cast)
    spoil(cast)
    said = refused("close", cast.finding, cast["supervisor"])
    assert len(said) == len(sentences)
    assert all(part in sentence for part, sentence in zip(sentences, said, strict=True))


def test_a_measure_must_be_verified_before_the_signature(cast: Cast) -> None:
    bring_measure(cast, cast.finding.measures.get(), M.REPORTED)
    step("submit", cast.finding, cast["clerk"])
    assert refused("close", cast.finding, cast["supervisor"]) == ["还有 1 条措施没有核实。"]
    step("verify", cast.finding.measures.get(), cast["supervisor"])
    step("close", cast.finding, cast["supervisor"])


@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_closed_on_evidence_that_came_after_the_submission(cast: Cast, replaced: bool) -> None:
    submit(cast)
    measure = cast.finding.measures.get()
    old = measure.evidence.get()
    if replaced:
        prove(measure, cast["clerk"], replaces=old)
    else:
        withdraw_evidence(cast, old)
        prove(measure, cast["clerk"])
    late = ["还有 1 条措施没有核实。", "有 1 条措施在申请销号以前没有上传佐证材料，请退回。"]
    assert refused("close", cast.finding, cast["supervisor"]) == late
    step("send_back", cast.finding, cast["supervisor"])
    assert refused("verify", measure, cast["supervisor"]) == [LATE_PROOF]
    step("send_back", measure, cast["supervisor"])
    bring_measure(cast, measure, M.VERIFIED)
    step("submit", cast.finding, cast["clerk"])
    step("close", cast.finding, cast["supervisor"])


def test_only_the_three_degrees_of_completion_are_signed(cast: Cast) -> None:
    submit(cast)
    for degree in ("", "perfect"):
        assert refused("close", cast.finding, cast["supervisor"], completion=degree) == ["请选择完成程度。"]
    step("close", cast.finding, cast["supervisor"], completion=Completion.STAGED)
    cast.finding.refresh_from_db()
    assert cast.finding.completion == Completion.STAGED == in_force(cast.finding)[0].completion


# Four eyes.


@pytest.mark.parametrize("name", ["review", "close", "send_back"])
@pytest.mark.parametrize("roles", [("supervisor",), ("supervisor", "leader", "office")])
def test_the_submitter_gives_no_opinion_whatever_his_roles(cast: Cast, name: str, roles: tuple[str, ...]) -> None:
    for role in roles:
        make_grant(cast["clerk"], role)
    if name == "review":
        stage(cast, 1, "supervisor", (cast["clerk"], cast["supervisor"]))
    submit(cast)
    assert refused(name, cast.finding, cast["clerk"])[0] == "您自己申请销号的问题，要由另一个人审核和销号。"
    step(name, cast.finding, cast["supervisor"])


def test_the_submitter_is_who_submitted_last(cast: Cast) -> None:
    """Who once asked may judge another person's request: it is that one's, not his."""
    make_grant(cast["clerk"], "supervisor")
    submit(cast)
    step("withdraw", cast.finding, cast["clerk"])
    step("submit", cast.finding, cast["reporter"])
    step("close", cast.finding, cast["clerk"])
    assert Finding.objects.get().closed_by == cast["clerk"]


# Stages of review.


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_stages_come_one_after_another_and_then_the_signature(cast: Cast, number: int) -> None:
    roles = ["leader", "office", "supervisor"][:number]
    for order, role in enumerate(roles, start=1):
        stage(cast, order, role)
    submit(cast)
    for order, role in enumerate(roles, start=1):
        assert refused("close", cast.finding, cast["second_supervisor"]) == [f"“第{order}级审核”还没有通过。"]
        for other in {"leader", "office", "supervisor"} - {role}:
            assert refused("review", cast.finding, cast[other]) == [
                f"现在是“第{order}级审核”，由{ROLES[role].label}审核。"
            ]
        turn = turn_of(cast.finding, list(cast.finding.steps.all()))
        assert (turn.who, turn.then) == (ROLES[role].label, f"第{order}级审核，通过后进入下一级或销号")
        assert step("review", cast.finding, cast[role]).stage == order
    assert turn_of(cast.finding, []).who == "督查员"
    step("close", cast.finding, cast["second_supervisor"])


def test_any_one_of_the_named_people_is_enough_unless_all_must_agree(cast: Cast) -> None:
    make_grant(cast["publisher"], "leader", cast.body)
    named = (cast["leader"], cast["publisher"])
    stage(cast, 1, people=named)
    stage(cast, 2, people=named, by_all=True)
    submit(cast)
    assert "由leader、publisher审核" in refused("review", cast.finding, cast["supervisor"])[0]
    assert step("review", cast.finding, cast["publisher"]).stage == 1
    assert step("review", cast.finding, cast["publisher"]).stage == 2
    assert refused("review", cast.finding, cast["publisher"]) == ["您在“第2级审核”已经同意，等待其他会签人。"]
    assert refused("close", cast.finding, cast["supervisor"]) == ["“第2级审核”还没有通过。"]
    assert step("review", cast.finding, cast["leader"]).stage == 2
    assert refused("review", cast.finding, cast["leader"]) == ["各级审核都已通过，等待销号。"]
    step("close", cast.finding, cast["supervisor"])


def test_a_named_person_without_the_role_does_not_review(cast: Cast) -> None:
    stage(cast, 1, people=(cast["reporter"],))
    submit(cast)
    assert refused("review", cast.finding, cast["reporter"]) == [
        "只有分管领导、整改办、督查员可以在审核级中审核销号申请。"
    ]


@pytest.mark.parametrize(("name", "who"), [("send_back", "leader"), ("send_back", "supervisor"), ("withdraw", "clerk")])
def test_after_going_back_every_stage_starts_anew(cast: Cast, name: str, who: str) -> None:
    stage(cast, 1, "leader")
    stage(cast, 2, "leader")
    submit(cast)
    step("review", cast.finding, cast["leader"])
    step(name, cast.finding, cast[who], "佐证对不上。")
    cast.finding.refresh_from_db()
    assert (cast.finding.submitted_at, cast.finding.submitted_by) == (None, None)
    step("submit", cast.finding, cast["clerk"])
    assert [step("review", cast.finding, cast["leader"]).stage for _ in range(2)] == [1, 2]
    step("close", cast.finding, cast["supervisor"])
    assert in_force(cast.finding)[0].submission == 2


# What a sign-off leaves behind.


def test_a_sign_off_is_one_version_with_who_when_how_far_and_what(cast: Cast) -> None:
    submit(cast)
    one = step("close", cast.finding, cast["supervisor"], "佐证齐全。", completion=Completion.SUBSTANTIALLY)
    finding = Finding.objects.get()
    assert (finding.closed_by, finding.closed_at) == (cast["supervisor"], one.taken_at)
    (signed,) = in_force(finding)
    assert (signed.signed_by, signed.signed_at, signed.opinion) == (cast["supervisor"], one.taken_at, "佐证齐全。")
    assert signed.content == signed_payload(finding)
    assert signed.is_intact
    assert DONE in signed.content
    assert finding.evidence.get().file_id in signed.content
    (event,) = Event.objects.filter(action=Action.SIGN_OFF, result=Result.DONE)
    assert event.reason == "同意销号：佐证齐全。"


def test_a_text_that_was_tampered_with_is_found_out(cast: Cast) -> None:
    (signed,) = in_force(bring(cast, Status.CLOSED))
    signed.content = signed.content.replace("已经", "从未")
    assert not signed.is_intact


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [("2026-03-01", 6, "2026-09-01"), ("2026-08-31", 6, "2027-02-28"), ("2027-11-30", 3, "2028-02-29")],
)
def test_a_long_term_finding_is_due_for_review(cast: Cast, day: str, months: int, due: str) -> None:
    assert next_review(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(due)


def test_a_review_that_was_missed_reopens_the_count(cast: Cast) -> None:
    edit(cast.finding, long_term=True, review_cycle_months=3)
    with time_machine.travel("2026-12-01T10:00+08:00", tick=False):
        finding = bring(cast, Status.CLOSED)
    assert finding.next_review_on == dt.date(2027, 3, 1)
    last, after = dt.date(2027, 3, 1), dt.date(2027, 3, 2)
    assert list(Finding.objects.closed(last)) == [finding] == list(Finding.objects.review_missed(after))
    assert list(Finding.objects.closed(after)) == [] == list(Finding.objects.review_missed(last))
    assert turn_of(finding, []).then == "2027年3月1日前复查"


def test_the_words_for_closed_void_and_completed(cast: Cast) -> None:
    finding = bring(cast, Status.CLOSED)
    assert list(Finding.objects.closed()) == [finding] == list(Finding.objects.completed(cast.inspection))
    assert not Finding.objects.void().exists()
    edit(finding, title="改过的题目")
    assert list(Finding.objects.void()) == [finding]
    assert not Finding.objects.closed().exists()
    assert not Finding.objects.completed(cast.inspection).exists()
    assert turn_of(Finding.objects.get(), []).then.startswith("销号已失效，重新申请销号。已逾期")


def test_reopened_it_goes_through_everything_again(cast: Cast) -> None:
    finding = bring(cast, Status.CLOSED)
    step("reopen", finding, cast["second_supervisor"], "问题反弹。")
    finding.refresh_from_db()
    assert (finding.closed_at, finding.closed_by, finding.completion) == (None, None, "")
    assert (finding.submitted_at, finding.next_review_on, finding.is_void) == (None, None, False)
    (signed,) = finding.signoffs.all()
    assert (signed.void_reason, signed.voided_by) == ("重新整改：问题反弹。", cast["second_supervisor"])
    step("submit", finding, cast["clerk"])
    step("close", finding, cast["supervisor"])
    assert [one.submission for one in finding.signoffs.all()] == [2, 1]
    assert in_force(finding)[0].submission == 2


def test_void_it_is_asked_for_and_signed_again(cast: Cast) -> None:
    finding = bring(cast, "void")
    assert (finding.status, finding.is_void) == (Status.CLOSED, True)
    refused("close", finding, cast["supervisor"])
    step("submit", finding, cast["clerk"])
    finding.refresh_from_db()
    assert (finding.is_void, finding.closed_by, finding.completion) == (False, None, "")
    assert refused("close", finding, cast["supervisor"]) == ["还有 1 条措施没有核实。"]
    step("verify", finding.measures.get(), cast["second_supervisor"])
    step("close", finding, cast["supervisor"])
    old, new = reversed(finding.signoffs.all())
    assert (old.void_reason, new.voided_at) == ("销号以后内容有变。", None)


# Conflicts.


def test_who_saw_another_version_signs_nothing(cast: Cast) -> None:
    submit(cast)
    before = everything(cast.finding)
    given = StepInput("同意。", Completion.COMPLETE, digest_of(signed_payload(cast.finding)))
    with pytest.raises(ConflictError):
        take_step(StepName.CLOSE, cast.finding, cast["supervisor"], cast.finding.version - 1, given)
    assert everything(cast.finding) == before
    event = Event.objects.first()
    assert event is not None
    assert (event.action, event.result) == (Action.SIGN_OFF, Result.CONFLICT)


@pytest.mark.parametrize("name", ["evidence", "measure"])
def test_who_read_something_else_than_he_would_sign_signs_nothing(cast: Cast, name: str) -> None:
    """The finding's version is the one on his page, but what lies below it is not."""
    submit(cast)
    given = StepInput("同意。", Completion.COMPLETE, digest_of(signed_payload(cast.finding)))
    measure = cast.finding.measures.get()
    if name == "evidence":
        prove(measure, cast["clerk"], measures=[])
    else:
        edit(measure, due_on=DUE)
    version = Finding.objects.get().version
    with pytest.raises(ConflictError) as conflict:
        take_step(StepName.CLOSE, cast.finding, cast["supervisor"], version, given)
    assert conflict.value.stored is not None
    assert (conflict.value.stored.version, Event.objects.latest("number").version_after) == (version, version)
    assert Finding.objects.get().status == Status.SUBMITTED


def test_what_was_changed_in_memory_alone_is_not_stored_by_a_step(cast: Cast) -> None:
    cast.finding.title = "没有保存过的题目"
    take_step(StepName.START, cast.finding, cast["clerk"], cast.finding.version)
    assert Finding.objects.get().title == "督查重部署轻问效" == cast.finding.title


def test_a_step_looks_at_the_finding_as_it_is_not_as_it_was_read(cast: Cast) -> None:
    """The measure was read while its finding was still open; by now the finding is submitted."""
    measure = bring_measure(cast, cast.finding.measures.select_related("finding").get(), M.VERIFIED)
    stale = Measure.objects.select_related("finding").get(pk=measure.pk)
    step("submit", cast.finding, cast["clerk"])
    with pytest.raises(RefusedError, match="问题已申请销号"):
        take_step(StepName.SEND_BACK, stale, cast["supervisor"], stale.version, StepInput("再核。"))


def test_a_step_with_what_is_gone_is_a_conflict(cast: Cast) -> None:
    measure = cast.finding.measures.get()
    workflow_writer.delete(Measure.objects.get(), seen=measure.version)
    with pytest.raises(ConflictError) as conflict:
        take_step(StepName.START, measure, cast["clerk"], measure.version)
    assert conflict.value.is_gone


def withdraw_evidence(cast: Cast, evidence: Any) -> None:
    """Evidence that no longer counts."""
    edit(evidence, withdrawn_at=timezone.now(), withdrawn_by=cast["clerk"], withdrawn_reason="传错了。")


def test_rights_are_those_of_the_roles() -> None:
    """Who takes which kind of step is decided by five rights; officers have none of them."""
    for right in (Right.REPORT_WORK, Right.VERIFY_WORK, Right.REVIEW, Right.CLOSE):
        assert not [role for role in ROLES.values() if role.is_officer and right in role.rights]
