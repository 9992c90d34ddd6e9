"""The desk: what waits for whom, by deadline; every number opens a list that shows as many; a fixed cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from findings.choices import MeasureStatus, Status
from findings.factories import (
    closing_fields,
    make_aspect,
    make_evidence,
    make_extension,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_unit,
    make_user,
    submission_fields,
)
from findings.models import Finding, Measure, ReviewStage
from findings.work.progress_table import NUMBERS
from findings.workflow import StepInput, StepName, take_step, waiting_for
from findings.workflow.signed_content import verified_digest
from tests.findings.conftest import Case, query_count, words_of
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)
DESK = "/desk/"


@pytest.fixture(autouse=True)
def _first_of_june() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC), tick=False):
        yield


def days(number: int) -> dt.date:
    """So many days from today."""
    return TODAY + dt.timedelta(days=number)


def signed_in(user: User) -> Client:
    """A browser of this person."""
    client = Client()
    client.force_login(user)
    return client


def reported(by: User) -> dict[str, Any]:
    """The fields of a measure that this person has just reported as done."""
    return {
        "status": MeasureStatus.REPORTED,
        "reported_at": timezone.now(),
        "reported_by": by,
        "completed_on": days(-1),
    }


def test_a_reporter_finds_his_measures_sent_back_first_then_by_deadline(case: Case, reporter: User) -> None:
    with unchecked_writes():
        Measure.objects.filter(pk=case.measure.pk).update(due_on=days(60))
    late = make_measure(case.finding, plan="逾期的措施", due_on=days(-3))
    near = make_measure(case.finding, plan="快到的措施", due_on=days(5))
    make_measure(case.finding, plan="别人的措施", lead_unit=case.other_unit, due_on=days(-9))
    verified = reported(make_user()) | {"status": MeasureStatus.VERIFIED, "verified_at": timezone.now()}
    done = make_measure(case.finding, plan="核实过的", completed_on=days(-1))
    with unchecked_writes():
        Measure.objects.filter(pk=done.pk).update(
            verified_by=make_user(), verified_digest=verified_digest(done), **verified
        )
    back = make_measure(case.finding, plan="退回的措施", due_on=days(90), **reported(reporter))
    make_evidence(back)
    take_step(StepName.SEND_BACK, back, make_user(role="supervisor"), back.version, StepInput("缺会议记录。"))
    answer = signed_in(reporter).get(DESK)
    own = answer.context["own"]
    assert [one.measure.pk for one in own.errands] == [back.pk, late.pk, near.pk, case.measure.pk]
    assert own.total == 4
    page = answer.content.decode()
    assert "退回理由：缺会议记录。" in page
    assert "逾期3天" in page
    assert "第三轮巡察：全部 4 条" in page
    assert "别人的措施" not in page


def test_the_lights_are_each_inspections_own(case: Case, reporter: User) -> None:
    with unchecked_writes():
        Measure.objects.filter(pk=case.measure.pk).update(due_on=days(15))
    other = make_inspection(name="第四轮巡察", unit=case.inspection.unit, notice_days=10, warning_days=5)
    from_other = make_finding(make_aspect(other), lead_unit=case.unit)
    make_measure(from_other, plan="另一次的措施", due_on=days(15))
    errands = {one.measure.inspection.name: one.due for one in signed_in(reporter).get(DESK).context["own"].errands}
    assert "due-notice" in errands["第三轮巡察"]
    assert "due-notice" not in errands["第四轮巡察"]


def test_a_finding_whose_measures_are_all_reported_is_ready(case: Case, reporter: User) -> None:
    client = signed_in(reporter)
    assert client.get(DESK).context["own"].ready == []
    with unchecked_writes():
        Measure.objects.filter(finding=case.finding).update(**reported(reporter))
    assert client.get(DESK).context["own"].ready == [case.finding]
    ready = client.get(reverse("findings:finding_list", args=[case.inspection.pk]), {"turn": "submit"})
    assert ready.context["listing"].page.records == [case.finding]


def number_of(client: Client, label: str) -> int:
    """A number on the desk; the list behind it has as many records."""
    found = [one for docket in client.get(DESK).context["dockets"] for one in docket.numbers if one.label == label]
    for one in found:
        listing = client.get(one.address).context["listing"]
        assert listing.page.total == one.number, label
        assert listing.problems == []
    return sum(one.number for one in found)


def test_the_supervisor_sees_what_to_verify_and_to_sign(case: Case) -> None:
    supervisor = make_user(role="supervisor")
    client = signed_in(supervisor)
    assert number_of(client, "待我核实的措施") == 0
    make_measure(case.finding, **reported(make_user()))
    make_measure(case.finding, **reported(supervisor))  # his own waits for somebody else
    make_finding(case.aspect, **submission_fields(make_user()))
    make_finding(case.aspect, **submission_fields(supervisor))
    assert number_of(client, "待我核实的措施") == 1
    assert number_of(client, "待我销号的问题") == 1


def test_a_stage_waits_for_its_people_and_then_for_the_signature(case: Case, office: User) -> None:
    leader, second = make_user(role="leader"), make_user(role="leader")
    with unchecked_writes():
        stage = ReviewStage.objects.create(
            inspection=case.inspection, order=1, name="领导审签", role="leader", by_all=True, version=1
        )
        stage.reviewers.set([leader, second])
    finding = make_finding(case.aspect, **submission_fields(make_user()))
    supervisor = make_user(role="supervisor")
    assert list(waiting_for(leader).for_review) == [finding.pk]
    assert not waiting_for(office).for_review
    assert not waiting_for(supervisor).for_closing
    assert number_of(signed_in(leader), "待我审核的问题") == 1
    take_step(StepName.REVIEW, finding, leader, finding.version, StepInput("同意。"))
    assert not waiting_for(leader).for_review
    assert list(waiting_for(second).for_review) == [finding.pk]
    finding.refresh_from_db()
    take_step(StepName.REVIEW, finding, second, finding.version, StepInput("同意。"))
    assert list(waiting_for(supervisor).for_closing) == [finding.pk]
    assert number_of(signed_in(supervisor), "待我销号的问题") == 1


def test_the_office_sees_what_is_late_lacking_void_and_to_decide(office_client: Client, case: Case) -> None:
    make_finding(case.aspect, due_on=days(-1), lead_unit=case.unit)
    make_finding(case.aspect, due_on=days(50))
    make_finding(parent=case.finding, due_on=days(50))  # its finding's unit
    signed = closing_fields(make_user(), days(-9)) | {"due_on": days(-9), "lead_unit": case.unit}
    make_finding(case.aspect, **signed, is_void=True)
    make_finding(case.aspect, **signed, next_review_on=days(-1))
    make_measure(case.finding, due_on=days(-2))
    make_extension(case.measure)
    expected = {
        "逾期问题": 2,  # the void one as well; a missed review is not a missed deadline
        "逾期措施": 1,
        "销号失效": 1,
        "复查逾期": 1,
        "未定牵头单位": 1,
        "未定完成时限": 1,
        "待我批的延期": 1,
    }
    assert {label: number_of(office_client, label) for label in expected} == expected


def test_a_body_sees_nothing_of_another(case: Case) -> None:
    elsewhere = make_unit(name="区文旅体局")
    user = make_user()
    make_grant(user, "office", elsewhere)
    make_finding(case.aspect, due_on=days(-1))
    make_extension(case.measure)
    answer = signed_in(user).get(DESK)
    assert answer.context["dockets"] == []
    assert answer.context["standing"] is None
    assert "现在没有等您办理的事项。" in answer.content.decode()


def test_a_leader_sees_how_far_it_is_with_the_names_behind(case: Case) -> None:
    leader, person = make_user(role="leader"), make_user(name="孙负责")
    make_finding(case.aspect, title="拖着的问题", due_on=days(-4), lead_unit=case.unit, person_in_charge=person)
    make_finding(case.aspect, due_on=days(10), lead_unit=case.unit)
    make_finding(case.aspect, lead_unit=case.other_unit, **closing_fields(make_user(), days(-9)))
    client = signed_in(leader)
    answer = client.get(DESK)
    standing = answer.context["standing"]
    whole = standing.counts
    assert (whole.total, whole.closed, whole.soon, whole.overdue) == (4, 1, 1, 1)
    assert [(one.name, one.counts.total) for one in standing.by_aspect] == [(case.aspect.short_title, 4), ("合计", 4)]
    units = {one.name: one.counts for one in standing.by_unit}
    assert {name: (one.total, one.closed, one.soon, one.overdue) for name, one in units.items()} == {
        str(case.unit): (3, 0, 1, 1),
        str(case.other_unit): (1, 1, 0, 0),
        "合计": (4, 1, 1, 1),
    }
    words = words_of(answer.content.decode())
    assert "拖着的问题" in words
    assert "孙负责" in words
    base = reverse("findings:finding_list", args=[case.inspection.pk])
    for one in (*standing.by_aspect, *standing.by_unit):
        for name, query in NUMBERS.items():
            number = getattr(one.counts, name)
            assert client.get(f"{base}?{one.query}&{query}").context["listing"].page.total == number


def test_a_leader_chooses_among_inspections(case: Case) -> None:
    other = make_inspection(name="第四轮巡察", started_on=None, ended_on=None, feedback_on=dt.date(2025, 1, 1))
    client = signed_in(make_user(role="leader"))
    assert client.get(DESK).context["standing"].inspection == case.inspection
    assert client.get(DESK, {"inspection": other.pk}).context["standing"].inspection == other
    for odd in ("987654", "x", "9" * 40):
        assert client.get(DESK, {"inspection": odd}).context["standing"].inspection == case.inspection


def test_who_holds_no_role_is_told_whom_to_ask() -> None:
    page = signed_in(make_user()).get(DESK).content.decode()
    assert "您的账号还没有角色" in page
    assert "请联系安全管理员授予角色" in page


def test_whose_post_has_ended_is_told_so() -> None:
    person, unit = make_user(), make_unit()
    make_grant(person, "reporter", unit)
    make_member(unit, person, ended_on=timezone.localdate() - dt.timedelta(days=1))
    page = signed_in(person).get(DESK).content.decode()
    assert "您今天没有在授予角色的单位任职" in page
    assert "还没有角色" not in page


def test_a_reporter_with_nothing_to_do_is_told_so(reporter: User, case: Case) -> None:
    with unchecked_writes():
        Measure.objects.all().delete()
    page = signed_in(reporter).get(DESK).content.decode()
    assert "现在没有等您办理的事项。" in page


@pytest.mark.parametrize("role", ["reporter", "leader", "office", "supervisor"])
def test_the_desk_costs_the_same_for_one_record_and_for_many(case: Case, role: str) -> None:
    user = make_user()
    make_member(case.unit, user)
    make_grant(user, role, case.unit if role == "reporter" else None)
    client = signed_in(user)
    records_of_every_kind(case)
    before = query_count(client, DESK)
    for _ in range(4):
        records_of_every_kind(case)
    assert query_count(client, DESK) == before
    assert before <= 30


def records_of_every_kind(case: Case) -> None:
    """Something for every number of the desk."""
    by = make_user()
    inspection = make_inspection(unit=case.inspection.unit)
    aspect = make_aspect(inspection)
    led = make_finding(aspect, lead_unit=case.unit, due_on=days(-1))
    make_extension(make_measure(led, due_on=days(3)))
    make_measure(make_finding(aspect, lead_unit=case.unit), **reported(by))
    make_finding(aspect, **submission_fields(by))
    make_finding(aspect, is_void=True, next_review_on=days(-1), **closing_fields(by, days(-9)))
    assert Finding.objects.filter(status=Status.SUBMITTED).exists()
