"""Days, numbers and texts as people write them in cells. Pure: no records."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata

from documents.excel.limits import Cell

EPOCH = dt.date(1899, 12, 30)  # the day before Excel's first, one more for its leap year 1900
SERIALS = range(20_000, 80_000)  # from 1954 to 2119: other numbers are no days
DAY = re.compile(r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})?日?)?(?:[ T]0?0:00(?::00)?)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what no cell can hold
DAY_HELP = "请写成 2024-03-01、2024.3.1 或 2024年3月1日。"


class CellError(ValueError):
    """A cell says what its column cannot take; the message is a Chinese sentence with what to do."""


def normalise(text: str) -> str:
    """A text as a cell can hold it and a form takes it: what Excel or a form would change on the way is no change."""
    return CONTROL_CHARACTERS.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def to_halfwidth(text: str) -> str:
    """A short text with full-width letters, digits and spaces made ordinary ones."""
    return unicodedata.normalize("NFKC", text).strip()


def read_text(cell: Cell) -> str:
    """What a cell says. WrongError for an error of Excel's."""
    kind, value = cell
    if kind == "e":
        raise CellError(f"单元格是 {value}，不是内容。请改成文字或数字；公式请先算出结果，再粘贴为数值。")
    if kind == "n":
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(value)
    return normalise(str(value))


def parse_day(cell: Cell, *, ends_month: bool) -> dt.date | None:
    """The day in a cell, if any; a month alone is its last day where ``ends_month``, that is in a deadline."""
    kind, value = cell
    text = to_halfwidth(read_text(cell))
    if not text:
        return None
    if kind == "n" or (text.isdecimal() and len(text) == 5):
        number = float(value)
        if not (number.is_integer() and int(number) in SERIALS):
            raise CellError(f"“{text}”不是日期。{DAY_HELP}")
        return EPOCH + dt.timedelta(days=int(number))
    found = DAY.fullmatch(text.replace(" ", "") if "年" in text else text) or COMPACT.fullmatch(text)
    if found is None:
        raise CellError(f"“{text}”不是日期。{DAY_HELP}")
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if not day and not ends_month:
        raise CellError(f"“{text}”没有写明哪一天。{DAY_HELP}")
    try:
        return dt.date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError as error:
        raise CellError(f"没有“{text}”这一天，请核对。") from error


def split_list(text: str) -> list[str]:
    """The names in a list as people write it."""
    return [part for part in (each.strip() for each in re.split(r"[、,，;；\n]", text)) if part]
