"""Lists as Excel workbooks: styles, headings, printing, protection and choices.

Outside of worker processes only this module and ``row_writing`` import openpyxl.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from documents.excel.columns import CellFormat, SheetColumn
from documents.excel.row_writing import SheetWriter, TextTooLongError
from documents.excel.sheet import ListRow, ListSheet, count_lines

TOP = Alignment(vertical="top", wrap_text=True)
HEADINGS_ROW = 3  # below title and subtitle
MORE_ROWS = 500  # rows below a list in which its choices are offered as well
END = "end"  # the key of the row with the signature
TITLE, HEADING, PLAIN = Font("方正小标宋简体", 18), Font("黑体", 10), Font("宋体", 10)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
UNLOCKED = Protection(locked=False)
THIN = Side(style="thin", color="FF000000")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
NARROW = 6  # Chinese characters; columns up to this width are centred
TEXT_FORMAT = "@"  # whatever is typed stays as typed: Excel would make a number of a voucher number and round it
FORMATS = {
    CellFormat.TEXT: TEXT_FORMAT,
    CellFormat.DAY: "yyyy.m.d",
    CellFormat.NUMBER: "0",
    CellFormat.MONEY: "#,##0.00",
}
PAPER_A4 = "9"
MEMORY, CHOICES = "系统数据（勿改）", "选项"


def write_table(title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one sheet: ``columns`` are the headings with their widths in characters, followed by the rows.

    Characters that XML does not allow are left out. Raises TextTooLongError for a text too long for a cell.
    """
    file = io.BytesIO()
    with _saved_workbook(file) as book:
        sheet = book.create_sheet(title)
        for number, (_, width) in enumerate(columns, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.freeze_panes = "A2"
        heading, plain = (
            _register_style(sheet, font, TOP, number_format=TEXT_FORMAT) for font in (Font(bold=True), Font())
        )
        writer = SheetWriter(sheet)
        writer.add_row([text for text, _ in columns], [heading] * len(columns))
        for row in rows:
            writer.add_row(row, [plain] * len(row))
    return file.getvalue()


def write_list(sheet: ListSheet, rows: Iterable[ListRow], file: IO[bytes]) -> int:
    """Write a list to a file, row by row, and return the number of its rows.

    Raises TextTooLongError for a text too long for a cell, with the number of the row.
    """
    with _saved_workbook(file) as book:
        writer = ListWriter(book, sheet)
        for row in rows:
            writer.write_row(row)
        number = writer.rows.last - HEADINGS_ROW
        writer.finish()
    return number


@contextmanager
def _saved_workbook(file: IO[bytes]) -> Iterator[Any]:
    """A workbook that is saved at the end of the block; after an exception its temporary files are deleted."""
    book = Workbook(write_only=True)
    try:
        yield book
    except BaseException:
        for sheet in book.worksheets:
            sheet.close()
            sheet._writer.cleanup()
        raise
    book.save(file)


class ListWriter:
    """The state of writing a list: its sheets, the style of each column, and the open shared cells."""

    def __init__(self, book: Any, definition: ListSheet) -> None:
        self.book, self.definition, self.columns = book, definition, definition.columns
        book.properties.creator, book.properties.title = definition.subtitle, definition.title
        self.sheet, memory = book.create_sheet(definition.title), book.create_sheet(MEMORY)
        memory.sheet_state = "veryHidden"  # cannot be shown again from the menus
        self.width = len(self.columns) + 1  # the last column is hidden and holds the key of the record
        self._set_up()
        self.rows, self.memory = SheetWriter(self.sheet), SheetWriter(memory)
        self._write_head()
        self.key = _register_style(self.sheet, PLAIN, TOP)
        self.styles = [*(_body_style(self.sheet, column) for column in self.columns), self.key]
        self.shared_from = [HEADINGS_ROW + 1] * len(self.columns)  # the first row of each column's present cell

    def _set_up(self) -> None:
        """Set what the file has before its rows: column widths, frozen headings, and fitting to the page's width."""
        sheet = self.sheet
        for number, column in enumerate(self.columns, start=1):
            dimension = sheet.column_dimensions[get_column_letter(number)]
            dimension.width, dimension.protection = 2 * column.width + 1, UNLOCKED
            dimension.number_format = FORMATS[column.cell_format]  # of the cells below the list as well
        sheet.column_dimensions[get_column_letter(self.width)].hidden = True
        sheet.freeze_panes = f"A{HEADINGS_ROW + 1}"
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.sheet_view.showGridLines = False

    def _write_head(self) -> None:
        heading = _register_style(self.sheet, HEADING, CENTRE, border=GRID)
        for text, font, height in ((self.definition.title, TITLE, 32.0), (self.definition.subtitle, PLAIN, 18.0)):
            self.rows.add_row([text], [_register_style(self.sheet, font, CENTRE)], height)
            self._merge_last()
        lines = max(count_lines(column.heading, column.width) for column in self.columns)
        headings = [column.heading for column in self.columns]
        self.rows.add_row(headings, [heading] * len(headings), lines * 15.0 + 8.0)
        self._remember(self.definition.memory)

    def write_row(self, row: ListRow) -> None:
        """Write one record, and its exported texts to the hidden sheet; TextTooLongError with the row's number."""
        for place, shares in enumerate(row.shares):
            if not shares:
                self._merge_shared(place)
        try:
            self.rows.add_row([*row.values, row.key], self.styles, row.height)
        except TextTooLongError as error:
            raise TextTooLongError(f"第 {self.rows.last + 1 - HEADINGS_ROW} 行：{error}") from error
        self._remember(row.memory)

    def _remember(self, texts: Sequence[str]) -> None:
        self.memory.add_row(texts, [0] * len(texts))

    def _merge_shared(self, place: int) -> None:
        """Merge the cells of a column from the start of the present shared cell to the last row."""
        first, last = self.shared_from[place], self.rows.last
        if last > first:
            letter = get_column_letter(place + 1)
            self.rows.merged.append(f"{letter}{first}:{letter}{last}")
        self.shared_from[place] = last + 1

    def _merge_last(self) -> None:
        """Merge the last row into one cell."""
        self.rows.merged.append(f"A{self.rows.last}:{get_column_letter(len(self.columns))}{self.rows.last}")

    def finish(self) -> None:
        """Merge the last shared cells, write the signature, and set choices, printing and protection."""
        for place in range(len(self.columns)):
            self._merge_shared(place)
        self._write_choices()
        end = _register_style(self.sheet, PLAIN, Alignment(vertical="center"), protection=UNLOCKED)
        beside = len(self.columns) - 1
        self.rows.add_row([self.definition.signature, *[None] * beside, END], [end, *[0] * beside, self.key], 26.0)
        self._merge_last()
        self._set_up_printing()
        protection = self.sheet.protection
        protection.sheet = True
        for name in ("formatColumns", "formatRows", "formatCells", "insertRows", "deleteRows", "sort"):
            setattr(protection, name, False)  # False: not forbidden

    def _set_up_printing(self) -> None:
        sheet = self.sheet
        sheet.print_title_rows = f"{HEADINGS_ROW}:{HEADINGS_ROW}"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", PAPER_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.print_options.horizontalCentered = True
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
        margins = sheet.page_margins
        margins.left = margins.right = 0.5
        margins.top, margins.bottom, margins.footer = 0.7, 0.7, 0.3

    def _write_choices(self) -> None:
        """Write the choices to a hidden sheet, and offer them in the list and ``MORE_ROWS`` rows below it."""
        choice_columns = [
            (place, self.definition.choices.get(column.key, column.choices))
            for place, column in enumerate(self.columns)
        ]
        choice_columns = [(place, choices) for place, choices in choice_columns if choices]
        if not choice_columns:
            return
        lists = self.book.create_sheet(CHOICES)
        lists.sheet_state = "hidden"
        plain, writer = _register_style(lists, PLAIN, TOP), SheetWriter(lists)
        for row in zip_longest(*(choices for _, choices in choice_columns)):
            writer.add_row(row, [0 if text is None else plain for text in row])
        for number, (place, choices) in enumerate(choice_columns, start=1):
            letter, own = get_column_letter(place + 1), get_column_letter(number)
            # By reference: a list of choices within the rule is limited to 255 characters.
            rule = DataValidation("list", f"{CHOICES}!${own}$1:${own}${len(choices)}", allow_blank=True)
            rule.showErrorMessage = not self.columns[place].takes_several
            rule.errorTitle, rule.error = "请从列表中选择", "这一列只能填列表里的内容。"
            rule.add(f"{letter}{HEADINGS_ROW + 1}:{letter}{self.rows.last + MORE_ROWS}")
            self.sheet.data_validations.append(rule)


def _register_style(sheet: Any, font: Font, alignment: Alignment, **more: Any) -> int:
    """The number of a style in the workbook; with ``quotePrefix``, so that text that begins with = stays text."""
    cell = WriteOnlyCell(sheet)
    for name, look in {"font": font, "alignment": alignment, "quotePrefix": True, **more}.items():
        setattr(cell, name, look)
    number: int = cell.style_id
    return number


def _body_style(sheet: Any, column: SheetColumn) -> int:
    across = "right" if column.cell_format == CellFormat.MONEY else "center" if column.width <= NARROW else "left"
    alignment = Alignment(horizontal=across, vertical="center", wrap_text=True)
    look = {"number_format": FORMATS[column.cell_format], "quotePrefix": column.cell_format == CellFormat.TEXT}
    return _register_style(sheet, PLAIN, alignment, border=GRID, protection=UNLOCKED, **look)
