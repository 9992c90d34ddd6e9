"""Breaks a title so that words stay whole and the lines make a trapezoid or a diamond (GB/T 9704-2012, 7.3.1).

Pure: widths come in as a function. There is no dictionary: the few words that titles of this kind are made of show
where one may break.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence

from documents.typesetting.paragraphs import NEVER_FIRST, NEVER_LAST, WORD, Width, break_lines

BEST = re.compile(r"(?<=党组)|(?<=党委)|(?<=党支部)|(?<=党总支)|(?<=委员会)(?!党)|(?<=公司)|(?=关于)")
GOOD = re.compile(
    r"(?<=[、，；：》”）])|(?<![和与及])(?=[《“（])|(?<![一二三四五六七八九十轮])(?=巡察|巡视)|(?=集中|整改|反馈|落实|进展|情况)"
)
FAIR = re.compile(r"(?<=[的对])|(?=[和与及])|(?=问题|工作|意见)|(?<=轮)(?=巡)")
CUT_WORD = 30.0
MOST_LINES = 4


def break_title(text: str, width: Width, room: float) -> list[str]:
    """The lines of a title in ``room`` em; line feeds set by hand are kept (and not part of the lines)."""
    return [line for part in text.split("\n") if part.strip() for line in _break(part.strip(), width, room)]


def _break(text: str, width: Width, room: float) -> list[str]:
    total = sum(map(width, text))
    if total <= room:
        return [text]
    costs = _break_costs(text)
    whole_words = sorted(i for i, cost in costs.items() if cost < CUT_WORD)
    for places in (whole_words, sorted(costs)):
        for count in range(math.ceil(total / room), MOST_LINES + 1):
            layouts = [
                (_shape_cost(widths) + sum(costs[i] for i in cuts), lines)
                for cuts, lines in _layouts(text, places, count)
                if max(widths := [sum(map(width, line)) for line in lines]) <= room
            ]
            if layouts:
                return min(layouts)[1]
    return [line.text for line in break_lines(text, width, room)]


def _layouts(text: str, places: Sequence[int], count: int, start: int = 0) -> Iterator[tuple[list[int], list[str]]]:
    """Every way to cut ``text`` from ``start`` into ``count`` lines at some of ``places``."""
    if count == 1:
        yield [], [text[start:]]
        return
    for place in places:
        if place > start:
            for cuts, lines in _layouts(text, places, count - 1, place):
                yield [place, *cuts], [text[start:place], *lines]


def _break_costs(text: str) -> dict[int, float]:
    """What it costs to break before each character; forbidden places are left out."""
    inside = {i for word in WORD.finditer(text) for i in range(word.start() + 1, word.end())}
    costs = {
        i: CUT_WORD
        for i in range(1, len(text))
        if i not in inside and text[i] not in NEVER_FIRST and text[i - 1] not in NEVER_LAST and text[i] != text[i - 1]
    }
    for pattern, cost in ((FAIR, 6.0), (GOOD, 2.0), (BEST, 0.0)):
        costs.update({match.start(): cost for match in pattern.finditer(text) if match.start() in costs})
    return costs


def _shape_cost(widths: Sequence[float]) -> float:
    """Lines that grow, shrink, or grow and then shrink are free; a waist, even lines and stumps are not."""
    waist = sum(
        max(0.0, min(left, right) - middle) for left, middle, right in zip(widths, widths[1:], widths[2:], strict=False)
    )
    even = sum(1.0 for one, other in itertools.pairwise(widths) if abs(one - other) < 1)
    stump = max(0.0, max(widths) * 0.4 - min(widths))
    return 5 * waist + even + 3 * stump + 0.3 * (max(widths) - min(widths))
