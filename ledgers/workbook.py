"""Lists as Excel workbooks; the only module outside of child processes that knows openpyxl.

Text stays text: Excel takes nothing that anybody wrote for a formula, a date or a number. Rows go to the disk as they
come, and a cell that several of them use is used up, by a generator, before it is filled again.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import IO, Any

# This is the module that may import openpyxl (TID251).
from openpyxl import Workbook  # noqa: TID251
from openpyxl.cell import WriteOnlyCell  # noqa: TID251
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: TID251
from openpyxl.styles import Alignment, Border, Font, Protection, Side  # noqa: TID251
from openpyxl.utils import get_column_letter  # noqa: TID251
from openpyxl.worksheet.cell_range import CellRange  # noqa: TID251
from openpyxl.worksheet.datavalidation import DataValidation  # noqa: TID251
from openpyxl.worksheet.properties import PageSetupProperties  # noqa: TID251

from ledgers.columns import Column, Kind, Value
from ledgers.limits import MOST_CHARACTERS, TOO_LONG
from ledgers.sheet import Row, Sheet, lines_of

TOP = Alignment(vertical="top", wrap_text=True)
HEADINGS_ROW = 3  # below the title and what it is of
MORE_ROWS = 500  # below a list in which its choices are offered as well
END = "end"  # the key of the row with the signature
TITLE, HEADING, PLAIN = Font("方正小标宋简体", 18), Font("黑体", 10), Font("宋体", 10)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
UNLOCKED = Protection(locked=False)
THIN = Side(style="thin", color="FF000000")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
NARROW = 6  # Chinese characters; what is short is centred
FORMATS = {Kind.DAY: "yyyy.m.d", Kind.NUMBER: "0", Kind.MONEY: "#,##0.00"}
PAPER_A4 = "9"
MEMORY, CHOICES = "系统数据（勿改）", "选项"


class TooLongError(ValueError):
    """A text does not fit into a cell; the message is a Chinese sentence that says which."""


def write_table(title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one sheet: headings with the width of their columns in characters, then the rows.

    Characters that no XML file may hold are left out. TooLongError for a text that is too long for a cell.
    """
    texts = [[_said(text) for text in row] for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for number, (_, width) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    heading, plain = _cell(sheet, Font(bold=True), TOP), _cell(sheet, Font(), TOP)
    sheet.append(_filled(heading, text) for text, _ in columns)
    for row in texts:
        sheet.append(_filled(plain, text) for text in row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_list(sheet: Sheet, rows: Iterable[Row], file: IO[bytes]) -> int:
    """A list as it is handed in, and how many rows it has; rows are taken and written one by one.

    TooLongError for a text that is too long for a cell.
    """
    drawing = Drawing(sheet)
    try:
        for row in rows:
            drawing.draw(row)
        drawing.finish()
    except BaseException:
        drawing.abandon()
        raise
    drawing.book.save(file)
    return drawing.last - HEADINGS_ROW


class Drawing:
    """A list while it is drawn: for each column one cell with its style, which every row uses again."""

    def __init__(self, sheet: Sheet) -> None:
        self.about, self.columns = sheet, sheet.columns
        self.book = Workbook(write_only=True)
        self.book.properties.creator, self.book.properties.title = sheet.subtitle, sheet.title
        self.sheet, self.memory = self.book.create_sheet(sheet.title), self.book.create_sheet(MEMORY)
        self.memory.sheet_state = "veryHidden"
        self.memory.append(sheet.memory)
        self.width, self.last = len(self.columns) + 1, HEADINGS_ROW  # the last column, hidden, says which record it is
        self._set_up()
        self._head()
        self.cells = [_body_cell(self.sheet, column) for column in self.columns]
        self.key = _cell(self.sheet, PLAIN, TOP)
        self.begun = [HEADINGS_ROW + 1] * len(self.columns)  # where the present cell of each column begins

    def _set_up(self) -> None:
        """What has to be said before the first row: widths, what stays in sight, that a page is as wide as the list."""
        sheet = self.sheet
        for number, column in enumerate(self.columns, start=1):
            dimension = sheet.column_dimensions[get_column_letter(number)]
            dimension.width, dimension.protection = 2 * column.width + 1, UNLOCKED
        sheet.column_dimensions[get_column_letter(self.width)].hidden = True
        sheet.freeze_panes = f"A{HEADINGS_ROW + 1}"
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.sheet_view.showGridLines = False

    def _head(self) -> None:
        heading = _cell(self.sheet, HEADING, CENTRE, GRID)
        last = get_column_letter(len(self.columns))
        for number, (text, style, height) in enumerate(
            ((self.about.title, TITLE, 32.0), (self.about.subtitle, PLAIN, 18.0)), start=1
        ):
            self._append([_filled(_cell(self.sheet, style, CENTRE), text)], number, height)
            self._merge(f"A{number}:{last}{number}")
        lines = max(lines_of(column.heading, column.width) for column in self.columns)
        self._append((_filled(heading, column.heading) for column in self.columns), HEADINGS_ROW, lines * 15.0 + 8.0)

    def draw(self, row: Row) -> None:
        """One record, and beside the sheet what it said when it was handed out."""
        self.last += 1
        for place, shares in enumerate(row.shares):
            if not shares:
                self._close(place)
                self.begun[place] = self.last
        try:
            filled = [_valued(cell, value) for cell, value in zip(self.cells, row.values, strict=True)]
        except TooLongError as error:
            raise TooLongError(f"第 {self.last - HEADINGS_ROW} 行：{error}") from error
        self._append([*filled, _filled(self.key, row.key)], self.last, row.height)
        self.memory.append(row.memory)  # keys, numbers and JSON: nothing in it is a formula or a control character

    def _append(self, cells: Iterable[Any], number: int, height: float) -> None:
        self.sheet.row_dimensions[number].height = height
        self.sheet.append(cell for cell in cells)
        del self.sheet.row_dimensions[number]  # it is written by now

    def _close(self, place: int) -> None:
        """Make one cell of the rows that share it."""
        first, last = self.begun[place], self.last - 1
        if last > first:
            letter = get_column_letter(place + 1)
            self._merge(f"{letter}{first}:{letter}{last}")

    def _merge(self, cells: str) -> None:
        # Not ``merged_cells.add``, which compares each with all others.
        self.sheet.merged_cells.ranges.add(CellRange(cells))

    def finish(self) -> None:
        """Close what is shared, sign, and say how it is printed, protected and filled in."""
        self.last += 1
        for place in range(len(self.columns)):
            self._close(place)
        end = _cell(self.sheet, PLAIN, Alignment(vertical="center"))
        end.protection = UNLOCKED
        empty = [None] * (len(self.columns) - 1)
        self._append([_filled(end, self.about.signature), *empty, _filled(self.key, END)], self.last, 26.0)
        self._merge(f"A{self.last}:{get_column_letter(len(self.columns))}{self.last}")
        self.last -= 1
        self._drop_downs()
        self._print()
        protection = self.sheet.protection
        protection.sheet = True
        for name in ("formatColumns", "formatRows", "formatCells", "insertRows", "deleteRows", "sort"):
            setattr(protection, name, False)  # False: not forbidden

    def abandon(self) -> None:
        """Leave nothing on the disk of a list that cannot be written to its end."""
        for sheet in self.book.worksheets:
            sheet.close()
            sheet._writer.cleanup()

    def _print(self) -> None:
        sheet = self.sheet
        sheet.print_title_rows = f"{HEADINGS_ROW}:{HEADINGS_ROW}"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", PAPER_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.print_options.horizontalCentered = True
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
        margins = sheet.page_margins
        margins.left = margins.right = 0.5
        margins.top, margins.bottom, margins.footer = 0.7, 0.7, 0.3

    def _drop_downs(self) -> None:
        """The choices of a column, and rows below the list where they are offered as well."""
        offered = [
            (place, self.about.choices.get(column.key, column.choices)) for place, column in enumerate(self.columns)
        ]
        offered = [(place, choices) for place, choices in offered if choices]
        if not offered:
            return
        lists = self.book.create_sheet(CHOICES)
        lists.sheet_state = "hidden"
        plain = _cell(lists, PLAIN, TOP)
        for row in range(max(len(choices) for _, choices in offered)):
            lists.append(_filled(plain, choices[row]) if row < len(choices) else None for _, choices in offered)
        for number, (place, choices) in enumerate(offered, start=1):
            letter, own = get_column_letter(place + 1), get_column_letter(number)
            rule = DataValidation("list", f"{CHOICES}!${own}$1:${own}${len(choices)}", allow_blank=True)
            rule.showErrorMessage = self.columns[place].kind != Kind.UNITS  # of which several may be typed
            rule.errorTitle, rule.error = "请从列表中选择", "这一列只能填列表里的内容。"
            rule.add(f"{letter}{HEADINGS_ROW + 1}:{letter}{self.last + MORE_ROWS}")
            self.sheet.data_validations.append(rule)


def _said(text: str) -> str:
    said: str = ILLEGAL_CHARACTERS_RE.sub("", text)
    if len(said) > MOST_CHARACTERS:
        raise TooLongError(TOO_LONG.format(len(said)))  # openpyxl would cut it without a word
    return said


def _cell(sheet: Any, font: Font, alignment: Alignment, border: Border | None = None) -> Any:
    """A cell whose style is used again and again: giving each cell its own takes twice the time."""
    cell = WriteOnlyCell(sheet)
    cell.font, cell.alignment, cell.quotePrefix = font, alignment, True
    if border:
        cell.border = border
    return cell


def _body_cell(sheet: Any, column: Column) -> Any:
    across = "right" if column.kind == Kind.MONEY else "center" if column.width <= NARROW else "left"
    cell = _cell(sheet, PLAIN, Alignment(horizontal=across, vertical="center", wrap_text=True), GRID)
    cell.protection = UNLOCKED
    if column.kind in FORMATS:
        cell.number_format, cell.quotePrefix = FORMATS[column.kind], False
    return cell


def _filled(cell: Any, text: str) -> Any:
    """The cell with this text, whatever it begins with."""
    cell._value, cell.data_type = _said(text), "s"
    return cell


def _valued(cell: Any, value: Value) -> Any:
    """The cell with a value: a day as a day, a number as a number."""
    if isinstance(value, str):
        return _filled(cell, value)
    cell._value, cell.data_type = value, "d" if isinstance(value, dt.date) else "n"
    return cell
