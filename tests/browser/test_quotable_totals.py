"""Totals below the texts that may quote them: fetched when asked for, inserted, previewed with their number."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import make_aspect, make_finding, make_inspection, make_measure, make_unit
from findings.models import Measure
from ledgers.factories import make_entry
from tests.browser.conftest import NewWindow, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def measure(clerk: User) -> Measure:
    """A measure without an outcome, in an inspection in which one meeting was held."""
    inspection, day = make_inspection(unit=make_unit()), dt.date(2026, 5, 1)
    make_entry(inspection, "meetings", kind="专题会", status="held", received_on=day, done_on=day)
    return make_measure(make_finding(make_aspect(inspection)), plan="召开专题会。", outcome="")


def test_a_total_is_inserted_and_previewed(page: Page, measure: Measure, screenshots: Path | None) -> None:
    sign_in(page)
    page.goto(measure.get_absolute_url())
    assert page.locator("[data-total]").count() == 0  # nothing is counted until it is asked for
    page.get_by_text("引用统计数").click()
    page.get_by_role("button", name="插入：召开专题会【专题会.次数】次").click()
    expect(page.get_by_label("整改成效")).to_have_value("召开专题会【专题会.次数】次")
    expect(page.locator("[data-preview-text]")).to_have_text("召开专题会1次。")
    assert look(page, "quotable-totals", screenshots) == []


def test_a_quotation_that_is_typed_is_previewed_without_opening_the_list(page: Page, measure: Measure) -> None:
    sign_in(page)
    page.goto(measure.get_absolute_url())
    page.get_by_label("整改成效").fill("开会【会议.次数】次")
    expect(page.locator("[data-preview-text]")).to_have_text("开会1次。")


def test_without_script_a_link_leads_to_the_list(new_window: NewWindow, measure: Measure) -> None:
    page = new_window(java_script_enabled=False)
    sign_in(page)
    page.goto(measure.get_absolute_url())
    page.get_by_text("引用统计数").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="可以引用的统计数").click()
    expect(opened.value.locator('[data-total="专题会.次数"]')).to_contain_text("现在是 1")
