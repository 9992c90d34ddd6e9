"""A list as an Excel or CSV file: the records the user may see, filtered and ordered as on the list's page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import chain, islice
from typing import IO, Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.audit.csv_export import harmless
from accounts.models import User
from accounts.users.roles import Right
from accounts.web.filters import ListFilter
from accounts.web.listing import in_order, known_sort, sort_problems
from documents.excel.columns import CellValue, format_value
from documents.excel.paper import possible_layouts
from documents.excel.rows import fit_to_paper, json_cells, list_rows
from documents.excel.sheet import ListRow, ListSheet, RecordIdentity
from documents.excel.workbook import HEADINGS_ROW, write_list
from documents.numerals import full_date
from findings.models import Inspection
from findings.units.scopes import user_scope
from findings.units.unit_names import UnitNames
from findings.work.http import filter_units
from ledgers.catalogue import ListDefinition
from ledgers.columns import Column, ColumnKind, with_unit_labels
from ledgers.sheet_matching import EXAMPLE, FORM, NOT_FILLED

CHUNK_SIZE = 500  # records fetched at a time
BLANK_ROWS = 30  # of a template, between its example and the line for signatures
ROW_HEIGHT = 40.0  # points, of the rows of a template
LAYOUT_SAMPLE = (
    2_000  # records by which paper and widths are chosen; in longer lists columns without content are printed
)
SIGNATURE = ("填报单位（盖章）：", "主要负责人：", "审核人：", "填报人：", "填报日期：　　　　年　　月　　日")


class InvalidFilterError(Exception):
    """A filter or the order of an export is not valid, and nothing is exported; the text says which and what to do."""


@dataclass(frozen=True)
class ExportQuery:
    """A list of one inspection as a user filtered and sorted it; ``asked`` is the query string of the page."""

    listed: ListDefinition
    inspection: Inspection
    user: User
    asked: QueryDict

    @property
    def own(self) -> QuerySet[Any]:
        """All records of the list that the user may see, unfiltered."""
        return self.listed.records(self.user).filter(inspection=self.inspection)

    @cached_property
    def filled_list(self) -> ListDefinition:
        """The list with those of its columns that go out, which do not depend on the filter."""
        return self.listed.with_filled(self.own)

    @cached_property
    def filter(self) -> ListFilter:
        """The list's filter with the values of the query string."""
        return self.listed.filter(self.asked, self.own.order_by(), self.inspection, self.user)

    @cached_property
    def chosen(self) -> QuerySet[Any]:
        """The filtered records in the requested order; InvalidFilterError when a filter or the order is not valid."""
        if problems := self.filter.problems:
            raise InvalidFilterError(f"筛选条件{''.join(problems)}")
        orderings, sort = self.listed.orderings, self.asked.get("sort", "")
        if problems := sort_problems(sort, orderings, "请在清单页面上点表头选好排序，再导出。"):
            raise InvalidFilterError("".join(problems))
        arrange = in_order(orderings, known_sort(sort, orderings, self.listed.own_order))
        # By key: nothing that a filter adds to its query (joins, annotations) reaches the query of the rows.
        records = self.filled_list.records(self.user).filter(inspection=self.inspection)
        return arrange(records.filter(pk__in=self.filter.qs.values("pk")))

    @cached_property
    def extent(self) -> str:
        """What the sheet says when it does not hold every record of the list (Chinese), else ""; two queries.

        A printed part of a list must not be taken for the whole.
        """
        number, whole = self.chosen.order_by().count(), self.own.order_by().count()
        sees_all = self.inspection.allows(self.user, Right.SEE_ALL)
        parts = [f"按条件筛选出 {number} 条，共 {whole} 条"] if number < whole else []
        parts += [] if sees_all else [f"只含{self.user.name}可以查看的记录"]
        return f"（{'；'.join(parts)}）" if parts else ""

    def records(self) -> Iterator[Any]:
        """Iterate over ``chosen``, fetching ``CHUNK_SIZE`` records at a time."""
        return iter(self.chosen.iterator(chunk_size=CHUNK_SIZE))


def write(wanted: ExportQuery, records: Iterator[Any], file: IO[bytes], form: str) -> int:
    """Write the records into the file and return their number; ``form`` is "xlsx" or "csv".

    TextTooLongError when a text does not fit into a cell of Excel.
    """
    if form == "xlsx":
        return write_workbook(wanted.filled_list, wanted.inspection, wanted.user, records, file, wanted.extent)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    number = write_csv(labelled_columns(wanted.filled_list, wanted.inspection, wanted.user), records, text)
    text.flush()
    # Without this the wrapper would close the file when it is garbage-collected.
    text.detach()
    return number


def labelled_columns(listed: ListDefinition, inspection: Inspection, user: User) -> tuple[Column, ...]:
    """The list's columns, in which units of one name are told apart."""
    if not any(column.units for column in listed.columns):
        return listed.columns  # without the query for the units
    return with_unit_labels(listed.columns, UnitNames(user_scope(user).tree, inspection.unit_id))


