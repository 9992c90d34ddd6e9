"""A reporter's visits from signing in to asking for the sign-off, with two files, and why it came back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Page, Request, Route, expect

from accounts.models import User
from findings.choices import MeasureStatus
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
from tests.browser.conftest import PASSWORD, NewWindow, arrived, look, sign_in
from tests.browser.test_evidence import DROP, payload
from tests.findings.actors import edit, prove, step
from tests.uploads import pdf, png, stored_evidence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COUNT_CLICKS = (
    "addEventListener('pointerdown', () => { sessionStorage.clicks = Number(sessionStorage.clicks) + 1; }, true)"
)
FILES = [["督查台账.pdf", pdf().decode("latin-1")], ["会议纪要.pdf", pdf(2).decode("latin-1")]]


@pytest.fixture
def measure(clerk: User) -> Measure:
    """The one measure of a finding led by the reporter's unit."""
    body = make_unit(name="区政府办")
    unit = make_unit(name="督查科", parent=body)
    make_reporter(unit, username="reporter", name="李填报", password=PASSWORD)
    day = timezone.localdate() + dt.timedelta(days=20)
    aspect = make_aspect(make_inspection(name="第三轮巡察", unit=body))
    finding = make_finding(aspect, title="督查工作重部署轻问效", lead_unit=unit, due_on=day)
    return make_measure(finding, plan="建立督查台账，逐条对账销号。", outcome="", due_on=day)


@pytest.fixture
def supervisor(measure: Measure) -> User:
    """Who judges what the reporter hands in."""
    return make_user(username="supervisor", name="孙督查", role="supervisor")


def test_text_and_two_files_are_reported_with_three_clicks_and_one_request(
    page: Page, measure: Measure, screenshots: Path | None
) -> None:
    sent: list[Request] = []
    page.add_init_script(COUNT_CLICKS)
    sign_in(page, "reporter")
    page.evaluate("sessionStorage.clicks = 0")
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.get_by_role("link", name=measure.plan).click()
    lacks = arrived(page, f"**{measure.get_absolute_url()}").locator(".check-open")
    expect(lacks).to_have_count(3)
    report = page.get_by_role("button", name="保存并报完成")
    expect(page.get_by_text("报完成还差：整改成效、完成日期、佐证材料")).to_be_visible()
    expect(report).to_have_attribute("aria-disabled", "true")
    page.get_by_label("整改成效（公开用语）").fill("建立督查台账 1 本，逐条销号 36 项。")
    page.get_by_label("完成日期").fill(timezone.localdate().isoformat())
    page.get_by_label("新的整改进展").fill("逐条核对完毕。")
    with page.expect_file_chooser() as chooser:
        page.get_by_text("选择文件", exact=True).click()
    chooser.value.set_files([payload("督查台账.pdf", pdf()), payload("督查工作办法.pdf", pdf(2))])
    rows = page.locator(".file-row")
    expect(rows).to_have_count(2)
    expect(rows.nth(0).get_by_role("combobox")).to_have_value("03")
    expect(rows.nth(1).get_by_role("combobox")).to_have_value("04")
    expect(page.get_by_text("还没有保存：进展 1 条、成效、完成日期、材料 2 份")).to_be_visible()
    expect(page.get_by_text("佐证材料 2 份（含待保存 2 份）")).to_be_visible()
    expect(page.get_by_text("齐了")).to_be_visible()
    expect(lacks).to_have_count(0)
    complaints = look(page, "sheet-files", screenshots)
    report.click()
    expect(page.get_by_text("已保存，并报完成，等待督查员核实。")).to_be_visible()
    assert page.evaluate("sessionStorage.clicks") == "3"
    assert [request.url.endswith(measure.get_absolute_url()) for request in sent] == [True]
    measure.refresh_from_db()
    assert measure.status == MeasureStatus.REPORTED
    assert {(one.name, one.kind) for one in measure.evidence.live()} == {
        ("督查台账.pdf", "03"),
        ("督查工作办法.pdf", "04"),
    }
    expect(page.locator(".head-line .state")).to_have_text("已完成待核")
    expect(page.locator("main form .btn-primary:visible")).to_have_count(0)  # read-only, until it is taken back
    complaints += look(page, "sheet-reported", screenshots)
    page.get_by_role("button", name="撤回报完成").click()
    expect(page.get_by_text("已撤回报完成，可以继续修改。")).to_be_visible()
    assert complaints == []


def test_a_broken_connection_keeps_text_and_files(page: Page, measure: Measure, screenshots: Path | None) -> None:
    sign_in(page, "reporter")
    page.goto(measure.get_absolute_url())
    page.get_by_label("新的整改进展").fill("逐条核对完毕。")
    page.locator("#measure-form").evaluate(DROP, FILES)  # anywhere on the form
    rows = page.locator(".file-row")
    expect(rows).to_have_count(2)
    rows.nth(0).get_by_role("button").click()
    expect(rows).to_have_count(1)
    rows.get_by_label("说明：会议纪要.pdf").fill("十月督查")
    held: list[Route] = []
    page.route(f"**{measure.get_absolute_url()}", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright marks its handlers
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("progressbar", name="上传进度")).to_be_visible()  # on a slow network
    expect(page.get_by_text("正在上传 0%")).to_be_visible()
    complaints = look(page, "sheet-uploading", screenshots)
    held.pop().abort()
    expect(page.get_by_text("没有收到服务器的答复，可能是网络中断，不能确定是否已经保存。")).to_be_visible()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("新的整改进展")).to_have_value("逐条核对完毕。")
    page.unroute(f"**{measure.get_absolute_url()}")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("会议纪要.pdf：已上传，目录号 1。")).to_be_visible()
    expect(page.get_by_text("已保存。", exact=True)).to_be_visible()
    assert [(one.name, one.caption) for one in measure.evidence.live()] == [("会议纪要.pdf", "十月督查")]
    assert complaints == []


