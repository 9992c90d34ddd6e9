"""What a column of a list is: the same columns serve the page, the export, the template, the import and the help."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from documents.excel.columns import CellFormat, CellValue, SheetColumn


class ColumnKind(StrEnum):
    """What stands in the cells of a column."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    MONEY = "money"
    CHOICE = "choice"
    UNIT = "unit"
    UNITS = "units"  # several, as they are listed
    PERSON = "person"
    PLACE = "place"  # which finding it is, or belongs to: its number, its title, or both
    PLACES = "places"


CELL_FORMATS = {
    ColumnKind.DAY: CellFormat.DAY,
    ColumnKind.NUMBER: CellFormat.NUMBER,
    ColumnKind.MONEY: CellFormat.MONEY,
}


@dataclass(frozen=True)
class Column:
    """One column: its heading, its width in Chinese characters, and what a record says in it.

    ``shared_by`` names what neighbouring rows have in common when they share one cell: the aspect, or the finding.
    ``field`` is the field of the record's form that the column comes back into; what has none is only read, and
    ``instead`` says what to do about a new value there.
    ``places`` says what a new row tells by it: which ``finding``, which ``aspect``, under which ``number``.
    """

    key: str
    heading: str
    width: int
    value: Callable[[Any], CellValue]
    kind: ColumnKind = ColumnKind.TEXT
    shared_by: Callable[[Any], Hashable] | None = None
    choices: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()  # of the choices, as they are stored
    field: str = ""
    places: str = ""
    instead: str = ""
    per: int = 1  # yuan in one of an amount: 10,000 where amounts are in 万元

    @property
    def sheet_column(self) -> SheetColumn:
        """The column as it is written into a workbook; of units, several may be typed into one cell."""
        cell_format = CELL_FORMATS.get(self.kind, CellFormat.TEXT)
        return SheetColumn(
            self.key,
            self.heading,
            self.width,
            self.value,
            cell_format,
            self.shared_by,
            self.choices,
            takes_several=self.kind == ColumnKind.UNITS,
        )
