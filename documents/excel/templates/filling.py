"""Writing of records into the repeated row of an external template, in its style and as high as the texts need.

Runs in the worker that fills a template.
"""

from __future__ import annotations

import datetime as dt
import math
from copy import copy
from decimal import Decimal
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.formula.translate import Translator
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from documents.excel.lines import count_lines
from documents.excel.paper import PADDING
from documents.excel.rows import MOST_HEIGHT
from documents.excel.templates.row_insertion import RowInsertion, insert_rows

EncodedValue = list[str]  # the type (s text, d day, n number, m amount) and the value; empty for None
LINE = 1.4  # the height of a line, as a multiple of its font size
WIDTH, SIZE = 8.43, 11.0  # Excel's defaults for column width and font size
FORMATS = {"d": "yyyy.m.d", "n": "0", "m": "#,##0.00"}  # where the template's own format does not show the value
PLAIN = {"General", "@"}


class RepeatedRow:
    """The repeated row of a sheet, and the framed empty rows below it, which are filled before rows are inserted."""

    def __init__(self, sheet: Any, row: int, columns: list[str]) -> None:
        self.sheet, self.row = sheet, row
        self.columns = [column_index_from_string(letters) for letters in columns]
        # Areas within one row only: a higher one cannot be repeated and is refused when the template is uploaded.
        self.merged = [one for one in sheet.merged_cells.ranges if one.min_row == row]
        self.sample = {column: cell for (number, column), cell in sheet._cells.items() if number == row}
        self.width, self.height = sheet.max_column, sheet.row_dimensions[row].height or 0.0
        self.drawn_rows = self._count_drawn_rows()
        self.formulas = {
            column: str(cell.value)
            for column, cell in self.sample.items()
            if column not in self.columns and cell.data_type == "f"
        }
        self.styles: dict[tuple[int, bool, str], Any] = {}
        self.looks = {column: copy(cell._style) for column, cell in self.sample.items()}
        # The last framed row may have another border below: the last record gets its style.
        ends = {column: sheet._cells.get((self.last, column), cell) for column, cell in self.sample.items()}
        self.ends = {column: copy(cell._style) for column, cell in ends.items()}

    @property
    def last(self) -> int:
        """The number of the last framed row."""
        return self.row + self.drawn_rows - 1

    def _count_drawn_rows(self) -> int:
        number = 1
        if any(_is_framed(self.sample.get(column)) for column in self.columns):
            while self._is_drawn(self.row + number):
                number += 1
        return number

    def _is_drawn(self, row: int) -> bool:
        """Whether a row is empty and has borders where the repeated row has them.

        It may hold the repeated row's formulas, and numbers that were counted beforehand.
        """
        if any(one.min_row <= row <= one.max_row and one.size["rows"] > 1 for one in self.sheet.merged_cells.ranges):
            return False
        for column in range(1, self.width + 1):
            cell, sample = self.sheet._cells.get((row, column)), self.sample.get(column)
            is_repeated = cell is not None and sample is not None and cell.data_type == sample.data_type == "f"
            is_number = column in self.columns and isinstance(getattr(cell, "value", None), int)
            if cell is not None and cell.value is not None and not (is_repeated or is_number):
                return False
            if column in self.columns and _is_framed(sample) and not _is_framed(cell):
                return False
        return True

    def fill(self, book: Any, records: list[list[EncodedValue]]) -> None:
        """Write the records, one in each row; rows are inserted where the framed ones are not enough."""
        number = max(len(records), self.drawn_rows)
        self._unmerge_drawn_rows()
        if number > self.drawn_rows:
            insert_rows(book, RowInsertion(self.sheet.title, self.last, number - self.drawn_rows))
            # The insertion has adapted the formulas of the repeated row.
            self.formulas = {column: str(self.sample[column].value) for column in self.formulas}
        nothing: list[list[EncodedValue]] = [[[] for _ in self.columns]]
        for place, record in enumerate(records or nothing):
            self._write_record(self.row + place, record, is_end=place == number - 1 and self.drawn_rows > 1)
        for row in range(self.row + 1, self.row + number):
            for area in self.merged:
                self.sheet.merged_cells.ranges.add(CellRange(None, area.min_col, row, area.max_col, row))

    def _unmerge_drawn_rows(self) -> None:
        """Unmerge cells in the framed rows, which are then merged as those of the repeated row."""
        for area in list(self.sheet.merged_cells.ranges):
            if self.row < area.min_row <= self.last:
                self.sheet.unmerge_cells(str(area))

    def _write_record(self, row: int, record: list[EncodedValue], *, is_end: bool) -> None:
        values = dict(zip(self.columns, record, strict=True))
        height = self.height
        for column, sample in {**dict.fromkeys(self.columns), **self.sample}.items():
            cell = self.sheet._cells.get((row, column))
            if cell is None or (isinstance(cell, MergedCell) and row != self.row):
                cell = self.sheet._cells[row, column] = Cell(self.sheet, row=row, column=column)
            kind, text = values.get(column) or ("", "")
            cell._style = self._value_style(column, kind, is_end=is_end)
            if column in values:
                write_value(cell, kind, text)
                height = max(height, self._cell_height(column, cell, text if kind == "s" else ""))
            elif column in self.formulas:
                cell.value = Translator(self.formulas[column], self._coordinate(self.row, column)).translate_formula(
                    cell.coordinate
                )
            elif row != self.row and sample is not None and not isinstance(sample, MergedCell):
                cell.value = sample.value
        self.sheet.row_dimensions[row].height = min(MOST_HEIGHT, height) or None

    @staticmethod
    def _coordinate(row: int, column: int) -> str:
        return f"{get_column_letter(column)}{row}"

    def _value_style(self, column: int, kind: str, *, is_end: bool) -> Any:
        """The style of a column for a type of value, made once and copied for each cell."""
        key = (column, is_end, kind)
        if key not in self.styles:
            cell = Cell(self.sheet, row=1, column=column)
            if look := (self.ends if is_end else self.looks).get(column):
                cell._style = copy(look)
            adapt_style(cell, kind)
            self.styles[key] = cell._style
        return copy(self.styles[key])

    def _cell_height(self, column: int, cell: Any, text: str) -> float:
        """The height in points that shows all of a text; 0 for an empty one."""
        if not text:
            return 0.0
        last = next((area.max_col for area in self.merged if area.min_col == column), column)
        width = sum(self._column_width(each) for each in range(column, last + 1))
        size = cell.font.sz or SIZE
        room = max(2, math.floor(width * SIZE / size) - 1)
        return float(count_lines(text, room) * size * LINE + PADDING)

    def _column_width(self, column: int) -> float:
        for one in self.sheet.column_dimensions.values():
            if one.min and one.min <= column <= one.max and one.width:
                return float(one.width)
        return float(self.sheet.sheet_format.defaultColWidth or WIDTH)


