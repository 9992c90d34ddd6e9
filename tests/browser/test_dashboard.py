"""A reporter's visit from signing in to reporting a measure as done, the office's lists, a leader's phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import (
    closing_fields,
    make_aspect,
    make_evidence,
    make_extension,
    make_finding,
    make_inspection,
    make_measure,
    make_reporter,
    make_unit,
    make_user,
)
from findings.models import Measure, Unit
from findings.workflow import StepInput, StepName, take_step
from tests.browser.conftest import PASSWORD, day, look, sign_in
from tests.browser.test_walk import LONG_NAME

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OUTCOME = "建立督查台账 1 本，逐条销号 36 项"


@pytest.fixture
def unit(clerk: User) -> Unit:
    """A unit with a name of sixty characters and a reporter of its own."""
    body = make_unit(name="区政府办")
    unit = make_unit(name=f"{LONG_NAME}第一分中心"[:60], parent=body)
    make_reporter(unit, username="reporter", name="李填报", password=PASSWORD)
    return unit


@pytest.fixture
def measure(unit: Unit, clerk: User) -> Measure:
    """A measure of that unit among others, in an inspection where much is going on."""
    inspection = make_inspection(name="2026年区委第三轮巡察·区政府办", unit=unit.parent)
    aspect = make_aspect(inspection, title="推动决策部署落地见效存在温差")
    finding = make_finding(aspect, title="督查工作重部署轻问效", lead_unit=unit, due_on=day(20), person_in_charge=clerk)
    measure = make_measure(finding, plan="建立督查台账，逐条对账销号。", outcome="", due_on=day(3))
    other = make_measure(finding, plan="每季度开展一次督查“回头看”。", due_on=day(40))
    make_extension(other, reason="上级督查计划还没有印发。")
    back = make_measure(finding, plan="完善督查工作规程。", due_on=day(60), completed_on=day(-1))
    make_evidence(back)
    reporter = make_user(role="office")
    take_step(StepName.REPORT, back, reporter, back.version)
    take_step(
        StepName.SEND_BACK, back, make_user(name="周督查", role="supervisor"), back.version, StepInput("规程没有文号。")
    )
    make_finding(aspect, title="热线办理质效不稳定", lead_unit=unit, due_on=day(-9), responsible_leader=clerk)
    make_finding(aspect, title="公务用车管理不严", lead_unit=unit.parent, **closing_fields(clerk, day(-5)))
    return measure


def test_a_reporters_visit(page: Page, measure: Measure, screenshots: Path | None) -> None:
    sign_in(page, "reporter")
    complaints = look(page, "desk-reporter", screenshots)
    expect(page.get_by_text("退回：规程没有文号。")).to_be_visible()
    page.get_by_role("link", name=measure.plan).click()
    page.wait_for_url(f"**{measure.get_absolute_url()}")
    complaints += look(page, "sheet", screenshots)
    page.get_by_label("新的整改进展").fill("已逐条核对 36 项督查事项。")
    page.get_by_label("整改成效（公开用语）").fill(OUTCOME)
    expect(page.locator("[data-preview-text]")).to_have_text(f"{OUTCOME}。")
    page.get_by_label("整改成效（公开用语）").press("Control+s")
    expect(page.get_by_text("已保存。")).to_be_visible()
    expect(page.locator(".draft-bar")).to_have_count(0)
    expect(page.locator(".head-line .state")).to_have_text("进行中")
    make_evidence(measure, name="督查台账.pdf")
    page.reload()
    page.get_by_label("完成日期").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="保存并报完成").click()
    expect(page.get_by_text("已保存，并报完成，等待督查员核实。")).to_be_visible()
    complaints += look(page, "sheet-reported", screenshots)
    page.get_by_role("button", name="撤回报完成").click()
    expect(page.get_by_text("已撤回报完成，可以继续修改。")).to_be_visible()
    page.get_by_role("link", name="申请延期").click()
    page.wait_for_url("**/extensions/new/")
    complaints += look(page, "extension-new", screenshots)
    assert complaints == []


def test_a_draft_survives_a_closed_window(page: Page, measure: Measure) -> None:
    sign_in(page, "reporter")
    page.goto(measure.get_absolute_url())
    page.get_by_label("整改成效（公开用语）").fill(OUTCOME)
    page.goto("/desk/")
    page.goto(measure.get_absolute_url())
    page.get_by_role("button", name="恢复草稿").click()
    expect(page.get_by_label("整改成效（公开用语）")).to_have_value(OUTCOME)
    expect(page.locator("[data-preview-text]")).to_have_text(f"{OUTCOME}。")


def test_the_office_decides_and_assigns_many(page: Page, measure: Measure, screenshots: Path | None) -> None:
    aspect = measure.finding.aspect
    for number in range(500):
        make_measure(measure.finding, plan=f"第{number}项具体措施。", due_on=day(number % 90))
    make_finding(aspect, title="没有牵头单位的问题")
    sign_in(page)
    complaints = look(page, "desk-office", screenshots)
    page.get_by_role("link", name="延期 1", exact=True).click()
    page.wait_for_url("**/desk/?kind=extension")
    page.get_by_role("link", name="审批：", exact=False).click()
    page.get_by_label("同意", exact=True).check()
    page.get_by_label("审批意见").fill("同意。")
    complaints += look(page, "extension", screenshots)
    page.get_by_role("button", name="保存审批").click()
    expect(page.get_by_text("已保存审批意见。")).to_be_visible()
    page.goto(f"/inspections/{measure.inspection_id}/measures/?per_page=200")
    page.get_by_label("选择本页全部").check()
    expect(page.get_by_text("已选 200 条")).to_be_visible()
    page.get_by_label("选择本页全部").uncheck()
    for box in page.locator("input[name=row]").all()[:3]:
        box.check()
    expect(page.get_by_text("已选 3 条")).to_be_visible()
    complaints += look(page, "measures-picked", None)
    page.get_by_role("button", name="批量指定责任和时限").click()
    page.wait_for_url("**/measures/assign/**")
    complaints += look(page, "assign", screenshots)
    page.get_by_label("完成时限").fill(day(15).isoformat())
    page.get_by_role("button", name="写入所选 3 条").click()
    expect(page.get_by_text("选了 3 条，3 条已按要求保存。")).to_be_visible()
    complaints += look(page, "assigned", screenshots)
    assert complaints == []


def test_a_leader_reads_it_on_a_phone(page: Page, measure: Measure, screenshots: Path | None) -> None:
    make_user(username="leader", name="郑分管", password=PASSWORD, role="leader")
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "leader")
    page.locator(".tile", has_text="在别人手上").click()
    page.wait_for_url("**/desk/?show=others")
    expect(page.get_by_role("link", name="热线办理质效不稳定")).to_be_visible()
    assert look(page, "desk-leader", screenshots) == []
