"""A list of the catalogue as a table on a page, made from its columns."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables

from accounts.web.markup import format_html
from accounts.web.tables import ListTable
from documents.excel.columns import format_value
from ledgers.catalogue import LISTS, ListDefinition
from ledgers.columns import Column, ColumnKind

LONGEST = 60  # characters of a cell; the file has all of them
WIDE, MIDDLE = 10, 6  # Chinese characters


def _cell(column: Column, *, opens: bool) -> Any:
    """What stands in the cells of a column; that which opens the page of its record is a link."""

    def render(_table: ListTable, record: Any) -> str:
        text = format_value(column.value(record))
        text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), text) if opens else text

    return render


def _css(column: Column) -> str:
    if column.kind in {ColumnKind.NUMBER, ColumnKind.MONEY}:
        return "col-number"
    return "col-text" if column.width >= WIDE else "col-unit" if column.width >= MIDDLE else "col-tight"


def table_of(listed: ListDefinition) -> type[ListTable]:
    """The table of a list."""
    cells: dict[str, Any] = {column.key: tables.Column(column.heading) for column in listed.columns}
    cells |= {
        f"render_{column.key}": _cell(column, opens=bool(listed.ledger) and column.key == "title")
        for column in listed.columns
    }
    css = {column.key: _css(column) for column in listed.columns}
    return type("CatalogueTable", (ListTable,), cells | {"orderings": listed.orderings, "css": css})


TABLES = {key: table_of(listed) for key, listed in LISTS.items()}
