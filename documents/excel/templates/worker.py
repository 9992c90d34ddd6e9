"""The worker that describes and fills external templates, run as ``python -m documents.excel.templates.worker``.

A template is a file from outside, as an import is: this process has limits and may die. Rejected with a sentence are
references to outside, and contents that openpyxl would lose.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from documents.excel.limits import MEMORY, MOST_COLUMNS, MOST_SHEETS, SECONDS
from documents.excel.templates.filling import RepeatedRow, write_value
from documents.excel.templates.snapshot import FILL, FORMULA, MOST_ROWS, TEXT
from documents.sandbox.messages import Head, Message
from documents.sandbox.worker import limit_resources, serve

LOST = {  # parts of a workbook that openpyxl does not keep, with their Chinese names
    "xl/externalLinks/": "引用其他文件的链接",
    "xl/connections.xml": "外部数据连接",
    "xl/queryTables/": "外部数据连接",
    "xl/embeddings/": "夹带的对象",
    "xl/ctrlProps/": "控件",
    "xl/pivotTables/": "数据透视表",
    "xl/cellimages.xml": "图片",
    "xl/chartsheets/": "图表",
    "xl/drawings/drawing": "图片、图表、文本框或图形",
}
OUTSIDE = re.compile(
    r"\[\d+\]|\[[^\]]*\.xl|\|[^|]*!|\b(?:WEBSERVICE|FILTERXML|RTD|DDE|CALL|REGISTER(?:\.ID)?|IMAGE|HYPERLINK)\s*\(",
    re.IGNORECASE,
)
QUOTED = re.compile(r'"[^"]*"')
REMOTE = re.compile(rb"<Relationship\b[^>]*TargetMode=[\"']External[\"'][^>]*>")


class TemplateRejectedError(ValueError):
    """The workbook cannot be a template; the message is a Chinese sentence."""


def load_template(content: bytes) -> Any:
    """The workbook with its formulas and rich texts, without external links."""
    return load_workbook(io.BytesIO(content), rich_text=True, keep_links=False)


def describe_workbook(content: bytes) -> dict[str, Any]:
    """The cells and merged areas of all sheets; TemplateRejectedError for contents too large or not allowed."""
    _check_parts(content)
    book = load_template(content)
    if len(book.worksheets) > MOST_SHEETS:
        count = len(book.worksheets)
        raise TemplateRejectedError(f"工作簿有 {count} 个工作表，最多 {MOST_SHEETS} 个。请只留下要填报的表。")
    for name, text in _defined_names(book):
        if _reaches_out(text):
            raise TemplateRejectedError(f"名称“{name}”引用了其他文件，请在“名称管理器”里删除后再上传。")
    return {"sheets": [_describe_sheet(sheet) for sheet in book.worksheets]}


def _check_parts(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        for name in container.namelist():
            for start, words in LOST.items():
                if name.startswith(start):
                    raise TemplateRejectedError(f"表样里有{words}，填表时不能保留。请删除后再上传。")
            if name.endswith(".rels"):
                links = REMOTE.findall(container.read(name))
                if any(b"/hyperlink" not in link for link in links):
                    raise TemplateRejectedError("表样会从外部地址加载内容，不能接收。请删除外部引用后再上传。")


def _defined_names(book: Any) -> Iterator[tuple[str, str]]:
    for holder in (book, *book.worksheets):
        for name, defined in holder.defined_names.items():
            yield name, defined.attr_text or ""


def _reaches_out(formula: str) -> bool:
    # Without the strings of the formula, which may hold any text.
    return bool(OUTSIDE.search(QUOTED.sub('""', formula)))


def _describe_sheet(sheet: Any) -> dict[str, Any]:
    cells = []
    for (row, column), cell in sorted(sheet._cells.items()):
        value = cell.value
        if value is None or value == "":
            continue
        place = f"工作表“{sheet.title}”{get_column_letter(column)}{row} 单元格"
        if row > MOST_ROWS:
            raise TemplateRejectedError(f"{place}还有内容，表样最多 {MOST_ROWS} 行。请删除表格下方多余的内容。")
        if column > MOST_COLUMNS:
            raise TemplateRejectedError(f"{place}还有内容，最多 {MOST_COLUMNS} 列。请删除表格右侧多余的内容。")
        if cell.data_type == "f":
            _check_formula(value, place)
        cells.append((row, column, FORMULA if cell.data_type == "f" else TEXT, str(value)))
    merged = [(one.min_row, one.min_col, one.max_row, one.max_col) for one in sheet.merged_cells.ranges]
    return {"name": sheet.title, "hidden": sheet.sheet_state != "visible", "cells": cells, "merged": sorted(merged)}


def _check_formula(formula: Any, place: str) -> None:
    if not isinstance(formula, str):
        raise TemplateRejectedError(f"{place}是数组公式或模拟运算表，填表时不能保留。请改成普通公式再上传。")
    if _reaches_out(formula):
        reason = "公式引用了其他文件、程序或网络，不能接收。请改成数值或本表的公式。"
        raise TemplateRejectedError(f"{place}“{formula[:40]}”：{reason}")


def fill_workbook(content: bytes, request: Head) -> bytes:
    """The workbook with the texts in its single cells and the records in its repeated row."""
    book = load_template(content)
    # Single cells first: their addresses are those before rows are inserted.
    for where, text in request["cells"].items():
        sheet, _, cell = where.rpartition("!")
        write_value(book[sheet][cell], "s", text)
        book[sheet][cell].quotePrefix = True
    RepeatedRow(book[request["sheet"]], request["row"], request["columns"]).fill(book, request["records"])
    book.calculation.fullCalcOnLoad = True  # openpyxl stores formulas without their results
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def respond(request: Head, content: bytes) -> Message:
    """The description of the workbook (or ``refused`` with a sentence), or the filled workbook."""
    if request["task"] == FILL:
        return {}, fill_workbook(content, request)
    try:
        return describe_workbook(content), b""
    except TemplateRejectedError as error:
        return {"refused": str(error)}, b""


def main() -> None:
    """Answer the request on standard input, within the limits."""
    with limit_resources(memory=MEMORY, seconds=SECONDS, open_files=16) as answers:
        serve(answers, respond)


if __name__ == "__main__":
    main()
