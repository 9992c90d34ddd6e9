"""A new inspection asks first for what is needed; its deadlines are proposed from the feedback."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from findings.models import Inspection
from tests.findings.conftest import Case
from tests.findings.work.test_bad_input import GOOD

pytestmark = pytest.mark.django_db
NEW = GOOD["inspection_create"] | {"feedback_on": "2026-09-10"}
TAKEN = NEW | {"take_proposals": "on"}


def shown_first(html: str) -> list[str]:
    """The names of the fields that stand before the first folded section."""
    form = html.partition("data-submit-once")[2].partition("<details")[0]
    return [name for name in re.findall(r'name="(\w+)"', form) if name != "csrfmiddlewaretoken"]


def open_sections(html: str) -> list[str]:
    """The headings of the folded sections that are open."""
    return re.findall(r'<details class="form-fold" open>\s*<summary>(\w+)', html)


def test_only_what_is_needed_is_asked_first(office_client: Client) -> None:
    html = office_client.get(reverse("findings:inspection_create")).content.decode()
    asked = ["name", "term", "level", "commissioner", "team", "body", "unit", "feedback_on", "take_proposals"]
    assert shown_first(html) == asked
    assert open_sections(html) == []
    assert "到期前20天提醒、10天预警，延期由整改办批准" in html


def test_the_needed_fields_alone_make_an_inspection(office_client: Client) -> None:
    folded = {"started_on": "", "ended_on": "", "round": "", "plan_due_on": "", "rectification_due_on": ""}
    answer = office_client.post(reverse("findings:inspection_create"), TAKEN | folded, follow=True)
    made = Inspection.objects.get(name=NEW["name"])
    days = [made.plan_due_on, made.rectification_due_on, made.report_due_on]
    assert [str(day) for day in days] == ["2026-10-10", "2027-03-10", "2027-03-31"]
    said = str(next(iter(answer.context["messages"])))
    assert "集中整改期限2027年3月10日" in said
    assert "2027年的放假安排在系统里还没有" in said


def test_a_deadline_that_was_given_stays(office_client: Client) -> None:
    office_client.post(reverse("findings:inspection_create"), TAKEN | {"rectification_due_on": "2026-12-11"})
    made = Inspection.objects.get(name=NEW["name"])
    assert str(made.rectification_due_on) == "2026-12-11"
    assert str(made.report_due_on) == "2027-01-01"  # fifteen working days later, as far as weekends tell


def test_without_the_tick_nothing_is_filled_in(office_client: Client) -> None:
    office_client.post(reverse("findings:inspection_create"), NEW)
    assert Inspection.objects.get(name=NEW["name"]).plan_due_on is None


def test_the_proposals_are_filled_in_without_saving(office_client: Client) -> None:
    asked = NEW | {"propose": "on", "plan_due_on": "2026-10-12", "body": ""}
    html = office_client.post(reverse("findings:inspection_create"), asked).content.decode()
    assert not Inspection.objects.exists()
    assert 'value="2026-10-12"' in html
    assert 'value="2027-03-10"' in html
    assert "field-error" not in html  # nothing is checked yet
    assert open_sections(html) == ["期限"]
    assert not re.search(r'name="take_proposals"[^>]*checked', html)


def test_a_folded_section_opens_where_something_is_wrong(office_client: Client) -> None:
    html = office_client.post(reverse("findings:inspection_create"), TAKEN | {"notice_days": "5"}).content.decode()
    assert open_sections(html) == ["提醒和审核"]
    assert "不能多于提醒天数（5）" in html


def test_the_settings_show_the_proposal_and_its_rule_beside_the_field(office_client: Client, case: Case) -> None:
    address = reverse("findings:inspection_edit", args=[case.inspection.pk])
    values = NEW | {"seen": case.inspection.version, "propose": "on", "report_due_on": "2027-04-01"}
    html = office_client.post(address, values).content.decode()
    assert "按反馈日期推算：2027年3月10日（反馈后6个月）" in html
    assert 'value="2027-04-01"' in html
    assert 'value="2027-03-10"' in html
    case.inspection.refresh_from_db()
    assert case.inspection.rectification_due_on is None or str(case.inspection.rectification_due_on) != "2027-03-10"
    # The filled form saves as usual.
    del values["propose"]
    assert office_client.post(address, values | {"rectification_due_on": "2027-03-10"}).status_code == 302
