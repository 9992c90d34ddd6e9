"""Who is named in a record: refused when inactive or of another body, and told when nothing reaches them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from findings.factories import make_grant, make_member, make_unit, make_user
from findings.models import Finding, Measure
from ledgers.factories import make_entry
from tests.findings.conftest import Case, query_count, words_of, write_address
from tests.ledgers.workbooks import brought_in, taken_out
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
NO_ROLE = "赵无角还没有角色，收不到通知、也不能填报；请联系安全管理员授予角色。"
NO_REPORTER = "档案科还没有填报员，没有人收到通知、填报进展；请联系安全管理员授予角色。"


@pytest.fixture
def newcomer(case: Case) -> User:
    """Somebody of the body without a role."""
    person = make_user(name="赵无角")
    make_member(case.unit, person)
    return person


@pytest.fixture
def foreigner(case: Case) -> User:
    """Somebody of another body."""
    body = make_unit(name="区文旅体局")
    person = make_user(name="周外单位")
    make_member(body, person)
    make_grant(person, "reporter", body)
    return person


def measure_values(**values: Any) -> dict[str, Any]:
    """What the form of a measure sends."""
    return {"order": 7, "plan": "建立督查台账。", **values}


def finding_values(case: Case, **values: Any) -> dict[str, Any]:
    """What the form of the finding sends."""
    unchanged = {"order": 1, "title": "督查", "timing": "scheduled", "due_on": "2026-06-30"}
    return {**unchanged, "seen": case.finding.version, **values}


def said_after(client: Client, address: str, values: dict[str, Any]) -> list[str]:
    """The messages on the page after a form was sent."""
    return [str(message) for message in client.post(address, values, follow=True).context["messages"]]


def test_a_person_without_a_role_is_stored_with_a_warning(case: Case, office_client: Client, newcomer: User) -> None:
    address = write_address(case, "measure_create")
    assert said_after(office_client, address, measure_values(person_in_charge=newcomer.pk)) == [
        "已新建整改措施。",
        NO_ROLE,
    ]
    measure = Measure.objects.get(order=7)
    assert measure.person_in_charge == newcomer
    page = office_client.get(reverse("findings:measure_edit", args=[measure.pk])).content.decode()
    assert f'<p class="field-warning">{NO_ROLE}</p>' in page
    make_grant(newcomer, "reporter", case.unit)
    page = office_client.get(reverse("findings:measure_edit", args=[measure.pk])).content.decode()
    assert "field-warning" not in page


def test_a_role_that_does_not_reach_the_record_is_warned_of(
    case: Case, office_client: Client, foreigner: User, newcomer: User
) -> None:
    make_grant(newcomer, "reporter", foreigner.memberships.get().unit)  # where they do not work
    make_grant(newcomer, "leader", foreigner.memberships.get().unit)
    address = write_address(case, "finding_edit")
    values = finding_values(case, responsible_leader=newcomer.pk)
    assert said_after(office_client, address, values)[1:] == [
        "赵无角的角色看不到这条记录，收不到通知、也不能填报；请联系安全管理员授予角色。"
    ]


def test_a_unit_without_a_reporter_is_warned_of(case: Case, office_client: Client) -> None:
    idle = make_unit(name="档案科", parent=case.inspection.unit)
    address = write_address(case, "measure_create")
    assert said_after(office_client, address, measure_values(lead_unit=idle.pk))[1:] == [NO_REPORTER]
    assert said_after(office_client, address, measure_values(order=8, lead_unit=case.unit.pk))[1:] == []
    values = finding_values(case, supporting_units=[idle.pk])
    assert said_after(office_client, write_address(case, "finding_edit"), values)[1:] == [NO_REPORTER]
    page = words_of(office_client.get(write_address(case, "finding_edit")).content.decode())
    assert NO_REPORTER in page


def test_who_no_longer_works_in_the_unit_is_no_reporter(case: Case, office_client: Client, reporter: User) -> None:
    with unchecked_writes():
        reporter.memberships.all().delete()
    said = said_after(office_client, write_address(case, "measure_create"), measure_values(lead_unit=case.unit.pk))
    assert said[1:] == ["综合科还没有填报员，没有人收到通知、填报进展；请联系安全管理员授予角色。"]


@pytest.mark.parametrize("route", ["measure_create", "finding_create"])
def test_a_person_of_another_body_is_refused(case: Case, office_client: Client, foreigner: User, route: str) -> None:
    values = measure_values(title="新的问题", timing="scheduled", person_in_charge=foreigner.pk)
    answer = office_client.post(write_address(case, route), values)
    assert answer.context["form"].errors == {
        "person_in_charge": ["周外单位不在被巡察单位，看不到这里的记录，不能选；请选本单位的人员。"]
    }
    assert "周外单位 ·" not in answer.content.decode()


def test_the_refusal_does_not_name_whom_the_user_may_not_select(case: Case, client: Client, foreigner: User) -> None:
    office = make_user()
    make_grant(office, "office", case.inspection.unit)
    client.force_login(office)
    answer = client.post(write_address(case, "measure_create"), measure_values(person_in_charge=foreigner.pk))
    assert answer.context["form"].errors == {"person_in_charge": ["所选的一项已不存在或不能选，请重新选择。"]}


def test_many_rows_at_once_follow_the_same_rule(
    case: Case, office_client: Client, newcomer: User, foreigner: User
) -> None:
    address = reverse("findings:measures_assign", args=[case.inspection.pk])
    rows = [f"{case.measure.pk}.{case.measure.version}"]
    answer = office_client.post(address, {"row": rows, "person_in_charge": foreigner.pk})
    assert "周外单位不在被巡察单位" in answer.context["form"].errors["person_in_charge"][0]
    idle = make_unit(name="档案科", parent=case.inspection.unit)
    values = {"row": rows, "person_in_charge": newcomer.pk, "lead_unit": idle.pk}
    assert said_after(office_client, address, values) == [NO_ROLE, NO_REPORTER]


def test_an_imported_list_follows_the_same_rule(
    case: Case, office_client: Client, newcomer: User, foreigner: User
) -> None:
    book = taken_out(office_client, case.inspection, "register")
    book.write(case.measure, "责任人", foreigner.name)
    preview = brought_in(office_client, case.inspection, "register", book.content)
    assert "周外单位不在被巡察单位，看不到这里的记录" in preview.content.decode()
    book.write(case.measure, "责任人", newcomer.name)
    preview = brought_in(office_client, case.inspection, "register", book.content)
    stored = office_client.post(preview.request["PATH_INFO"], {"digest": preview.context["plan"].digest}, follow=True)
    assert [str(message) for message in stored.context["messages"]][1:] == [NO_ROLE]


def test_an_entry_of_a_ledger_warns_too(case: Case, office_client: Client, newcomer: User) -> None:
    entry = make_entry(case.inspection, units=[case.unit], person_in_charge=newcomer)
    page = office_client.get(reverse("ledgers:entry_edit", args=[entry.pk])).content.decode()
    assert f'<p class="field-warning">{NO_ROLE}</p>' in page


def test_people_with_a_role_come_first_and_the_own_body_before_others(
    case: Case, office_client: Client, newcomer: User, foreigner: User
) -> None:
    second = make_user(name="钱有角")
    make_member(case.unit, second)
    make_grant(second, "reporter", case.unit)
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(person_in_charge=foreigner)
    page = office_client.get(write_address(case, "finding_edit")).content.decode()
    select = page[page.index('name="person_in_charge"') :].partition("</select>")[0]
    places = [select.index(words) for words in ("周外单位", 'label="综合科"', "李填报", "钱有角", "赵无角")]
    assert places == sorted(places)
    assert "赵无角 · 综合科（没有角色）" in select
    units = page[page.index('name="lead_unit"') :].partition("</select>")[0]
    assert units.index('label="区政府办"') < units.index('label="其他单位"') < units.index("区文旅体局")


def test_the_form_needs_no_more_queries_for_more_people_and_units(
    case: Case, office_client: Client, newcomer: User
) -> None:
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(person_in_charge=newcomer, responsible_leader=newcomer)
    address = write_address(case, "finding_edit")
    before = query_count(office_client, address)
    for number in range(5):
        unit = make_unit(name=f"第{number}科", parent=case.inspection.unit)
        make_member(unit, make_user())
        with unchecked_writes():
            case.finding.supporting_units.add(unit)
    assert query_count(office_client, address) == before
