"""Days and deadlines as people write them into cells. No database access.

This is the one place where a cell becomes a day, for lists, special ledgers and the log of a measure alike.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

from documents.excel.limits import Cell
from ledgers.cell_text import CellError, read_text, to_halfwidth

EPOCH = dt.date(1899, 12, 30)  # day 0 of Excel's serial numbers, whose calendar wrongly has a 29 February 1900
SERIALS = range(20_000, 80_000)  # serial numbers taken for dates: 1954 to 2119
HELP = "请写成 2024-03-01、2024.3.1 或 2024年3月1日。"
WHOLE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?(?:T?0?0:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")
WITHOUT_YEAR = re.compile(r"()(\d{1,2})月(\d{1,2})[日号]?")
# Months, and the parts of one: the last ten days end with the month, as the month itself does.
MONTH = re.compile(r"(?:(\d{4})[-./年])?(\d{1,2})(?:月份?(上旬|中旬|下旬|[底末])?)?|(\d{4})(\d{2})")
YEAR_END = re.compile(r"(?:(\d{4})年|年)[底末内]")
ENDING = re.compile(r"(?:[之以]?前)?(?:全部|基本)?(?:完成整改|整改完成|整改到位|整改完毕|完成|办结|到位)?$")
LAST_OF_PART = {"上旬": 10, "中旬": 20}
NUMERALS = re.compile("[〇零○一二三四五六七八九十]+")
DIGITS = {"〇": 0, "零": 0, "○": 0} | {digit: value for value, digit in enumerate("一二三四五六七八九", start=1)}
IMMEDIATE = ("立行立改", "立知立改", "即知即改", "立即整改")
LONG_TERM = ("长期坚持", "持续推进", "持续整改", "持续坚持", "长期推进", "长期整改", "常态化推进", "长期")
PHRASE = re.compile("|".join((*IMMEDIATE, *LONG_TERM)))
BETWEEN = " 、，,；;。并且和及/"


class DayReading(NamedTuple):
    """A day as read; ``is_guessed`` when the cell does not say all of it, so that the user has to look at it."""

    day: dt.date | None
    is_guessed: bool = False


class DeadlineReading(NamedTuple):
    """A deadline as read: a day, or the kinds of time limits that are words, or both."""

    day: dt.date | None
    is_guessed: bool = False
    is_immediate: bool = False
    is_long_term: bool = False


def parse_day(cell: Cell, *, ends_month: bool) -> dt.date | None:
    """The date in a cell, None when it is empty; CellError when it is no date or has no year."""
    return read_day(cell, ends_month=ends_month).day


def read_deadline(cell: Cell, since: dt.date | None) -> DeadlineReading:
    """The deadline in a cell: a day as in ``read_day``, 立行立改, 长期坚持 and the like; CellError for other texts."""
    text = read_text(cell)
    phrases = PHRASE.findall(text) if cell[0] == "s" else []
    rest = PHRASE.sub("", text).strip(BETWEEN)
    read = read_day(("s", rest) if phrases else cell, ends_month=True, since=since)
    return DeadlineReading(
        *read,
        is_immediate=any(each in IMMEDIATE for each in phrases),
        is_long_term=any(each in LONG_TERM for each in phrases),
    )


def read_day(cell: Cell, *, ends_month: bool, since: dt.date | None = None) -> DayReading:
    """The date in a cell, with whether a part of it was guessed; CellError when it is no date.

    With ``ends_month`` (deadlines) a month alone is its last day, and 9月30日前 its day; otherwise CellError asks for
    the day. A day without a year is the first one on or after ``since``; without ``since`` CellError asks for the year.
    """
    text = to_halfwidth(read_text(cell))
    if not text:
        return DayReading(None)
    if (serial := _serial_number(cell, text)) is not None:
        return DayReading(EPOCH + dt.timedelta(days=serial))
    if cell[0] == "n" and re.fullmatch(r"\d{4}\.1", text):
        raise CellError(f"“{text}”可能是 1 月，也可能是 10 月（数字 {text}0 的末尾 0 不显示）。{HELP}")
    written = NUMERALS.sub(_digits, re.sub(r"\s+", "", text)).rstrip("。.;,")
    core = ENDING.sub("", written)
    year, month, day = _parts(core, text)
    if not ends_month and (not day or core != written or core.endswith("旬")):
        raise CellError(f"“{text}”没有写明哪一天。{HELP}")
    is_guessed = not year or not day or core != written or core.endswith("旬")
    if not year and since is None:
        raise CellError(f"“{text}”没有写年份。{HELP}")
    try:
        found = _date(year or since.year, month, day)  # type: ignore[union-attr]  # raised above when both are missing
        if not year and since is not None and found < since:
            found = _date(since.year + 1, month, day)
    except ValueError as error:
        raise CellError(f"没有“{text}”这一天，请核对。") from error
    return DayReading(found, is_guessed)


def _serial_number(cell: Cell, text: str) -> int | None:
    """Excel's serial number of a day, also when the cell was formatted as text; None for other values.

    CellError for a number that is neither a serial number nor a day in digits.
    """
    is_number = cell[0] == "n"
    if is_number and int(cell[1]) in SERIALS:
        return int(cell[1])  # without the time of the day
    if not is_number and text.isdecimal() and len(text) == 5 and int(text) in SERIALS:
        return int(text)
    return None


def _parts(text: str, shown: str) -> tuple[int, int, int]:
    """Year, month and day of a text; a missing year or day is 0. CellError, with the text as ``shown``."""
    if found := WHOLE.fullmatch(text) or WITHOUT_YEAR.fullmatch(text):
        year, month, day = [part for part in found.groups() if part is not None][:3]
        return int(year or 0), int(month), int(day)
    if found := YEAR_END.fullmatch(text):
        return int(found[1] or 0), 12, 0
    found = MONTH.fullmatch(text)
    if found is None or not (found[1] or found[4] or "月" in text):
        raise CellError(f"“{shown}”不是日期。{HELP}")
    if found[4]:
        return int(found[4]), int(found[5]), 0
    return int(found[1] or 0), int(found[2]), LAST_OF_PART.get(found[3], 0)


def _date(year: int, month: int, day: int) -> dt.date:
    """The date; day 0 is the last one of the month. ValueError when there is none."""
    if not 1 <= month <= 12:
        raise ValueError(month)
    return dt.date(year, month, day or calendar.monthrange(year, month)[1])


def _digits(found: re.Match[str]) -> str:
    """A Chinese number of a date in digits: 二〇二六 is 2026, 三十一 is 31."""
    tens, ten, ones = found[0].partition("十")
    if not ten:
        return "".join(str(DIGITS[each]) for each in found[0])
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return found[0]
    return str(10 * DIGITS.get(tens, 1) + DIGITS.get(ones, 0))
