"""A letter from its file to the records: read, corrected with the keyboard, saved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.models import Finding
from tests.browser.conftest import look, sign_in, too_wide
from tests.reports.test_letters import word_file
from tests.reports.test_review import LETTER


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A letter in Word with automatic numbers."""
    file = tmp_path / "反馈意见.docx"
    file.write_bytes(word_file(LETTER))
    return file


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


@pytest.mark.looks
def test_the_page_of_what_was_read_is_accessible(
    page: Page, clerk: User, letter: Path, screenshots: Path | None
) -> None:
    sign_in(page)
    page.goto("/import/")
    page.set_input_files("input[type=file]", letter)
    page.get_by_role("button", name="读取", exact=True).click()
    assert look(page, "text-read", screenshots) == []
