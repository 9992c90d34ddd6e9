"""A sign-off becomes void by an edit, is seen to be so everywhere, and is signed again by one who read what changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.choices import Status
from findings.factories import make_user
from findings.models import Finding, Measure
from tests.browser.conftest import PASSWORD, NewWindow, arrived, look, sign_in
from tests.findings.submissions import signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BEFORE, AFTER = "第1条措施已经落实。", "签署以后改写的成效。"


def figures(page: Page, finding: Finding) -> dict[str, str]:
    """The numbers of the inspection as its overview shows them."""
    page.goto(finding.inspection.get_absolute_url())
    band = page.locator(".tile").all()
    return {one.locator("span").inner_text(): one.locator("strong").inner_text() for one in band}


def verify_again(page: Page, measure: Measure) -> None:
    """What was verified is not what is there now: it waits in the queue."""
    sign_in(page, "supervisor")
    page.get_by_role("link", name=re.compile("^审核")).first.click()
    arrived(page, "**/queue/**").get_by_role("link", name=measure.plan).first.click()
    expect(page.get_by_text(AFTER).first).to_be_visible()
    page.get_by_role("button", name="核实").first.click()
    page.goto("/desk/")


def test_void_and_signed_again(page: Page, new_window: NewWindow, clerk: User, screenshots: Path | None) -> None:
    supervisor = make_user(username="supervisor", name="孙督查", password=PASSWORD, role="supervisor")
    finding, measure, _ = signed(by=clerk, signer=supervisor)
    own, listed = finding.get_absolute_url(), f"/inspections/{finding.inspection_id}/findings/"
    sign_in(page)
    assert figures(page, finding)["完成"] == "1"

    page.goto(f"{measure.get_absolute_url()}edit/")
    expect(page.get_by_text("您保存修改以后，销号即失效，需要重新申请销号。")).to_be_visible()
    complaints = look(page, "measure-edit-closed", screenshots)
    page.get_by_label("公开用语").fill(AFTER)
    page.get_by_label("修改理由").fill("核对台账后更正。")
    page.get_by_role("button", name="保存", exact=True).click()
    arrived(page, f"**{measure.get_absolute_url()}")
    page.get_by_role("link", name="问题的销号已失效").click()
    arrived(page, f"**{own}")
    banner = page.get_by_role("region", name="销号失效")
    expect(banner.get_by_role("row", name=f"整改成效（公开用语） {BEFORE} {AFTER}")).to_be_visible()
    page.goto(listed)
    expect(page.locator("tbody .state")).to_have_text("销号失效")
    now = figures(page, finding)
    assert (now.get("完成", "0"), now["销号失效"]) == ("0", "1")
    page.locator(".tile", has_text="销号失效").click()
    expect(page.get_by_role("link", name=finding.title)).to_be_visible()
    page.goto("/desk/")
    expect(page.get_by_role("link", name="1 销号失效")).to_be_visible()

    page.goto(own)
    page.get_by_role("link", name=re.compile("^申请销号")).click()
    arrived(page, "**/submit/").get_by_role("button", name="确认申请销号").click()
    expect(arrived(page, f"**{own}").locator(".finding-state .state")).to_have_text("待审核")

    signer = new_window()
    verify_again(signer, measure)
    signer.goto(f"{listed}?turn=close")
    signer.get_by_role("link", name=finding.title).click()
    changed = arrived(signer, f"**{own}?back=*").get_by_role("region", name="上次销号以后")
    expect(changed.get_by_role("row", name=f"整改成效（公开用语） {BEFORE} {AFTER}")).to_be_visible()
    complaints += look(signer, "finding-signed-before", screenshots)
    signer.get_by_role("link", name=re.compile("^同意销号")).click()
    expect(arrived(signer, "**/close/?back=*").get_by_role("region", name="上次销号以后")).to_contain_text(AFTER)
    complaints += look(signer, "step-close-again", screenshots)
    signer.get_by_label("完成", exact=True).check()
    signer.get_by_label("意见").fill("已看过改动，同意销号。")
    signer.get_by_role("button", name="确认同意销号").click()
    expect(arrived(signer, f"**{own}?back=*").locator(".finding-state .state")).to_have_text("已销号")
    expect(signer.locator(".void-notice")).to_have_count(0)
    signer.goto(listed)
    expect(signer.locator("tbody .state")).to_have_text("已销号")
    now = figures(signer, finding)
    assert (now["完成"], now.get("销号失效")) == ("1", None)

    assert complaints == []
    check_signed_again(finding, supervisor)


def check_signed_again(finding: Finding, signer: User) -> None:
    """The second sign-off is in force, the first is void."""
    finding.refresh_from_db()
    assert (finding.status, finding.is_void, finding.closed_by) == (Status.CLOSED, False, signer)
    assert [one.voided_at is None for one in finding.signoffs.order_by("pk")] == [False, True]