def sheet_of(listed: ListDefinition, inspection: Inspection, user: User) -> ListSheet:
    """The title, signature line, choices and hidden memory of the list's sheet, without records.

    ``memory`` is what ``sheet_matching.memory_of`` reads when the list is imported again.
    """
    today = timezone.localdate()
    scope = user_scope(user)
    names = UnitNames(scope.tree, inspection.unit_id)
    units = [names.label(unit) for unit in filter_units(scope)]
    columns = [column.sheet_column for column in with_unit_labels(listed.columns, names)]
    return ListSheet(
        title=listed.title,
        subtitle=f"{inspection.body}　{inspection.name}　截至{full_date(today)}",
        signature=SIGNATURE,
        layout=possible_layouts(columns, [len(today.isoformat())] * len(columns))[-1],
        choices={column.key: units for column in listed.columns if column.kind in {ColumnKind.UNIT, ColumnKind.UNITS}},
        memory=(
            json.dumps({"form": FORM, "list": listed.key, "inspection": inspection.pk, "day": today.isoformat()}),
            "version",
            *(column.key for column in listed.columns),
        ),
    )


def write_workbook(  # noqa: PLR0913, PLR0917 -- which list of what for whom, its rows, and where it goes
    listed: ListDefinition,
    inspection: Inspection,
    user: User,
    records: Iterator[Any],
    file: IO[bytes],
    extent: str = "",
) -> int:
    """Write the list as an Excel workbook and return the number of records.

    ``extent`` stands below the title (``ExportQuery.extent``). TextTooLongError when a text does not fit into a cell.
    """
    # Column widths precede the rows in the file, so they are chosen by the first records only.
    first = list(islice(records, LAYOUT_SAMPLE))
    is_all = len(first) < LAYOUT_SAMPLE
    sheet = sheet_of(listed, inspection, user)
    sheet = replace(sheet, subtitle=f"{sheet.subtitle}{extent}")
    # With the widths they are meant to have, not those of the empty sheet.
    columns = [replace(one, width=column.width) for one, column in zip(sheet.columns, listed.columns, strict=True)]
    sheet = fit_to_paper(sheet, columns, first, identify, is_all=is_all)
    return write_list(sheet, list_rows(sheet, chain(first, records), identify), file)


def identify(record: Any) -> RecordIdentity:
    """The key and version by which an import finds the record of a row again."""
    return RecordIdentity(f"{record._meta.model_name}-{record.pk}", str(getattr(record, "version", "")))


def write_template(listed: ListDefinition, inspection: Inspection, user: User, file: IO[bytes]) -> None:
    """Write an empty list to be filled in: the export's head and choices, one example row, and blank rows.

    Its columns are those that every export has.
    """
    listed = listed.always
    sheet = sheet_of(listed, inspection, user)
    aspects = {column.key: _aspects(inspection) for column in listed.columns if column.places == "aspect"}
    first = HEADINGS_ROW + 2
    note = f"{sheet.subtitle}　第 {first - 1} 行是示例，导入时不计；请从第 {first} 行起填写，行不够就在中间插入"
    values = tuple(_example(column, sheet) for column in listed.columns)
    memory = (EXAMPLE, "", *json_cells([format_value(value) for value in values]))
    row = ListRow(EXAMPLE, memory, values, (False,) * len(values), ROW_HEIGHT)
    blank = ListRow("", (), (None,) * len(values), (False,) * len(values), ROW_HEIGHT)
    sheet = replace(sheet, subtitle=note, choices={**sheet.choices, **aspects})
    write_list(sheet, [row, *[blank] * BLANK_ROWS], file)


def _aspects(inspection: Inspection) -> list[str]:
    """The aspects of the inspection as the list's column names them."""
    return [aspect.short_title or aspect.title for aspect in inspection.aspects.all()]


def _example(column: Column, sheet: ListSheet) -> CellValue:
    """The value of a column in the example row; a text is marked as an example."""
    if column.places == "number":
        return "（示例）1-1"
    if not (column.field or column.places):
        return NOT_FILLED
    return example_value(column, sheet.choices.get(column.key, ()))


def example_value(column: Column, offered: Sequence[str] = ()) -> CellValue:
    """An invented value for a column, marked as an example unless it is one of its choices.

    ``offered`` are further choices that depend on the inspection.
    """
    samples: dict[ColumnKind, CellValue] = {
        ColumnKind.DAY: timezone.localdate(),
        ColumnKind.NUMBER: 1,
        ColumnKind.PERCENT: 80,
        ColumnKind.MONEY: Decimal("1234.50"),
        ColumnKind.PLACE: "（示例）1-1",
        ColumnKind.PLACES: "（示例）1-1、2-3",
    }
    return samples.get(column.kind, (column.choices or offered or [f"（示例）{column.heading}"])[0])


def write_csv(columns: Sequence[Column], records: Iterator[Any], file: IO[str]) -> int:
    """Write the records as CSV and return the number of records; cells that look like formulas are made harmless."""
    # The byte order mark makes Excel read the file as UTF-8.
    file.write("\ufeff")
    lines = csv.writer(file)
    lines.writerow([column.heading for column in columns])
    number = 0
    for record in records:
        # Spreadsheets execute formulas in CSV files too.
        lines.writerow([harmless(format_value(column.value(record))) for column in columns])
        number += 1
    return number
