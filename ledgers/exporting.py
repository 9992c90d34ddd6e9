"""A list as a file: the records somebody sees, filtered and in order as on his page."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import IO, Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.trail_csv import FORMULA
from findings.models import Inspection
from findings.models.scopes import scope_of
from findings.views.pages import filter_units
from ledgers.catalogue import Listed
from ledgers.columns import Kind, said
from ledgers.sheet import Sheet, fitted, rows_of
from ledgers.workbook import write_list

FORM = "1"  # of the sheets; raised when an older one can no longer be taken back
PIECE = 500  # records fetched at a time
MEASURED = 300  # records by which the columns are made as wide as needed
SIGNATURE = "填报单位（盖章）：{0}审核人：{0}填报人：{0}填报日期：　　　　年　　月　　日".format("　" * 10)


def records_of(records: QuerySet[Any]) -> Iterator[Any]:
    """The records in pieces, never all at once."""
    return iter(records.iterator(chunk_size=PIECE))


def sheet_of(listed: Listed, inspection: Inspection, user: User) -> Sheet:
    """What stands around the list on its sheet."""
    today = timezone.localdate()
    units = [unit.name for unit in filter_units(scope_of(user))]
    return Sheet(
        title=listed.title,
        subtitle=f"{inspection.body}　{inspection.name}　截至{today.year}年{today.month}月{today.day}日",
        signature=SIGNATURE,
        columns=listed.columns,
        choices={column.key: units for column in listed.columns if column.kind == Kind.UNIT},
        memory=(
            json.dumps({"form": FORM, "list": listed.key, "inspection": inspection.pk, "day": today.isoformat()}),
            "version",
            *(column.key for column in listed.columns),
        ),
    )


def write_workbook(listed: Listed, inspection: Inspection, user: User, records: QuerySet[Any], file: IO[bytes]) -> int:
    """Write the list as an Excel workbook: how many records it has. TooLongError when a text fits into no cell."""
    rest = records_of(records)
    first = list(islice(rest, MEASURED))
    columns = fitted(listed.columns, first)
    sheet = replace(sheet_of(listed, inspection, user), columns=columns)
    return write_list(sheet, rows_of(columns, chain(first, rest)), file)


def write_csv(listed: Listed, records: QuerySet[Any], file: IO[str]) -> int:
    """Write the list as CSV: every cell of every record, marked as UTF-8, with nothing taken for a formula."""
    file.write("\ufeff")
    lines = csv.writer(file)
    lines.writerow([column.heading for column in listed.columns])
    number = 0
    for record in records_of(records):
        lines.writerow([_plain(said(column.value(record))) for column in listed.columns])
        number += 1
    return number


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
