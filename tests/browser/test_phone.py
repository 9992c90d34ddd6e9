"""On a phone: the leader consents on his way, the office looks something up, a newcomer is told what is missing."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from findings.choices import Status
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
from findings.models import Finding, ReviewStage
from findings.workflow import StepName, take_step
from findings.workflow.saving import workflow_writer
from tests.browser.conftest import PASSWORD, arrived, look, sign_in
from tests.browser.test_walk import LONG_NAME
from tests.uploads import pdf, png, stored_evidence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SMALLEST = 24  # pixels a finger needs, after WCAG 2.5.8


@pytest.fixture
def finding(clerk: User) -> Finding:
    """A finding with two files, submitted by the office and waiting for the leader's consent."""
    body = make_unit(name=LONG_NAME)
    unit = make_unit(name=f"{LONG_NAME}第一分中心"[:60], parent=body)
    leader = make_user(username="leader", name="贺望舒", password=PASSWORD)
    make_grant(leader, "leader", body)
    make_member(body, leader, title="党组书记、主任")
    inspection = make_inspection(name="2026年区委第三轮巡察", unit=body)
    workflow_writer.create(ReviewStage(inspection=inspection, order=1, name="分管领导审核", role="leader"))
    aspect = make_aspect(inspection, title="推动决策部署落地见效存在温差")
    made = make_finding(aspect, title="督查工作重部署轻问效，跟踪问效不够", lead_unit=unit, due_on=dt.date(2026, 6, 30))
    measure = make_measure(made, plan="建立督查台账，逐条对账销号。", completed_on=dt.date(2026, 5, 1))
    stored_evidence(measure, clerk, "一份名称非常长的会议纪要" * 6 + ".png", png())
    stored_evidence(measure, clerk, "实施方案.pdf", pdf(2))
    take_step(StepName.REPORT, measure, clerk, measure.version)
    take_step(StepName.VERIFY, measure, make_user(name="孙督查", role="supervisor"), measure.version)
    made.refresh_from_db()
    take_step(StepName.SUBMIT, made, clerk, made.version)
    return made


def tap(target: Locator) -> None:
    """With a finger: the target is large enough, and nothing lies above it."""
    box = target.bounding_box()
    assert box, target
    assert min(box["width"], box["height"]) >= SMALLEST, (target, box)
    target.tap()


def test_a_leader_consents_on_a_phone(phone: Page, finding: Finding, screenshots: Path | None) -> None:
    own = finding.get_absolute_url()
    from_list = f"**{own}?back=*"  # opened in a filtered list, to which it leads back
    sign_in(phone, "leader")
    complaints = look(phone, "phone-desk", screenshots, ["phone"])
    tap(phone.get_by_role("link", name="审核：1-1"))
    arrived(phone, "**/queue/?**")
    phone.goto(f"/inspections/{finding.inspection_id}/findings/?turn=review")
    complaints += look(phone, "phone-findings", screenshots, ["phone"])
    phone.get_by_role("link", name=finding.title).tap()
    arrived(phone, from_list)
    complaints += look(phone, "phone-finding", screenshots, ["phone"])
    phone.locator(".thumb[title='实施方案.pdf']").tap()
    arrived(phone, "**/evidence/*/?back=*")
    expect(phone.get_by_role("img", name="实施方案.pdf，第 1 页")).to_have_js_property("naturalWidth", 1200)
    complaints += look(phone, "phone-evidence", screenshots, ["phone"])
    tap(phone.get_by_role("link", name="上一份"))
    expect(phone.get_by_text("第 1 份，共 2 份")).to_be_visible()
    phone.get_by_role("link", name=finding.title).last.tap()
    arrived(phone, f"{from_list}#evidence").evaluate("scrollTo(0, 0)")
    consent = phone.get_by_role("link", name="审核同意…", exact=True)
    expect(consent).to_be_in_viewport()
    tap(consent)
    arrived(phone, "**/review/?back=*").get_by_label("意见").fill("同意销号。")
    complaints += look(phone, "phone-review", screenshots, ["phone"])
    tap(phone.get_by_role("button", name="确认审核同意"))
    expect(arrived(phone, from_list).get_by_text("已审核同意。")).to_be_visible()
    tap(phone.get_by_role("link", name="通知，1 条未读"))
    arrived(phone, "**/notices/")
    complaints += look(phone, "phone-notices", screenshots, ["phone"])
    tap(phone.get_by_role("button", name=finding.title))
    arrived(phone, f"**{own}")
    assert complaints == []
    assert finding.steps.filter(transition="review", taken_by__username="leader").exists()


