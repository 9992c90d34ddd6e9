"""The records beside the measures in a browser: filed from the finding, sampled, looked at in both sizes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import (
    closing_fields,
    make_accountability,
    make_aspect,
    make_finding,
    make_inspection,
    make_recovery,
    make_regulation,
    make_spot_check,
    make_supervision,
    make_unit,
)
from findings.models import Finding
from tests.browser.conftest import look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def finding(clerk: User) -> Finding:
    """A closed long-term finding with something of everything filed with it."""
    body = make_unit(name="区政府办")
    unit = make_unit(name="综合科", parent=body)
    inspection = make_inspection(name="第三轮巡察", unit=body)
    aspect = make_aspect(inspection)
    day = timezone.localdate() - dt.timedelta(days=3)
    made = make_finding(
        aspect,
        title="督查工作重部署轻问效，督查结果运用不够充分",
        lead_unit=unit,
        long_term=True,
        review_cycle_months=6,
        next_review_on=day,
        **closing_fields(clerk, dt.date(2026, 6, 1)),
    )
    other = make_finding(
        aspect, title="公务用车管理不够严格", lead_unit=unit, **closing_fields(clerk, dt.date(2026, 6, 1))
    )
    make_regulation(inspection, title="督查工作规程", document_number="青政办发〔2026〕7号", finding=made)
    make_accountability(inspection, finding=made, persons=124, person_times=127, decided_on=day)
    make_accountability(inspection, kind="case", persons=13, person_times=13)
    make_recovery(inspection, finding=made, amount=Decimal("1234567.80"), recovered_on=day, voucher="00012345")
    make_recovery(inspection, kind="saved", amount=Decimal("0.50"))
    found = "现场查看督查台账，发现三份通知没有回复，两份台账没有领导签字，已当场指出。"
    record = {"findings": [made], "units": [unit], "held_on": day, "found": found, "demand": "十日内补齐。"}
    make_supervision(inspection, kind="notice", number="青巡办〔2026〕3号", answer_due_on=day, **record)
    make_supervision(inspection, kind="visit", **record)
    make_spot_check(clerk, made, other)
    return made


PAGES = {
    "finding-filed": "/findings/{finding}/",
    "accountability": "/inspections/{inspection}/accountability/",
    "accountability-new": "/inspections/{inspection}/accountability/new/?finding={finding}",
    "recoveries": "/inspections/{inspection}/recoveries/",
    "supervision": "/inspections/{inspection}/supervision/",
    "supervision-new": "/inspections/{inspection}/supervision/new/?finding={finding}",
    "supervision-one": "/supervision/{supervision}/",
    "spot-checks": "/inspections/{inspection}/spot-checks/",
    "spot-check": "/spot-checks/{check}/",
    "spot-check-item": "/spot-check-items/{item}/edit/",
    "reviews": "/inspections/{inspection}/reviews/",
}


@pytest.mark.looks
def test_axe_and_the_width_find_nothing(page: Page, finding: Finding, screenshots: Path | None) -> None:
    sign_in(page)
    item = finding.spot_check_items.get()
    numbers = {
        "inspection": finding.inspection_id,
        "finding": finding.pk,
        "supervision": finding.supervision.earliest("pk").pk,
        "check": item.spot_check_id,
        "item": item.pk,
    }
    complaints = []
    for name, address in PAGES.items():
        page.goto(address.format(**numbers))
        for fold in page.locator("main details:not([open]) > summary").all():
            if fold.is_visible():
                fold.click()
        complaints += look(page, name, screenshots)
    empty = make_inspection(name="第四轮巡察")
    for name in ("accountability", "recoveries", "supervision", "spot-checks", "reviews"):
        page.goto(f"/inspections/{empty.pk}/{name}/")
        complaints += look(page, f"{name}-empty", screenshots)
    assert complaints == []


def test_money_is_registered_from_the_finding(page: Page, finding: Finding) -> None:
    sign_in(page)
    page.goto(finding.get_absolute_url())
    page.locator("#related-records .menu > summary").click()
    page.get_by_role("link", name="登记资金情况").click()
    page.get_by_label("类型").select_option(label="清退")
    page.get_by_label("金额（元）").fill("1.2万元")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/findings/*/")
    expect(page.get_by_text("已登记：清退 12,000.00 元。")).to_be_visible()
    expect(page.locator("#related-records").get_by_role("link", name="清退 12,000.00 元")).to_be_visible()


def test_a_sample_is_drawn(page: Page, finding: Finding) -> None:
    sign_in(page)
    page.goto(f"/inspections/{finding.inspection_id}/spot-checks/")
    page.get_by_role("link", name="抽样", exact=True).click()
    page.get_by_label("抽查比例").fill("50")
    page.get_by_role("button", name="抽样").click()
    expect(page.get_by_text("已抽中 1 个问题。")).to_be_visible()
    expect(page.get_by_text("用同一种子重新抽样，结果一致")).to_be_visible()
