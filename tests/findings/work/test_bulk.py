"""Many rows at once: each by itself, each with its version, and what is not one's own is refused row by row."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Action, Event, Record, Result, User
from findings.choices import Timing
from findings.factories import make_finding, make_grant, make_measure, make_member, make_unit, make_user
from findings.models import Finding, Measure
from findings.work.bulk import MOST_ROWS, parse_selection
from findings.workflow.saving import workflow_writer
from tests.findings.conftest import Case, query_count, words_of

pytestmark = pytest.mark.django_db


def row(record: Record) -> str:
    """What the box of a row sends."""
    return f"{record.pk}.{record.version}"


def address_of(case: Case, what: str = "measures") -> str:
    """The page that asks what to write into the rows."""
    return reverse(f"findings:{what}_assign", args=[case.inspection.pk])


def test_the_boxes_of_the_list_lead_to_the_form(office_client: Client, case: Case) -> None:
    page = office_client.get(reverse("findings:measure_list", args=[case.inspection.pk])).content.decode()
    assert f'form="pick" name="row" value="{row(case.measure)}"' in page
    assert f'id="pick" method="get" action="{address_of(case)}"' in page
    form = office_client.get(address_of(case), {"row": [row(case.measure), row(case.faceted)]})
    assert "写入所选 2 条" in form.content.decode()
    assert f'name="row" value="{row(case.measure)}"' in form.content.decode()


def test_who_does_not_edit_sees_no_boxes(client: Client, case: Case, reporter: User) -> None:
    client.force_login(reporter)
    for what in ("measure", "finding"):
        page = client.get(reverse(f"findings:{what}_list", args=[case.inspection.pk])).content.decode()
        assert 'name="row"' not in page
        assert client.post(address_of(case, f"{what}s"), {"row": row(case.measure)}).status_code == 403


def test_what_is_said_is_written_into_every_row_and_nothing_else(office_client: Client, case: Case) -> None:
    values = {"row": [row(case.measure), row(case.faceted)], "lead_unit": case.unit.pk, "due_on": "2026-06-20"}
    answer = office_client.post(address_of(case), values)
    assert "选了 2 条，2 条已按要求保存。" in words_of(answer.content.decode())
    for measure, person in ((case.measure, case.measure.person_in_charge), (case.faceted, None)):
        version, plan = measure.version, measure.plan
        measure.refresh_from_db()
        assert (measure.lead_unit, measure.due_on) == (case.unit, dt.date(2026, 6, 20))
        assert (measure.person_in_charge, measure.plan, measure.version) == (person, plan, version + 1)


def test_findings_take_a_leader_too(office_client: Client, case: Case) -> None:
    leader = make_user(name="郑分管")
    make_member(case.unit, leader)
    values = {"row": [row(case.sub_finding)], "responsible_leader": leader.pk, "lead_unit": case.unit.pk}
    office_client.post(address_of(case, "findings"), values)
    case.sub_finding.refresh_from_db()
    assert (case.sub_finding.responsible_leader, case.sub_finding.lead_unit) == (leader, case.unit)


def test_a_row_changed_meanwhile_is_left_and_named(office_client: Client, case: Case) -> None:
    seen = row(case.measure)
    case.measure.plan = "建立督查台账，每周更新。"
    workflow_writer.save(case.measure, seen=case.measure.version)
    answer = office_client.post(address_of(case), {"row": [seen, row(case.faceted)], "due_on": "2026-06-20"})
    page = words_of(answer.content.decode())
    assert "选了 2 条，1 条已按要求保存。" in page
    assert "修改。请核对后再改。" in page
    case.measure.refresh_from_db()
    case.faceted.refresh_from_db()
    assert case.measure.due_on == dt.date(2026, 6, 30)
    assert case.faceted.due_on == dt.date(2026, 6, 20)
    assert Event.objects.filter(action=Action.CHANGE, result=Result.CONFLICT).count() == 1


def test_foreign_and_forged_rows_are_refused_one_by_one(office_client: Client, case: Case) -> None:
    foreign = make_measure(due_on=dt.date(2026, 6, 30))
    rows = [row(case.measure), row(foreign), "987654.1", "x.y", "1", "1.2.3", f"{'9' * 30}.1", "-1.1"]
    answer = office_client.post(address_of(case), {"row": rows, "due_on": "2026-06-20"})
    assert "选了 3 条，1 条已按要求保存。" in words_of(answer.content.decode())
    assert answer.content.decode().count("没有这条记录") == 2
    foreign.refresh_from_db()
    assert foreign.due_on == dt.date(2026, 6, 30)


def test_what_a_row_cannot_take_is_said_at_that_row(office_client: Client, case: Case) -> None:
    other = make_finding(case.aspect, lead_unit=case.unit)
    values = {"row": [row(case.finding), row(other)], "lead_unit": case.other_unit.pk}
    answer = office_client.post(address_of(case, "findings"), values)
    assert "牵头单位已列为配合单位" in answer.content.decode()
    other.refresh_from_db()
    assert other.lead_unit == case.other_unit
    early = office_client.post(address_of(case), {"row": row(case.measure), "due_on": "2026-01-01"})
    assert "不能早于反馈日期（2026年1月15日）。" in early.content.decode()


def test_a_foreign_unit_or_person_cannot_be_chosen(client: Client, case: Case) -> None:
    user, foreign = make_user(), make_unit(parent=make_unit(name="区文旅体局"))
    make_grant(user, "office", case.inspection.unit)
    stranger = make_user()
    make_member(foreign, stranger)
    client.force_login(user)
    values = {"row": row(case.measure), "lead_unit": foreign.pk, "person_in_charge": stranger.pk}
    answer = client.post(address_of(case), values)
    assert set(answer.context["form"].errors) == {"lead_unit", "person_in_charge"}


def test_nothing_said_and_nothing_picked_are_asked_for(office_client: Client, case: Case) -> None:
    answer = office_client.post(address_of(case), {"row": row(case.measure)})
    assert "请至少填写一项。" in answer.content.decode()
    assert "还没有选择要修改的行。" in office_client.get(address_of(case)).content.decode()
    assert "还没有选择要修改的行。" in office_client.post(address_of(case), {"due_on": "2026-06-20"}).content.decode()


def set_deadlines(case: Case, plan: dt.date, end: dt.date) -> None:
    """Give the inspection the deadlines from which those of its findings are proposed."""
    case.inspection.plan_due_on, case.inspection.rectification_due_on = plan, end
    workflow_writer.save(case.inspection, seen=case.inspection.version)


def deadline_fields(client: Client, case: Case, *findings: Finding) -> dict[str, dt.date | None]:
    """The deadlines in the form that opens for these findings, by field."""
    form = client.get(address_of(case, "findings"), {"row": [row(one) for one in findings]}).context["form"]
    return {name: form.initial.get(name) for name in form.fields if name.endswith("due_on")}


def test_first_deadlines_are_proposed_by_the_kind_of_time_limit(office_client: Client, case: Case) -> None:
    today = timezone.localdate()
    plan, end = today + dt.timedelta(days=30), today + dt.timedelta(days=180)
    urgent = make_finding(case.aspect, timing=Timing.IMMEDIATE)
    plain, dated = make_finding(case.aspect), make_finding(case.aspect, due_on=end)
    assert deadline_fields(office_client, case, plain) == {"due_on": None}
    set_deadlines(case, plan, end)
    assert deadline_fields(office_client, case, plain) == {"due_on": end}
    assert deadline_fields(office_client, case, urgent) == {"due_on": plan}
    assert deadline_fields(office_client, case, plain, urgent) == {"due_on": end, "immediate_due_on": plan}
    assert deadline_fields(office_client, case, plain, dated) == {"due_on": None}
    set_deadlines(case, today - dt.timedelta(days=1), end)
    assert deadline_fields(office_client, case, urgent) == {"due_on": None}  # one that is over is not proposed


def test_each_kind_of_time_limit_gets_its_own_deadline(office_client: Client, case: Case) -> None:
    urgent, plain = make_finding(case.aspect, timing=Timing.IMMEDIATE), make_finding(case.aspect)
    rows = {"row": [row(urgent), row(plain)]}
    days = {"due_on": "2027-07-15", "immediate_due_on": "2027-03-01"}
    office_client.post(address_of(case, "findings"), rows | days)
    for finding, day in ((urgent, dt.date(2027, 3, 1)), (plain, dt.date(2027, 7, 15))):
        finding.refresh_from_db()
        assert finding.due_on == day
    rows = {"row": [row(urgent), row(plain)]}
    office_client.post(address_of(case, "findings"), rows | {"due_on": "2027-07-01"})
    urgent.refresh_from_db()
    assert urgent.due_on == dt.date(2027, 3, 1)


def test_unchanged_rows_are_called_so(office_client: Client, case: Case) -> None:
    answer = office_client.post(address_of(case), {"row": row(case.measure), "due_on": "2026-06-30"})
    assert "没有改动" in answer.content.decode()
    version = case.measure.version
    case.measure.refresh_from_db()
    assert case.measure.version == version


def test_rows_are_taken_once_and_not_without_end() -> None:
    assert [one.value for one in parse_selection(["1.1", "1.2", "2.1"])] == ["1.1", "2.1"]
    assert len(parse_selection(f"{number}.1" for number in range(MOST_ROWS + 50))) == MOST_ROWS


def test_the_list_with_boxes_costs_no_more(office_client: Client, case: Case) -> None:
    for what, make in (("measure", lambda: make_measure(case.finding)), ("finding", lambda: make_finding(case.aspect))):
        address = reverse(f"findings:{what}_list", args=[case.inspection.pk])
        before = query_count(office_client, address)
        for _ in range(5):
            make()
        assert query_count(office_client, address) == before
    assert Finding.objects.count() > 5 < Measure.objects.count()
