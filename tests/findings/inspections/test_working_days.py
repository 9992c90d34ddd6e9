"""The table of holidays and the reckoning of working days."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.inspections.working_days import (
    DAYS_OFF,
    NOTICES,
    ONE_DAY,
    WEEKEND_WORKDAYS,
    add_months,
    add_working_days,
    is_working_day,
    next_working_day,
    unannounced_years,
)

DAYS = st.dates(dt.date(2022, 1, 1), dt.date(2029, 12, 31))
STATUTORY_DAYS = {2022: 11, 2023: 11, 2024: 11, 2025: 13, 2026: 13}  # 全国年节及纪念日放假办法, 13 since 2025


@pytest.mark.parametrize("year", NOTICES)
def test_a_year_closes_offices_for_its_statutory_days_and_no_more(year: int) -> None:
    weekdays_off = sum(day.weekday() < 5 for day in DAYS_OFF[year])
    # What is closed beyond the statutory days is worked off on weekends.
    assert weekdays_off - len(WEEKEND_WORKDAYS[year]) == STATUTORY_DAYS[year]
    assert all(day.weekday() >= 5 for day in WEEKEND_WORKDAYS[year])
    assert not DAYS_OFF[year] & WEEKEND_WORKDAYS[year]


@pytest.mark.parametrize("year", NOTICES)
def test_a_year_names_its_notice_of_the_year_before(year: int) -> None:
    assert NOTICES[year].number.startswith(f"国办发明电〔{year - 1}〕")


def test_the_years_follow_one_another() -> None:
    assert list(NOTICES) == list(range(min(NOTICES), max(NOTICES) + 1))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (dt.date(2026, 2, 14), True),  # a Saturday worked for the Spring Festival
        (dt.date(2026, 2, 16), False),  # a Monday of the Spring Festival
        (dt.date(2026, 10, 10), True),
        (dt.date(2026, 10, 11), False),
        (dt.date(2025, 10, 8), False),
        (dt.date(2026, 11, 30), True),
        (dt.date(2027, 1, 1), True),  # not announced: a Friday like any other
    ],
)
def test_holidays_and_weekends(day: dt.date, works: bool) -> None:
    assert is_working_day(day) is works


@given(DAYS)
def test_the_next_working_day_is_the_first_that_is_one(day: dt.date) -> None:
    found = next_working_day(day)
    assert is_working_day(found)
    assert not any(is_working_day(day + number * ONE_DAY) for number in range((found - day).days))
    assert (found - day).days <= 9


@given(DAYS, st.integers(0, 60))
def test_so_many_working_days_lie_up_to_the_last_of_them(day: dt.date, number: int) -> None:
    last = add_working_days(day, number)
    between = [day + (one + 1) * ONE_DAY for one in range((last - day).days)]
    assert sum(map(is_working_day, between)) == number
    assert number == 0 or is_working_day(last)


@given(DAYS, st.integers(0, 20), st.integers(0, 20))
def test_working_days_add_up(day: dt.date, first: int, second: int) -> None:
    assert add_working_days(add_working_days(day, first), second) == add_working_days(day, first + second)


@given(DAYS, st.integers(0, 24))
def test_months_later_is_the_same_day_or_the_end_of_a_shorter_month(day: dt.date, number: int) -> None:
    later = add_months(day, number)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == number
    assert later.day == day.day or (later.day < day.day and (later + ONE_DAY).day == 1)


def test_years_without_a_notice_are_named() -> None:
    last = max(NOTICES)
    assert unannounced_years(dt.date(last, 11, 30), dt.date(last, 12, 31)) == []
    assert unannounced_years(dt.date(last, 11, 30), dt.date(last + 2, 1, 1)) == [last + 1, last + 2]
