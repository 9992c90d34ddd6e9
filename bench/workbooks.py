"""Lists as Excel workbooks: time and memory for 10,000 rows, compared with xlsxwriter, openpyxl and calamine.

    .venv/bin/python -m bench.workbooks [measures]

The list is 整改台账, the widest. xlsxwriter, in constant memory, writes the same cells from the same records,
with the same fonts and borders, but no keys for the import, no drop-downs and no merged cells.

The import is of the same list, of the greatest length allowed, with every tenth measure changed: read by the child
process with all its checks, beside openpyxl, by which the child reads, and calamine, which only read the cells; then
compared with the records and validated, as for the preview; and then stored.
"""

from __future__ import annotations

import datetime as dt
import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import lists, scratch  # isort: skip # they tell Django its database

import xlsxwriter
from django.core.management import call_command
from django.http import QueryDict
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from bench.work import advance, prove
from documents.excel.limits import MOST_ROWS
from documents.excel.rows import list_rows
from findings.factories import make_user
from ledgers.catalogue import LISTS
from ledgers.exporting import ExportQuery, identify, sheet_of, write
from ledgers.import_forms import read_list
from ledgers.import_saving import store
from ledgers.importing import Plan

MOST_SECONDS, MOST_MEMORY, MOST_RATIO = 3.0, 80, 2.5  # for 10,000 rows; MB more than before; × xlsxwriter
MOST_SECONDS_IN, MOST_RATIO_IN = 10.0, 1.5  # for 10,000 rows; × openpyxl's own reading


def resident() -> float:
    """The peak resident memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def time_action(action: Callable[[], object]) -> float:
    """The seconds that the action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def write_with_xlsxwriter(wanted: ExportQuery, target: Path) -> None:
    """Write the same rows with xlsxwriter."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    look = {"font_name": "宋体", "font_size": 10, "border": 1, "text_wrap": True, "valign": "vcenter"}
    listed = sheet_of(wanted.filled_list, wanted.inspection, wanted.user)
    plain, day = book.add_format(look), book.add_format(look | {"num_format": "yyyy.m.d"})
    for number, row in enumerate(list_rows(listed, wanted.records(), identify), start=3):
        sheet.set_row(number, row.height)
        for place, value in enumerate(row.values):
            if isinstance(value, dt.date):
                sheet.write_datetime(number, place, dt.datetime.combine(value, dt.time()), day)
            elif value is None:
                sheet.write_blank(number, place, None, plain)
            elif isinstance(value, str):
                sheet.write_string(number, place, value, plain)
            else:
                sheet.write_number(number, place, float(value), plain)
    book.close()


def measure_import(wanted: ExportQuery) -> bool:
    """Measure the import of the list and print its lines; whether its bounds are kept."""
    file, rows = io.BytesIO(), min(wanted.chosen.count(), MOST_ROWS)
    write(wanted, iter(wanted.chosen[:rows]), file, "xlsx")
    content = file.getvalue()
    found = read_list(content, wanted.listed, wanted.inspection)
    ours = time_action(lambda: read_list(content, wanted.listed, wanted.inspection))
    plain, rust = time_action(lambda: read_with_openpyxl(content)), time_action(lambda: read_with_calamine(content))
    for row in found.rows[::10]:
        row.cells["plan"] = ("s", f"改为每周检查第 {row.number} 行的事项。")
    planned = time_action(lambda: Plan(found, wanted.listed, wanted.inspection, wanted.user))
    stored = (
        time_action(lambda: store(found, wanted.listed, wanted.inspection, wanted.user)) - planned
    )  # ``store`` makes the plan again
    ratio, allowed, changed = ours / plain, MOST_SECONDS_IN * rows / 10_000, len(found.rows[::10])
    kept = ratio <= MOST_RATIO_IN and ours + planned <= allowed
    print(
        f"{'ok  ' if kept else 'OVER'} in: {rows} rows read in {ours:.1f} s, openpyxl {plain:.1f} s: {ratio:.2f} ×"
        f" ≤ {MOST_RATIO_IN}, calamine {rust:.2f} s: {ours / rust:.1f} ×;"
        f" with validation {ours + planned:.1f} s ≤ {allowed:.1f}"
    )
    print(f"     {changed} changed rows stored in {stored:.1f} s: {changed / stored:.0f} rows a second")
    return kept


def read_with_openpyxl(content: bytes) -> None:
    """Read every cell of every sheet with openpyxl alone."""
    for sheet in load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets:
        for _ in sheet.iter_rows(values_only=True):
            pass


def read_with_calamine(content: bytes) -> None:
    """Read every cell of every sheet with calamine."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def main(measures: int = 10_000) -> int:
    """Print the figures of export and import; 1 when one is over its bound."""
    call_command("migrate", verbosity=0)
    inspection = lists.build(measures, 1)
    reports = make_user()
    advance(reports, make_user())
    prove(reports)
    wanted = ExportQuery(LISTS["register"], inspection, make_user(role="office"), QueryDict(""))
    with tempfile.TemporaryDirectory() as folder:
        write(
            wanted, iter(wanted.chosen[:10]), io.BytesIO(), "xlsx"
        )  # so that modules are loaded before memory is measured
        before = resident()

        def ours() -> None:
            with (Path(folder) / "ours.xlsx").open("wb") as file:
                write(wanted, wanted.records(), file, "xlsx")

        seconds = time_action(ours)
        more = resident() - before
        theirs = time_action(lambda: write_with_xlsxwriter(wanted, Path(folder) / "theirs.xlsx"))
        text = time_action(lambda: write(wanted, wanted.records(), io.BytesIO(), "csv"))
    ratio, allowed = seconds / theirs, MOST_SECONDS * measures / 10_000
    kept = seconds <= allowed and more <= MOST_MEMORY and ratio <= MOST_RATIO
    print(f"{measures} rows of {len(wanted.filled_list.columns)} columns; CSV {text:.1f} s")
    print(
        f"{'ok  ' if kept else 'OVER'} Excel {seconds:.1f} s ≤ {allowed:.1f}, +{more:.0f} MB ≤ {MOST_MEMORY},"
        f" xlsxwriter {theirs:.1f} s: {ratio:.2f} × ≤ {MOST_RATIO}"
    )
    return 0 if measure_import(wanted) and kept else 1


if __name__ == "__main__":
    scratch.run(lambda: main(*map(int, sys.argv[1:])))
