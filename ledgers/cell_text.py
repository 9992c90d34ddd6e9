"""Dates, numbers and texts as people type them into cells. No database access."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata

from documents.excel.limits import Cell

EPOCH = dt.date(1899, 12, 30)  # day 0 of Excel's serial numbers, whose calendar wrongly has a 29 February 1900
SERIALS = range(20_000, 80_000)  # serial numbers taken for dates: 1954 to 2119
DAY = re.compile(r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})?日?)?(?:[ T]0?0:00(?::00)?)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # not allowed in XML, hence in no cell
DAY_HELP = "请写成 2024-03-01、2024.3.1 或 2024年3月1日。"


class CellError(ValueError):
    """The value of a cell does not fit its column; the message is a Chinese sentence with what to do."""


def normalise(text: str) -> str:
    """A text without control characters and outer blanks, with line feeds as line ends.

    What Excel or a form would change on the way then counts as no change.
    """
    return CONTROL_CHARACTERS.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def to_halfwidth(text: str) -> str:
    """A short text in normal form NFKC: full-width letters, digits and spaces become ordinary ones."""
    return unicodedata.normalize("NFKC", text).strip()


def read_text(cell: Cell) -> str:
    """The text of a cell; CellError for an error value of Excel, such as #REF!."""
    kind, value = cell
    if kind == "e":
        raise CellError(f"单元格是 {value}，不是内容。请改成文字或数字；公式请先算出结果，再粘贴为数值。")
    if kind == "n":
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(value)
    return normalise(str(value))


def parse_day(cell: Cell, *, ends_month: bool) -> dt.date | None:
    """The date in a cell, None when it is empty; CellError when it is no date.

    With ``ends_month`` (deadlines) a month alone is its last day; otherwise CellError asks for the day.
    """
    kind, value = cell
    text = to_halfwidth(read_text(cell))
    if not text:
        return None
    # Five digits are a serial number, also when the cell was formatted as text.
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
    """The names in a text separated by 、, commas, semicolons or line breaks."""
    return [part for part in (each.strip() for each in re.split(r"[、,，;；\n]", text)) if part]
