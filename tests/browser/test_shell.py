"""What stands around every page: the top bar, the navigation, the tabs, the search, and the keys that reach them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response, expect

from accounts.models import User
from findings.factories import (
    make_aspect,
    make_finding,
    make_inspection,
    make_measure,
    make_reporter,
    make_unit,
    make_user,
)
from findings.models import Measure
from tests.browser.conftest import PASSWORD, NewWindow, look, sign_in
from tests.browser.test_walk import LONG_NAME
from tests.findings.submissions import reported

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def measure(clerk: User) -> Measure:
    """A measure of a body with a name of 54 characters, whose reporter is Ma Xiao."""
    body = make_unit(name=LONG_NAME)
    make_reporter(body, username="reporter", name="马骁", password=PASSWORD)
    inspection = make_inspection(name="2026年区委第五轮巡察·区文旅体局党组", unit=body)
    finding = make_finding(make_aspect(inspection), title="会议偏多", lead_unit=body)
    return make_measure(finding, plan="修订会议审批办法，全区性会议数量同比下降。", lead_unit=body)


def height_of(page: Page, selector: str) -> float:
    """The height of the only element, in pixels."""
    box = page.locator(selector).bounding_box()
    assert box
    return box["height"]


def test_the_top_bar_is_one_line_and_leaves_the_screen_to_the_page(page: Page, measure: Measure) -> None:
    sign_in(page)
    page.goto(measure.get_absolute_url())
    for width, height in ((1440, 900), (720, 450), (390, 844), (320, 640)):  # the second is 1440 × 900 at 200 %
        page.set_viewport_size({"width": width, "height": height})
        assert height_of(page, ".topbar") == 48
        assert height_of(page, ".topbar") <= 0.15 * height
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_a_slash_goes_to_the_search_unless_somebody_writes(page: Page, measure: Measure) -> None:
    sign_in(page)
    page.goto(measure.finding.get_absolute_url())
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="查找问题、措施、编号")
    expect(field).to_be_focused()
    page.keyboard.insert_text("审批办法")
    page.keyboard.press("/")
    expect(field).to_have_value("审批办法/")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("查找“审批办法”")
    assert look(page, "search", None) == []
    page.get_by_role("link", name="修订会议审批办法").click()
    page.wait_for_url(f"**{measure.get_absolute_url()}")


def test_the_phone_has_a_page_for_the_search(phone: Page, measure: Measure) -> None:
    sign_in(phone)
    phone.get_by_role("link", name="查找").tap()
    phone.get_by_role("searchbox", name="要找的字词或编号").fill("1-1/1")
    phone.get_by_role("button", name="查找").tap()
    expect(phone.get_by_role("link", name="修订会议审批办法")).to_be_visible()


def test_the_skip_link_lands_behind_the_tabs(page: Page, measure: Measure) -> None:
    sign_in(page)
    page.goto(f"/inspections/{measure.inspection.pk}/measures/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('.tabs').compareDocumentPosition(document.activeElement)") == 4


def test_a_reporter_has_two_entries_and_a_reviewer_the_number_that_waits(
    page: Page, new_window: NewWindow, measure: Measure, clerk: User
) -> None:
    sign_in(page, "reporter")
    expect(page.locator(".sidebar a")).to_have_text(["工作台", "巡察整改"])
    make_user(username="supervisor", name="孙督查", password=PASSWORD, role="supervisor")
    reported(make_inspection(), 3, clerk)
    window = new_window()
    sign_in(window, "supervisor")
    expect(window.locator(".sidebar a", has_text="审核").locator("b")).to_have_text("3")


def is_answer_to_number(answer: Response) -> bool:
    """Whether the browser asked for the number and was led to the page of the sign-in."""
    asked = answer.request.redirected_from
    return asked is not None and asked.url.endswith("/queue/number/") and answer.url.endswith("/accounts/login/")


def test_a_number_that_cannot_be_read_is_left_out(page: Page, clerk: User) -> None:
    make_user(username="supervisor", name="孙督查", password=PASSWORD, role="supervisor")
    reported(make_inspection(), 3, clerk)
    # Signed out in another window: the request is led to the page of the sign-in. An error would fail the fixture.
    page.route("**/queue/number/", lambda route: route.fulfill(status=302, headers={"Location": "/accounts/login/"}))
    with page.expect_response(is_answer_to_number):
        sign_in(page, "supervisor")
    page.evaluate("new Promise(requestAnimationFrame)")  # the script has seen the answer too
    expect(page.locator(".sidebar a", has_text="审核").locator("b")).to_be_hidden()
