"""What a sign-off signs: any change to it makes the sign-off void, and nothing else does."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import Action, Event
from accounts.records.ordering import move
from findings.choices import Completion, EvidenceKind, MeasureStatus, Status
from findings.factories import closing_fields, make_facet, make_finding, make_measure, make_unit, submission_fields
from findings.models import Facet, Finding, Measure, SignOff, Step
from findings.workflow import RefusedError
from findings.workflow.models.signoffs import digest_of
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import KINDS, signed_payload
from tests.findings.actors import Cast, bring, cast_of, edit, in_force, prove, step
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """A finding with two measures, one of them under a facet, each with evidence; signed off."""
    cast = cast_of(measures=1)
    facet = make_facet(cast.finding, introduction="分面引言。")
    make_measure(cast.finding, facet=facet, plan="开展抽查。", outcome="已抽查三次。", completed_on=dt.date(2026, 3, 2))
    edit(cast.finding, detail="表现。", introduction="引言。", long_term=True, review_cycle_months=6)
    bring(cast, Status.CLOSED)
    return cast


def first(cast: Cast) -> Measure:
    """The measure without a facet."""
    return cast.finding.measures.get(facet=None)


def withdrawn(cast: Cast) -> None:
    edit(
        first(cast).evidence.get(),
        withdrawn_at=timezone.now(),
        withdrawn_by=cast["clerk"],
        withdrawn_reason="传错了。",
    )


def attached_elsewhere(cast: Cast) -> None:
    evidence = first(cast).evidence.get()
    workflow_writer.save(evidence, seen=evidence.version, linked={"measures": cast.finding.measures.all()})


def without_facet(cast: Cast) -> None:
    edit(cast.finding.measures.exclude(facet=None).get(), facet=None, order=9)
    workflow_writer.delete(Facet.objects.get(), seen=1)


VOIDING: dict[str, Callable[[Cast], object]] = {
    "title": lambda cast: edit(cast.finding, title="另一个题目"),
    "detail": lambda cast: edit(cast.finding, detail="另一种表现。"),
    "introduction": lambda cast: edit(cast.finding, introduction="另一段引言。"),
    "timing": lambda cast: edit(cast.finding, timing="immediate"),
    "deadline": lambda cast: edit(cast.finding, due_on=dt.date(2026, 6, 1)),
    "long term": lambda cast: edit(cast.finding, long_term=False),
    "review cycle": lambda cast: edit(cast.finding, review_cycle_months=12),
    "plan": lambda cast: edit(first(cast), plan="另一条措施。"),
    "outcome": lambda cast: edit(first(cast), outcome="另一种成效。"),
    "measure's deadline": lambda cast: edit(first(cast), due_on=dt.date(2026, 7, 1)),
    "measure's completion": lambda cast: edit(first(cast), completed_on=dt.date(2026, 3, 9)),
    "measure's facet": lambda cast: edit(first(cast), facet=Facet.objects.get(), order=9),
    "facet's title": lambda cast: edit(Facet.objects.get(), title="另一面"),
    "facet's introduction": lambda cast: edit(Facet.objects.get(), introduction="另一段。"),
    "facet removed": without_facet,
    "an empty facet": lambda cast: make_facet(cast.finding),  # the report prints it
    "measure added": lambda cast: make_measure(cast.finding),
    "measure removed": lambda cast: workflow_writer.delete(first(cast), seen=first(cast).version),
    "evidence added": lambda cast: prove(first(cast), cast["clerk"]),
    "evidence of no measure added": lambda cast: prove(first(cast), cast["clerk"], measures=[]),
    "evidence withdrawn": withdrawn,
    "evidence replaced": lambda cast: prove(first(cast), cast["clerk"], replaces=first(cast).evidence.get()),
    "evidence renamed": lambda cast: edit(first(cast).evidence.get(), name="会议记录.pdf"),
    "evidence captioned": lambda cast: edit(first(cast).evidence.get(), caption="第二次会议"),
    "evidence attached elsewhere": attached_elsewhere,
    "sub-finding added": lambda cast: make_finding(parent=cast.finding),
}


@pytest.mark.parametrize("name", VOIDING)
def test_a_change_of_what_was_signed_makes_the_sign_off_void(cast: Cast, name: str) -> None:
    version = Finding.objects.get(pk=cast.finding.pk).version
    VOIDING[name](cast)
    finding = Finding.objects.get(pk=cast.finding.pk)
    assert (finding.status, finding.is_void) == (Status.CLOSED, True)
    assert (finding.closed_by, finding.completion) == (cast["supervisor"], Completion.COMPLETE)  # who did stays said
    (signed,) = finding.signoffs.all()
    assert signed.void_reason == "销号以后内容有变。"
    assert signed.is_intact
    (event,) = Event.objects.filter(action=Action.VOID)
    assert (event.record_id, event.version_after) == (finding.pk, finding.version)
    causes = Event.objects.filter(record_type="findings.finding", record_id=finding.pk, version_after__gt=version)
    assert [row.version_after for row in causes.order_by("number")] == list(range(version + 1, finding.version + 1))


HARMLESS: dict[str, Callable[[Cast], object]] = {
    "order": lambda cast: edit(cast.finding, order=7),
    "lead unit": lambda cast: edit(cast.finding, lead_unit=make_unit()),
    "people": lambda cast: edit(cast.finding, responsible_leader=cast["leader"], person_in_charge=cast["clerk"]),
    "supporting units": lambda cast: workflow_writer.save(
        cast.finding, seen=Finding.objects.get().version, linked={"supporting_units": [make_unit()]}
    ),
    "measure's order": lambda cast: edit(first(cast), order=7),
    "measure's unit and person": lambda cast: edit(
        first(cast), lead_unit=make_unit(), person_in_charge=cast["reporter"]
    ),
    "facet's order": lambda cast: edit(Facet.objects.get(), order=7),
    "evidence's folder": lambda cast: edit(first(cast).evidence.get(), kind=EvidenceKind.RESULT),
    "another finding": lambda cast: move(
        workflow_writer, make_finding(cast.finding.aspect), Finding.objects.filter(aspect=cast.finding.aspect), -1
    ),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_numbers_in_sequence_people_and_units_may_change(cast: Cast, name: str) -> None:
    cast.finding.refresh_from_db()
    HARMLESS[name](cast)
    finding = Finding.objects.get(pk=cast.finding.pk)
    assert not finding.is_void
    assert in_force(finding)[0].content == signed_payload(finding)


def test_many_changes_at_once_make_it_void_once(cast: Cast) -> None:
    """As an import or a change of many records does: each through ``changes``, in one transaction."""
    with transaction.atomic():
        for measure in cast.finding.measures.all():
            edit(measure, outcome=f"{measure.outcome}有据可查。")
    assert Event.objects.filter(action=Action.VOID).count() == 1
    assert Finding.objects.get().is_void


def test_a_change_that_is_rolled_back_voids_nothing(cast: Cast) -> None:
    with transaction.atomic():
        edit(first(cast), outcome="另一种成效。")
        transaction.set_rollback(True)
    assert not Finding.objects.get().is_void


def test_a_finding_rests_on_the_sign_offs_below_it(cast: Cast) -> None:
    """Neither submitted nor signed above while something is open below; void above as soon as it is void below."""
    above = Finding.objects.get(pk=cast.finding.pk)
    below = make_finding(parent=above, due_on=dt.date(2026, 6, 30))
    make_measure(below, outcome="分项已经改好。", completed_on=dt.date(2026, 3, 1))
    assert Finding.objects.get(pk=above.pk).is_void  # a sub-finding was added
    assert refusal_of(cast, "submit", above) == ["还有 1 个分项问题没有销号。"]
    bring(cast, Status.CLOSED, below)
    step("submit", above, cast["clerk"])
    step("reopen", below, cast["supervisor"], "问题反弹。")
    assert refusal_of(cast, "close", above) == ["还有 1 个分项问题没有销号。"]
    step("submit", below, cast["clerk"])
    step("close", below, cast["supervisor"])
    step("close", above, cast["supervisor"])
    above.refresh_from_db()
    assert not above.is_void
    edit(below.measures.get(), outcome="分项另有成效。")
    assert set(Finding.objects.void()) == {above, below}
    assert [event.record_id for event in Event.objects.filter(action=Action.VOID)[:2]] == [above.pk, below.pk]


def test_a_sub_finding_reopened_or_moved_away_makes_what_is_above_void(cast: Cast) -> None:
    for away in (
        lambda below: step("reopen", below, cast["supervisor"], "问题反弹。"),
        lambda below: edit(below, parent=None, order=90),
    ):
        above = make_finding(cast.finding.aspect, lead_unit=cast.unit, due_on=dt.date(2026, 6, 30))
        below = make_finding(parent=above, due_on=dt.date(2026, 6, 30))
        make_measure(below, outcome="分项已经改好。", completed_on=dt.date(2026, 3, 1))
        bring(cast, Status.CLOSED, below)
        step("submit", above, cast["clerk"])
        step("close", above, cast["supervisor"])
        away(below)
        assert Finding.objects.get(pk=above.pk).is_void


def refusal_of(cast: Cast, name: str, finding: Finding) -> list[str]:
    """What is against a step of those who usually take it."""
    from_whom = cast["clerk" if name == "submit" else "supervisor"]
    with pytest.raises(RefusedError) as refusal:
        step(name, finding, from_whom)
    return refusal.value.sentences


def test_the_content_is_canonical(cast: Cast) -> None:
    content = signed_payload(Finding.objects.get())
    read = json.loads(content)
    assert set(read) == {"format", "finding", "measures", "evidence", "sub_findings", *(kind for kind, _, _ in KINDS)}
    (facet,) = read["facets"]
    assert (facet["title"], facet["introduction"]) == ("第1项建设", "分面引言。")
    assert read["measures"][1]["facet"] == facet["pk"]
    assert read["measures"][0]["completed_on"] == "2026-03-01"
    assert content == json.dumps(read, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert digest_of(content) == in_force(cast.finding)[0].digest


def test_what_was_signed_once_is_never_deleted(cast: Cast) -> None:
    for evidence in cast.finding.evidence.all():
        workflow_writer.delete(evidence, seen=evidence.version)
    cast.finding.refresh_from_db()
    with pytest.raises(ProtectedError), transaction.atomic():
        workflow_writer.delete(cast.finding, seen=cast.finding.version)


# What the database itself refuses.


def stored(model: Any, pk: int, **values: Any) -> None:
    """Write past everything, as a faulty program would."""
    with transaction.atomic(), unchecked_writes():
        model._base_manager.filter(pk=pk).update(**values)


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "closed by nobody": {"closed_by": None},
    "closed at no time": {"closed_at": None},
    "closed to no degree": {"completion": ""},
    "open, but closed by somebody": {"status": Status.OPEN},
    "void without being closed": {
        "status": Status.SUBMITTED,
        "closed_at": None,
        "closed_by": None,
        "completion": "",
        "is_void": True,
        "next_review_on": None,
    },
    "reviewed without being closed": {
        "status": Status.SUBMITTED,
        "closed_at": None,
        "closed_by": None,
        "completion": "",
    },
    "open, but submitted": {
        "status": Status.OPEN,
        "closed_at": None,
        "closed_by": None,
        "completion": "",
        "next_review_on": None,
    },
    "submitted by nobody": {"submitted_by": None},
    "waiting, but submitted never": {
        "status": Status.SUBMITTED,
        "closed_at": None,
        "closed_by": None,
        "completion": "",
        "next_review_on": None,
        "submission": 0,
    },
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_database_refuses_an_impossible_finding(cast: Cast, name: str) -> None:
    with pytest.raises(IntegrityError):
        stored(Finding, cast.finding.pk, **IMPOSSIBLE[name])


def test_the_database_refuses_the_submitters_own_signature(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        stored(Finding, cast.finding.pk, closed_by=cast["clerk"])
    measure = first(cast)
    with pytest.raises(IntegrityError):
        stored(Measure, measure.pk, verified_by=measure.reported_by)
    stored(Finding, make_finding(**submission_fields(cast["office"])).pk, submission=2)
    make_finding(**closing_fields(cast["office"], dt.date(2026, 5, 1)))


def test_the_database_refuses_a_second_sign_off(cast: Cast) -> None:
    (signed,) = in_force(cast.finding)
    for another in ({}, {"voided_at": timezone.now(), "void_reason": "重来。"}):
        copy = SignOff.objects.get(pk=signed.pk)
        copy.pk, copy._state.adding = None, True
        for name, value in another.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic(), unchecked_writes():
            copy.save(force_insert=True)


@pytest.mark.parametrize("values", [{"void_reason": "没有时间。"}, {"voided_at": timezone.now()}, {"voided_by_id": 1}])
def test_the_database_refuses_half_a_void_sign_off(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        stored(SignOff, in_force(cast.finding)[0].pk, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"status": MeasureStatus.UNDER_WAY},
        {"status": MeasureStatus.REPORTED},
        {"verified_by": None},
        {"reported_at": None},
    ],
)
def test_the_database_refuses_an_impossible_measure(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        stored(Measure, first(cast).pk, **values)


def test_the_database_takes_one_consent_of_each_person(cast: Cast) -> None:
    consent = {"finding": cast.finding, "transition": "review", "submission": 9, "taken_by": cast["leader"]}
    Step.objects.create(stage=1, **consent)
    for stage in (1, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            Step.objects.create(stage=stage, **consent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.create(**(consent | {"transition": "close", "stage": 1}))


def test_fields_that_came_later_stand_in_the_content_only_where_they_are_filled_in(cast: Cast) -> None:
    content = signed_payload(Finding.objects.get(pk=cast.finding.pk))
    assert "cause_analysis" not in content
    assert "percent_complete" not in content
    edit(first(cast), percent_complete=0)
    assert '"percent_complete":0' in signed_payload(Finding.objects.get(pk=cast.finding.pk))
