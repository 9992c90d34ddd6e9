"""Long and wide lists in the browser: what stays in sight, what is readable, what is printed and what is kept."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import cast

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import make_aspect, make_finding, make_inspection, make_measure, make_unit
from findings.models import Inspection
from tests.browser.conftest import ALL_WIDTHS, look, sign_in, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_NAME = (
    "青岚区住房和城乡建设局房屋安全和物业服务监督管理科（青穗片区"
    "老旧小区改造和既有住宅加装电梯工作推进专班办公室综合协调组）"
)
ROWS = 500
BOX = "element => { const box = element.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom]; }"


@pytest.fixture
def long_list(clerk: User) -> Inspection:
    """Five hundred findings of a unit with a name of sixty characters."""
    assert len(LONG_NAME) == 60
    inspection = make_inspection(name="2026年区委第三轮巡察")
    unit = make_unit(name=LONG_NAME)
    aspect = make_aspect(inspection, title="推动决策部署落地见效存在温差")
    for number in range(ROWS):
        due = dt.date(2026, 12, 1) + dt.timedelta(days=number)
        finding = make_finding(aspect, title=f"台账登记不完整（{number}）", lead_unit=unit, due_on=due)
        if number < 30:
            make_measure(finding, plan=f"逐条对照台账销号（{number}）", due_on=due)
    return inspection


def box_of(page: Page, selector: str) -> list[float]:
    """Left, top, right and bottom of the first element, in the window."""
    return cast(list[float], page.locator(selector).first.evaluate(BOX))


def test_long_names_are_readable_in_full_at_every_width(
    page: Page, long_list: Inspection, screenshots: Path | None
) -> None:
    sign_in(page)
    lists = {
        "findings": f"/inspections/{long_list.pk}/findings/",
        "measures": f"/inspections/{long_list.pk}/measures/",
        "problems": f"/inspections/{long_list.pk}/lists/problems/",
        "tasks": f"/inspections/{long_list.pk}/lists/tasks/",
    }
    complaints = []
    for name, address in lists.items():
        page.goto(address)
        cell = page.locator("td").filter(has_text=LONG_NAME).first
        complaints += too_wide(page, name, ALL_WIDTHS)
        for width in ALL_WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            # Nothing of the name lies outside of its cell, and no ellipsis stands for the rest.
            cut = cell.evaluate(
                "cell => [cell, ...cell.querySelectorAll('*')].some(one =>"
                " one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline'"
                " || getComputedStyle(one).textOverflow === 'ellipsis'"
                " || getComputedStyle(one).webkitLineClamp !== 'none')"
            )
            if cut:
                complaints.append(f"{name} at {width}: the name of the unit is cut")
        if name in {"measures", "problems"}:
            page.set_viewport_size({"width": 1440, "height": 900})
            complaints += look(page, name, screenshots)
    assert complaints == []


def test_head_and_first_columns_stay_in_sight(page: Page, long_list: Inspection) -> None:
    sign_in(page)
    page.set_viewport_size({"width": 1024, "height": 800})
    page.goto(f"/inspections/{long_list.pk}/findings/")
    place = page.locator(".table-scroll")
    assert place.evaluate("place => place.scrollWidth > place.clientWidth")
    place.evaluate("place => place.scrollTo(150, 600)")
    left, top = box_of(page, ".table-scroll")[:2]
    head = box_of(page, "th.stick")
    assert head[1] == pytest.approx(top, abs=2)
    assert box_of(page, "th.col-select")[0] == pytest.approx(left, abs=2)
    assert box_of(page, "td.col-select")[0] == pytest.approx(left, abs=2)
    assert box_of(page, "td.stick")[0] == pytest.approx(left + 44, abs=2)
    # What lies on top at the place of the first heading is that heading, not one that was scrolled below it.
    found = page.evaluate(f"document.elementFromPoint({head[0] + 20}, {head[1] + 15}).closest('th').textContent")
    assert found == "编号"

    page.set_viewport_size({"width": 1440, "height": 800})
    page.goto(f"/inspections/{long_list.pk}/findings/")
    page.mouse.wheel(0, 3000)
    page.wait_for_timeout(300)
    bar = box_of(page, ".topbar")
    assert box_of(page, "th.stick")[1] == pytest.approx(bar[3], abs=2)


def test_a_wide_list_shows_that_there_is_more_and_keeps_two_columns(page: Page, long_list: Inspection) -> None:
    sign_in(page)
    page.set_viewport_size({"width": 1200, "height": 1000})
    page.goto(f"/inspections/{long_list.pk}/lists/register/")
    place = page.locator(".table-scroll")
    assert place.evaluate("place => place.scrollWidth > place.clientWidth")
    style = place.evaluate("place => getComputedStyle(place).backgroundAttachment")
    assert style.startswith("local, local, scroll, scroll")
    place.evaluate("place => place.scrollTo(600, 300)")
    left = box_of(page, ".table-scroll")[0]
    assert box_of(page, "td.stick")[0] == pytest.approx(left, abs=2)
    assert box_of(page, "td.stick-next")[0] == pytest.approx(left + 113, abs=2)
    assert box_of(page, "th.stick-next")[0] == pytest.approx(left + 113, abs=2)


def test_chosen_columns_are_kept_and_printed(page: Page, long_list: Inspection, tmp_path: Path) -> None:
    sign_in(page)
    address = f"/inspections/{long_list.pk}/findings/"
    page.goto(f"{address}?timing=scheduled")
    page.locator(".column-menu summary").click()
    page.locator("#column-measures").uncheck()
    form = page.locator(".column-form")
    form.get_by_label("状态").uncheck()
    page.get_by_role("button", name="按勾选显示").click()
    page.wait_for_load_state()
    expect(page.locator("thead")).not_to_contain_text("措施完成")
    assert "timing=scheduled" in page.url
    page.goto(f"{address}?q=台账")
    expect(page.locator("thead")).not_to_contain_text("措施完成")
    page.pdf(path=tmp_path / "list.pdf", prefer_css_page_size=True)
    with pypdfium2.PdfDocument(tmp_path / "list.pdf") as document:
        text = re.sub(r"\s", "", document[0].get_textpage().get_text_range())
    assert "问题2026年区委第三轮巡察" in text
    assert re.search(r"\d{4}年\d+月\d+日\d\d:\d\d打印", text)
    assert "第1–25条，共500条" in text
    assert "筛选条件：关键词“台账”" in text
    assert "没有打印的栏目：状态措施完成" in text
    for control in ("选栏目", "每页", "清除条件", "勾选要一起修改的行", "概览", "工作台"):
        assert control not in text
    page.locator(".column-menu summary").click()
    page.get_by_role("button", name="全部显示").click()
    page.wait_for_load_state()
    expect(page.locator("thead")).to_contain_text("措施完成")


def test_only_headings_that_sort_stand_above_the_cards_of_a_phone(phone: Page, long_list: Inspection) -> None:
    sign_in(phone)
    phone.goto(f"/inspections/{long_list.pk}/findings/")
    shown = [heading.inner_text() for heading in phone.locator("thead th").all() if heading.is_visible()]
    assert [words.rstrip(" ↑↕") for words in shown] == ["编号", "牵头单位", "完成时限", "状态"]


def test_a_new_inspection_is_made_without_opening_what_is_folded(
    page: Page, clerk: User, screenshots: Path | None
) -> None:
    body = make_unit(name="区城管局")
    sign_in(page)
    page.goto("/inspections/new/")
    assert look(page, "inspection-new", screenshots) == []
    page.get_by_label("名称").fill("2026年区委第四轮巡察·区城管局")
    page.get_by_label("派出党委").fill("区委")
    page.get_by_label("巡察组", exact=False).first.fill("区委第四巡察组")
    page.get_by_label("被巡察党组织").fill("区城管局党组")
    page.locator("select[name=unit]").evaluate(f"field => {{ field.value = '{body.pk}' }}")
    page.get_by_label("反馈日期", exact=True).fill("2026-09-10")
    page.get_by_role("button", name="按反馈日期推算期限").click()
    page.wait_for_load_state()
    expect(page.get_by_label("集中整改期限", exact=True)).to_have_value("2027-03-10")
    expect(page.get_by_text("反馈后6个月").last).to_be_visible()
    expect(page.get_by_text("2027年的放假安排在系统里还没有").first).to_be_visible()
    assert Inspection.objects.count() == 0
    page.get_by_role("button", name="保存").click()
    page.wait_for_load_state()
    assert str(Inspection.objects.get().report_due_on) == "2027-03-31"


def test_on_a_phone_a_text_says_its_heading_unless_it_names_the_row(phone: Page, long_list: Inspection) -> None:
    sign_in(phone)
    shown = "one => getComputedStyle(one, '::before').display"
    phone.goto(f"/inspections/{long_list.pk}/lists/tasks/")
    plan = phone.locator('td[data-label="整改措施"]:not(:empty)').first
    assert plan.evaluate(shown) == "block"
    left = phone.locator(".page-actions > *").first.bounding_box()
    assert left and left["x"] < 24  # buttons begin where the heading does
    phone.goto(f"/inspections/{long_list.pk}/findings/")
    assert phone.locator("td.col-text").first.evaluate(shown) == "none"
