"""Parsing of values in a report's sentences: dates, counts, contact details, lists of measures. Pure."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from functools import cache

from documents.numerals import NUMERAL
from reports import phrases
from reports.facts import NO_OUTCOME, UNDONE, Contact
from reports.lines import ParseError, TextLine
from reports.styles.numbers import number_pattern, number_value
from reports.styles.style import MeasureList

COUNT_OFF = re.compile(rf"(?:^|(?<=[。；！？;…”’）》】\n]))({NUMERAL})是")


def split_measures(text: str, listing: MeasureList) -> tuple[str, list[str]]:
    """The introduction and the measures of paragraphs; without a list they are one measure."""
    if not listing.number:
        clauses = text.split(listing.joint) if listing.joint else [text]
        return "", [clause.rstrip("。") for clause in clauses] if len(clauses) > 1 else [text]
    starts: list[tuple[int, int]] = []
    for found in _list_number(listing.number).finditer(text):
        # Only in sequence: 一是 within a measure does not begin another one.
        if number_value(listing.number, found[1]) == len(starts) + 1:
            starts.append(found.span())
    if len(starts) < 2:  # 一是 alone is wording, not an enumeration
        return "", [text]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    pieces = [text[after:end].strip("\n") for (_, after), end in zip(starts, ends, strict=True)]
    if listing.joint:
        pieces = [piece.rstrip("。；;") for piece in pieces]
    return text[: starts[0][0]].rstrip("\n"), pieces


@cache
def _list_number(sample: str) -> re.Pattern[str]:
    """The numbers of a list at the beginning of a sentence."""
    ends = "。；！？;…”’）》】\n" + ("" if "是" in sample else "：:")  # words behind a colon are a quotation
    decimals = r"(?!\d)" if sample.endswith((".", "．")) else ""  # 1.5 is one number
    return re.compile(rf"(?:^|(?<=[{ends}]))(?:{number_pattern(sample).pattern}){decimals}")


def stated_outcome(text: str) -> str:
    """The outcome that a text states; "" where it has the placeholder of a missing one."""
    return "" if text.strip().rstrip("。") in {NO_OUTCOME, UNDONE} else text


def number_of(text: str) -> int | None:
    """The number in a text, None when its digits are masked by stars."""
    return None if "*" in text else int(text)


def period_of(text: str, line: TextLine) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day of a period of months or days, both None when masked or unknown; ParseError."""
    if found := re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日至(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日", text):
        year, month, day, last_year, last_month, last_day = found.groups()
        last = _calendar(text, line, last_year or year, last_month, last_day)
        return _calendar(text, line, year, month, day), last
    found = re.fullmatch(r"(\d{4})年(\d{1,2})月(?:至(?:(\d{4})年)?(\d{1,2})月)?", text)
    if found is None:
        return None, None
    year, month, last_year, last_month = found.groups()
    last = _calendar(text, line, last_year or year, last_month or month)
    return _calendar(text, line, year, month), last.replace(day=monthrange(last.year, last.month)[1])


def later_date_of(text: str, before: dt.date | None, line: TextLine) -> dt.date | None:
    """The date in a text such as 6月30日, of the year of the one before; None without that, or when masked."""
    if found := re.fullmatch(r"(\d{1,2})月(\d{1,2})日", text):
        return _calendar(text, line, str(before.year), *found.groups()) if before else None
    return date_of(text, line)


def date_of(text: str, line: TextLine) -> dt.date | None:
    """The date in a text such as 2026年6月30日; None when masked or unknown, ParseError when it does not exist."""
    found = re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", text)
    return _calendar(text, line, *found.groups()) if found else None


def _calendar(text: str, line: TextLine, year: str, month: str, day: str = "1") -> dt.date:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise ParseError(line.number, f"“{text}”里有日历上没有的日期。") from None


def contact_of(ways: str) -> Contact:
    """The contact details in a list such as 联系电话：…；电子邮箱：…; unknown entries are ignored."""
    values: dict[str, str] = {}
    for way in re.split("[；;]", ways):
        for name, phrase in phrases.CONTACT_WAYS.items():
            if found := phrase.read(way):
                values[name] = found["value"]
    return Contact(**values)
