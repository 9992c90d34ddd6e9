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
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from documents.excel.columns import CellFormat, SheetColumn
from documents.excel.lines import count_lines
from documents.excel.paper import HEADING_SIZE, POINTS, Layout, line_room, possible_layouts
from documents.excel.row_writing import SheetWriter
from documents.excel.sheet import FOOT_SIZE, SUBTITLE_SIZE, TITLE_SIZE, ListRow, ListSheet

TOP = Alignment(vertical="top", wrap_text=True)
HEADINGS_ROW = 3  # below title and subtitle
MORE_ROWS = 500  # rows below a list in which its choices are offered as well
END = "end"  # the key of the row with the signature
TITLE, HEADING = Font("方正小标宋简体", TITLE_SIZE), Font("黑体", HEADING_SIZE)
SUBTITLE, FOOT = Font("宋体", SUBTITLE_SIZE), Font("宋体", FOOT_SIZE)
# The width of a column is counted in digits of the workbook's own font. Those of this one, and of most faces that take
# its place, are equally wide; ``Paper.filled_width`` allows for one that is wider.
MEASURE, DIGIT = Font("Courier New", 10), 6.0  # points
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
UNLOCKED = Protection(locked=False)
THIN = Side(style="thin", color="FF000000")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
NARROW = 24  # mm; columns of texts up to this width are centred
TEXT_FORMAT = "@"  # whatever is typed stays as typed: Excel would make a number of a voucher number and round it
FORMATS = {
    CellFormat.TEXT: TEXT_FORMAT,
    CellFormat.DAY: "yyyy.m.d",
    CellFormat.NUMBER: "0",
    CellFormat.MONEY: "#,##0.00",
}
SLACK_ACROSS, SLACK_BELOW = 1.5, 3.0  # mm that the margins are narrower, since programs and printers differ
MOST_BREAKS = 1_000  # pages that are begun by us; Excel has room for 1,026 such breaks
MEMORY, CHOICES = "系统数据（勿改）", "选项"


