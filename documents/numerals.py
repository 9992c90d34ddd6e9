"""Chinese numerals as official documents write them (十一, never 一十一), and what is counted off by them: 一是…"""

from __future__ import annotations

import datetime as dt

DIGITS = "零一二三四五六七八九"
SENTENCE_ENDS = "。！？；…”’）》】"
NUMERAL = "[一二三四五六七八九十百]+"  # a pattern for what ``to_chinese`` writes


def to_chinese(number: int) -> str:
    """The numeral for 1 to 999; ValueError outside, for no report counts further."""
    if not 1 <= number <= 999:
        raise ValueError(f"cannot write {number} as an ordinal")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if hundreds and rest and not tens:
        text += "零"
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    return text + (DIGITS[ones] if ones else "")


_VALUES = {to_chinese(number): number for number in range(1, 1000)}


def from_chinese(text: str) -> int | None:
    """The number that ``to_chinese`` would write this way, or None."""
    return _VALUES.get(text)


def counting_words(number: int, total: int) -> str:
    """What stands before a sentence counted off: 一是, 二是; nothing before one that stands alone."""
    return f"{to_chinese(number)}是" if total > 1 else ""


def end_sentence(text: str) -> str:
    """The text as a finished sentence."""
    return text if not text or text[-1] in SENTENCE_ENDS else f"{text}。"


def full_date(day: dt.date | None) -> str:
    """A day always with its year, or nothing: 2026年6月30日, with Arabic digits in full as GB/T 9704 asks."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
