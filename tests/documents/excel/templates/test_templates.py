"""Workbooks of superiors as they are looked at: what is refused, and how formulas follow new rows."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.workbook.defined_name import DefinedName

from documents.excel.reading import UnreadableError
from documents.excel.templates.client import read_template
from documents.excel.templates.row_insertion import RowInsertion
from tests.documents.excel.templates.workbooks import make_book, with_placeholders
from tests.hostile_files import compound, office


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
    "no zip": (lambda: b"x" * 500, "这是纯文本文件"),
    "encrypted": (lambda: compound("EncryptedPackage", "EncryptionInfo"), "打开密码"),
    "macros": (lambda: office("xlsx", {"xl/vbaProject.bin": b"x"}), "宏"),
    "DTD": (lambda: with_part("xl/x.xml", b"<!DOCTYPE x>"), "DTD"),
    "hollow": (lambda: office("xlsx"), "读不出来"),
    "another file": (lambda: with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), "引用其他文件的链接"),
    "connections": (lambda: with_part("xl/connections.xml", b"<x/>"), "外部数据连接"),
    "from elsewhere": (lambda: with_part("xl/worksheets/_rels/sheet9.xml.rels", LINK), "从外部地址加载"),
    "controls": (lambda: with_part("xl/ctrlProps/ctrlProp1.xml", b"<x/>"), "控件"),
    "chart": (lambda: make_book(with_chart), "图表、文本框或图形，填表时不能保留"),
    "picture": (lambda: with_part("xl/drawings/drawing1.xml", b"<x/>"), "图片、图表、文本框或图形"),
    "a program": (lambda: make_book(lambda sheet: sheet.__setitem__("A1", "=cmd|'/c calc'!A0")), "A1 单元格“=cmd"),
    "a formula elsewhere": (
        lambda: make_book(lambda sheet: sheet.__setitem__("B2", "=[1]表!A1")),
        "B2 单元格“=\\[1\\]",
    ),
    "the network": (
        lambda: make_book(lambda sheet: sheet.__setitem__("A1", '=WEBSERVICE("http://x")')),
        "程序或网络",
    ),
    "a name elsewhere": (
        lambda: make_book(lambda sheet: sheet.parent.defined_names.add(DefinedName("别处", attr_text="[1]表!$A$1"))),
        "名称“别处”引用了其他文件",
    ),
    "21 sheets": (
        lambda: make_book(lambda sheet: [sheet.parent.create_sheet() for _ in range(20)]),
        "21 个工作表，最多 20",
    ),
    "far cell": (lambda: make_book(lambda sheet: sheet.__setitem__("A1048576", "x")), "A1048576 单元格还有内容"),
    "far column": (
        lambda: make_book(lambda sheet: sheet.__setitem__("XFD4", "x")),
        "XFD4 单元格还有内容，最多 100 列",
    ),
    "merged all over": (lambda: make_book(lambda sheet: sheet.merged_cells.add("A1:XFD1048576")), "读不出来"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_reaches_out_or_would_be_lost_is_refused_with_a_sentence(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(UnreadableError, match=words):
        read_template(make())


def test_words_in_quotation_marks_are_no_formula() -> None:
    (page,) = read_template(make_book(lambda sheet: sheet.__setitem__("A1", '=IF(B1="","见[1]|IMAGE(","")')))
    assert page.cells[1, 1][0] == "f"


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
