"""A supervisor at the queue by keyboard, a sign-off through the page, and one that becomes void."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.choices import MeasureStatus
from findings.factories import make_inspection, make_spot_check, make_user
from findings.models import Measure
from findings.workflow.saving import workflow_writer
from tests.browser.conftest import PASSWORD, look, sign_in
from tests.findings.submissions import ready, reported, signed


def supervisor() -> User:
    """The person at the browser."""
    return make_user(username="supervisor", name="孙督查", password=PASSWORD, role="supervisor")


def test_two_are_ticked_and_sent_back_with_one_reason(page: Page, clerk: User, screenshots: Path | None) -> None:
    supervisor()
    reported(make_inspection(name="第三轮巡察"), 2, clerk)
    sign_in(page, "supervisor")
    page.goto("/queue/")
    complaints = look(page, "queue", screenshots)
    page.keyboard.press(" ")
    page.keyboard.press("j")
    expect(page.locator(".queue-row").nth(1)).to_have_attribute("data-current", "")
    page.keyboard.press(" ")
    page.get_by_text("更多…").click()
    bar = page.get_by_role("group", name="一起办理")
    bar.get_by_label("一起办理的意见，退回时必填").fill("缺签到表。")
    bar.get_by_role("button", name="退回这 2 条").click()
    expect(page.get_by_text("没有等您核实、审核、销号或批延期的事项。")).to_be_visible()
    assert Measure.objects.filter(status=MeasureStatus.SENT_BACK).count() == 2
    assert complaints + look(page, "queue-empty", screenshots) == []


def test_sent_back_signed_and_void(page: Page, clerk: User, screenshots: Path | None) -> None:
    person = supervisor()
    finding, _ = ready(by=clerk, verified_by=person)
    closed, measure, _ = signed(by=clerk, signer=person)
    measure.outcome = "签署以后改写的成效。"
    workflow_writer.save(measure, seen=measure.version)
    sign_in(page, "supervisor")
    page.goto(f"/step/finding/{finding.pk}/close/")
    complaints = look(page, "step-close", screenshots)
    page.goto("/queue/")
    complaints += look(page, "queue-close", screenshots)
    page.goto(f"/step/finding/{finding.pk}/send_back/")
    page.get_by_label("理由").fill("缺会议纪要。")
    page.get_by_role("button", name="确认退回").click()
    page.wait_for_url(f"**/findings/{finding.pk}/")
    expect(page.locator(".sent-back-notice")).to_contain_text("缺会议纪要。")
    complaints += look(page, "finding-sent-back", screenshots)
    page.goto(f"/findings/{closed.pk}/")
    expect(page.locator(".void-notice")).to_contain_text("签署以后改写的成效。")
    assert complaints + look(page, "finding-void", screenshots) == []


def test_a_signature_in_the_queue_is_asked_about_once_in_a_dialog(
    page: Page, clerk: User, screenshots: Path | None
) -> None:
    person = supervisor()
    finding, _ = ready(by=clerk, verified_by=person)
    sign_in(page, "supervisor")
    page.goto("/queue/")
    question = page.get_by_role("dialog")
    page.keyboard.down("Enter")
    for _ in range(3):  # a held key answers nothing
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(question).to_contain_text(f"将同意“{finding}”销号")
    complaints = look(page, "queue-confirm", screenshots)
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    finding.refresh_from_db()
    assert finding.status == "submitted"
    page.keyboard.press("Enter")
    expect(question).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有等您核实、审核、销号或批延期的事项。")).to_be_visible()
    finding.refresh_from_db()
    assert finding.status == "closed"
    assert complaints == []


def test_a_result_that_reopens_a_finding_is_asked_about_in_a_dialog(page: Page, clerk: User) -> None:
    person = supervisor()
    finding, _, _ = signed(by=clerk, signer=person)
    item = make_spot_check(person, finding).items.get()
    sign_in(page, "supervisor")
    page.goto(f"/spot-check-items/{item.pk}/edit/")
    expect(page.get_by_label("确认登记为“不实”")).to_be_hidden()
    page.get_by_label("核查结果").select_option("不实")
    page.get_by_label("核查日期").fill(timezone.localdate().isoformat())
    page.get_by_label("核查人").fill("李敏")
    page.get_by_label("核查情况").fill("台账是空的。")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("dialog").get_by_role("button", name="取消").click()
    page.get_by_role("button", name="保存").click()
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(page.get_by_text("已登记核查结果：不实的问题")).to_be_visible()
