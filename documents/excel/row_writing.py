"""The rows of a sheet as they are written: as text, in a fraction of the time that openpyxl takes for cells.

What stands around the rows openpyxl writes. Text stays text, whatever it begins with.
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
from documents.excel.limits import MOST_CHARACTERS, TOO_LONG

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # characters that no XML file may hold
AS_WRITTEN = {"\r": "&#13;"}  # which a reader of XML would take for \n


class TextTooLongError(ValueError):
    """A text does not fit into a cell; the message is a Chinese sentence that says which."""


class SheetWriter(WorksheetWriter):
    """The writer of a sheet of a write-only workbook: rows go to the disk as they come.

    What is written above the rows, such as the widths of columns, has to be set before; the rest until it is saved.
    """

    def __init__(self, sheet: Any) -> None:
        self.last, self.merged = 0, list[str]()  # the last row; cells that are one, like A1:B2
        super().__init__(sheet)
        sheet._writer = self
        self.write_top()
        self.file.write("<sheetData>")

    def add_row(self, values: Sequence[CellValue], styles: Sequence[int], height: float | None = None) -> None:
        """Write one more row: what its cells say, the numbers of their styles, its height in points.

        Characters that no XML file may hold are left out. TooLongError for a text that is too long for a cell.
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
        """The file: what openpyxl writes is sent here as elements."""
        with Path(self.out).open("w", encoding="utf-8") as self.file:
            self.file.write(f'<worksheet xmlns="{SHEET_MAIN_NS}">')
            with suppress(GeneratorExit):
                while True:
                    element = yield
                    self.file.write("" if element is None else tostring(element, encoding="unicode"))
            self.file.write("</worksheet>")

    def write_rows(self) -> None:
        """They are written by now."""
        self.file.write("</sheetData>")

    def write_merged_cells(self) -> None:
        """The cells that are one."""
        if self.merged:
            cells = "".join(f'<mergeCell ref="{cells}"/>' for cells in self.merged)
            self.file.write(f'<mergeCells count="{len(self.merged)}">{cells}</mergeCells>')


def _cell(place: str, value: CellValue, style: int) -> str:
    """A cell: text as text, a day as a day, a number as a number. None without a style is no cell."""
    start = f'<c r="{place}" s="{style}"'
    if isinstance(value, str):
        text = clean_text(value)
        keeps = ' xml:space="preserve"' if text != text.strip() else ""
        return f'{start} t="inlineStr"><is><t{keeps}>{escape(text, AS_WRITTEN)}</t></is></c>' if text else f"{start}/>"
    if value is None:
        return f"{start}/>" if style else ""
    return f"{start}><v>{float(to_excel(value) if isinstance(value, dt.date) else value):.16g}</v></c>"


def clean_text(text: str) -> str:
    """A text as it can stand in a cell. TooLongError when it cannot."""
    clean = NOT_XML.sub("", text)
    if len(clean) > MOST_CHARACTERS:
        raise TextTooLongError(TOO_LONG.format(len(clean)))
    return clean
