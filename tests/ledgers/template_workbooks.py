"""Three forms as superiors send them: one with placeholders, one with headings of two lines, one with instructions."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from accounts.models import User
from documents.excel.templates.client import read_template
from documents.excel.templates.mapping import Places
from findings.workflow.saving import workflow_writer
from ledgers.catalogue import LISTS
from ledgers.external_templates.filling import names_of
from ledgers.external_templates.forms import Read
from ledgers.external_templates.locate import by_headings, by_placeholders
from ledgers.models import SuperiorForm

THIN, THICK = Side(style="thin"), Side(style="medium")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
GREY = PatternFill("solid", start_color="FFD9D9D9")


def saved(book: Any) -> bytes:
    """The workbook as a file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def opened(content: bytes) -> Any:
    """A file as openpyxl reads it, with its formulas."""
    return openpyxl.load_workbook(io.BytesIO(content))


def make_superior_form(by: User, content: bytes = b"", listed: str = "register", **fields: Any) -> SuperiorForm:
    """A form in use, filled in where its placeholders are or its headings suggest."""
    content = content or plain_form()
    form = SuperiorForm(listed=listed, **{"name": "上级的表", **fields})
    Read("表样.xlsx", content, places_in(content, listed), is_certain=True).replace_workbook(form, by)
    return workflow_writer.create(form)


@functools.cache
def plain_form() -> bytes:
    """The first form, made once."""
    return with_placeholders()


@functools.cache
def places_in(content: bytes, listed: str) -> Places:
    """Where a form is filled in from a list; a form is looked at once."""
    pages = read_template(content)
    headings = [one.heading for one in LISTS[listed].columns]
    return by_placeholders(pages, names_of(LISTS[listed])) or by_headings(pages, headings)


def write(sheet: Any, rows: dict[str, Any], **look: Any) -> None:
    """Values into cells, and how those look."""
    for place, value in rows.items():
        sheet[place] = value
        for name, one in look.items():
            setattr(sheet[place], name, one)


