"""The page of a finding in a browser: its main act in sight, reading before editing, keys, widths."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import (
    make_aspect,
    make_evidence,
    make_finding,
    make_inspection,
    make_measure,
    make_unit,
    make_user,
)
from findings.models import Comment, Finding
from findings.workflow import StepInput, StepName, take_step
from findings.workflow.comments import post_comment
from tests.browser.conftest import ALL_WIDTHS, PASSWORD, arrived, look, sign_in, too_wide
from tests.findings.submissions import signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREENS = ((1440, 900), (1366, 768), (390, 844))
LONG = "青岚区政务服务便民热线工作管理服务中心（区城市运行管理指挥中心、区大数据发展服务保障中心）综合协调科"
FIELDS = "main input:not([type=hidden]), main select, main textarea"


@pytest.fixture
def finding(clerk: User) -> Finding:
    """A late finding of a unit with a long name: a measure sent back, one verified, one just begun."""
    supervisor = make_user(username="supervisor", name="秦督查", password=PASSWORD, role="supervisor")
    body = make_unit(name="区文旅体局")
    aspect = make_aspect(make_inspection(unit=body), title="文物保护和行业监管责任压得不实")
    unit = make_unit(name=LONG, parent=body)
    late = timezone.localdate() - dt.timedelta(days=18)
    made = make_finding(aspect, title="文化市场日常监管偏软", lead_unit=unit, due_on=late, detail="检查次数不足。" * 20)
    make_finding(aspect, order=2, title="节庆活动经费使用不规范")
    for number, answer in enumerate((StepName.SEND_BACK, StepName.VERIFY), start=1):
        measure = make_measure(made, plan=f"制定第{number}项检查计划，每月全覆盖一次。", completed_on=late)
        make_evidence(measure, by=clerk, name="校园周边文化经营场所检查记录表（2026年9月）.xlsx")
        take_step(StepName.REPORT, measure, clerk, measure.version)
        take_step(answer, measure, supervisor, measure.version, StepInput("检查记录只有9月的。"))
    make_measure(made, plan="制定积案清理时间表。", outcome="", due_on=late)
    comment = Comment.about(made, clerk)
    comment.text = "鉴定机构答复12月上旬出结论。"
    post_comment(comment, [])
    made.refresh_from_db()
    return made


def test_the_main_act_is_in_the_first_screen(page: Page, finding: Finding) -> None:
    sign_in(page)
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(finding.get_absolute_url())
        box = page.locator("[data-main-act]").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height, (width, box)
        assert page.locator("main .btn-primary").count() == 1


def test_no_width_scrolls_sideways_and_axe_finds_nothing(
    page: Page, finding: Finding, screenshots: Path | None
) -> None:
    sign_in(page)
    page.goto(finding.get_absolute_url())
    complaints = look(page, "finding", screenshots)
    page.get_by_text("修改", exact=True).first.click()
    expect(page.get_by_text("的核实作废，要重新核实").first).to_be_visible()
    complaints += look(page, "finding-menu", screenshots)
    complaints += too_wide(page, "finding-menu", ALL_WIDTHS)
    assert complaints == []
    assert LONG in page.locator("aside .facts").first.inner_text().replace("\n", "")


def test_a_signed_finding_is_read_and_editing_is_deliberate(page: Page, clerk: User) -> None:
    supervisor = make_user(username="signer", name="秦销号", password=PASSWORD, role="supervisor")
    finding, measure, _ = signed(by=clerk, signer=supervisor)
    sign_in(page)
    page.goto(finding.get_absolute_url())
    visible = [field for field in page.locator(FIELDS).all() if field.is_visible()]
    assert [field.get_attribute("name") for field in visible] == ["comment-text"]
    page.locator("body").press("e")
    entry = page.get_by_role("link", name=f"修改措施 {measure.order} 的文字或期限")
    expect(entry).to_contain_text("的销号作废，要重新申请销号")
    entry.click()
    page.get_by_label("整改措施", exact=True).fill("换一种做法。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("这些改动会使销号和核实作废，请写明理由。").first).to_be_visible()
    page.get_by_label("修改理由").fill("方案经党组会调整。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存整改措施。")).to_be_visible()
    page.goto(f"{finding.get_absolute_url()}?part=changes")
    expect(page.locator(".process").get_by_text("方案经党组会调整。")).to_be_visible()


def test_the_keys_lead_through_the_page(page: Page, finding: Finding) -> None:
    sign_in(page)
    page.goto(finding.get_absolute_url())
    page.locator("body").press("c")
    box = page.get_by_role("textbox", name="评论")
    expect(box).to_be_focused()
    page.keyboard.type("e]c")  # typed, not obeyed
    expect(box).to_have_value("e]c")
    box.fill("")
    box.evaluate("box => box.blur()")
    page.keyboard.press("e")
    expect(page.locator(".finding-acts summary")).to_be_focused()
    expect(page.get_by_role("link", name="修改问题表述、类型、责任")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="修改问题表述、类型、责任")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="修改问题表述、类型、责任")).to_be_hidden()
    page.keyboard.press("]")
    arrived(page, "**/findings/*/").get_by_role("heading", name="1-2 节庆活动经费使用不规范").wait_for()
    page.keyboard.press("[")
    page.get_by_role("heading", name="1-1 文化市场日常监管偏软").wait_for()


def test_a_comment_is_posted_into_the_process(page: Page, finding: Finding) -> None:
    sign_in(page)
    page.goto(finding.get_absolute_url())
    page.get_by_role("textbox", name="评论").fill("请看第二条。")
    page.get_by_role("button", name="发表评论").click()
    expect(page.locator(".process > li").first).to_contain_text("请看第二条。")
    expect(page.get_by_role("navigation", name="办理过程的分类")).to_contain_text("评论 2")
    page.get_by_role("link", name="再早的").click()
    expect(page.locator(".process")).to_contain_text("退回措施 1")


def test_on_a_phone_the_side_comes_last_and_the_neighbours_end_the_page(phone: Page, finding: Finding) -> None:
    sign_in(phone)
    phone.goto(finding.get_absolute_url())
    tops = phone.evaluate(
        "['#work', '#measures', '#comments', '#related-records', '.neighbours-end'].map("
        "(place) => document.querySelector(place).getBoundingClientRect().top)"
    )
    assert tops == sorted(tops)
    expect(phone.locator(".page-actions .neighbours")).to_be_hidden()
    phone.locator(".neighbours-end a[rel=next]").tap()
    phone.get_by_role("heading", name="1-2 节庆活动经费使用不规范").wait_for()
