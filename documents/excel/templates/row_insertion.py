"""Insertion of rows into a sheet with everything that refers to it; runs in the worker that fills templates.

openpyxl moves cells only; areas, formulas, heights and page breaks are moved here. Rows are inserted below row
``last``: an area that begins below it moves down, an area that ends in it or below ends lower by the same number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange

CORNER = re.compile(r"(\$?[A-Za-z]{0,3}\$?)([0-9]+)")


@dataclass(frozen=True)
class RowInsertion:
    """An insertion of ``count`` rows below row ``last`` of a sheet, and the new positions after it."""

    sheet: str
    last: int
    count: int

    def shift_start(self, row: int) -> int:
        """The new first row of an area, or the new row of a cell."""
        return row + self.count if row > self.last else row

    def shift_end(self, row: int) -> int:
        """The new last row of an area; one that ends in row ``last`` is extended over the new rows."""
        return row + self.count if row >= self.last else row

    def shift_range(self, area: Any) -> CellRange:
        """The new range of an area."""
        return CellRange(
            min_col=area.min_col,
            min_row=self.shift_start(area.min_row),
            max_col=area.max_col,
            max_row=self.shift_end(area.max_row),
        )

    def shift_ranges(self, areas: Any) -> MultiCellRange:
        """The new ranges of several areas."""
        return MultiCellRange([self.shift_range(area) for area in areas.ranges])

    def shift_reference(self, text: str) -> str:
        """The new text of a reference without its sheet, such as F5, $A$1:F9 or 3:4; names stay unchanged."""
        first, colon, end = text.partition(":")
        return f"{_shift_corner(first, self.shift_start)}{colon}{_shift_corner(end, self.shift_end)}"

    def shift_formula(self, text: str, home: str) -> str:
        """The new text of a formula on the sheet ``home``; references to other sheets stay unchanged."""
        tokens = Tokenizer(text)
        for token in tokens.items:
            if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                sheet, mark, reference = token.value.rpartition("!")
                if (sheet.strip("'").replace("''", "'") if mark else home) == self.sheet:
                    token.value = f"{sheet}{mark}{self.shift_reference(reference)}"
        return str(tokens.render())


def _shift_corner(text: str, shift: Callable[[int], int]) -> str:
    found = CORNER.fullmatch(text)
    return f"{found[1]}{shift(int(found[2]))}" if found else text


def insert_rows(book: Any, insertion: RowInsertion) -> None:
    """Insert the rows, on their sheet and in all formulas and names of the workbook."""
    sheet = book[insertion.sheet]
    _move_cells(sheet, insertion)
    _move_rows(sheet, insertion)
    for area in list(sheet.merged_cells.ranges):
        if area.min_row > insertion.last:
            area.shift(row_shift=insertion.count)
    _move_areas(sheet, insertion)
    for each in book.worksheets:
        for cell in each._cells.values():
            if cell.data_type == "f":
                cell.value = insertion.shift_formula(cell.value, each.title)
        for name in each.defined_names.values():
            name.attr_text = _shift_unsigned_formula(insertion, name.attr_text, each.title)
    for name in book.defined_names.values():
        name.attr_text = _shift_unsigned_formula(insertion, name.attr_text, "")


def _shift_unsigned_formula(insertion: RowInsertion, text: str, home: str) -> str:
    """The new text of a formula that is stored without "=", such as that of a name or a rule."""
    return insertion.shift_formula(f"={text}", home)[1:]


def _move_cells(sheet: Any, insertion: RowInsertion) -> None:
    # From below: otherwise a moved cell would overwrite one that is still to be moved.
    for row, column in sorted((place for place in sheet._cells if place[0] > insertion.last), reverse=True):
        cell = sheet._cells.pop((row, column))
        cell.row = row + insertion.count
        sheet._cells[cell.row, column] = cell
        if getattr(cell, "hyperlink", None):
            cell.hyperlink.ref = cell.coordinate


def _move_rows(sheet: Any, insertion: RowInsertion) -> None:
    for number in sorted((row for row in sheet.row_dimensions if row > insertion.last), reverse=True):
        dimension = sheet.row_dimensions.pop(number)
        dimension.index = number + insertion.count
        sheet.row_dimensions[dimension.index] = dimension
    for one in sheet.row_breaks.brk:
        one.id = insertion.shift_end(one.id)


def _move_areas(sheet: Any, insertion: RowInsertion) -> None:
    """Move the areas of conditional formats, data validations, filters, tables and the print area."""
    kept, sheet.conditional_formatting = sheet.conditional_formatting, ConditionalFormattingList()
    for formatted in kept:
        for rule in formatted.rules:
            rule.formula = [_shift_unsigned_formula(insertion, text, sheet.title) for text in rule.formula]
            sheet.conditional_formatting.add(str(insertion.shift_ranges(formatted.sqref)), rule)
    for rule in sheet.data_validations.dataValidation:
        rule.sqref = insertion.shift_ranges(rule.sqref)
        for part in ("formula1", "formula2"):
            if text := getattr(rule, part):
                setattr(rule, part, _shift_unsigned_formula(insertion, text, sheet.title))
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = str(insertion.shift_range(CellRange(sheet.auto_filter.ref)))
    for table in sheet.tables.values():
        table.ref = str(insertion.shift_range(CellRange(table.ref)))
        if table.autoFilter:
            table.autoFilter.ref = table.ref
    if sheet._print_area.ranges:
        sheet.print_area = ",".join(str(insertion.shift_range(area)) for area in sheet._print_area.ranges)
