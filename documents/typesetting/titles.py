"""Breaks a title so that words stay whole and its lines form a trapezoid or a diamond (GB/T 9704-2012, 7.3.1).

Pure: widths come from a function. Instead of a dictionary, patterns of the few words in titles of this kind give the
places for breaks.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence

from documents.typesetting.paragraphs import NEVER_FIRST, NEVER_LAST, WORD, Width, break_lines

# Places for breaks: after the name of the unit and before 关于; between other words; at particles.
BEST = re.compile(r"(?<=党组)|(?<=党委)|(?<=党支部)|(?<=党总支)|(?<=委员会)(?!党)|(?<=公司)|(?=关于)")
GOOD = re.compile(
    r"(?<=[、，；：》”）])|(?<![和与及])(?=[《“（])|(?<![一二三四五六七八九十轮])(?=巡察|巡视)|(?=集中|整改|反馈|落实|进展|情况)"
)
FAIR = re.compile(r"(?<=[的对])|(?=[和与及])|(?=问题|工作|意见)|(?<=轮)(?=巡)")
CUT_WORD = 30.0
MOST_LINES = 4


def break_title(text: str, width: Width, room: float) -> list[str]:
    """The lines of a title in ``room`` em; line feeds in the text are kept as breaks and are not part of the lines."""
    return [line for part in text.split("\n") if part.strip() for line in _break(part.strip(), width, room)]


def _break(text: str, width: Width, room: float) -> list[str]:
    total = sum(map(width, text))
    if total <= room:
        return [text]
    # First breaks between words only, with as few lines as possible; then anywhere; at last as a paragraph.
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
    """Every division of ``text`` from ``start`` into ``count`` lines at ``places``, as (places used, lines)."""
    if count == 1:
        yield [], [text[start:]]
        return
    for place in places:
        if place > start:
            for cuts, lines in _layouts(text, places, count - 1, place):
                yield [place, *cuts], [text[start:place], *lines]


def _break_costs(text: str) -> dict[int, float]:
    """The cost of a break before each character, by its index; places where no break is allowed are left out."""
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
    """The cost of the shape: growing, shrinking or growing then shrinking widths cost little.

    A shorter line between longer ones, lines of equal width and very short lines cost more.
    """
    waist = sum(
        max(0.0, min(left, right) - middle) for left, middle, right in zip(widths, widths[1:], widths[2:], strict=False)
    )
    even = sum(1.0 for one, other in itertools.pairwise(widths) if abs(one - other) < 1)
    stump = max(0.0, max(widths) * 0.4 - min(widths))
    return 5 * waist + even + 3 * stump + 0.3 * (max(widths) - min(widths))
