"""Two people in two browsers edit one finding; the later one merges, and both see it on the timeline."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import make_aspect, make_finding, make_unit
from findings.models import Finding
from tests.browser.conftest import NewWindow, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DETAIL = "部分督查事项交办以后没有跟踪问效，台账登记不全。" * 12


@pytest.fixture
def finding(clerk: User) -> Finding:
    """A finding with a long text and units."""
    units = [make_unit(name=name) for name in ("综合科", "督查科", "秘书一科")]
    return make_finding(
        make_aspect(), title="督查工作重部署轻问效", detail=DETAIL, lead_unit=units[0], supporting_units=units[1:]
    )


@pytest.fixture
def other_page(new_window: NewWindow) -> Page:
    """The window of somebody else, without script."""
    return new_window(java_script_enabled=False)


def test_the_later_of_two_loses_no_word(
    page: Page, other_page: Page, finding: Finding, screenshots: Path | None
) -> None:
    edit = f"/findings/{finding.pk}/edit/"
    for window in (page, other_page):
        sign_in(window)
        window.goto(edit)
    other_page.locator("#id_title").fill("督查工作重部署轻落实")
    other_page.get_by_label("具体表现").fill(DETAIL + "他补的话。")
    other_page.get_by_label("完成时限").fill("2026-12-20")
    other_page.get_by_role("button", name="保存").click()
    expect(other_page.get_by_text("已保存问题。")).to_be_visible()

    page.get_by_label("具体表现").fill(DETAIL + "我补的话。")
    page.get_by_label("引言").fill("我写的引言。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("您填写的内容都还在")).to_be_visible()
    assert look(page, "conflict", screenshots) == []
    page.get_by_text("这期间别人改了什么").click()
    assert look(page, "conflict-open", screenshots) == []

    mine = page.get_by_label("具体表现")
    expect(mine).to_have_value(DETAIL + "我补的话。")
    mine.fill(DETAIL + "他补的话。我补的话。")
    theirs = page.get_by_role("group", name="完成时限").get_by_label("用现在的内容")
    expect(theirs).to_be_checked()
    page.get_by_role("group", name="引言").get_by_label("用我填的内容").focus()
    page.keyboard.press("ArrowLeft")  # the keyboard alone moves between the two
    expect(page.get_by_role("group", name="引言").get_by_label("用现在的内容")).to_be_checked()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="按所选保存").click()
    expect(page.get_by_text("已保存问题。")).to_be_visible()
    page.get_by_role("navigation", name="办理过程的分类").get_by_role("link", name="改动").click()
    page.locator("#history").scroll_into_view_if_needed()
    expect(page.locator("#history .timeline")).to_contain_text("修改问题")
    assert look(page, "timeline", screenshots) == []
    page.get_by_role("link", name="全部历史").click()
    page.wait_for_url("**/history/**")
    assert look(page, "history", screenshots) == []

    finding.refresh_from_db()
    assert (finding.version, finding.title) == (3, "督查工作重部署轻落实")
    assert finding.detail == DETAIL + "他补的话。我补的话。"
    assert finding.introduction == "我写的引言。"
    assert str(finding.due_on) == "2026-12-20"
    assert finding.supporting_units.count() == 2


def test_without_script_and_after_a_deletion_no_word_is_lost(
    page: Page, other_page: Page, finding: Finding, screenshots: Path | None
) -> None:
    for window in (page, other_page):
        sign_in(window)
        window.goto(f"/findings/{finding.pk}/edit/")
    page.get_by_role("link", name="删除…").click()
    page.get_by_role("button", name="确认删除").click()
    expect(page.get_by_text("已删除问题")).to_be_visible()
    other_page.get_by_label("引言").fill("写了很久的引言。")
    other_page.get_by_role("button", name="保存").click()
    expect(other_page.get_by_label("第 3 处")).to_have_value("写了很久的引言。")
    if screenshots:
        other_page.screenshot(path=screenshots / "gone-desk.png", full_page=True)
    page.goto(f"/inspections/{finding.inspection_id}/")
    page.get_by_role("link", name="设置", exact=True).click()
    page.get_by_role("link", name="历史").click()
    page.get_by_text("删除前的内容").click()
    assert look(page, "history-deleted", screenshots) == []
