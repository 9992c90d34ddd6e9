"""Writing of a sheet's rows as XML text, in a fraction of the time that openpyxl takes for cells.

openpyxl writes everything else of the sheet. A text stays a text, also when it begins like a formula.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import tostring

from documents.excel.columns import CellValue
from documents.excel.limits import MOST_CHARACTERS, TOO_LONG, TextTooLongError

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # characters that XML 1.0 does not allow
# Readers take _x000D_ for a control character: the underscore of a text that says so itself is escaped.
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
AS_WRITTEN = {"\r": "&#13;"}  # unescaped, an XML parser would read \n


class SheetWriter(WorksheetWriter):
    """The writer of a sheet in a write-only workbook, which writes each row to the disk at once.

    Set what the file has above the rows, such as column widths, before making the writer; everything else before the
    workbook is saved.
    """

    def __init__(self, sheet: Any) -> None:
        self.last, self.merged = 0, list[str]()  # the number of the last row; ranges of merged cells, like A1:B2
        super().__init__(sheet)
        sheet._writer = self
        self.write_top()
        self.file.write("<sheetData>")

    def add_row(self, values: Sequence[CellValue], styles: Sequence[int], height: float | None = None) -> None:
        """Write one more row: the values and style numbers of its cells, and its height in points.

        Characters that XML does not allow are left out. Raises TextTooLongError for a text too long for a cell.
        """
        number = self.last + 1
        cells = "".join(
            _cell(f"{get_column_letter(place)}{number}", value, style)
            for place, (value, style) in enumerate(zip(values, styles, strict=True), start=1)
        )
        high = "" if height is None else f' ht="{height:.16g}" customHeight="1"'
        self.file.write(f'<row r="{number}"{high}>{cells}</row>')
        self.last = number

    def get_stream(self) -> Generator[None, Any, None]:
        """The generator that writes the file; openpyxl sends it the elements besides the rows."""
        with Path(self.out).open("w", encoding="utf-8") as self.file:
            self.file.write(f'<worksheet xmlns="{SHEET_MAIN_NS}">')
            with suppress(GeneratorExit):
                while True:
                    element = yield
                    self.file.write("" if element is None else tostring(element, encoding="unicode"))
            self.file.write("</worksheet>")

    def write_rows(self) -> None:
        """Close the element of the rows, which are already written; openpyxl calls it in place of its own."""
        self.file.write("</sheetData>")

    def write_merged_cells(self) -> None:
        """Write the ranges of merged cells."""
        if self.merged:
            cells = "".join(f'<mergeCell ref="{cells}"/>' for cells in self.merged)
            self.file.write(f'<mergeCells count="{len(self.merged)}">{cells}</mergeCells>')


def _cell(place: str, value: CellValue, style: int) -> str:
    """The XML of a cell by the type of its value; "" for None without a style."""
    start = f'<c r="{place}" s="{style}"'
    if isinstance(value, str):
        text = clean_text(value)
        # Without it readers drop blanks at the ends of a text.
        keeps = ' xml:space="preserve"' if text != text.strip() else ""
        written = escape(LOOKS_ESCAPED.sub("_x005F_", text), AS_WRITTEN)
        return f'{start} t="inlineStr"><is><t{keeps}>{written}</t></is></c>' if text else f"{start}/>"
    if value is None:
        return f"{start}/>" if style else ""
    return f"{start}><v>{float(to_excel(value) if isinstance(value, dt.date) else value):.16g}</v></c>"


def clean_text(text: str) -> str:
    """The text without characters that XML does not allow; TextTooLongError when it is too long for a cell."""
    clean = NOT_XML.sub("", text)
    if len(clean) > MOST_CHARACTERS:
        raise TextTooLongError(TOO_LONG.format(len(clean)))
    return clean
