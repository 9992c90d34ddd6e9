"""Who may read and who may write."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from findings.factories import make_grant, make_member, make_unit, make_user
from findings.models import Progress
from tests.findings.conftest import (
    KEPT,
    MOVING,
    READING,
    SHARED,
    WRITING,
    Case,
    read_address,
    seen,
    words_of,
    write_address,
)
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", [*WRITING, *MOVING])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_has_the_right_edits(client: Client, case: Case, name: str, method: str) -> None:
    client.force_login(make_user(role="supervisor"))
    answer = getattr(client, method)(write_address(case, name))
    assert answer.status_code == 403
    holder = "系统管理员" if name.startswith(KEPT) else "整改办"
    assert f"只有{holder}可以" in answer.content.decode()


@pytest.mark.parametrize("name", READING)
def test_everybody_in_use_reads_without_buttons_of_the_office(
    client: Client, reporter: User, case: Case, name: str
) -> None:
    client.force_login(reporter)
    page = client.get(read_address(case, name)).content.decode()
    # What was done before is told in the same words as the acts, but not as links or buttons.
    acts = r"<form\b[^>]*>|<(?:a|button|summary)\b.*?</(?:a|button|summary)>"
    html = "".join(re.findall(acts, page, re.DOTALL))
    assert html
    for word in ("新建", "登记制度", "删除", "/move/", "设置", "修改问题", "导入"):
        assert word not in html


@pytest.mark.parametrize("name", READING)
def test_nobody_signed_out_for_good_reads(client: Client, reporter: User, case: Case, name: str) -> None:
    client.force_login(reporter)
    with unchecked_writes():
        User.objects.filter(pk=reporter.pk).update(is_active=False)
    answer = client.get(read_address(case, name))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("accounts:login"))


def test_a_member_works_on_the_measures_of_his_unit(client: Client, reporter: User, case: Case) -> None:
    client.force_login(reporter)
    page = client.get(write_address(case, "measure_detail")).content.decode()
    assert 'name="outcome"' in page
    assert 'name="plan"' not in page
    answer = client.post(
        write_address(case, "measure_detail"),
        {
            "outcome": "督查台账已经建立。",
            "completed_on": "2026-03-01",
            "plan": "改掉计划",
            "order": "9",
            "due_on": "2027-01-01",
        }
        | seen(case.measure),
    )
    case.measure.refresh_from_db()
    assert answer.status_code == 302
    assert (case.measure.outcome, case.measure.plan, case.measure.order) == ("督查台账已经建立。", "建立督查台账。", 1)
    assert str(case.measure.due_on) == "2026-06-30"


def test_a_member_does_not_work_on_the_measures_of_others(client: Client, reporter: User, case: Case) -> None:
    client.force_login(reporter)
    address = reverse("findings:measure_detail", args=[case.faceted.pk])
    assert 'name="outcome"' not in client.get(address).content.decode()
    answer = client.post(address, {"outcome": "x", "text": "x"})
    assert answer.status_code == 403
    assert "由其他单位负责" in words_of(answer.content.decode())
    assert client.post(reverse("findings:measure_edit", args=[case.faceted.pk]), {"outcome": "x"}).status_code == 403
    case.faceted.refresh_from_db()
    assert case.faceted.outcome != "x"
    assert case.faceted.progress.count() == 0


def test_the_person_in_charge_works_on_his_measure_in_another_units_name(client: Client, case: Case) -> None:
    person, elsewhere = make_user(), make_unit(parent=case.inspection.unit)
    make_member(elsewhere, person)
    make_grant(person, "reporter", elsewhere)
    client.force_login(person)
    assert client.get(write_address(case, "measure_detail")).status_code == 404
    case.measure.person_in_charge = person
    with unchecked_writes():
        case.measure.save()
    assert 'name="outcome"' in client.get(write_address(case, "measure_detail")).content.decode()


def test_progress_is_signed_by_who_is_signed_in(client: Client, reporter: User, office: User, case: Case) -> None:
    client.force_login(reporter)
    values = {
        "reported_on": "2026-03-01",
        "text": "已开会部署。",
        "logged_by": office.pk,
        "outcome": case.measure.outcome,
    }
    assert client.post(write_address(case, "measure_detail"), values | seen(case.measure)).status_code == 302
    assert Progress.objects.get(text="已开会部署。").logged_by == reporter


def test_an_entry_is_corrected_by_its_writer_or_the_office(
    client: Client, office: User, reporter: User, case: Case
) -> None:
    with unchecked_writes():
        entry = Progress.objects.create(measure=case.measure, text="由整改办填报。", logged_by=office)
    client.force_login(reporter)
    values = {"reported_on": "2026-03-01", "text": "已更正。"}
    answer = client.post(reverse("findings:progress_edit", args=[entry.pk]), values)
    assert answer.status_code == 403
    assert "只有填报人本人和整改办" in answer.content.decode()
    assert client.post(write_address(case, "progress_edit"), values | seen(case.progress)).status_code == 302
    client.force_login(office)
    assert (
        client.post(
            write_address(case, "progress_edit"), values | {"text": "又更正。"} | seen(case.progress)
        ).status_code
        == 302
    )
    case.progress.refresh_from_db()
    assert (case.progress.text, case.progress.logged_by) == ("又更正。", reporter)


@pytest.mark.parametrize("name", SHARED)
def test_who_only_sees_a_measure_is_told_whom_it_belongs_to(client: Client, case: Case, name: str) -> None:
    client.force_login(make_user(role="supervisor"))
    answer = client.post(write_address(case, name), {"text": "x"})
    assert answer.status_code == 403
    assert "只有责任单位成员、责任人和整改办可以填报" in answer.content.decode()
