"""The column of a list. The page, the export, the template, the import and its help all use the same columns."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from documents.excel.columns import CellFormat, CellValue, SheetColumn
from findings.units.unit_names import UnitNames


class ColumnKind(StrEnum):
    """The type of a column's cells."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    PERCENT = "percent"  # a whole number from 0 to 100
    MONEY = "money"
    CHOICE = "choice"
    UNIT = "unit"
    UNITS = "units"  # several, separated by 、
    PERSON = "person"
    PEOPLE = "people"  # several, separated by 、
    PLACE = "place"  # the finding the record is or belongs to: number, title, or both
    PLACES = "places"  # several findings


CELL_FORMATS = {
    ColumnKind.DAY: CellFormat.DAY,
    ColumnKind.NUMBER: CellFormat.NUMBER,
    ColumnKind.PERCENT: CellFormat.NUMBER,
    ColumnKind.MONEY: CellFormat.MONEY,
}
SEVERAL = frozenset({ColumnKind.UNITS, ColumnKind.PEOPLE})  # kinds of columns whose field links several records


@dataclass(frozen=True)
class Column:
    """One column: its heading, its width in mm on paper, and how its value is read from a record.

    ``shared_by`` returns what neighbouring rows must have in common to share one merged cell: the aspect, or the
    finding. ``field`` is the field of the record's form that the import writes the column to. A column without a field
    is read-only; ``instead`` is a Chinese sentence that says where its value is changed. ``places`` is set on columns
    by which a new row says where it belongs: ``finding``, ``title``, ``aspect`` or ``number``. ``is_repeated`` is set
    where the value tells which record a row is (``SheetColumn.is_repeated``).
    """

    key: str
    heading: str
    width: int
    value: Callable[[Any], CellValue]
    kind: ColumnKind = ColumnKind.TEXT
    shared_by: Callable[[Any], Hashable] | None = None
    choices: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()  # the stored values of ``choices``, in the same order
    field: str = ""
    places: str = ""
    instead: str = ""
    is_repeated: bool = False
    per: int = 1  # yuan per unit of an amount: 10,000 where amounts are in 万元
    units: Callable[[Any], Iterable[Any]] | None = None  # the units of a record that ``value`` names
    identifies: bool = False  # its text says which record a row is, as a title does
    if_filled: bool = False  # goes out only where the field of some record of the list is filled in
    sets_timing: bool = False  # 立行立改 and 长期坚持 in this column of days are stored in the finding as such

    @property
    def is_deadline(self) -> bool:
        """Whether the days of the column are deadlines, in which a month alone means its last day."""
        return self.kind == ColumnKind.DAY and self.field.endswith("due_on")

    @property
    def sheet_column(self) -> SheetColumn:
        """The column as the workbook writer needs it; cells of several units are not restricted to one choice."""
        cell_format = CELL_FORMATS.get(self.kind, CellFormat.TEXT)
        return SheetColumn(
            self.key,
            self.heading,
            self.width,
            self.value,
            cell_format,
            self.shared_by,
            self.choices,
            takes_several=self.kind in SEVERAL,
            is_repeated=self.is_repeated,
        )


def with_unit_labels(columns: Sequence[Column], names: UnitNames) -> tuple[Column, ...]:
    """The columns with units named so that an import finds them again: by their path where others have the name."""
    return tuple(replace(column, value=_labels(column.units, names)) if column.units else column for column in columns)


def _labels(units: Callable[[Any], Iterable[Any]], names: UnitNames) -> Callable[[Any], CellValue]:
    return lambda record: "、".join(names.label(unit) for unit in units(record))
