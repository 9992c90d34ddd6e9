"""What a column of a list is: the same columns serve the page, the export, the template, the import and the help."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

Value = str | int | Decimal | dt.date | None


class Kind(StrEnum):
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
    value: Callable[[Any], Value]
    kind: Kind = Kind.TEXT
    shared_by: Callable[[Any], Hashable] | None = None
    choices: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()  # of the choices, as they are stored
    field: str = ""
    places: str = ""
    instead: str = ""
    per: int = 1  # yuan in one of an amount: 10,000 where amounts are in 万元


def said(value: Value) -> str:
    """A value as a page and a text file say it."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)
