"""A letter from its file to the work of a unit: read, corrected with mouse and keyboard, saved, assigned."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document as WordDocument
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.choices import Timing
from findings.factories import make_reporter, make_unit
from findings.models import Finding, Inspection, Unit
from tests.browser.conftest import PASSWORD, NewWindow, look, sign_in, too_wide
from tests.reports.test_letters import word_file
from tests.reports.test_review import LETTER


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A letter in Word with automatic numbers."""
    file = tmp_path / "反馈意见.docx"
    file.write_bytes(word_file(LETTER))
    return file


@pytest.fixture
def long_letter(tmp_path: Path) -> Path:
    """A letter of today on two pages, in which a finding is told twice."""
    today = timezone.localdate()
    text = f"{LETTER}\n4.轮岗超期。\n区委第三巡察组\n{today.year}年{today.month}月{today.day}日"
    document = WordDocument(io.BytesIO(word_file(text)))
    second_page = next(one for one in document.paragraphs if "用人方面" in one.text)
    second_page.paragraph_format.page_break_before = True
    file = tmp_path / "反馈意见.docx"
    document.save(str(file))
    return file


@pytest.fixture
def unit(clerk: User) -> Unit:
    """A unit of the inspected body, with somebody who reports for it."""
    unit = make_unit(name="督查科", parent=make_unit(name="区文体局"))
    make_reporter(unit, username="reporter", name="李填报", password=PASSWORD)
    return unit


def choose(page: Page, words: str, kind: str) -> None:
    """Choose the line with these words and make it something else."""
    page.locator(".read-line", has_text=words).locator("input").check()
    page.get_by_role("button", name=kind, exact=True).click()
    page.wait_for_load_state()


def test_a_letter_is_read_corrected_and_saved(page: Page, clerk: User, letter: Path) -> None:
    sign_in(page)
    page.get_by_role("link", name="导入反馈和报告").click()
    page.set_input_files("input[type=file]", letter)
    page.get_by_role("button", name="读取", exact=True).click()
    choose(page, "抽查发现不够实。", "问题")
    choose(page, "轮岗超期。", "立行立改")
    choose(page, "全年学习4次。", "分项问题")
    page.get_by_role("button", name=re.compile("撤销上一处")).click()
    # The line chosen last is chosen still, in sight, and the arrows lead on from it.
    chosen = page.locator(".read-line input:checked")
    expect(chosen).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".read-line", has=page.locator("input:checked"))).to_contain_text("（一）学习方面")
    assert too_wide(page, "read") == []
    assert Finding.objects.count() == 0
    page.get_by_role("button", name="放进巡察", exact=True).click()
    expect(page.get_by_text("已导入 2 个方面、4 个问题")).to_be_visible()
    assert set(Finding.objects.values_list("title", flat=True)) == {
        "学习不深入",
        "调研不够",
        "抽查发现不够实",
        "轮岗超期",
    }


def chosen_line(page: Page) -> str:
    """The words of the line that is chosen."""
    return page.locator(".read-line", has=page.locator("input:checked")).locator(".read-text").inner_text()


def press(page: Page, key: str) -> None:
    """Press a key that sends the page, and wait for the next one."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_lines_are_corrected_by_keys(page: Page, clerk: User, long_letter: Path) -> None:
    sign_in(page)
    page.goto("/import/")
    page.set_input_files("input[type=file]", long_letter)
    page.get_by_role("button", name="读取", exact=True).click()
    expect(page.locator("[data-read-keys]")).to_be_visible()
    page.keyboard.press("f")  # of no line: nothing happens
    page.keyboard.press("n")
    assert chosen_line(page) == "4.轮岗超期。"
    page.keyboard.press("n")
    page.keyboard.press("p")
    assert chosen_line(page) == "4.轮岗超期。"
    press(page, "x")
    expect(page.get_by_role("button", name="撤销上一处（已改 1 处）")).to_be_visible()
    expect(page.locator(".read-line input:checked")).to_be_focused()
    page.keyboard.press("ArrowUp")
    press(page, "i")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    press(page, "f")
    press(page, "u")
    expect(page.get_by_role("button", name="撤销上一处（已改 2 处）")).to_be_visible()
    name = page.get_by_label("巡察名称")
    name.fill("")
    name.press_sequentially("fatxu")
    expect(name).to_have_value("fatxu")
    expect(page.get_by_role("button", name="撤销上一处（已改 2 处）")).to_be_visible()


def test_a_letter_becomes_the_work_of_a_unit(page: Page, new_window: NewWindow, unit: Unit, long_letter: Path) -> None:
    sign_in(page)
    page.goto("/import/")
    page.set_input_files("input[type=file]", long_letter)
    page.get_by_role("button", name="读取", exact=True).click()
    choose(page, "3.轮岗超期。", "立行立改")
    choose(page, "4.轮岗超期。", "不放进来")
    page.locator(".read-line", has_text="抽查发现不够实。").locator("input").check()
    press(page, "f")
    expect(page.get_by_label("没有填的期限，按反馈日期推算")).to_be_checked()
    page.get_by_role("button", name="放进巡察").click()
    expect(page.get_by_text("请勾选问题，批量指定牵头单位和完成时限。")).to_be_visible()
    page.get_by_label("选择本页全部").check()
    expect(page.get_by_text("已选 4 条")).to_be_visible()
    page.get_by_role("button", name="批量指定责任和时限").click()
    inspection = Inspection.objects.get()
    expect(page.get_by_label("其他问题的完成时限")).to_have_value(str(inspection.rectification_due_on))
    expect(page.get_by_label("立行立改问题的完成时限")).to_have_value(str(inspection.plan_due_on))
    page.get_by_role("combobox", name="牵头单位").fill("督查科")
    page.get_by_role("button", name="写入所选 4 条").click()
    expect(page.get_by_text("选了 4 条，4 条已按要求保存。")).to_be_visible()
    days = {inspection.rectification_due_on, inspection.plan_due_on}
    assert set(Finding.objects.values_list("lead_unit", "due_on")) == {(unit.pk, day) for day in days}
    assert Finding.objects.get(timing=Timing.IMMEDIATE).due_on == inspection.plan_due_on
    page.goto(reverse("findings:measure_create", args=[Finding.objects.get(title="调研不够").pk]))
    page.get_by_label("整改措施").fill("班子成员每季度下基层调研。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已新建整改措施。")).to_be_visible()
    desk = new_window()
    sign_in(desk, "reporter")
    expect(desk.locator(".inbox-row", has_text="班子成员每季度下基层调研。")).to_be_visible()
    desk.goto(reverse("findings:finding_list", args=[inspection.pk]))
    for title in Finding.objects.values_list("title", flat=True):
        expect(desk.get_by_role("link", name=title).first).to_be_visible()


@pytest.mark.looks
def test_the_page_of_what_was_read_is_accessible(
    page: Page, clerk: User, letter: Path, screenshots: Path | None
) -> None:
    sign_in(page)
    page.goto("/import/")
    page.set_input_files("input[type=file]", letter)
    page.get_by_role("button", name="读取", exact=True).click()
    assert look(page, "text-read", screenshots) == []
