"""The numberings of headings. To understand another one, add an entry to ``NUMBERINGS``. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from documents.numerals import CIRCLED, NUMERAL, from_chinese


@dataclass(frozen=True, slots=True)
class HeadingNumbering:
    """One numbering: its name, the pattern of a line that begins with it (plain text), and the value of its number."""

    name: str
    pattern: re.Pattern[str]
    value: Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class HeadingNumber:
    """The number that a line begins with; ``length`` are the characters before its words."""

    numbering: str
    value: int
    length: int


def _either(number: str) -> int | None:
    return int(number) if number.isdigit() else from_chinese(number)


CHAPTER, BRACKETED_CHINESE, ARABIC, RUNNING, BRACKETED, CIRCLE = "一、", "（一）", "1.", "问题1：", "（1）", "①"
# From the outermost to the innermost by custom (GB/T 9704-2012, 7.3.3); the first pattern that matches a line counts.
NUMBERINGS = (
    HeadingNumbering(RUNNING, re.compile(rf"(?:\d{{1,3}} ?[.、] ?)?问题 ?(\d{{1,3}}|{NUMERAL}) ?[:、.] ?"), _either),
    HeadingNumbering(
        CHAPTER, re.compile(rf"(?:第(?={NUMERAL}(?:部分|章)))?({NUMERAL})(?:部分|章)? ?[、.](?!\d) ?"), from_chinese
    ),
    HeadingNumbering(BRACKETED_CHINESE, re.compile(rf"\( ?({NUMERAL}) ?\)[、.,]? ?"), from_chinese),
    HeadingNumbering(ARABIC, re.compile(r"(\d{1,3}) ?[.、](?!\d) ?"), int),
    HeadingNumbering(BRACKETED, re.compile(r"\(? ?(\d{1,3}) ?\)[、.]? ?"), int),
    HeadingNumbering(CIRCLE, re.compile(f"([{CIRCLED}]) ?"), lambda sign: CIRCLED.index(sign) + 1),
)
DEPTH = {name: depth for depth, name in enumerate((CHAPTER, BRACKETED_CHINESE, ARABIC, RUNNING, BRACKETED, CIRCLE))}


def number_of_line(plain: str) -> HeadingNumber | None:
    """The number that a line begins with, None when it has none."""
    for numbering in NUMBERINGS:
        found = numbering.pattern.match(plain)
        if found and (value := numbering.value(found[1])) is not None:
            return HeadingNumber(numbering.name, value, found.end())
    return None
