"""Lists printed from the browser: headings on each page, nothing cut off, type that can be read."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Page

from accounts.models import User
from findings.factories import make_aspect, make_finding, make_inspection, make_measure, make_unit
from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_list_longer_than_a_page_has_its_headings_on_each(page: Page, clerk: User, tmp_path: Path) -> None:
    inspection = make_inspection(name="2026年区委第三轮巡察")
    aspect = make_aspect(inspection, title="推动决策部署落地见效存在温差")
    for number in range(1, 16):
        finding = make_finding(aspect, title=f"题{number:02}")
        for _ in range(3):
            make_measure(finding, plan=f"第{number}项措施建立督查台账逐条对账销号。")
    sign_in(page)
    for key in ("problems", "register"):
        page.goto(f"/inspections/{inspection.pk}/lists/{key}/?per_page=100")
        page.wait_for_load_state()
        page.pdf(path=tmp_path / f"{key}.pdf", prefer_css_page_size=True)
        with pypdfium2.PdfDocument(tmp_path / f"{key}.pdf") as document:
            texts = []
            for sheet in document:
                words = sheet.get_textpage()
                text = words.get_text_range()
                sizes = [pdfium.FPDFText_GetFontSize(words.raw, at) for at, one in enumerate(text) if one.strip()]
                assert min(size for size in sizes if size > 1) >= 9, key  # 1: characters that pdfium adds
                assert sheet.get_width() > sheet.get_height()
                texts.append(re.sub(r"\s", "", text))
        printed = "".join(texts)
        assert all(f"题{number:02}" in printed for number in range(1, 16)), key
        assert all("反馈问题" in text for text in texts), key
    assert len(texts) > 2


def test_the_text_of_a_printed_list_has_the_room_and_dates_keep_their_line(page: Page, clerk: User) -> None:
    finding = make_finding(make_aspect(make_inspection()), lead_unit=make_unit(name="市场监督管理综合科"))
    make_measure(finding, plan="建立督查台账，逐条对账销号，" * 4, due_on=dt.date(2099, 10, 12))
    sign_in(page)
    page.goto(f"/inspections/{finding.inspection_id}/measures/")
    page.set_viewport_size({"width": 718, "height": 1000})  # of A4 between its margins
    page.emulate_media(media="print")
    widths = page.locator(".list-table tbody td").evaluate_all("all => all.map((one) => one.offsetWidth)")
    assert page.locator("td.col-text").evaluate("one => one.offsetWidth") == max(widths)
    assert page.locator("td", has_text="已填").evaluate("one => one.offsetWidth") >= 67  # 11月30日 in 11 pt
    assert max(widths[-4:-2]) < 200  # the deadline breaks between date and distance
