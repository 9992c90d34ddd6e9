"""Superiors' workbooks as they are looked at: what is found in them, what is refused, and that an office program opens
them again. No database.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from documents.excel.templates.client import read_template
from documents.excel.templates.mapping import TemplateMapping
from documents.excel.templates.snapshot import find_sheet
from ledgers.catalogue import LISTS
from ledgers.external_templates.filling import fill_with_sample, names_of
from ledgers.external_templates.locate import WrongFormError, by_headings, by_placeholders, faults_of, headings_above
from tests.documents.excel.templates.workbooks import (
    make_book,
    with_instructions,
    with_placeholders,
    with_two_lines_of_headings,
)
from tests.ledgers.template_workbooks import places_in

NAMES = names_of(LISTS["register"])


def faults(change: Callable[[Any], Any]) -> list[str]:
    """What is wrong with the placeholders of the first form, once this was done to it."""
    with pytest.raises(WrongFormError) as raised:
        by_placeholders(read_template(with_placeholders(change)), NAMES)
    return raised.value.faults


def test_an_unknown_placeholder_is_named_with_its_place_and_what_it_could_be() -> None:
    assert faults(lambda sheet: sheet.__setitem__("C4", "{{整改措旋}}")) == [
        "工作表“进展情况表”C4 单元格“{{整改措旋}}”：没有“整改措旋”这个占位符，是不是“整改措施”？请改正。"
    ]
    (fault,) = faults(lambda sheet: sheet.__setitem__("A5", "{{ABC}}"))
    assert fault.startswith("工作表“进展情况表”A5 单元格“{{ABC}}”：没有“ABC”这个占位符；可用的有：行号、序号、类别、")


def test_braces_without_a_partner_are_named() -> None:
    assert faults(lambda sheet: sheet.__setitem__("B4", "{{反馈问题}")) == [
        "工作表“进展情况表”B4 单元格“{{反馈问题}”：花括号没有配对，或者里面没有名称；请写成 {{名称}}。"
    ]


def test_a_form_without_a_row_to_repeat_is_told_how_to_write_one() -> None:
    def only_the_title(sheet: Any) -> None:
        for letter in "ABCDE":
            sheet[f"{letter}4"] = None

    (fault,) = faults(only_the_title)
    assert fault.startswith("没有找到要逐条重复的一行。请在表里选一行，在要填的各格里写清单的列名，如 {{行号}}")
    assert "整改措施" in fault


def test_columns_in_a_second_row_are_refused() -> None:
    assert faults(lambda sheet: sheet.__setitem__("D7", "{{责任领导}}")) == [
        "工作表“进展情况表”D7 单元格“{{责任领导}}”：清单的列只能写在同一行，工作表“进展情况表”第 4 行已经有了；"
        "请移到那一行，或者删除。"
    ]


def test_headings_of_two_lines_are_read_together_and_near_ones_are_proposed() -> None:
    content = with_two_lines_of_headings()
    pages = read_template(content)
    places = by_headings(pages, [column.heading for column in LISTS["recoveries"].columns])
    assert (places.sheet, places.row) == ("资金追缴", 5)
    assert places.columns == {
        "A": "{{行号}}",
        "B": "{{类型}}",
        "C": "{{金额（元）}}",
        "D": "{{到账日期}}",
        "E": "{{凭据号}}",
        "F": "{{对应问题}}",
    }
    assert headings_above(pages[0], 5)[3] == ["到账情况", "金额（元）"]
    assert headings_above(pages[0], 5)[7] == ["数据来源"]


def test_the_sheet_with_the_headings_is_found_beside_the_instructions() -> None:
    pages = read_template(with_instructions())
    places = by_headings(pages, [column.heading for column in LISTS["problems"].columns])
    assert places == TemplateMapping("明细表", 2, {"B": "{{反馈问题}}", "D": "{{完成时限}}", "E": "{{牵头单位}}"})
    assert list(headings_above(find_sheet(pages, "明细表") or pages[0], 2)) == [1, 2, 4, 5, 6, 7]


def test_a_workbook_without_headings_is_refused() -> None:
    with pytest.raises(WrongFormError, match="没有找到占位符，也没有找到表头"):
        by_headings(read_template(make_book(lambda sheet: sheet.__setitem__("A1", "通知"))), ["反馈问题"])


@pytest.mark.parametrize(
    ("places", "fault"),
    [
        (TemplateMapping("没有", 2, {"B": "{{反馈问题}}"}), "没有工作表“没有”；有的是：填表说明、明细表。"),
        (
            TemplateMapping("明细表", 2, {"F": "{{行号}}", "B": "{{反馈问题}}"}),
            "工作表“明细表”F2 单元格“集中整改”：这一行要填记录，但表样里已经有内容；"
            "请在表头下面留一个空行，或者把这一列改为“留空”。",
        ),
        (TemplateMapping("明细表", 2, {"B": "一样"}), "至少要有一列填清单的内容。"),
        (
            TemplateMapping("明细表", 2, {"B": "{{反馈问题}}", "C": "x"}),
            "工作表“明细表”C2 单元格：和左边的单元格合并了，不能另填内容。",
        ),
        (
            TemplateMapping("明细表", 2, {"F": "{{反馈问题}}"}),
            "工作表“明细表”F2 单元格“集中整改”：这一行要填记录，但表样里已经有内容；"
            "请在表头下面留一个空行，或者把这一列改为“留空”。",
        ),
        (
            TemplateMapping("明细表", 2, {"B": "{{反馈问题}}"}, {"B2": "x"}),
            "“B2”不是表样里的单元格；请写成“工作表名称!B2”这样。",
        ),
        (
            TemplateMapping("明细表", 2, {"B": "{{反馈问题}}"}, {"明细表!A2": "x"}),
            "工作表“明细表”A2 单元格：这一行逐条填记录，请在各列里选择。",
        ),
        (
            TemplateMapping("明细表", 2, {"B": "{{反馈问题}}"}, {"填表说明!A1": "{{反馈问题}}"}),
            "工作表“填表说明”A1 单元格“一、本表由各单位填报。”：没有“反馈问题”这个占位符，是不是“反馈日期”？请改正。",
        ),
        (
            TemplateMapping("明细表", 2, {"B": "{{反馈问题}}"}, {"明细表!C1": "x"}),
            "工作表“明细表”C1 单元格“反馈的问题”：是合并单元格的一部分，请写 B1。",
        ),
    ],
)
def test_a_mapping_that_cannot_be_filled_in_says_why(places: TemplateMapping, fault: str) -> None:
    assert faults_of(places, read_template(with_instructions()), names_of(LISTS["problems"])) == [fault]


def test_a_row_that_is_joined_with_the_next_cannot_be_repeated() -> None:
    pages = read_template(with_placeholders(lambda sheet: sheet.merge_cells("F4:F5") or sheet.unmerge_cells("A5:F5")))
    places = by_placeholders(pages, NAMES)
    assert places
    assert "第 4 行有跨行合并的单元格" in faults_of(places, pages, NAMES)[0]


@pytest.mark.parametrize("key", LISTS)
def test_no_list_has_two_columns_of_one_name(key: str) -> None:
    names = names_of(LISTS[key])
    assert len(set(names.all)) == len(names.all)


def test_libreoffice_opens_every_filled_form(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed: nobody looks whether it opens superiors' forms")
    forms = {
        "register": with_placeholders(),
        "recoveries": with_two_lines_of_headings(),
        "problems": with_instructions(),
    }
    for key, content in forms.items():
        (tmp_path / f"{key}.xlsx").write_bytes(fill_with_sample(content, places_in(content, key), LISTS[key]))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [program, profile, "--headless", "--convert-to", "pdf", *(f"{key}.xlsx" for key in forms)]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)  # noqa: S603 -- our own words
    assert {file.stem for file in tmp_path.glob("*.pdf")} == set(forms)
