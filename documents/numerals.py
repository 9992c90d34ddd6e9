"""Chinese numerals as in official documents (十一, never 一十一), and texts that use them (一是…, full dates)."""

from __future__ import annotations

import datetime as dt

DIGITS = "零一二三四五六七八九"
SENTENCE_ENDS = "。！？；…”’）》】"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
NUMERAL = "[一二三四五六七八九十百]+"  # matches the numerals of ``to_chinese`` without 零


def to_chinese(number: int) -> str:
    """The numeral for 1 to 999; ValueError for other numbers, which no report needs."""
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
    """The number whose numeral this is, None for any other text."""
    return _VALUES.get(text)


def counting_words(number: int, total: int) -> str:
    """The words before sentence ``number`` of ``total``: 一是, 二是; "" when there is only one."""
    return f"{to_chinese(number)}是" if total > 1 else ""


def end_sentence(text: str) -> str:
    """The text with a full stop, unless it is empty or ends with other closing punctuation."""
    return text if not text or text[-1] in SENTENCE_ENDS else f"{text}。"


def percentage(part: int, whole: int) -> str:
    """The share of ``part`` in ``whole`` (not 0), rounded half up to 0.1 %: 97.4%.

    100% and 0% are exact: a share that only rounds to them is written as 99.9% or 0.1%.
    """
    if part in {0, whole}:
        return "100%" if part else "0%"
    tenths = min(max((2000 * part + whole) // (2 * whole), 1), 999)
    return f"{tenths // 10}.{tenths % 10}%"


def full_date(day: dt.date | None) -> str:
    """The date as 2026年6月30日, always with year and in Arabic digits (GB/T 9704-2012); "" for None."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
