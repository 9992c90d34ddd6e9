"""Working days in China by year, from the State Council's notices on public holidays.

A notice says for one year, usually in the November before, on which days offices are closed and on which weekend days
they work instead. A new year is one entry of ``NOTICES``. Years without an entry are reckoned by weekends alone, and
``unannounced_years`` names them, so that no page passes such a day off as certain.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5
MonthDay = tuple[int, int]


@dataclass(frozen=True)
class HolidayNotice:
    """The notice for one year: its number, the closed periods (first and last day), the worked weekends."""

    number: str
    closed: tuple[tuple[MonthDay, MonthDay], ...]
    worked: tuple[MonthDay, ...]

    def days_off(self, year: int) -> frozenset[dt.date]:
        """All days of the closed periods."""
        return frozenset(
            day for first, last in self.closed for day in _days_between(dt.date(year, *first), dt.date(year, *last))
        )

    def weekend_workdays(self, year: int) -> frozenset[dt.date]:
        """The days of weekends on which offices work."""
        return frozenset(dt.date(year, *day) for day in self.worked)


# 国务院办公厅关于部分节假日安排的通知, one for each year.
NOTICES = {
    2022: HolidayNotice(
        "国办发明电〔2021〕11号",
        closed=(
            ((1, 1), (1, 3)),
            ((1, 31), (2, 6)),
            ((4, 3), (4, 5)),
            ((4, 30), (5, 4)),
            ((6, 3), (6, 5)),
            ((9, 10), (9, 12)),
            ((10, 1), (10, 7)),
        ),
        worked=((1, 29), (1, 30), (4, 2), (4, 24), (5, 7), (10, 8), (10, 9)),
    ),
    2023: HolidayNotice(
        "国办发明电〔2022〕16号",
        closed=(
            ((1, 1), (1, 2)),
            ((1, 21), (1, 27)),
            ((4, 5), (4, 5)),
            ((4, 29), (5, 3)),
            ((6, 22), (6, 24)),
            ((9, 29), (10, 6)),
        ),
        worked=((1, 28), (1, 29), (4, 23), (5, 6), (6, 25), (10, 7), (10, 8)),
    ),
    2024: HolidayNotice(
        "国办发明电〔2023〕7号",
        closed=(
            ((1, 1), (1, 1)),
            ((2, 10), (2, 17)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 10), (6, 10)),
            ((9, 15), (9, 17)),
            ((10, 1), (10, 7)),
        ),
        worked=((2, 4), (2, 18), (4, 7), (4, 28), (5, 11), (9, 14), (9, 29), (10, 12)),
    ),
    2025: HolidayNotice(
        "国办发明电〔2024〕12号",
        closed=(
            ((1, 1), (1, 1)),
            ((1, 28), (2, 4)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((5, 31), (6, 2)),
            ((10, 1), (10, 8)),
        ),
        worked=((1, 26), (2, 8), (4, 27), (9, 28), (10, 11)),
    ),
    2026: HolidayNotice(
        "国办发明电〔2025〕7号",
        closed=(
            ((1, 1), (1, 3)),
            ((2, 15), (2, 23)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 19), (6, 21)),
            ((9, 25), (9, 27)),
            ((10, 1), (10, 7)),
        ),
        worked=((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)),
    ),
}


def _days_between(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    return (first + number * ONE_DAY for number in range((last - first).days + 1))


DAYS_OFF = {year: notice.days_off(year) for year, notice in NOTICES.items()}
WEEKEND_WORKDAYS = {year: notice.weekend_workdays(year) for year, notice in NOTICES.items()}


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on a day; in a year without a notice, whether it is no Saturday or Sunday."""
    if day in WEEKEND_WORKDAYS.get(day.year, ()):
        return True
    return day.weekday() < SATURDAY and day not in DAYS_OFF.get(day.year, ())


def next_working_day(day: dt.date) -> dt.date:
    """The day itself if offices work on it, else the first working day after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def add_working_days(day: dt.date, number: int) -> dt.date:
    """The last of ``number`` working days, counted from the day after ``day``; ``number`` is not negative."""
    for _ in range(number):
        day = next_working_day(day + ONE_DAY)
    return day


def add_months(day: dt.date, number: int) -> dt.date:
    """The same day so many months later; the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def unannounced_years(first: dt.date, last: dt.date) -> list[int]:
    """The years from ``first`` to ``last`` for which there is no notice in the table."""
    return [year for year in range(first.year, last.year + 1) if year not in NOTICES]