def test_refused_text_comes_back_with_its_reason_and_the_files_are_there(page: Page, measure: Measure) -> None:
    sign_in(page, "reporter")
    page.goto(measure.get_absolute_url())
    page.get_by_label("整改成效（公开用语）").fill("建立督查台账 1 本。")
    page.get_by_label("完成日期").fill("2099-01-01")
    expect(page.get_by_text("完成日期不能在今天之后。")).to_be_visible()  # before it is sent
    page.locator("#measure-form").evaluate(DROP, FILES[:1])
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("没有保存，有 1 处需要修改")).to_be_visible()
    expect(page.get_by_text("督查台账.pdf：已上传，目录号 1。")).to_be_visible()
    expect(page.get_by_label("整改成效（公开用语）")).to_have_value("建立督查台账 1 本。")
    expect(page.locator(".thumb")).to_have_count(1)


def test_a_button_that_cannot_report_says_why_and_leads_there(page: Page, measure: Measure) -> None:
    sign_in(page, "reporter")
    page.goto(measure.get_absolute_url())
    page.get_by_label("新的整改进展").press("Control+Enter")
    expect(page.get_by_label("整改成效（公开用语）")).to_be_focused()
    page.keyboard.type("正在推进台账建设，")
    expect(page.get_by_text("整改成效里还写着“正在推进”，请写已经做到的结果。").first).to_be_visible()
    expect(page.locator("[data-preview-remark]")).to_contain_text("最后一句还没有写完。")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("已保存。", exact=True)).to_be_visible()
    measure.refresh_from_db()
    assert (measure.status, measure.outcome) == (MeasureStatus.NOT_STARTED, "正在推进台账建设，")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (390, 844)])
def test_the_main_act_is_in_the_first_screen_with_any_plan(
    page: Page, measure: Measure, width: int, height: int
) -> None:
    edit(measure, plan="建立督查台账，逐条对账销号。" * 40)
    sign_in(page, "reporter")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(measure.get_absolute_url())
    expect(page.get_by_role("button", name="保存并报完成")).to_be_in_viewport(ratio=1)
    expect(page.locator("main .btn-primary:visible")).to_have_count(1)


def test_five_keys_lead_from_the_top_to_the_first_field(page: Page, measure: Measure) -> None:
    sign_in(page, "reporter")
    page.goto(measure.get_absolute_url())
    keys = ["Tab", "Enter", "Tab", "Tab", "Tab"]
    page.keyboard.press(keys[0])
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    for key in keys[1:]:
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.id") == "id_reported_on":
            break
    expect(page.get_by_label("进展日期")).to_be_focused()


def test_no_width_makes_the_sheet_scroll_sideways(page: Page, measure: Measure, clerk: User) -> None:
    stored_evidence(measure, clerk, "一份名称非常长的会议纪要" * 8 + ".png", png(9))
    sign_in(page, "reporter")
    page.goto(measure.get_absolute_url())
    page.locator("#measure-form").evaluate(DROP, [["一份名称非常长的会议纪要" * 8 + ".pdf", "x"], ["程序.exe", "MZ"]])
    for width in (320, 390, 720, 1180, 1366, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth") <= 0, width


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
    arrived(page, f"**{own}").get_by_role("link", name="申请销号…", exact=True).click()
    arrived(page, "**/submit/").get_by_role("button", name="确认申请销号").click()
    expect(arrived(page, f"**{own}").get_by_text("已申请销号。")).to_be_visible()
    expect(page.locator(".finding-status .state").first).to_have_text("待审核")
    expect(page.get_by_role("region", name="办到哪一步")).to_contain_text("督查员")
    complaints = look(page, "finding-submitted", screenshots)

    step("send_back", finding, supervisor, "台账缺第三季度，请补齐。")
    page.goto("/desk/")
    page.get_by_role("link", name="通知，1 条未读").click()
    arrived(page, "**/notices/").get_by_role("button", name=finding.title).click()
    expect(arrived(page, f"**{own}").locator(".sent-back-notice")).to_contain_text("台账缺第三季度，请补齐。")
    expect(page.locator(".finding-status .state").first).to_have_text("整改中")
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


def test_without_script_one_kind_holds_for_all_files(new_window: NewWindow, measure: Measure) -> None:
    page = new_window(java_script_enabled=False)
    sign_in(page, "reporter")
    page.goto(measure.get_absolute_url())
    page.get_by_label("整改成效（公开用语）").fill("建立督查台账 1 本。")
    page.get_by_label("完成日期").fill(timezone.localdate().isoformat())
    page.get_by_label("文件", exact=True).set_input_files([payload("督查台账.pdf", pdf()), payload("程序.exe", b"MZ")])
    page.get_by_label("档案类别").select_option("02")
    page.get_by_role("button", name="保存并报完成").click()
    expect(page.get_by_text("程序.exe：不接受“.exe”文件")).to_be_visible()
    expect(page.get_by_text("有文件没有上传，所以没有报完成。")).to_be_visible()
    assert [(one.name, one.kind) for one in measure.evidence.live()] == [("督查台账.pdf", "02")]
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


def test_in_a_low_window_the_bar_takes_one_line(page: Page, measure: Measure) -> None:
    page.set_viewport_size({"width": 720, "height": 450})  # what 200 % leaves of 1440 × 900
    sign_in(page, "reporter")
    page.goto(measure.get_absolute_url())
    expect(page.get_by_text("报完成还差：整改成效、完成日期、佐证材料")).to_be_visible()
    bar = page.locator(".sheet-bar").bounding_box()
    assert bar and bar["height"] < 72
