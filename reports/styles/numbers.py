"""The numbers of headings and lists, given by the first of them: 一、 （一） 1. 问题1： ①. Pure."""

from __future__ import annotations

import re
from functools import cache

from documents.document import BlockKind
from documents.numerals import CIRCLED, NUMERAL, from_chinese, to_chinese
from reports.phrases import either_width

# 1 is a number in digits, 一 one in Chinese, ① a circled one; a sample may hold it twice: 1.问题1：
_FIRST = re.compile("[1一①]")
_PATTERNS = {"1": r"\d{1,4}", "一": NUMERAL, "①": f"[{CIRCLED}]"}


def has_number(sample: str) -> bool:
    """Whether a sample holds a first number."""
    return bool(_FIRST.search(sample))


def write_number(sample: str, number: int) -> str:
    """The number as in the sample of the first one, "" for an empty sample; of circled ones there are 50."""
    return _FIRST.sub(lambda found: _write(found[0], number), sample)


def read_number(sample: str, text: str) -> tuple[int, str] | None:
    """The number at the beginning of a line and the text behind it; None when the line has none like the sample."""
    found = number_pattern(sample).match(text)
    value = number_value(sample, found[1]) if found else None
    return (value, text[found.end() :]) if found and value is not None else None


def number_value(sample: str, written: str) -> int | None:
    """The value of a number that is written as in the sample."""
    first = _FIRST.search(sample)
    if first is None:
        return None
    if first[0] == "1":
        return int(written)
    return from_chinese(written) if first[0] == "一" else CIRCLED.index(written) + 1


@cache
def number_pattern(sample: str) -> re.Pattern[str]:
    """The pattern of such numbers; its first group holds the number."""
    pieces, at, is_first = [], 0, True
    for found in _FIRST.finditer(sample):
        pieces.append(either_width(sample[at : found.start()]))
        # The second number of a sample is the same or another one: 3.问题3：, 1.问题3：
        pieces.append(f"({_PATTERNS[found[0]]})" if is_first else f"(?:{_PATTERNS[found[0]]})")
        at, is_first = found.end(), False
    pieces.append(either_width(sample[at:]))
    return re.compile("".join(pieces) + " ?")


def heading_kind(sample: str, otherwise: BlockKind) -> BlockKind:
    """The kind of a heading in the official layout by its number (GB/T 9704-2012, 7.3.3)."""
    plain = sample.replace("(", "（").replace(")", "）")
    if "（一）" in plain:
        return BlockKind.HEADING_2
    if "（1）" in plain or "①" in plain:
        return BlockKind.HEADING_4
    if "一" in plain:
        return BlockKind.HEADING_1
    return BlockKind.HEADING_3 if "1" in plain else otherwise


def _write(first: str, number: int) -> str:
    if first == "1":
        return str(number)
    return to_chinese(number) if first == "一" else CIRCLED[number - 1]