def with_placeholders(change: Callable[[Any], Any] = lambda sheet: None) -> bytes:
    """进展情况表: a title, who files it, one row to be repeated, a sum of records, a row to sign."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "进展情况表"
    for letter, width in {"A": 6, "B": 24, "C": 30, "D": 14, "E": 12, "F": 10}.items():
        sheet.column_dimensions[letter].width = width
    write(sheet, {"A1": "{{被巡察党组织}}巡察整改进展情况表"}, font=Font("黑体", 18), alignment=CENTRE)
    sheet.merge_cells("A1:F1")
    sheet.row_dimensions[1].height = 36
    write(sheet, {"A2": "轮次：{{巡察轮次}}", "D2": "填报日期：{{制表日期}}"}, font=Font("楷体", 11))
    sheet.merge_cells("A2:C2")
    sheet.merge_cells("D2:F2")
    heads = {"A3": "序号", "B3": "问题", "C3": "措施", "D3": "责任单位和责任人", "E3": "时限", "F3": "备注"}
    write(sheet, heads, font=Font("黑体", 11), alignment=CENTRE, border=GRID, fill=GREY)
    row = {"A4": "{{行号}}", "B4": "{{反馈问题}}", "C4": "{{ 整改措施 }}", "D4": "{{责任科室}}（{{责任人}}）"}
    write(sheet, row | {"E4": "{{完成时限}}", "F4": "巡察整改"}, font=Font("仿宋", 10), border=GRID)
    sheet["E4"].number_format = 'yyyy"年"m"月"d"日"'
    write(sheet, {"A5": "共 {{总数}} 条"}, font=Font("宋体", 10))
    sheet.merge_cells("A5:F5")
    write(sheet, {"A7": "主要负责人（签字）：", "E7": "（公章）"}, font=Font("仿宋", 12, bold=True))
    sheet.merge_cells("A7:C7")
    sheet.row_dimensions[7].height = 40
    sheet["B3"].comment = Comment("照反馈意见原文填写", "上级")
    sheet.print_area = "A1:F7"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "8"
    sheet.freeze_panes = "A4"
    sheet.oddFooter.center.text = "第 &P 页"
    change(sheet)
    return saved(book)


def with_two_lines_of_headings(change: Callable[[Any], Any] = lambda sheet: None) -> bytes:
    """资金追缴汇总表: headings of two lines, three drawn rows, a sum below, another sheet that refers to it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "资金追缴"
    write(sheet, {"A1": "资金追缴、退赔情况汇总表"}, font=Font("方正小标宋简体", 20), alignment=CENTRE)
    sheet.merge_cells("A1:G1")
    write(sheet, {"A2": "填报单位："}, font=Font("宋体", 11))
    heads = {"A3": "序号", "B3": "类型", "C3": "到账情况", "E3": "凭据号", "F3": "所涉及的对应问题", "G3": "数据来源"}
    write(sheet, heads | {"C4": "金额（元）", "D4": "到账日期"}, font=Font("黑体", 11), alignment=CENTRE)
    for one in ("A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4", "G3:G4"):
        sheet.merge_cells(one)
    for row in range(3, 8):
        for column in "ABCDEFG":
            sheet[f"{column}{row}"].border = GRID
            sheet[f"{column}{row}"].font = Font("仿宋", 11)
    for column in "ABCDEFG":
        sheet[f"{column}7"].border = Border(left=THIN, right=THIN, top=THIN, bottom=THICK)
    for letter, width in {"A": 6, "B": 14, "C": 14, "D": 13, "E": 16, "F": 28, "G": 10}.items():
        sheet.column_dimensions[letter].width = width
    write(sheet, {"A8": "合计", "C8": "=SUM(C5:C7)", "D8": '=COUNTA($D$5:$D$7)&"笔"', "F8": "=C8/2"})
    sheet["C8"].number_format = "#,##0.00"
    choices = DataValidation("list", '"追缴,退赔"', allow_blank=True)
    choices.add("B5:B7")
    sheet.add_data_validation(choices)
    sheet.conditional_formatting.add("C5:C7", FormulaRule(["C5>$C$8"], fill=GREY))
    other = book.create_sheet("汇总")
    other["A1"], other["B1"] = "总额", "=资金追缴!C8"
    other["B2"] = "=SUM(资金追缴!C5:C7)"
    change(sheet)
    return saved(book)


def with_instructions(change: Callable[[Any], Any] = lambda sheet: None) -> bytes:
    """Two sheets: 填表说明, and a narrow table of which two cells of each row are one, with a column that is the same
    in all rows and one that is worked out.
    """
    book = openpyxl.Workbook()
    book.active.title = "填表说明"
    write(book.active, {"A1": "一、本表由各单位填报。", "A2": "二、日期写到日。", "B2": "（略）"})
    sheet = book.create_sheet("明细表")
    sheet.column_dimensions["A"].width = 4
    for letter in "BCDEFG":
        sheet.column_dimensions[letter].width = 5
    heads = {"A1": "编号", "B1": "反馈的问题", "D1": "整改期限", "E1": "牵头的单位", "F1": "整改形式", "G1": "口径"}
    write(sheet, heads, font=Font("宋体", 9), alignment=CENTRE, border=GRID)
    sheet.merge_cells("B1:C1")
    write(sheet, dict.fromkeys(("A2", "B2", "C2", "D2", "E2"), None), font=Font("宋体", 9), border=GRID)
    write(sheet, {"F2": "集中整改", "G2": '=IF(A2="","",F2)'}, font=Font("宋体", 9), border=GRID)
    sheet.merge_cells("B2:C2")
    write(sheet, {"A3": "审核人：", "E3": "=ROWS(A2:A2)"}, font=Font("宋体", 9))
    change(sheet)
    return saved(book)
