"""What a column of a sheet is, and what stands in its cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

CellValue = str | int | Decimal | dt.date | None


class CellFormat(StrEnum):
    """How the values of a column are shown."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    MONEY = "money"


@dataclass(frozen=True)
class SheetColumn:
    """One column: its heading, its width in Chinese characters, and the value of a record in it.

    ``shared_by`` names what neighbouring rows have in common when they share one cell. ``choices`` are offered in its
    cells; with ``takes_several`` other texts may be typed as well.
    """

    key: str
    heading: str
    width: int
    value: Callable[[Any], CellValue]
    cell_format: CellFormat = CellFormat.TEXT
    shared_by: Callable[[Any], Hashable] | None = None
    choices: tuple[str, ...] = ()
    takes_several: bool = False


def format_value(value: CellValue) -> str:
    """A value as a page or a text file shows it: a day as 2026-06-30, an amount with two decimals."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)
