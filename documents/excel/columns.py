"""The columns of a sheet and the values of their cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

CellValue = str | int | Decimal | dt.date | None


class CellFormat(StrEnum):
    """The format in which the values of a column are displayed."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    MONEY = "money"


@dataclass(frozen=True)
class SheetColumn:
    """One column: heading, width in mm, and the function that gives a record's value.

    ``shared_by`` gives a key of a record; neighbouring rows with the same key share one cell. ``choices`` are offered
    in its cells; with ``takes_several`` other texts may be typed as well. ``is_repeated`` is set where the value tells
    which record a row is: it stands again in each row on which a long record goes on.
    """

    key: str
    heading: str
    width: float
    value: Callable[[Any], CellValue]
    cell_format: CellFormat = CellFormat.TEXT
    shared_by: Callable[[Any], Hashable] | None = None
    choices: tuple[str, ...] = ()
    takes_several: bool = False
    is_repeated: bool = False


def format_value(value: CellValue) -> str:
    """The value as text for pages and text files: 2026-06-30, amounts with two decimals, "" for None."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)
