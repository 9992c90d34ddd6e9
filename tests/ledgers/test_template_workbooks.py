"""Superiors' workbooks as they are looked at: what is found in them, what is refused, and that an office program opens
them again. No database.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.workbook.defined_name import DefinedName

from documents.excel.reading import UnreadableError
from documents.excel.sheet import column_letters, column_number
from documents.excel.templates.client import read_template
from documents.excel.templates.mapping import TemplateMapping
from documents.excel.templates.row_insertion import RowInsertion
from documents.excel.templates.snapshot import find_sheet
from ledgers.catalogue import LISTS
from ledgers.external_templates.filling import names_of, sample
from ledgers.external_templates.locate import WrongFormError, by_headings, by_placeholders, faults_of, headings_above
from tests.hostile_files import compound, office
from tests.ledgers.template_workbooks import (
    places_in,
    saved,
    with_instructions,
    with_placeholders,
    with_two_lines_of_headings,
)

NAMES = names_of(LISTS["register"])


def book(change: Callable[[Any], Any]) -> bytes:
    """A workbook, once somebody has done this to its sheet."""
    made = openpyxl.Workbook()
    change(made.active)
    return saved(made)


def with_part(name: str, data: bytes) -> bytes:
    """The first form with another part in it."""
    file = io.BytesIO(with_placeholders())
    with zipfile.ZipFile(file, "a") as container:
        container.writestr(name, data)
    return file.getvalue()


def with_chart(sheet: Any) -> None:
    """A chart in a sheet."""
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=3))
    sheet.add_chart(chart, "J1")


LINK = b'<Relationships><Relationship Type="x/image" Target="http://x/a.png" TargetMode="External"/></Relationships>'
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"x" * 500, "已损坏或不完整"),
    "encrypted": (lambda: compound("EncryptedPackage", "EncryptionInfo"), "打开密码"),
    "macros": (lambda: office("xlsx", {"xl/vbaProject.bin": b"x"}), "宏"),
    "DTD": (lambda: with_part("xl/x.xml", b"<!DOCTYPE x>"), "DTD"),
    "hollow": (lambda: office("xlsx"), "读不出来"),
    "another file": (lambda: with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), "引用其他文件的链接"),
    "connections": (lambda: with_part("xl/connections.xml", b"<x/>"), "外部数据连接"),
    "from elsewhere": (lambda: with_part("xl/worksheets/_rels/sheet9.xml.rels", LINK), "从外部地址加载"),
    "controls": (lambda: with_part("xl/ctrlProps/ctrlProp1.xml", b"<x/>"), "控件"),
    "chart": (lambda: book(with_chart), "图表、文本框或图形，填表时不能保留"),
    "picture": (lambda: with_part("xl/drawings/drawing1.xml", b"<x/>"), "图片、图表、文本框或图形"),
    "a program": (lambda: book(lambda sheet: sheet.__setitem__("A1", "=cmd|'/c calc'!A0")), "A1 单元格“=cmd"),
    "a formula elsewhere": (lambda: book(lambda sheet: sheet.__setitem__("B2", "=[1]表!A1")), "B2 单元格“=\\[1\\]"),
    "the network": (lambda: book(lambda sheet: sheet.__setitem__("A1", '=WEBSERVICE("http://x")')), "程序或网络"),
    "a name elsewhere": (
        lambda: book(lambda sheet: sheet.parent.defined_names.add(DefinedName("别处", attr_text="[1]表!$A$1"))),
        "名称“别处”引用了其他文件",
    ),
    "21 sheets": (lambda: book(lambda sheet: [sheet.parent.create_sheet() for _ in range(20)]), "21 个工作表，最多 20"),
    "far cell": (lambda: book(lambda sheet: sheet.__setitem__("A1048576", "x")), "A1048576 单元格还有内容"),
    "far column": (lambda: book(lambda sheet: sheet.__setitem__("XFD4", "x")), "XFD4 单元格还有内容，最多 100 列"),
    "merged all over": (lambda: book(lambda sheet: sheet.merged_cells.add("A1:XFD1048576")), "读不出来"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_reaches_out_or_would_be_lost_is_refused_with_a_sentence(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(UnreadableError, match=words):
        read_template(make())


def test_words_in_quotation_marks_are_no_formula() -> None:
    (page,) = read_template(book(lambda sheet: sheet.__setitem__("A1", '=IF(B1="","见[1]|IMAGE(","")')))
    assert page.cells[1, 1][0] == "f"


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
    assert places == TemplateMapping("明细表", 2, {"B": "{{反馈问题}}", "E": "{{牵头单位}}"})
    assert list(headings_above(find_sheet(pages, "明细表") or pages[0], 2)) == [1, 2, 4, 5, 6, 7]


def test_a_workbook_without_headings_is_refused() -> None:
    with pytest.raises(WrongFormError, match="没有找到占位符，也没有找到表头"):
        by_headings(read_template(book(lambda sheet: sheet.__setitem__("A1", "通知"))), ["反馈问题"])


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


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")])
def test_columns_have_letters(number: int, letters: str) -> None:
    assert (column_letters(number), column_number(letters)) == (letters, number)


@pytest.mark.parametrize(
    ("formula", "stretched"),
    [
        ("=SUM(F5:F5)", "=SUM(F5:F8)"),
        ("=SUM($F$3:$F$6)", "=SUM($F$3:$F$9)"),
        ("=F4+F5+F6", "=F4+F5+F9"),
        ("=SUM(F:F)", "=SUM(F:F)"),
        ("=SUM(5:6)", "=SUM(5:9)"),
        ("='另 表'!F9+表!F9", "='另 表'!F9+表!F12"),
        ('=COUNTIF(F5:F5,"F9")&合计', '=COUNTIF(F5:F8,"F9")&合计'),
    ],
)
def test_formulas_follow_three_more_rows_below_the_fifth(formula: str, stretched: str) -> None:
    assert RowInsertion("表", 5, 3).shift_formula(formula, "表") == stretched


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
        (tmp_path / f"{key}.xlsx").write_bytes(sample(content, places_in(content, key), LISTS[key]))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [program, profile, "--headless", "--convert-to", "pdf", *(f"{key}.xlsx" for key in forms)]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)  # noqa: S603 -- our own words
    assert {file.stem for file in tmp_path.glob("*.pdf")} == set(forms)
