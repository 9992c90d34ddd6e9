"""A reporter's visits from signing in to asking for the sign-off, with two files dropped, and why it came back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Page, Route, expect

from accounts.models import User
from findings.choices import MeasureStatus
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
from findings.models import Measure
from tests.browser.conftest import PASSWORD, arrived, look, sign_in
from tests.browser.test_evidence import DROP, payload
from tests.findings.actors import edit, prove, step
from tests.uploads import pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILES = [["督查台账.pdf", pdf().decode("latin-1")], ["会议纪要.pdf", pdf(2).decode("latin-1")]]


@pytest.fixture
def measure(clerk: User) -> Measure:
    """The one measure of a finding led by the reporter's unit."""
    body = make_unit(name="区政府办")
    unit = make_unit(name="督查科", parent=body)
    reporter = make_user(username="reporter", name="李填报", password=PASSWORD)
    make_member(unit, reporter)
    make_grant(reporter, "reporter", unit)
    day = timezone.localdate() + dt.timedelta(days=20)
    aspect = make_aspect(make_inspection(name="第三轮巡察", unit=body))
    finding = make_finding(aspect, title="督查工作重部署轻问效", lead_unit=unit, due_on=day)
    return make_measure(finding, plan="建立督查台账，逐条对账销号。", outcome="", due_on=day)


@pytest.fixture
def supervisor(measure: Measure) -> User:
    """Who judges what the reporter hands in."""
    return make_user(username="supervisor", name="孙督查", role="supervisor")


def test_two_files_are_dropped_and_the_measure_is_reported(
    page: Page, measure: Measure, screenshots: Path | None
) -> None:
    sign_in(page, "reporter")
    page.get_by_role("link", name=measure.plan).click()
    lacks = arrived(page, f"**{measure.get_absolute_url()}").locator(".check-open")
    expect(lacks).to_have_count(3)
    expect(lacks.filter(has_text="佐证材料")).to_be_visible()

    form = page.locator("[data-upload]")
    form.evaluate(DROP, FILES)
    held: list[Route] = []
    page.route("**/evidence/new/", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright marks its handlers
    form.get_by_role("button", name="上传").click()
    bars = form.get_by_role("progressbar")
    expect(bars).to_have_count(2)  # on a slow network
    expect(bars.nth(1)).to_have_accessible_name("会议纪要.pdf 的上传进度")
    expect(form.get_by_text("等待上传").last).to_be_visible()
    complaints = look(page, "sheet-uploading", screenshots)
    held.pop().continue_()
    results = form.locator("[data-upload-results] li")
    expect(results.nth(0)).to_contain_text("已上传，目录号 1。")
    expect(bars).to_have_count(1)
    page.unroute("**/evidence/new/")  # which lets go what is held
    expect(results.nth(1)).to_contain_text("已上传，目录号 2。")
    expect(page.locator("[data-evidence-list] .evidence-row")).to_have_count(2)
    expect(lacks).to_have_count(2)  # without loading the page anew
    expect(lacks.filter(has_text="佐证材料")).to_have_count(0)

    page.get_by_role("button", name="保存并报完成").click()
    expect(page.get_by_text("填写的内容已经保存，但没有报完成。")).to_be_visible()
    page.get_by_label("整改成效（公开用语）").fill("建立督查台账 1 本，逐条销号 36 项。")
    page.get_by_label("完成日期").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="保存并报完成").click()
    expect(page.get_by_text("已保存，并报完成，等待督查员核实。")).to_be_visible()
    expect(page.locator("aside .state")).to_have_text("已完成待核")
    measure.refresh_from_db()
    assert (measure.status, measure.evidence.live().count()) == (MeasureStatus.REPORTED, 2)
    assert complaints == []


