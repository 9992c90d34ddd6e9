"""Filling a superior's workbook from a list, with the records, filters and order of the list's page."""

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
    """The placeholders that a template of this list can use, per record and for the whole sheet."""
    record = (ROW_NUMBER, *(column.heading for column in listed.columns))
    return PlaceholderNames(record, (*(one.name for one in INSPECTION), TITLE, TOTAL))


def mapping_of(form: SuperiorForm) -> TemplateMapping:
    """The stored mapping of a template."""
    return TemplateMapping(form.sheet, form.row, dict(form.columns), dict(form.cells))


def set_mapping(form: SuperiorForm, places: TemplateMapping) -> None:
    """Set the mapping of a template without saving it."""
    form.sheet, form.row, form.columns, form.cells = places.sheet, places.row, places.columns, places.cells


def fill_from_list(form: SuperiorForm, query: ExportQuery) -> tuple[bytes, int]:
    """The filled workbook and the number of records in it.

    TemplateNotFilledError, with a Chinese sentence, when there are more than ``MOST_ROWS`` records, when a column of
    the mapping no longer exists, or when a text is too long for a cell.
    """
    # One more than allowed: enough to know that there are too many, without a second query.
    records = list(islice(query.records(), MOST_ROWS + 1))
    if len(records) > MOST_ROWS:
        raise TemplateNotFilledError(TOO_MANY)
    whole: dict[str, CellValue] = {
        **about_inspection(query.inspection),
        TITLE: query.listed.title,
        TOTAL: len(records),
    }
    places = mapping_of(form)
    names = {name for text in places.columns.values() for name in placeholder_names(text)}
    used = [column for column in query.listed.columns if column.heading in names]
    filled = {column.key for column in query.filled_list.columns}
    rows = [
        {column.heading: column.value(record) if column.key in filled else "" for column in used} for record in records
    ]
    return _fill_workbook(bytes(form.workbook.content), places, whole, rows), len(rows)


def fill_with_sample(content: bytes, places: TemplateMapping, listed: ListDefinition) -> bytes:
    """The template filled with two invented records; TemplateNotFilledError when it cannot be filled."""
    whole: dict[str, CellValue] = {**{one.name: one.sample for one in INSPECTION}, TITLE: listed.title, TOTAL: 2}
    record = {column.heading: example_value(column) for column in listed.columns}
    return _fill_workbook(content, places, whole, [record, record])


def _fill_workbook(content: bytes, places: TemplateMapping, whole: Values, rows: Iterable[Values]) -> bytes:
    """Fill single cells from ``whole`` and one row for each of ``rows``; a missing name is a renamed column."""
    try:
        cells = {where: _cell(evaluate_text(text, whole), where)[1] for where, text in places.cells.items()}
        records = [
            [
                _cell(evaluate_text(text, {**whole, **row, ROW_NUMBER: number}), f"第 {number} 条记录")
                for text in places.columns.values()
            ]
            for number, row in enumerate(rows, start=1)
        ]
    # The mapping names headings, which a newer version may have renamed.
    except KeyError as error:
        raise TemplateNotFilledError(RENAMED.format(error.args[0])) from error
    return fill_template(content, places, cells, records)


def _cell(value: CellValue, place: str) -> tuple[str, str]:
    """A value as type and text for the worker process: ``s`` text, ``d`` date, ``m`` money, ``n`` number."""
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