def test_the_queue_on_a_phone(phone: Page, finding: Finding, screenshots: Path | None) -> None:
    sign_in(phone, "leader")
    tap(phone.locator(".topbar-menu"))
    complaints = look(phone, "phone-menu", screenshots, ["phone"])
    tap(phone.locator(".sidebar a", has_text="审核"))
    arrived(phone, "**/queue/")
    complaints += look(phone, "phone-queue", screenshots, ["phone"])
    tap(phone.locator(".queue-row").get_by_role("link", name=finding.title))
    arrived(phone, "**/queue/?open=finding-*")
    expect(phone.locator("[data-pane] h2").first).to_be_in_viewport()
    tap(phone.get_by_role("button", name="审核同意"))
    expect(phone.get_by_text("没有等您核实、审核、销号或批延期的事项。")).to_be_visible()
    complaints += look(phone, "phone-queue-empty", screenshots, ["phone"])
    finding.refresh_from_db()
    assert (finding.status, finding.steps.filter(transition="review").count()) == (Status.SUBMITTED, 1)
    assert complaints == []


def test_the_office_on_a_phone(phone: Page, finding: Finding, screenshots: Path | None) -> None:
    inspection, measure = finding.inspection, finding.measures.get()
    sign_in(phone)
    complaints = look(phone, "phone-desk-office", screenshots, ["phone"])
    tap(phone.locator(".topbar-menu"))
    tap(phone.get_by_role("link", name="巡察整改", exact=True))
    arrived(phone, "**/inspections/").get_by_role("link", name=inspection.name).tap()
    arrived(phone, f"**{inspection.get_absolute_url()}")
    complaints += look(phone, "phone-inspection", screenshots, ["phone"])
    for tab, address in {
        "问题": "findings",
        "措施": "measures",
        "材料": "evidence",
        "督办": "supervision",
    }.items():
        phone.get_by_role("navigation", name="本次巡察").get_by_role("link", name=re.compile(f"^{tab}")).tap()
        arrived(phone, f"**/{address}/")
        expect(phone.locator(".tabs .active").first).to_be_in_viewport(ratio=1)
        complaints += look(phone, f"phone-{address}", screenshots, ["phone"])
    phone.goto(measure.get_absolute_url())
    complaints += look(phone, "phone-measure", screenshots, ["phone"])
    # It is verified: its form is opened on purpose, and asks why.
    phone.goto(f"{measure.get_absolute_url()}?edit=on")
    complaints += look(phone, "phone-sheet", screenshots, ["phone"])
    phone.get_by_label("修改理由").fill("核对台账后更正。")
    phone.get_by_label("整改成效（公开用语）").fill("建立督查台账 1 本。")
    tap(phone.get_by_role("button", name="保存", exact=True))
    expect(phone.get_by_text("已保存。")).to_be_visible()
    assert complaints == []


def test_who_has_nothing_to_do_is_told_so(phone: Page, clerk: User, screenshots: Path | None) -> None:
    unit = make_unit(name="综合科")
    newcomer = make_user(username="newcomer", name="周新来", password=PASSWORD)
    sign_in(phone, "newcomer")
    expect(phone.get_by_text("您的账号还没有角色，所以看不到巡察整改的内容。")).to_be_visible()
    complaints = look(phone, "phone-no-role", screenshots, ["phone"])
    phone.get_by_role("link", name="看看有哪些角色").tap()
    arrived(phone, "**/roles/")
    complaints += look(phone, "phone-roles", screenshots, ["phone"])
    make_member(unit, newcomer)
    make_grant(newcomer, "reporter", unit)
    for address, words in {
        "/desk/": "现在没有等您办理的事项。",
        "/inspections/": "还没有",
        "/notices/": "还没有通知。",
        "/queue/": "只有督查员",
    }.items():
        phone.goto(address)
        expect(phone.locator("main")).to_contain_text(words)
        complaints += look(phone, f"phone-empty{address.replace('/', '-')}", screenshots, ["phone"])
    assert complaints == []
