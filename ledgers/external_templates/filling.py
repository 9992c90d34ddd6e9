"""A superior's form filled from a list: the records somebody sees, filtered and in order as on his page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import islice

from documents.excel.columns import CellValue
from documents.excel.limits import MOST_CHARACTERS, MOST_ROWS, TOO_LONG
from documents.excel.templates.client import TemplateNotFilledError, fill_template
from documents.excel.templates.mapping import (
    ROW_NUMBER,
    TITLE,
    TOTAL,
    PlaceholderNames,
    TemplateMapping,
    evaluate_text,
    placeholder_names,
)
from ledgers.catalogue import ListDefinition
from ledgers.exporting import ExportQuery, example_value
from ledgers.models import SuperiorForm
from ledgers.word_documents.formatting import about_inspection
from ledgers.word_documents.placeholders import INSPECTION

Values = Mapping[str, CellValue]
RENAMED = "清单里已经没有“{0}”这一列，请系统管理员在“上级表样”里重新对应。"
TOO_MANY = f"记录超过 {MOST_ROWS} 条，按上级表样一次填不完。请先筛选，分几次导出。"


def names_of(listed: ListDefinition) -> PlaceholderNames:
    """What a form that is filled from this list can say."""
    record = (ROW_NUMBER, *(column.heading for column in listed.columns))
    return PlaceholderNames(record, (*(one.name for one in INSPECTION), TITLE, TOTAL))


def places_of(form: SuperiorForm) -> TemplateMapping:
    """Where a form is filled in."""
    return TemplateMapping(form.sheet, form.row, dict(form.columns), dict(form.cells))


def place(form: SuperiorForm, places: TemplateMapping) -> None:
    """Say where a form is filled in; it is stored by whoever calls."""
    form.sheet, form.row, form.columns, form.cells = places.sheet, places.row, places.columns, places.cells


def fill(form: SuperiorForm, wanted: ExportQuery) -> tuple[bytes, int]:
    """The form as a workbook, and how many records are in it. TemplateNotFilledError says why there is none."""
    records = list(islice(wanted.records(), MOST_ROWS + 1))
    if len(records) > MOST_ROWS:
        raise TemplateNotFilledError(TOO_MANY)
    whole: dict[str, CellValue] = {
        **about_inspection(wanted.inspection),
        TITLE: wanted.listed.title,
        TOTAL: len(records),
    }
    places = places_of(form)
    said = {name for text in places.columns.values() for name in placeholder_names(text)}
    used = [column for column in wanted.listed.columns if column.heading in said]
    rows = [{column.heading: column.value(record) for column in used} for record in records]
    return _fill_workbook(bytes(form.workbook.content), places, whole, rows), len(rows)


def sample(content: bytes, places: TemplateMapping, listed: ListDefinition) -> bytes:
    """A form with two records that nobody wrote. TemplateNotFilledError when it cannot be made."""
    whole: dict[str, CellValue] = {**{one.name: one.sample for one in INSPECTION}, TITLE: listed.title, TOTAL: 2}
    record = {column.heading: example_value(column) for column in listed.columns}
    return _fill_workbook(content, places, whole, [record, record])


def _fill_workbook(content: bytes, places: TemplateMapping, whole: Values, rows: Iterable[Values]) -> bytes:
    try:
        cells = {where: _cell(evaluate_text(text, whole), where)[1] for where, text in places.cells.items()}
        records = [
            [
                _cell(evaluate_text(text, {**whole, **row, ROW_NUMBER: number}), f"第 {number} 条记录")
                for text in places.columns.values()
            ]
            for number, row in enumerate(rows, start=1)
        ]
    except KeyError as error:
        raise TemplateNotFilledError(RENAMED.format(error.args[0])) from error
    return fill_template(content, places, cells, records)


def _cell(value: CellValue, place: str) -> tuple[str, str]:
    """A value as the process that writes it is told."""
    if value is None or value == "":
        return "s", ""
    if isinstance(value, dt.date):
        return "d", value.isoformat()
    if isinstance(value, Decimal):
        return "m", str(value)
    if isinstance(value, int):
        return "n", str(value)
    if len(value) > MOST_CHARACTERS:
        raise TemplateNotFilledError(f"{place}：{TOO_LONG.format(len(value))}请先把这一格的内容改短。")
    return "s", value
