"""A measure is verified as it is: who changes what was verified takes the verification back, and the verifier hears."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Event
from accounts.web.forms import UNCHANGED
from findings.choices import MeasureStatus, Status
from findings.factories import make_facet, make_measure
from findings.models import Evidence, Measure, Notice
from findings.work.measure_sheet import EDIT
from findings.workflow.evidence import attach, withdraw
from findings.workflow.saving import workflow_writer
from tests.findings.actors import DUE, Cast, bring, bring_measure, cast_of, edit, prove, step, submit
from tests.findings.conftest import words_of

pytestmark = pytest.mark.django_db
SENTENCE = "措施“建立台账。”核实以后内容有变，请您重新核实。"
Act = Callable[[Cast, Measure], object]


@pytest.fixture
def cast() -> Cast:
    return cast_of()


@pytest.fixture
def measure(cast: Cast) -> Measure:
    """A verified measure with one piece of evidence."""
    return bring_measure(cast, cast.finding.measures.get(), MeasureStatus.VERIFIED)


def evidence(measure: Measure) -> Evidence:
    return measure.evidence.get()


def unlink(_cast: Cast, measure: Measure) -> None:
    """The evidence stays in the archive and proves something else."""
    other = make_measure(measure.finding)
    workflow_writer.save(evidence(measure), seen=evidence(measure).version, linked={"measures": [other]})


@pytest.mark.parametrize(
    "act",
    [
        lambda _, measure: edit(measure, outcome="换了说法。"),
        lambda _, measure: edit(measure, plan="换了措施。"),
        lambda _, measure: edit(measure, completed_on=dt.date(2026, 3, 2)),
        lambda cast, measure: prove(measure, cast["clerk"]),
        lambda cast, measure: prove(measure, cast["clerk"], replaces=evidence(measure)),
        lambda cast, measure: withdraw(evidence(measure), "传错了。", cast["clerk"], evidence(measure).version),
        lambda cast, measure: attach(prove(make_measure(measure.finding), cast["clerk"]), [measure], 1),
        unlink,
    ],
)
def test_a_change_of_what_was_verified_takes_it_back(cast: Cast, measure: Measure, act: Act) -> None:
    before, reported = measure.version, (measure.reported_by, measure.reported_at)
    act(cast, measure)
    measure.refresh_from_db()
    assert (measure.status, measure.verified_by, measure.verified_at) == (MeasureStatus.REPORTED, None, None)
    assert (measure.reported_by, measure.reported_at) == reported
    taken = measure.steps.first()
    assert taken is not None
    assert (taken.transition, taken.source, taken.target) == (
        "expire_verification",
        MeasureStatus.VERIFIED,
        MeasureStatus.REPORTED,
    )
    event = Event.objects.filter(record_type="findings.measure", record_id=measure.pk).latest("number")
    assert (event.action, event.reason, event.version_after) == (Action.STEP, "核实失效", measure.version)
    assert before < measure.version
    assert [(one.user, one.words[: len("措施“")]) for one in told()] == [(cast["supervisor"], "措施“")]


def told() -> list[Notice]:
    return list(Notice.objects.filter(words__contains="核实以后内容有变").select_related("user"))


@pytest.mark.parametrize(
    "act",
    [
        lambda _, measure: edit(measure, due_on=DUE, order=7),
        lambda cast, measure: edit(measure, person_in_charge=cast["reporter"], lead_unit=cast.unit),
        lambda _, measure: edit(measure, facet=make_facet(measure.finding)),
        lambda _, measure: edit(evidence(measure), caption="10月督查会议纪要。"),
        lambda cast, measure: edit(cast.finding, title="改过的题目"),
        lambda cast, measure: prove(measure, cast["clerk"], measures=[]),
        lambda cast, measure: prove(make_measure(measure.finding), cast["clerk"]),
    ],
)
def test_a_change_of_anything_else_does_not(cast: Cast, measure: Measure, act: Act) -> None:
    act(cast, measure)
    measure.refresh_from_db()
    assert measure.status == MeasureStatus.VERIFIED
    assert not told()


def test_during_a_review_the_signature_waits_for_the_verification(cast: Cast) -> None:
    measure = submit(cast).measures.get()
    edit(measure, outcome="换了说法。")
    step("verify", measure, cast["second_supervisor"])
    step("close", cast.finding, cast["supervisor"])


def test_a_sign_off_becomes_void_and_so_does_the_verification_below_it(cast: Cast) -> None:
    finding = bring(cast, "void")
    assert (finding.status, finding.is_void) == (Status.CLOSED, True)
    assert finding.measures.get().status == MeasureStatus.REPORTED


def test_changed_back_it_waits_all_the_same(measure: Measure) -> None:
    before = measure.outcome
    for words in ("换了说法。", before):
        edit(measure, outcome=words)
    assert Measure.objects.get().status == MeasureStatus.REPORTED


def browser(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast[who])
    return client


CORRECTED = {"outcome": "更正后的成效。", "change_reason": "数字写错。"}


@pytest.mark.parametrize(("page", "query"), [("measure_detail", f"?{EDIT}=on"), ("measure_edit", "")])
def test_the_office_reads_beforehand_what_an_edit_does_and_who_hears_of_it(
    cast: Cast, measure: Measure, page: str, query: str
) -> None:
    client, address = browser(cast, "office"), reverse(f"findings:{page}", args=[measure.pk]) + query
    words = words_of(client.get(address).content.decode())
    assert "核实即失效，要重新核实。将通知：supervisor。" in words
    fields: dict[str, Any] = {"outcome": measure.outcome, "completed_on": measure.completed_on, "plan": measure.plan}
    answer = client.post(address, fields | {"order": 1, "seen": measure.version}, follow=True)
    assert UNCHANGED in answer.content.decode()
    client.post(address, fields | {"order": 1, "seen": measure.version} | CORRECTED)
    measure.refresh_from_db()
    assert (measure.status, measure.outcome) == (MeasureStatus.REPORTED, "更正后的成效。")
    assert measure.steps.latest("pk").taken_by == cast["office"]
    assert [one.words for one in told()] == [SENTENCE]


def test_who_changes_what_he_verified_himself_is_not_told(cast: Cast, measure: Measure) -> None:
    cast["supervisor"].grants.create(role="office", unit=cast.body)
    client = browser(cast, "supervisor")
    fields = {"plan": "换了措施。", "outcome": measure.outcome, "completed_on": measure.completed_on, "order": 1}
    fields["change_reason"] = "措施表述有误。"
    client.post(reverse("findings:measure_edit", args=[measure.pk]), fields | {"seen": measure.version})
    measure.refresh_from_db()
    assert measure.status == MeasureStatus.REPORTED
    assert not told()


def test_a_command_is_named_where_a_person_would_be(cast: Cast, measure: Measure) -> None:
    edit(measure, outcome="换了说法。")
    assert measure.steps.latest("pk").taken_by is None
    page = words_of(browser(cast, "office").get(cast.finding.get_absolute_url()).content.decode())
    assert "系统命令 核实失效" in page


def test_nobody_takes_this_step_by_hand(cast: Cast, measure: Measure) -> None:
    address = reverse("findings:step", args=["measure", measure.pk, "expire_verification"])
    assert browser(cast, "supervisor").post(address, {"seen": measure.version}).status_code == 404
