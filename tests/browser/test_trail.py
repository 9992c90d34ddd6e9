"""The trail's pages in a browser: both sizes, axe, and the way from the list to an event and back by its request."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.audit import events
from accounts.models import Action, Result
from findings.factories import make_finding, make_unit, make_user
from tests.browser.conftest import PASSWORD, look, sign_in
from tests.browser.test_walk import LONG_NAME

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def _trail(transactional_db: None) -> None:
    """A page and a bit of everything that can be recorded, and who may read it."""
    make_user(username="auditor", name="裴知秋", password=PASSWORD, role="audit_officer")
    reporter = make_user(name="王强")
    reporter.grants.create(role="reporter", unit=make_unit(name=LONG_NAME))
    finding = make_finding(title="督查工作重部署轻问效，跟踪问效不够，督查通报整改闭环管理落实不到位")
    for number in range(60):
        result = list(Result)[number % 4]
        reason = "程序出错（KeyError）" if result == Result.FAILED else ""
        events.record(
            Action.CHANGE, finding, result=result, before=number, after=number + 1, reason=reason, user=reporter
        )


@pytest.mark.usefixtures("_trail")
def test_the_trail_can_be_looked_through(page: Page, screenshots: Path | None) -> None:
    sign_in(page, "auditor", "**/accounts/audit/")
    complaints = look(page, "trail", screenshots)
    page.get_by_role("link", name="往前查更早的").click()
    expect(page.get_by_role("link", name="回到最新")).to_be_visible()
    page.get_by_label("人员").fill("无此人")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.get_by_text("没有符合这些条件的审计记录。")).to_be_visible()
    complaints += look(page, "trail-none", screenshots)
    page.get_by_role("link", name="清除筛选").first.click()
    page.get_by_role("cell", name="修改").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("审计记录第")
    complaints += look(page, "trail-event", screenshots)
    page.get_by_role("link", name="同一请求的记录").click()
    expect(page.get_by_text("请求编号：")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出为 CSV").click()
    assert download.value.suggested_filename.startswith("审计记录-")
    assert complaints == []