def write_value(cell: Any, kind: str, text: str) -> None:
    """Write a value of a type into a cell; a text stays a text, also when it begins with =."""
    if kind in {"n", "m"}:
        cell.value = Decimal(text)
    elif kind == "d":
        cell.value = dt.date.fromisoformat(text)
    else:
        clean = ILLEGAL_CHARACTERS_RE.sub("", text)
        # Past the setter of ``value``, which would take a text that begins with = for a formula.
        cell._value, cell.data_type = clean or None, "s" if clean else "n"


def adapt_style(cell: Any, kind: str) -> None:
    """Adapt a cell's style to a type of value: texts are wrapped; days and numbers get a format that shows them.

    Days and numbers shrink to fit, because a spreadsheet shows #### where they are too wide.
    """
    if not kind:
        return
    alignment = copy(cell.alignment)
    alignment.wrap_text, alignment.shrink_to_fit = kind == "s", kind != "s"
    cell.alignment = alignment
    if kind == "s":
        cell.quotePrefix = True
    elif not _is_shown_by(cell.number_format, kind):
        cell.number_format = FORMATS[kind]


def _is_shown_by(number_format: str, kind: str) -> bool:
    return bool(is_date_format(number_format)) if kind == "d" else number_format not in PLAIN


def _is_framed(cell: Any) -> bool:
    border = getattr(cell, "border", None)
    return bool(border and (border.left.style or border.right.style))
