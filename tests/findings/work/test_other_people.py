"""Other people in charge of a measure: chosen, refused with the reason, told and allowed to report; folded sections."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from findings.factories import make_grant, make_member, make_unit, make_user
from findings.followup.reminders import remind
from findings.models import Finding, Measure, Notice
from findings.workflow import BY_NAME, StepName, recipient_names
from tests.findings.conftest import Case, write_address
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
PEOPLE = "other_people_in_charge"


@pytest.fixture
def helper(case: Case) -> User:
    """A reporter of another unit of the body, whose unit has no part in the finding."""
    unit = make_unit(name="档案科", parent=case.inspection.unit)
    person = make_user(name="贺望舒")
    make_member(unit, person)
    make_grant(person, "reporter", unit)
    return person


def folds(html: str) -> list[bool]:
    """Whether each folded section of a form is open."""
    return [bool(is_open) for is_open in re.findall(r'<details class="form-fold"( open)?>', html)]


def post_measure(client: Client, case: Case, *people: int) -> Any:
    """The answer to a new measure with these other people in charge."""
    values = {"order": 7, "plan": "建立督查台账。", PEOPLE: list(people)}
    return client.post(write_address(case, "measure_create"), values)


def test_other_people_are_chosen_and_shown(case: Case, office_client: Client, helper: User) -> None:
    post_measure(office_client, case, helper.pk)
    measure = Measure.objects.get(order=7)
    assert list(measure.other_people_in_charge.all()) == [helper]
    page = office_client.get(measure.get_absolute_url()).content.decode()
    assert re.search(r"<dt>其他责任人</dt>\s*<dd>贺望舒</dd>", page)
    assert "贺望舒" in office_client.get(case.finding.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("is_active", "reason"),
    [
        (True, "周外单位不在被巡察单位，看不到这里的记录，不能选；请选本单位的人员。"),
        (False, "周外单位的账号已停用，不能选；请选其他人。"),
    ],
)
def test_who_cannot_take_part_is_refused_with_the_reason(
    case: Case, office_client: Client, helper: User, is_active: bool, reason: str
) -> None:
    stranger = make_user(name="周外单位", is_active=is_active)
    make_member(make_unit(name="区文旅体局") if is_active else case.unit, stranger)
    answer = post_measure(office_client, case, helper.pk, stranger.pk)
    assert answer.context["form"].errors == {PEOPLE: [reason]}
    assert not Measure.objects.filter(order=7).exists()
    page = answer.content.decode()
    assert re.search(rf'name="{PEOPLE}" value="{helper.pk}"[^>]* checked', page)
    assert folds(page) == [True]


def test_the_person_in_charge_is_not_another_one(case: Case, office_client: Client, helper: User) -> None:
    values = {"order": 7, "plan": "建立台账。", "person_in_charge": helper.pk, PEOPLE: [helper.pk]}
    answer = office_client.post(write_address(case, "measure_create"), values)
    assert answer.context["form"].errors == {PEOPLE: ["责任人不必再列为其他责任人，请去掉其中一个。"]}


def test_other_people_are_reminded_and_told(case: Case, helper: User, office: User) -> None:
    with unchecked_writes():
        Finding.objects.update(due_on=None)
        case.measure.other_people_in_charge.add(helper)
    remind(dt.date(2026, 7, 1))
    assert set(Notice.objects.values_list("user", "measure")) == {
        (office.pk, case.measure.pk),
        (helper.pk, case.measure.pk),
    }
    back = BY_NAME[Finding, StepName.SEND_BACK]
    assert "贺望舒" in recipient_names(back, case.finding, make_user(role="supervisor"))


def test_other_people_may_report(case: Case, client: Client, helper: User) -> None:
    address = reverse("findings:measure_detail", args=[case.measure.pk])
    client.force_login(helper)
    assert client.get(address).status_code == 404
    with unchecked_writes():
        case.measure.other_people_in_charge.add(helper)
    values = {"seen": case.measure.version, "reported_on": "2026-03-01", "text": "台账已经更新。"}
    client.post(address, {**values, "outcome": case.measure.outcome, "percent_complete": "50"})
    case.measure.refresh_from_db()
    assert case.measure.percent_complete == 50
    assert case.measure.progress.filter(text="台账已经更新。", logged_by=helper).exists()


def test_a_folded_section_is_open_where_it_says_something(case: Case, office_client: Client) -> None:
    for route, field, value in (
        ("measure_edit", "goal", "建成台账。"),
        ("finding_edit", "cause_analysis", "抓得不实。"),
    ):
        record = case.measure if route == "measure_edit" else case.finding
        address = write_address(case, route)
        assert folds(office_client.get(address).content.decode()) == [False]
        with unchecked_writes():
            type(record).objects.filter(pk=record.pk).update(**{field: value})
        assert folds(office_client.get(address).content.decode()) == [True]


def test_a_folded_section_is_open_where_something_is_wrong(case: Case, office_client: Client) -> None:
    values = {"order": 1, "title": "督查", "timing": "scheduled", "amount_involved": "很多"}
    page = office_client.post(write_address(case, "finding_edit"), {**values, "seen": case.finding.version})
    assert folds(page.content.decode()) == [True]
    assert 'value="很多"' in page.content.decode()
