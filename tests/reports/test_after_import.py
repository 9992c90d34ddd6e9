"""Where the work goes on after an import: the findings of a letter, to be assigned, with deadlines proposed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from findings.choices import Status, Timing
from findings.factories import make_user
from findings.models import Finding, Inspection
from tests.reports.test_letters import LETTER

READ, STORE = reverse("reports:text_import"), reverse("reports:text_store")
TAKEN = {"text": LETTER, "take_proposals": "on"}


@pytest.fixture
def office_client(client: Client, db: None) -> Client:
    client.force_login(make_user(role="office"))
    return client


def test_a_letter_leads_to_its_findings_without_a_unit(office_client: Client) -> None:
    answer = office_client.post(STORE, TAKEN, follow=True)
    inspection = Inspection.objects.get()
    address = reverse("findings:finding_list", args=[inspection.pk])
    assert answer.redirect_chain == [(f"{address}?gap=unit", 302)]
    page = answer.content.decode()
    assert page.count('form="pick" name="row"') == 4
    assert "已导入 3 个方面、4 个问题。按反馈日期推算：" in page
    assert "请勾选问题，批量指定牵头单位和完成时限。" in page
    assert Finding.objects.filter(status=Status.OPEN, lead_unit=None).count() == 4


def test_many_findings_are_on_one_page(office_client: Client) -> None:
    many = "\n".join(f"{number}.第{number}项工作抓得不实。" for number in range(4, 40))
    text = LETTER.replace("（三）立行立改问题", f"{many}\n（三）立行立改问题")
    answer = office_client.post(STORE, {"text": text}, follow=True)
    assert answer.redirect_chain[0][0].endswith("?gap=unit&per_page=50")
    assert answer.content.decode().count('form="pick" name="row"') == Finding.objects.count() > 25


def test_deadlines_follow_from_the_feedback_where_they_are_wanted(office_client: Client) -> None:
    office_client.post(STORE, TAKEN)
    inspection = Inspection.objects.get()
    assert inspection.feedback_on == dt.date(2025, 12, 1)
    assert (inspection.plan_due_on, inspection.rectification_due_on) == (dt.date(2026, 1, 4), dt.date(2026, 6, 1))
    assert inspection.version == 1


def test_the_page_of_what_was_read_asks_for_the_proposals_and_keeps_the_answer(office_client: Client) -> None:
    assert '<input type="hidden" name="take_proposals" value="on">' in office_client.get(READ).content.decode()
    page = office_client.post(READ, TAKEN)
    assert page.context["form"].initial["take_proposals"]
    page = office_client.post(READ, {"text": LETTER})
    assert not page.context["form"].initial["take_proposals"]


def test_what_is_to_be_rectified_at_once_has_its_own_kind_of_time_limit(office_client: Client) -> None:
    office_client.post(STORE, TAKEN)
    urgent = Finding.objects.filter(timing=Timing.IMMEDIATE)
    assert [finding.title for finding in urgent] == ["公务用车标识缺失"]
