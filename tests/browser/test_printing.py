"""Lists printed from the browser: headings on each page, nothing cut off, type that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Page

from accounts.models import User
from findings.factories import make_aspect, make_finding, make_inspection, make_measure
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
