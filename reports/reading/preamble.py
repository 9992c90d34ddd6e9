"""What the preamble says: who inspected whom and when, and when the feedback was given. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.reading.kinds import LineKind, ReadLine

_NAME = r"[^,。:;、\d]{1,40}?"
_TEAM = re.compile(
    r"(?P<team>(?:中共)?[\u4e00-\u9fff]{0,12}?第?[一二三四五六七八九十]{0,3}(?:专项|交叉|提级|联动)*(?:第[一二三四五六七八九十]+)?(?:交叉)?(?P<term>巡察|巡视)组)"
)
_COMMISSIONER = re.compile(r"(?:根据|按照|依照|遵照|依据|经)(?P<name>[\u4e00-\u9fff]{1,12}?委)")
_BODY = (
    re.compile(rf"(?:巡察|巡视)组(?:于[^,]{{4,30}})?,?对(?P<body>{_NAME})(?:进行|开展)"),
    re.compile(rf"(?:巡察|巡视)组(?:于[^,]{{4,30}}?)?(?:巡察|巡视|进驻)(?:了)?(?P<body>{_NAME})[,。]"),
    re.compile(rf"对(?P<body>{_NAME})(?:进行|开展)了?[^,。]{{0,16}}(?:巡察|巡视)"),
)
_TITLED_BODY = re.compile(r"(?:中共)?(?P<body>[\u4e00-\u9fff]{2,40}?)(?:关于|落实)")
_DAY = r"(?:(?P<{0}year>\d{{4}}) ?年 ?)?(?P<{0}month>\d{{1,2}}) ?月 ?(?:(?P<{0}day>\d{{1,2}}) ?日)?"
_PERIOD = re.compile(rf"{_DAY.format('a')} ?(?:至|到|-|—|~) ?{_DAY.format('b')}")
_FEEDBACK = re.compile(rf"{_DAY.format('f')}[^。\d]{{0,40}}?反馈")
# Pages of the web lose 年 and 月: 2024718日 is 2024年7月18日.
_SHRUNKEN = re.compile(r"(?<![\d月])(?:(?P<year>20\d\d)(?P<digits>\d{2,4})|(?P<alone>\d{3,4}))日")


@dataclass(frozen=True, slots=True)
class Occasion:
    """The occasion of a report; "" and None for what the text does not say."""

    commissioner: str = ""
    team: str = ""
    body: str = ""
    term: str = "巡察"
    started_on: dt.date | None = None
    ended_on: dt.date | None = None
    feedback_on: dt.date | None = None


def read_occasion(lines: Iterable[ReadLine]) -> Occasion:
    """The occasion, from the preamble and, where that is silent, from the title."""
    kept = list(lines)
    title = "".join(line.source.plain for line in kept if line.kind == LineKind.TITLE)
    plain = "\n".join(line.source.plain for line in kept if line.kind == LineKind.PREAMBLE)
    plain = restore_dates(plain)
    team, commissioner = _TEAM.search(_after_reason(plain)), _COMMISSIONER.search(plain)
    body = next((found["body"] for pattern in _BODY if (found := pattern.search(plain))), "")
    if (not body or body.startswith(("我", "本"))) and (titled := _TITLED_BODY.match(title)):
        body = titled["body"]
    started, ended = _period(plain)
    return Occasion(
        commissioner=commissioner["name"] if commissioner else "",
        team=team["team"] if team else "",
        body=body,
        term=team["term"] if team else "巡察",
        started_on=started,
        ended_on=ended,
        feedback_on=_feedback(plain, ended),
    )


def restore_dates(plain: str) -> str:
    """The text with the 年 and 月 that a page has lost, where only one date can be meant."""
    return _SHRUNKEN.sub(lambda found: _restore_date(found) or found[0], plain)


def shrunken_dates(plain: str) -> Iterator[str]:
    """The dates in a text that have lost their 年 or 月."""
    for found in _SHRUNKEN.finditer(plain):
        if _restore_date(found):
            yield found[0]


def read_day(plain: str) -> dt.date | None:
    """The date of a line such as 2026年6月30日; None for another one, or one that no calendar has."""
    found = re.match(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日", plain)
    return _date(*found.groups()) if found else None


def _restore_date(found: re.Match[str]) -> str:
    digits, year = found["digits"] or found["alone"], found["year"]
    splits = [(digits[:cut], digits[cut:]) for cut in (1, 2) if digits[cut:]]
    fitting = [
        (int(month), int(day))
        for month, day in splits
        if month[0] != "0" and day[0] != "0" and 1 <= int(month) <= 12 and 1 <= int(day) <= 31
    ]
    if len(fitting) != 1:
        return ""
    month, day = fitting[0]
    return f"{f'{year}年' if year else ''}{month}月{day}日"


def _after_reason(plain: str) -> str:
    """The text behind 根据…部署,, in which no team is named."""
    found = re.match(r"(?:根据|按照|依照|遵照|依据|经)[^,。]{1,60},", plain)
    return plain[found.end() :] if found else plain


def _period(plain: str) -> tuple[dt.date | None, dt.date | None]:
    found = _PERIOD.search(plain)
    if found is None:
        return None, None
    year = found["ayear"] or found["byear"]
    if year is None:
        return None, None
    first = _date(year, found["amonth"], found["aday"])
    return first, _date(found["byear"] or year, found["bmonth"], found["bday"])


def _feedback(plain: str, ended: dt.date | None) -> dt.date | None:
    found = _FEEDBACK.search(plain)
    if found is None or found["fday"] is None:
        return None
    year = found["fyear"] or (str(ended.year) if ended else None)
    return _date(year, found["fmonth"], found["fday"]) if year else None


def _date(year: str, month: str, day: str | None) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
