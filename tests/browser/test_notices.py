"""A comment mentions a colleague: his bell rings, he opens the notice, and it is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import (
    make_aspect,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_unit,
    make_user,
)
from findings.models import Finding
from tests.browser.conftest import PASSWORD, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def finding(clerk: User) -> Finding:
    """A finding led by a unit in which somebody reports."""
    body = make_unit(name="区政府办")
    unit = make_unit(name="综合科", parent=body)
    colleague = make_user(username="colleague", name="李填报", password=PASSWORD)
    make_member(unit, colleague)
    make_grant(colleague, "reporter", unit)
    made = make_finding(make_aspect(make_inspection(unit=body)), lead_unit=unit, title="督查工作重部署轻问效")
    make_measure(made)
    return made


def test_a_mention_rings_opens_and_is_read(page: Page, finding: Finding, screenshots: Path | None) -> None:
    sign_in(page)
    page.goto(finding.get_absolute_url())
    box = page.get_by_role("textbox", name="评论")
    box.press_sequentially("请 @李")
    page.get_by_role("button", name="李填报", exact=True).click()
    expect(box).to_have_value("请 @李填报 ")
    box.press_sequentially("补充台账。")
    complaints = look(page, "comment-written", screenshots)
    page.get_by_role("button", name="发表评论").click()
    expect(page.get_by_text("已发表评论，并通知了李填报。")).to_be_visible()
    complaints += look(page, "comment", screenshots)
    page.goto(finding.measures.get().get_absolute_url())
    complaints += look(page, "comment-on-measure", screenshots)
    page.context.clear_cookies()
    sign_in(page, "colleague")
    expect(page.get_by_role("link", name="通知，1 条未读")).to_be_visible()
    page.get_by_role("link", name="通知，1 条未读").click()
    page.wait_for_url("**/notices/")
    complaints += look(page, "notices", screenshots)
    page.get_by_role("button", name="王整改在“督查工作重部署轻问效”的评论中提到您。").click()
    page.wait_for_url(f"**{finding.get_absolute_url()}")
    expect(page.get_by_role("link", name="通知", exact=True)).to_be_visible()
    page.goto("/notices/?unread=1")
    expect(page.get_by_text("没有未读的通知。")).to_be_visible()
    assert complaints == []
