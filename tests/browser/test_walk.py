"""The main job in a browser: sign in, open the finding, edit a measure, see it in the preview, take the PDF."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.sign_in.passwords import reset_password
from accounts.sign_in.sessions import end_sessions
from findings.choices import Completion, Status
from findings.factories import closing_fields, make_finding, make_member, make_regulation, make_unit
from findings.models import Finding, Inspection, Measure, Progress
from reports.importing import store
from reports.parsing import parse
from tests.accounts.conftest import browser_of
from tests.browser.conftest import look, sign_in
from tests.raw_writes import unchecked_writes
from tests.test_repository import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG_NAME = "青岚区人民政府办公室行政事务与公务用车保障服务中心及政务公开电子政务信息化建设综合协调推进工作专班办公室"


@pytest.fixture
def inspection(clerk: User) -> Inspection:
    """The demo report as records, with units, dates, statuses and a sub-finding."""
    text = (ROOT / "rectify" / "demo" / "report.txt").read_text(encoding="utf-8")
    made = store(parse(text), text).inspection
    unit = make_unit(name=LONG_NAME, short_name="")
    make_member(unit, clerk, title="主任")
    findings = Finding.objects.of(made)
    with unchecked_writes():
        findings.update(lead_unit=unit, due_on=dt.date(2026, 12, 20))
    first, second, third = findings.order_by("aspect__order", "order")[:3]
    with unchecked_writes():
        Finding.objects.filter(pk=first.pk).update(
            long_term=True, **closing_fields(clerk, dt.date(2026, 6, 1), Completion.SUBSTANTIALLY)
        )
        Finding.objects.filter(pk=second.pk).update(due_on=dt.date(2026, 2, 1), status=Status.IN_PROGRESS)
    make_finding(parent=third, title="分项问题一")
    with unchecked_writes():
        Measure.objects.filter(finding=first).update(completed_on=dt.date(2026, 5, 1))
        Progress.objects.create(
            measure=first.measures.earliest("order"),
            text="已经开会研究。",
            reported_on=dt.date(2026, 3, 1),
            logged_by=clerk,
        )
    make_regulation(made, title="督查工作规程", document_number="青政办发〔2026〕7号", issued_on=dt.date(2026, 3, 2))
    return made


def test_the_main_job(page: Page, inspection: Inspection) -> None:
    sign_in(page)
    page.get_by_role("link", name=inspection.name).first.click()
    page.get_by_role("link", name=re.compile("^问题")).first.click()
    page.get_by_role("link", name="理论武装学用脱节").first.click()
    page.get_by_role("link", name="填报").first.click()
    # The finding is signed off: what is read is edited on purpose, and with a reason.
    page.locator("summary", has_text="修改").click()
    page.get_by_role("link", name=re.compile("^更正进展")).click()
    page.get_by_label("整改成效（公开用语）").fill("把成果转化作为检验学习的标尺，形成调研报告9篇。")
    page.get_by_label("修改理由").fill("按台账更正。")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("link", name="报告", exact=True).click()
    sentence = page.get_by_role("link", name="把成果转化作为检验学习的标尺，形成调研报告9篇。")
    expect(sentence).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 PDF").click()
    assert download.value.suggested_filename == "中共青岚区人民政府办公室党组关于区委巡察整改情况的报告.pdf"
    reader = pypdf.PdfReader(io.BytesIO(download.value.path().read_bytes()))
    printed = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    assert "一是把成果转化作为检验学习的标尺，形成调研报告9篇。二是" in printed
    sentence.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/measures/" in page.url


def test_a_text_becomes_records(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="导入反馈和报告").click()
    text = (ROOT / "rectify" / "demo" / "report.txt").read_text(encoding="utf-8")
    page.get_by_label("全文").fill(text)
    page.get_by_role("button", name="读取", exact=True).click()
    page.get_by_text("问题 1　理论武装学用脱节").click()
    page.get_by_role("button", name="放进巡察", exact=True).click()
    expect(page.get_by_text("已导入 3 个方面、14 个问题、50 条措施。")).to_be_visible()
    page.get_by_role("link", name="理论武装学用脱节").click()
    page.get_by_role("link", name="填报").first.click()
    expect(page.get_by_label("整改成效（公开用语）")).to_have_value(re.compile("^把成果转化作为检验学习的标尺"))


PAGES = {
    "desk": "/desk/",
    "inspections": "/inspections/",
    "inspection": "/inspections/{inspection}/",
    "findings": "/inspections/{inspection}/findings/",
    "findings-filtered": "/inspections/{inspection}/findings/?status=closed&q=理论",
    "findings-none": "/inspections/{inspection}/findings/?q=没有这样的问题",
    "finding": "/findings/{finding}/",
    "finding-edit": "/findings/{finding}/edit/",
    "measures": "/inspections/{inspection}/measures/",
    "measure": "/measures/{measure}/",
    "measures-assign": "/inspections/{inspection}/measures/assign/",
    "regulations": "/inspections/{inspection}/regulations/",
    "units": "/units/",
    "import": "/import/",
    "report": "/inspections/{inspection}/report/",
    "report-masked": "/inspections/{inspection}/report/?edition=masked",
    "report-details": "/inspections/{inspection}/report/details/",
    "not-found": "/findings/999999/",
}


@pytest.mark.looks
def test_axe_and_the_width_find_nothing_on_pages_full_of_records(
    page: Page, inspection: Inspection, screenshots: Path | None
) -> None:
    page.goto("/accounts/login/")
    complaints = look(page, "login", screenshots)
    sign_in(page)
    finding = Finding.objects.of(inspection).top_level().earliest("aspect__order", "order")
    numbers = {"inspection": inspection.pk, "finding": finding.pk, "measure": finding.measures.earliest("order").pk}
    for name, address in PAGES.items():
        page.goto(address.format(**numbers))
        complaints += look(page, name, screenshots)
    page.goto("/inspections/")
    page.locator(".user-menu summary").click()
    # The menu is white below a red bar whose links are white; axe does not compare the two.
    expect(page.get_by_role("link", name="我的账号")).not_to_have_css("color", "rgb(255, 255, 255)")
    complaints += look(page, "menu", screenshots)
    assert complaints == []


def test_signing_in_again_and_with_a_password_that_must_be_changed(
    page: Page, clerk: User, screenshots: Path | None
) -> None:
    sign_in(page)
    end_sessions(clerk)
    page.goto("/units/")
    complaints = look(page, "login-again", screenshots)
    initial = reset_password(clerk)
    page.get_by_label("用户名").fill("clerk")
    page.get_by_label("密码").fill(initial)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/accounts/password/")
    complaints += look(page, "password-forced", screenshots)
    page.get_by_label("现在的密码").fill(initial)
    page.get_by_label("新密码", exact=False).first.fill("xuncha")
    page.get_by_label("再输一遍新密码").fill("xuncha")
    page.get_by_role("button", name="修改密码").click()
    expect(page.locator(".form-errors")).to_be_visible()
    complaints += look(page, "password-refused", screenshots)
    page.get_by_label("现在的密码").fill(initial)
    page.get_by_label("新密码", exact=False).first.fill("Battery-staple-2")
    page.get_by_label("再输一遍新密码").fill("Battery-staple-2")
    page.get_by_role("button", name="修改密码").click()
    page.wait_for_url("**/desk/")
    browser_of("clerk", "Battery-staple-2")
    page.goto("/accounts/profile/")
    complaints += look(page, "profile-two-devices", screenshots)
    page.get_by_role("button", name="退出该设备").click()
    expect(page.get_by_text("已退出设备“")).to_be_visible()
    page.get_by_text("王整改").first.click()
    page.get_by_role("button", name="退出登录").click()
    for _ in range(5):
        page.get_by_label("用户名").fill("clerk")
        page.get_by_label("密码").fill("wrong")
        page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("已锁定 15 分钟")).to_be_visible()
    assert complaints + look(page, "login-locked", screenshots) == []


def test_pages_without_anything_say_so(page: Page, screenshots: Path | None) -> None:
    sign_in(page)
    expect(page.get_by_text("现在没有等您办理的事项。")).to_be_visible()
    assert look(page, "desk-empty", screenshots) == []
    page.goto("/inspections/")
    assert look(page, "inspections-empty", screenshots) == []
    page.goto("/units/")
    assert look(page, "units-empty", screenshots) == []
