"""The evidence beside a reported measure: pages turned by key across files, and ticks that stay without script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import make_inspection, make_user
from findings.models import Evidence, Measure
from tests.browser.conftest import PASSWORD, NewWindow, look, sign_in
from tests.findings.submissions import reported
from tests.uploads import pdf, png, stored_evidence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def measures(clerk: User) -> list[Measure]:
    """Three reported measures, the first with a document of three pages and a picture."""
    make_user(username="supervisor", name="孙督查", password=PASSWORD, role="supervisor")
    found = reported(make_inspection(name="第三轮巡察"), 3, clerk)
    for name, content in (("竣工验收单.pdf", pdf(3)), ("现场照片.png", png())):
        stored_evidence(found[0], clerk, name, content)
    return found


def queue_of(page: Page) -> Page:
    """The queue of the supervisor."""
    sign_in(page, "supervisor")
    page.goto("/queue/")
    return page


def test_pages_are_turned_by_key_across_files(page: Page, measures: list[Measure], screenshots: Path | None) -> None:
    queue_of(page)
    loaded: list[str] = []
    page.on("response", lambda answer: loaded.append(answer.url) if "/inline/" in answer.url else None)
    first = Evidence.objects.get(name="竣工验收单.pdf")
    large = page.locator("[data-large] img")
    # While a page is looked at, the next one is loaded.
    with page.expect_response(lambda answer: answer.url.endswith("/inline/?page=2")):
        page.get_by_label("竣工验收单.pdf，第 1 页").click()
    with page.expect_response(lambda answer: answer.url.endswith("/inline/?page=3")):
        page.keyboard.press("ArrowRight")
    expect(large).to_have_attribute("src", f"/evidence/{first.pk}/inline/?page=2")
    expect(large).to_have_js_property("naturalWidth", 1200)
    page.keyboard.press("ArrowRight")
    expect(large).to_have_attribute("src", f"/evidence/{first.pk}/inline/?page=3")
    expect(large).to_have_js_property("naturalWidth", 1200)
    assert len(loaded) == len(set(loaded))  # nothing is asked for twice
    expect(page.locator(".viewer-tools")).to_contain_text("第 3／3 页")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".viewer-tools")).to_contain_text("现场照片.png")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="放大")).to_have_attribute("aria-pressed", "true")
    expect(large).to_have_css("width", "1200px")  # as wide as the picture is, and scrolled
    page.keyboard.press("z")
    expect(large).not_to_have_css("width", "1200px")
    page.get_by_role("button", name="旋转").click()
    expect(page.locator("[data-large].viewer-turned-90")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="两页并排").click()
    expect(large).to_have_count(2)
    assert page.url.endswith("/queue/")  # nothing was left
    assert look(page, "queue-viewer", screenshots) == []


def test_the_viewer_of_the_next_record_works_as_well(page: Page, measures: list[Measure], clerk: User) -> None:
    document = stored_evidence(measures[1], clerk, "会议纪要.pdf", pdf(2))
    queue_of(page)
    page.keyboard.press("j")
    page.get_by_label("会议纪要.pdf，第 1 页").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-large] img")).to_have_attribute("src", f"/evidence/{document.pk}/inline/?page=2")
    page.get_by_role("link", name="下一条").click()
    expect(page.locator(".queue-row").nth(2)).to_have_attribute("data-current", "")


def test_ticks_stay_without_script(new_window: NewWindow, measures: list[Measure]) -> None:
    page = queue_of(new_window(java_script_enabled=False))
    rows = page.locator(".queue-row")
    rows.nth(2).get_by_role("checkbox").check()
    rows.nth(1).get_by_role("button", name="打开，勾选不变").click()
    expect(rows.nth(1)).to_have_attribute("data-current", "")
    expect(rows.nth(2).get_by_role("checkbox")).to_be_checked()
    page.locator("[data-main-button]").click()  # acts on the open record, and leaves the tick
    expect(rows).to_have_count(2)
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    assert [measure.status for measure in Measure.objects.order_by("pk")] == ["reported", "verified", "reported"]


def test_enter_in_the_opinion_acts_on_nothing(page: Page, measures: list[Measure]) -> None:
    queue_of(page)
    page.keyboard.press("r")
    page.keyboard.insert_text("请补")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".queue-row").nth(1)).to_have_attribute("data-current", "")
    assert {measure.status for measure in Measure.objects.all()} == {"reported"}


def test_list_and_open_record_end_at_one_height(page: Page, measures: list[Measure]) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    queue_of(page)
    ends = "['.queue-list', '.queue-pane'].map((one) => document.querySelector(one).getBoundingClientRect().bottom)"
    left, right = page.evaluate(ends)
    assert abs(left - right) <= 1
    assert right <= 900


def test_without_script_nothing_speaks_of_keys(new_window: NewWindow, measures: list[Measure]) -> None:
    page = queue_of(new_window(java_script_enabled=False))
    expect(page.get_by_role("button", name="核实")).to_be_visible()
    expect(page.locator("kbd").first).to_be_hidden()
    expect(page.get_by_text("换条")).to_be_hidden()
