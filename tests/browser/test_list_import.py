"""A list goes out, is edited in a spreadsheet, comes back, and one conflict is decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from findings.factories import make_aspect, make_finding, make_measure
from findings.models import Measure
from findings.workflow.saving import workflow_writer
from tests.browser.conftest import look, sign_in
from tests.ledgers.workbooks import Book

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def measures() -> list[Measure]:
    """Three measures of one finding."""
    finding = make_finding(make_aspect(), title="督查工作重部署轻问效")
    return [make_measure(finding, plan=f"落实第 {number} 条措施。") for number in (1, 2, 3)]


def test_a_list_comes_back_and_a_conflict_is_decided(
    page: Page, measures: list[Measure], tmp_path: Path, screenshots: Path | None
) -> None:
    sign_in(page)
    page.goto(f"/inspections/{measures[0].inspection_id}/lists/register/")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    file = tmp_path / "整改台账.xlsx"
    download.value.save_as(file)

    book = Book(file.read_bytes())
    book.write(measures[0], "整改措施", "表里改的第一条。")
    book.write(measures[1], "整改成效", "表里写的成效。")
    book.write(measures[2], "完成情况", "已核实")
    file.write_bytes(book.content)
    stored = Measure.objects.get(pk=measures[1].pk)
    stored.outcome = "别人写的成效。"
    workflow_writer.save(stored, seen=stored.version)

    page.get_by_role("link", name="导入", exact=True).click()
    assert look(page, "list-import", screenshots) == []
    page.get_by_label("Excel 文件").set_input_files(file)
    page.get_by_role("button", name="读取并核对").click()
    expect(page.get_by_text("新增 0，修改 1，冲突 1，没有变化 1")).to_be_visible()
    expect(page.get_by_text("不计的改动 1 处")).to_be_visible()
    assert look(page, "list-import-preview", screenshots) == []
    conflict = page.get_by_role("group", name="整改成效")
    expect(conflict.get_by_label("保留系统里的")).to_be_checked()
    conflict.get_by_label("采用文件里的").check()
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("已导入整改台账：新增 0 条措施，修改 2 条措施。")).to_be_visible()
    assert Measure.objects.get(pk=measures[0].pk).plan == "表里改的第一条。"
    assert Measure.objects.get(pk=measures[1].pk).outcome == "表里写的成效。"