def write_table(title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one sheet: ``columns`` are the headings with their widths in mm, followed by the rows.

    Characters that XML does not allow are left out. Raises TextTooLongError for a text too long for a cell.
    """
    file = io.BytesIO()
    sized = [SheetColumn(heading, heading, width, str) for heading, width in columns]
    layout = possible_layouts(sized, [0] * len(sized))[-1]
    with _saved_workbook(file) as book:
        sheet = book.create_sheet(title)
        for number, column in enumerate(layout.columns, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = round(column.width * POINTS / DIGIT, 3)
        sheet.freeze_panes = "A2"
        heading = _register_style(sheet, HEADING, CENTRE, border=GRID, number_format=TEXT_FORMAT)
        plain = _register_style(sheet, Font("宋体", layout.size), TOP, border=GRID, number_format=TEXT_FORMAT)
        _set_up_printing(sheet, layout)
        sheet.print_title_rows = "1:1"
        writer = SheetWriter(sheet)
        writer.add_row([text for text, _ in columns], [heading] * len(columns))
        for row in rows:
            writer.add_row(row, [plain] * len(row))
    return file.getvalue()


def write_list(sheet: ListSheet, rows: Iterable[ListRow], file: IO[bytes]) -> int:
    """Write a list to a file, row by row, and return the number of its records.

    Whatever ``rows`` raises leaves nothing behind but what was written to the file.
    """
    with _saved_workbook(file) as book:
        writer = ListWriter(book, sheet)
        for row in rows:
            writer.write_row(row)
        writer.finish()
    return writer.records


@contextmanager
def _saved_workbook(file: IO[bytes]) -> Iterator[Any]:
    """A workbook that is saved at the end of the block; after an exception its temporary files are deleted."""
    book = Workbook(write_only=True)
    book._fonts, book._named_styles["Normal"].font = IndexedList([MEASURE]), MEASURE
    try:
        yield book
    except BaseException:
        for sheet in book.worksheets:
            sheet.close()
            sheet._writer.cleanup()
        raise
    book.save(file)


class ListWriter:
    """The state of writing a list: its sheets, the style of each column, the open shared cells, the pages."""

    def __init__(self, book: Any, definition: ListSheet) -> None:
        self.book, self.definition, self.columns = book, definition, definition.columns
        book.properties.creator, book.properties.title = definition.subtitle, definition.title
        self.sheet, memory = book.create_sheet(definition.title), book.create_sheet(MEMORY)
        memory.sheet_state = "veryHidden"  # cannot be shown again from the menus
        self.width = len(self.columns) + 1  # the last column is hidden and holds the key of the record
        self.plain = Font("宋体", definition.layout.size)
        self.breaks: list[Break] = []
        self._set_up()
        self.rows, self.memory, self.records = SheetWriter(self.sheet), SheetWriter(memory), 0
        self._write_head()
        # Not wrapped: an office program writes the letters of a wrapped text into its PDF, one below the other.
        self.key = _register_style(self.sheet, self.plain, Alignment(vertical="top"))
        self.styles = [*(_body_style(self.sheet, column, self.plain) for column in self.columns), self.key]
        self.shared_from = [HEADINGS_ROW + 1] * len(self.columns)  # the first row of each column's present cell

    def _set_up(self) -> None:
        """Set what the file has before its rows: the columns, and frozen headings."""
        sheet = self.sheet
        for number, column in enumerate(self.columns, start=1):
            dimension = sheet.column_dimensions[get_column_letter(number)]
            dimension.width, dimension.font = round(column.width * POINTS / DIGIT, 3), self.plain
            dimension.protection, dimension.hidden = UNLOCKED, column.key in self.definition.layout.empty
            dimension.number_format = FORMATS[column.cell_format]  # of the cells below the list as well
        sheet.column_dimensions[get_column_letter(self.width)].hidden = True
        sheet.freeze_panes = f"A{HEADINGS_ROW + 1}"
        sheet.sheet_view.showGridLines = False

    def _write_head(self) -> None:
        heading = _register_style(self.sheet, HEADING, CENTRE, border=GRID)
        title, subtitle = self.definition.head_heights
        for text, font, height in (
            (self.definition.title, TITLE, title),
            (self.definition.subtitle, SUBTITLE, subtitle),
        ):
            self.rows.add_row([text], [_register_style(self.sheet, font, CENTRE)], height)
            self._merge_last()
        headings = [_balance_widths(column) for column in self.columns]
        self.rows.add_row(headings, [heading] * len(headings), self.definition.layout.heading_height)
        self._remember(self.definition.memory)

    def write_row(self, row: ListRow) -> None:
        """Write a row, and of a record's first row its exported texts to the hidden sheet."""
        if row.starts_page:
            self._start_page()
        for place, shares in enumerate(row.shares):
            if not shares:
                self._merge_shared(place)
        self.rows.add_row([*row.values, row.key], self.styles, row.height)
        if row.ends_page:
            self._start_page()
        if row.memory:
            self._remember(row.memory)
            self.records += 1

    def _start_page(self) -> None:
        """Have a page begin with the next row."""
        if len(self.breaks) < MOST_BREAKS:
            self.breaks.append(Break(id=self.rows.last))

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
        end = _register_style(self.sheet, FOOT, Alignment(vertical="center", wrap_text=True), protection=UNLOCKED)
        beside = len(self.columns) - 1
        for text, height in self.definition.foot:
            self.rows.add_row([text, *[None] * beside, END], [end, *[0] * beside, self.key], height)
            self._merge_last()
        _set_up_printing(self.sheet, self.definition.layout)
        self.sheet.row_breaks.brk = self.breaks  # appended one by one, openpyxl checks all of them each time
        self.sheet.print_title_rows = f"{HEADINGS_ROW}:{HEADINGS_ROW}"
        protection = self.sheet.protection
        protection.sheet = True
        for name in ("formatColumns", "formatRows", "formatCells", "insertRows", "deleteRows", "sort"):
            setattr(protection, name, False)  # False: not forbidden

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
        plain, writer = _register_style(lists, self.plain, TOP), SheetWriter(lists)
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


def _body_style(sheet: Any, column: SheetColumn, font: Font) -> int:
    is_centred = column.cell_format != CellFormat.TEXT or column.width <= NARROW
    across = "right" if column.cell_format == CellFormat.MONEY else "center" if is_centred else "left"
    alignment = Alignment(horizontal=across, vertical="center", wrap_text=True)
    look = {"number_format": FORMATS[column.cell_format], "quotePrefix": column.cell_format == CellFormat.TEXT}
    return _register_style(sheet, font, alignment, border=GRID, protection=UNLOCKED, **look)


def _balance_widths(column: SheetColumn) -> str:
    """The heading of a column, in two equal lines where one has no room for it; imports pass over line ends."""
    heading, room = column.heading, line_room(column.width, HEADING_SIZE)
    half = (len(heading) + 1) // 2
    return f"{heading[:half]}\n{heading[half:]}" if count_lines(heading, room) == 2 else heading


def _set_up_printing(sheet: Any, layout: Layout) -> None:
    """Set paper and margins; the scale is 100 %, since a program that fits a sheet to pages passes over our breaks."""
    paper, setup, margins = layout.paper, sheet.page_setup, sheet.page_margins
    setup.orientation, setup.paperSize, setup.scale = paper.orientation, str(paper.code), 100
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text, sheet.oddFooter.center.font = "第 &P 页　共 &N 页", "宋体,Regular"
    sheet.oddFooter.center.size = 10
    margins.left, margins.right = (paper.left - SLACK_ACROSS) / 25.4, (paper.right - SLACK_ACROSS) / 25.4
    margins.top, margins.bottom = paper.top / 25.4, (paper.bottom - SLACK_BELOW) / 25.4
    margins.header, margins.footer = 8 / 25.4, 9 / 25.4