def test_the_sign_off_is_asked_for_and_comes_back_with_a_reason(
    page: Page, measure: Measure, supervisor: User, screenshots: Path | None
) -> None:
    finding, reporter = measure.finding, User.objects.get(username="reporter")
    edit(measure, outcome="建立督查台账 1 本。", completed_on=timezone.localdate())
    prove(measure, reporter)
    step("report", measure, reporter)
    sign_in(page, "reporter")
    page.locator(".inbox-title", has_text=finding.title).click()
    own = finding.get_absolute_url()
    arrived(page, f"**{own}").get_by_role("link", name="申请销号", exact=True).click()
    arrived(page, "**/submit/").get_by_role("button", name="确认申请销号").click()
    expect(arrived(page, f"**{own}").get_by_text("已申请销号。")).to_be_visible()
    expect(page.locator("aside .state")).to_have_text("待审核")
    expect(page.get_by_role("region", name="办理", exact=True)).to_contain_text("督查员")
    complaints = look(page, "finding-submitted", screenshots)

    step("send_back", finding, supervisor, "台账缺第三季度，请补齐。")
    page.goto("/desk/")
    page.get_by_role("link", name="通知，1 条未读").click()
    arrived(page, "**/notices/").get_by_role("button", name=finding.title).click()
    expect(arrived(page, f"**{own}").locator(".sent-back-notice")).to_contain_text("台账缺第三季度，请补齐。")
    expect(page.locator("aside .state")).to_have_text("整改中")
    complaints += look(page, "finding-came-back", screenshots)

    step("send_back", measure, supervisor, "补齐台账后再报。")
    page.goto("/desk/")
    expect(page.get_by_text("退回：补齐台账后再报。")).to_be_visible()
    page.get_by_role("link", name=measure.plan).click()
    sheet = arrived(page, f"**{measure.get_absolute_url()}")
    expect(sheet.locator(".sent-back-notice")).to_contain_text("补齐台账后再报。")
    page.get_by_label("新的整改进展").fill("已补齐第三季度台账。")
    page.get_by_role("button", name="保存并报完成").click()
    expect(page.get_by_text("已保存，并报完成，等待督查员核实。")).to_be_visible()
    expect(page.locator(".sent-back-notice")).to_have_count(0)
    assert complaints == []


def test_files_chosen_are_uploaded_before_the_report_and_a_refusal_stops_it(page: Page, measure: Measure) -> None:
    sign_in(page, "reporter")
    page.goto(measure.get_absolute_url())
    page.get_by_label("整改成效（公开用语）").fill("建立督查台账 1 本。")
    page.get_by_label("完成日期").fill(timezone.localdate().isoformat())
    part = page.locator("[data-upload]")
    files = [payload("督查台账.pdf", pdf()), payload("程序.exe", b"MZ")]
    part.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="保存并报完成").click()
    expect(part.get_by_text("有文件没有上传，所以先没有保存，也没有报完成")).to_be_visible()
    expect(part.locator("[data-upload-results] li").nth(1)).to_contain_text("不接受“.exe”文件")
    expect(page.locator("[data-evidence-list] .evidence-row")).to_have_count(1)
    expect(page.get_by_label("整改成效（公开用语）")).to_have_value("建立督查台账 1 本。")
    measure.refresh_from_db()
    assert measure.status == MeasureStatus.NOT_STARTED
    page.get_by_role("button", name="保存并报完成").click()
    expect(page.get_by_text("已保存，并报完成，等待督查员核实。")).to_be_visible()


def test_a_comment_takes_nothing_away_and_leaving_asks_about_what_is_not_saved(page: Page, measure: Measure) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    sign_in(page, "reporter")
    page.goto(measure.get_absolute_url())
    page.on("dialog", stay)
    box = page.get_by_label("新的整改进展")
    box.fill("写到一半的进展")
    page.locator("#comments textarea").fill("请看第二条。")
    page.get_by_role("button", name="发表评论").click()
    expect(page.locator("#comments .timeline")).to_contain_text("请看第二条。")
    expect(page.locator("#comments textarea")).to_have_value("")
    expect(box).to_have_value("写到一半的进展")
    page.get_by_role("link", name="工作台").click()
    expect(box).to_have_value("写到一半的进展")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    page.get_by_role("link", name="工作台").click()
    arrived(page, "**/desk/")
    assert asked == ["beforeunload"]  # nothing was left unsaved
