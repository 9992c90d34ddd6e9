"""The desk in a browser: the first act in sight, no page too wide, everything by keyboard and without script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import (
    closing_fields,
    make_aspect,
    make_extension,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_unit,
    make_user,
    report_fields,
    submission_fields,
)
from findings.models import Unit
from tests.browser.conftest import ALL_WIDTHS, PASSWORD, NewWindow, day, look, sign_in, too_wide
from tests.browser.test_walk import LONG_NAME
from tests.raw_writes import unchecked_writes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOLDS = {(1366, 768): 440, (390, 844): 700}  # the size of a screen, and where the first act must have ended


@pytest.fixture
def unit(clerk: User) -> Unit:
    """A unit with a name of sixty characters, with work of every kind in two inspections."""
    body = make_unit(name="区政府办")
    unit = make_unit(name=f"{LONG_NAME}第一分中心"[:60], parent=body)
    people = {
        role: make_user(username=role, name=name, password=PASSWORD)
        for role, name in (("reporter", "李填报"), ("supervisor", "周督查"))
    }
    make_member(unit, people["reporter"])
    make_grant(people["reporter"], "reporter", unit)
    make_grant(people["supervisor"], "supervisor")
    for name in ("2025年区委第三轮巡察·区政府办", "2026年营商环境专项巡察·区政府办"):
        inspection = make_inspection(name=name, unit=body, report_due_on=day(5), plan_due_on=day(-20))
        aspect = make_aspect(inspection)
        finding = make_finding(aspect, title="督查工作重部署轻问效", lead_unit=unit, due_on=day(20))
        make_extension(make_measure(finding, plan="每季度开展一次督查。", due_on=day(0)), new_due_on=day(40))
        make_measure(finding, plan="建立督查台账，逐条对账销号。", outcome="", due_on=day(-3))
        make_finding(aspect, title="热线办理质效不稳定", lead_unit=unit, due_on=day(-9), responsible_leader=clerk)
        make_finding(aspect, title="没有牵头单位的问题")
        with unchecked_writes():
            make_measure(finding, plan="完善督查规程。", due_on=day(-1), **report_fields(make_user()))
            make_finding(aspect, title="等待销号的问题", due_on=day(-1), **submission_fields(make_user()))
        make_finding(aspect, title="失效的问题", lead_unit=unit, is_void=True, **closing_fields(clerk, day(-5)))
    return unit


@pytest.mark.parametrize("user", ["clerk", "reporter", "supervisor"])
def test_the_first_act_is_in_sight_and_nothing_is_too_wide(
    page: Page, unit: Unit, user: str, screenshots: Path | None
) -> None:
    sign_in(page, user)
    complaints = look(page, f"desk-{user}", screenshots)
    for (width, height), fold in FOLDS.items():
        page.set_viewport_size({"width": width, "height": height})
        box = page.locator(".inbox-row .btn").first.bounding_box()
        assert box
        assert box["y"] + box["height"] <= fold, (user, width, box)
    complaints += too_wide(page, f"desk-{user}", ALL_WIDTHS)
    for item in page.locator(".inbox-row").all():
        assert item.locator(".btn-primary").count() <= 1
    assert complaints == []


def test_a_long_name_of_a_unit_can_be_read_to_its_end(page: Page, unit: Unit) -> None:
    sign_in(page)
    named = page.locator(".inbox-turn strong", has_text=unit.name).first
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert named.evaluate("one => one.scrollWidth <= one.parentElement.clientWidth + 1")


def test_tiles_and_chips_filter_and_open_menus_are_sound(page: Page, unit: Unit) -> None:
    sign_in(page)
    tile = page.locator(".tile", has_text="其中已逾期")
    number = int(tile.locator("strong").inner_text())
    tile.click()
    page.wait_for_url("**/desk/?show=late")
    expect(page.locator(".inbox-row")).to_have_count(number)
    expect(page.locator(".tile[aria-current]")).to_contain_text("其中已逾期")
    page.get_by_text("各轮巡察", exact=True).click()
    page.get_by_role("link", name="2026年营商环境专项").first.click()
    page.wait_for_url("**/desk/?show=late&inspection=*")
    assert page.locator(".inbox-row").count() < number
    page.goto("/desk/?show=late")
    page.get_by_text("一次催办…").click()
    assert look(page, "desk-menus", None) == []
    page.get_by_role("link", name="一次催办 1 个单位…").first.click()
    page.wait_for_url("**/letters/?overdue=on")
    expect(page.locator("input[name=unit]:checked")).to_have_count(1)


def test_rows_are_walked_with_the_keyboard(page: Page, unit: Unit) -> None:
    sign_in(page, "supervisor")
    page.locator(".inbox-title").first.focus()
    page.keyboard.press("Tab")
    first = page.locator(".inbox-row").first
    expect(first.locator(".btn")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".inbox-row").nth(1).locator(".inbox-title")).to_be_focused()


def test_without_script_every_filter_and_act_is_a_link(new_window: NewWindow, unit: Unit) -> None:
    page = new_window(java_script_enabled=False)
    sign_in(page, "reporter")
    page.locator(".tile", has_text="已逾期").click()
    page.wait_for_url("**/desk/?show=late")
    page.get_by_role("link", name="逾期说明").first.click()
    page.wait_for_url("**/extensions/new/")
    page.goto("/desk/")
    page.locator(".inbox-row .btn-primary").first.click()
    page.wait_for_url("**/measures/*/")
