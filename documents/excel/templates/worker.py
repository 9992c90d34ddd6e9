"""The process that opens superiors' workbooks: ``python -m documents.excel.templates.worker look`` says what stands in
one as JSON, ``fill`` answers with it filled in.

A form is a file from outside like any that is imported, so whatever it does, it does to this process. Nothing that
reaches out of it is taken, nor what would be lost on the way: it is refused with a sentence.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from documents.excel.limits import LENGTH, MEMORY, MOST_COLUMNS, MOST_SHEETS, SECONDS
from documents.excel.templates.filling import Table, put
from documents.excel.templates.snapshot import FORMULA, MOST_ROWS, TEXT
from documents.sandbox import answering

LOST = {
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


class WrongError(ValueError):
    """The workbook cannot be taken; the message is a Chinese sentence."""


def opened(content: bytes) -> Any:
    """The workbook as it is, with its formulas and the fonts within its texts."""
    return load_workbook(io.BytesIO(content), rich_text=True, keep_links=False)


def look(content: bytes) -> dict[str, Any]:
    """What stands in the sheets. WrongError for what is too large, reaches out or would be lost."""
    _check_parts(content)
    book = opened(content)
    if len(book.worksheets) > MOST_SHEETS:
        raise WrongError(f"工作簿有 {len(book.worksheets)} 个工作表，最多 {MOST_SHEETS} 个。请只留下要填报的表。")
    for name, text in _named(book):
        if _reaches_out(text):
            raise WrongError(f"名称“{name}”引用了其他文件，请在“名称管理器”里删除后再上传。")
    return {"sheets": [_page(sheet) for sheet in book.worksheets]}


def _check_parts(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        for name in container.namelist():
            for start, words in LOST.items():
                if name.startswith(start):
                    raise WrongError(f"表样里有{words}，填表时不能保留。请删除后再上传。")
            if name.endswith(".rels"):
                links = REMOTE.findall(container.read(name))
                if any(b"/hyperlink" not in link for link in links):
                    raise WrongError("表样会从外部地址加载内容，不能接收。请删除外部引用后再上传。")


def _named(book: Any) -> Iterator[tuple[str, str]]:
    for holder in (book, *book.worksheets):
        for name, defined in holder.defined_names.items():
            yield name, defined.attr_text or ""


def _reaches_out(formula: str) -> bool:
    return bool(OUTSIDE.search(QUOTED.sub('""', formula)))


def _page(sheet: Any) -> dict[str, Any]:
    cells = []
    for (row, column), cell in sorted(sheet._cells.items()):
        value = cell.value
        if value is None or value == "":
            continue
        place = f"工作表“{sheet.title}”{get_column_letter(column)}{row} 单元格"
        if row > MOST_ROWS:
            raise WrongError(f"{place}还有内容，表样最多 {MOST_ROWS} 行。请删除表格下方多余的内容。")
        if column > MOST_COLUMNS:
            raise WrongError(f"{place}还有内容，最多 {MOST_COLUMNS} 列。请删除表格右侧多余的内容。")
        if cell.data_type == "f":
            _check_formula(value, place)
        cells.append((row, column, FORMULA if cell.data_type == "f" else TEXT, str(value)))
    merged = [(one.min_row, one.min_col, one.max_row, one.max_col) for one in sheet.merged_cells.ranges]
    return {"name": sheet.title, "hidden": sheet.sheet_state != "visible", "cells": cells, "merged": sorted(merged)}


def _check_formula(formula: Any, place: str) -> None:
    if not isinstance(formula, str):
        raise WrongError(f"{place}是数组公式或模拟运算表，填表时不能保留。请改成普通公式再上传。")
    if _reaches_out(formula):
        raise WrongError(f"{place}“{formula[:40]}”：公式引用了其他文件、程序或网络，不能接收。请改成数值或本表的公式。")


def fill(content: bytes, asked: dict[str, Any]) -> bytes:
    """The workbook with the records in its repeated row, and the texts of its single cells."""
    book = opened(content)
    for where, text in asked["cells"].items():
        sheet, _, cell = where.rpartition("!")
        put(book[sheet][cell], "s", text)
        book[sheet][cell].quotePrefix = True
    Table(book[asked["sheet"]], asked["row"], asked["columns"]).fill(book, asked["records"])
    book.calculation.fullCalcOnLoad = True  # openpyxl stores formulas without their results
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def main() -> None:
    """Answer what is asked on standard input, end."""
    with answering(memory=MEMORY, seconds=SECONDS) as answer:
        content = sys.stdin.buffer.read()
        if sys.argv[1] == "fill":
            (length,) = LENGTH.unpack_from(content)
            end = LENGTH.size + length
            answer.write(fill(content[end:], json.loads(content[LENGTH.size : end])))
            return
        try:
            found = look(content)
        except WrongError as error:
            found = {"refused": str(error)}
        answer.write(json.dumps(found).encode())


if __name__ == "__main__":
    main()
