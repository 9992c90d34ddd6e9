"""Chasing many units in a browser: ticked in the list, one kind, one button, a result for each."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import make_aspect, make_finding, make_inspection, make_measure, make_unit, make_user
from findings.models import Inspection, Supervision
from ledgers.factories import make_letter
from tests.browser.conftest import PASSWORD, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UNITS = ("综合科", "督查科", "秘书一科")


def ago(days: int) -> dt.date:
    """A day before today."""
    return timezone.localdate() - dt.timedelta(days=days)


@pytest.fixture
def inspection(clerk: User) -> Inspection:
    """Three late units, of which the first was sent a letter that has lapsed and the second one that runs."""
    body = make_unit(name="区政府办")
    made = make_inspection(name="第三轮巡察", unit=body)
    aspect = make_aspect(made)
    sender = make_user(username="supervisor", name="孙督查", password=PASSWORD, role="supervisor")
    units = [make_unit(name=name, parent=body) for name in UNITS]
    for unit in units:
        finding = make_finding(aspect, title=f"{unit}的督查工作重部署轻问效", lead_unit=unit, due_on=ago(20))
        make_measure(finding, plan="建立督查台账。", due_on=ago(18))
    make_letter(made, units[0], sender, sent_on=ago(9), due=ago(2))
    make_letter(made, units[1], sender, sent_on=ago(3), due=ago(-5))
    return made


def test_three_ticked_units_get_a_letter_or_the_reason_why_not(
    page: Page, inspection: Inspection, screenshots: Path | None
) -> None:
    sign_in(page, "supervisor")
    page.goto(f"/inspections/{inspection.pk}/letters/")
    expect(page.locator("[data-selected-count]")).to_have_text("勾选要发文的单位")
    page.get_by_label("选择全部单位").check()
    expect(page.locator("[data-selected-count]")).to_have_text("已选 3 个")
    page.get_by_label("文书").select_option(label="情况告诫书")
    page.get_by_role("button", name="先看内容").click()
    results = page.locator("#results")
    expect(results).to_contain_text("还没有发出")
    results.get_by_text("内容", exact=True).click()
    expect(results).to_contain_text("限期已过仍未完成")
    assert look(page, "letters-preview", screenshots) == []
    page.get_by_role("button", name="发给所选单位").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("编上文号")
    assert Supervision.objects.letters().filter(letter="admonition").count() == 0
    question.get_by_role("button", name="发给所选单位").click()
    expect(results).to_contain_text("已发 1 份")
    rows = results.locator(".record-row")
    expect(rows.filter(has_text=UNITS[0])).to_contain_text("已发：")
    expect(rows.filter(has_text=UNITS[1])).to_contain_text("还没有到")
    expect(rows.filter(has_text=UNITS[2])).to_contain_text("不能告诫")
    # What was chosen is kept, and who got none stays ticked.
    expect(page.get_by_label("文书")).to_have_value("admonition")
    expect(page.get_by_label(f"选择：{UNITS[0]}")).not_to_be_checked()
    expect(page.get_by_label(f"选择：{UNITS[2]}")).to_be_checked()
    assert look(page, "letters-sent", screenshots) == []
    assert Supervision.objects.letters().filter(letter="admonition").count() == 1
    rows.filter(has_text=UNITS[0]).get_by_role("link", name="已发：").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("情况告诫书")
    assert look(page, "letter", screenshots) == []


def test_the_pages_of_letters_are_sound_in_both_sizes(
    page: Page, inspection: Inspection, screenshots: Path | None
) -> None:
    sign_in(page)
    complaints = []
    for name in ("letters", "lists/letters", "letter-rules", "letter-rules/notice"):
        page.goto(f"/inspections/{inspection.pk}/{name}/")
        complaints += look(page, name.replace("/", "-"), screenshots)
    assert complaints == []
