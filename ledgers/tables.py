"""The tables of the list pages, made from the columns of the lists."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables

from accounts.web.back import returning
from accounts.web.markup import format_html
from accounts.web.tables import ListTable
from accounts.web.text import shorten
from documents.excel.columns import format_value
from ledgers.catalogue import LISTS, ListDefinition
from ledgers.columns import Column, ColumnKind

LONGEST = 60  # characters of a cell on the page, but for names of units; exports have the whole text
NAMING = frozenset({ColumnKind.UNIT, ColumnKind.UNITS})
WIDE, MIDDLE = 36, 22  # widths of columns on paper in mm, from which the CSS class follows


def _cell(column: Column, *, opens: bool) -> Any:
    """A ``render_…`` method for a column; with ``opens`` its text is a link to the record's page."""

    def render(table: ListTable, record: Any) -> str:
        text = format_value(column.value(record))
        if column.kind not in NAMING:
            text = shorten(text, LONGEST)
        if not opens:
            return text
        return format_html('<a href="{}">{}</a>', returning(record.get_absolute_url(), table.back), text)

    return render


def _css(column: Column) -> str:
    """The CSS class of a column, by its type and width."""
    if column.kind in {ColumnKind.NUMBER, ColumnKind.PERCENT, ColumnKind.MONEY}:
        return "col-number"
    if column.kind in NAMING:
        return "col-unit"
    return "col-text" if column.width >= WIDE else "col-unit" if column.width >= MIDDLE else "col-tight"


def _fixed_columns(listed: ListDefinition) -> tuple[str, ...]:
    """The columns that tell the rows of a list apart: the first, and the next with a title or a link."""
    first, *others = listed.columns
    return (first.key, *[column.key for column in others if column.identifies or column.key == listed.opens][:1])


def table_of(listed: ListDefinition) -> type[ListTable]:
    """The table class of a list."""
    cells: dict[str, Any] = {column.key: tables.Column(column.heading) for column in listed.columns}
    cells |= {f"render_{column.key}": _cell(column, opens=column.key == listed.opens) for column in listed.columns}
    css = {column.key: _css(column) for column in listed.columns}
    # django-tables2 collects columns and ``render_`` methods from class attributes, hence one class for each list.
    own = {"orderings": listed.orderings, "css": css, "key": f"ledgers.{listed.key}", "fixed": _fixed_columns(listed)}
    return type("CatalogueTable", (ListTable,), cells | own)


TABLES = {key: table_of(listed) for key, listed in LISTS.items()}
