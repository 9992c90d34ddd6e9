"""The dashboard of an inspection on a phone, on a desk and on paper."""

from __future__ import annotations

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from playwright.sync_api import Page, PdfMargins, expect

from accounts.models import User
from findings.factories import (
    closing_fields,
    make_aspect,
    make_extension,
    make_finding,
    make_inspection,
    make_measure,
    make_unit,
    make_user,
    submission_fields,
)
from findings.models import Inspection, ReviewStage
from findings.workflow.saving import workflow_writer
from tests.browser.conftest import ALL_WIDTHS, PASSWORD, arrived, day, look, sign_in
from tests.browser.test_walk import LONG_NAME

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOARD = "/dashboard/"
MARGINS: PdfMargins = {"top": "8mm", "right": "8mm", "bottom": "8mm", "left": "8mm"}
FIRST_ACT = 700  # pixels from the top of a phone within which the first act of mine ends
SMALLEST_LABEL = 12  # pixels of the letters of a chart


@pytest.fixture
def inspection(clerk: User) -> Inspection:
    """An inspection with findings in every state, units with the longest names, and two things for the leader."""
    body = make_unit(name=LONG_NAME)
    make_user(username="leader", name="纪云帆", password=PASSWORD, role="leader")
    inspection = make_inspection(
        name="2026年区委第五轮巡察·区文旅体局党组", unit=body, feedback_on=day(-120), extensions_by="leader"
    )
    workflow_writer.create(ReviewStage(inspection=inspection, order=1, name="分管领导审签", role="leader"))
    units = [make_unit(name=f"{LONG_NAME}第{number}分中心"[:60], parent=body) for number in (1, 2)]
    units += [make_unit(name=name, parent=body) for name in ("市场管理科", "文物保护科", "体育科")]
    person = make_user(name="阿依努尔·麦麦提吐尔逊·艾则孜汗")
    for number in range(3):
        aspect = make_aspect(inspection, title="推动决策部署落地见效存在温差" * 2, short_title="")
        for at, unit in enumerate(units):
            fields = {"lead_unit": unit, "person_in_charge": person, "responsible_leader": clerk}
            title = "督查工作重部署轻问效，跟踪问效不够"
            if at == 0:
                signed = closing_fields(clerk, day(-30 - 9 * number))
                make_finding(aspect, title=title, due_on=day(-35), **fields, **signed)
            elif at < 3 and number < 2:
                make_measure(make_finding(aspect, title=title, due_on=day(-9 * at), **fields))
            else:
                make_finding(aspect, title=title, due_on=day(9 * at + 30 * number), **fields)
    asked = make_finding(
        aspect, title="三会一课记录不规范", due_on=day(2), lead_unit=units[2], **submission_fields(person)
    )
    make_extension(make_measure(asked, due_on=day(10)), reason="设备招标流标一次。")
    return inspection


def test_a_leader_reads_it_on_a_phone(phone: Page, inspection: Inspection, screenshots: Path | None) -> None:
    sign_in(phone, "leader")
    phone.goto(BOARD)
    expect(phone.get_by_role("heading", level=1)).to_have_text("16 个问题，已销号 3 个，4 个应完未完")
    first = phone.locator(".btn-primary").first
    box = first.bounding_box()
    assert box
    assert box["y"] + box["height"] <= FIRST_ACT
    assert box["height"] >= 36
    assert look(phone, "board", screenshots) == []
    phone.get_by_text("图上的数").click()
    assert look(phone, "board-numbers", screenshots, ["phone"]) == []
    phone.get_by_role("link", name="4 应完未完").click()
    arrived(phone, "**/findings/?counted=on&status=outstanding")
    expect(phone.get_by_role("link", name="督查工作重部署轻问效")).to_have_count(4)
    phone.goto(BOARD)
    first.click()
    arrived(phone, "**/queue/?open=finding-*")
    expect(phone.locator("[data-pane]")).to_contain_text("三会一课记录不规范")


def test_no_width_is_too_wide_and_the_letters_of_the_chart_stay_large(page: Page, inspection: Inspection) -> None:
    sign_in(page, "leader")
    for width in ALL_WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(BOARD)
        assert page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth") <= 0, width
        shown = page.locator("svg.chart:visible")
        expect(shown).to_have_count(1)
        scale = shown.evaluate("chart => chart.getBoundingClientRect().width / chart.viewBox.baseVal.width")
        # 320 pixels are a window of 1280 at 400 %, whose letters are four times as large.
        assert scale * SMALLEST_LABEL >= SMALLEST_LABEL or width == 320, width


def test_it_prints_on_one_page(page: Page, inspection: Inspection, tmp_path: Path) -> None:
    sign_in(page, "leader")
    page.goto(BOARD)
    expect(page.get_by_role("button", name="打印一页")).to_be_visible()
    page.pdf(path=tmp_path / "board.pdf", format="A4", margin=MARGINS, prefer_css_page_size=True)
    with pypdfium2.PdfDocument(tmp_path / "board.pdf") as document:
        assert len(document) == 1
        assert document[0].get_width() < document[0].get_height()
        words = "".join(document[0].get_textpage().get_text_range().split())
    assert "16个问题，已销号3个，4个应完未完" in words
    assert "合计" in words
    assert "口径" in words
    assert "打印一页" not in words
    assert "等您签批" not in words
