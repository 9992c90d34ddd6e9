"""Parsing of values in a report's sentences: dates, counts, contact details, measures after 一是, 二是. Pure."""

from __future__ import annotations

import datetime as dt
import re

from documents.numerals import NUMERAL, to_chinese
from reports import phrases
from reports.facts import Contact
from reports.lines import ParseError, TextLine

COUNT_OFF = re.compile(rf"(?:^|(?<=[。；！？;…”’）》】\n]))({NUMERAL})是")


def split_measures(text: str) -> tuple[str, list[str]]:
    """The introduction and the measures of a paragraph 一是…二是…; without these words the text is one measure."""
    starts: list[tuple[int, int]] = []
    for found in COUNT_OFF.finditer(text):
        # Only in sequence: 一是 within a measure does not begin another one.
        if found[1] == to_chinese(len(starts) + 1):
            starts.append(found.span())
    if len(starts) < 2:  # 一是 alone is wording, not an enumeration
        return "", [text]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return text[: starts[0][0]], [text[after:end] for (_, after), end in zip(starts, ends, strict=True)]


def number_of(text: str) -> int | None:
    """The number in a text, None when its digits are masked by stars."""
    return None if "*" in text else int(text)


def clause_of(phrase: phrases.Phrase, name: str, text: str) -> int | None:
    """The number in an optional clause of ``text``; 0 when the clause is missing, None when masked."""
    found = phrase.find(text)
    return number_of(found[2][name]) if found else 0


def period_of(text: str, line: TextLine) -> tuple[dt.date | None, dt.date | None]:
    """The first days of the first and last month of a period, both None when masked or unknown; ParseError."""
    found = re.fullmatch(r"(\d{4})年(\d{1,2})月(?:至(?:(\d{4})年)?(\d{1,2})月)?", text)
    if found is None:
        return None, None
    year, month, last_year, last_month = found.groups()
    first = _calendar(text, line, year, month)
    return first, _calendar(text, line, last_year or year, last_month or month)


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
