"""Breaks Chinese paragraphs into justified lines, which no free renderer does by itself.

Pure: no fonts, no Django; widths come from a function from character to em. One em is one cell of the grid: every line
but a paragraph's last fills its cells. Punctuation that would begin a line is pulled into the line before by squeezing
the marks of that line to at least half their width (the other half is blank); other lines are spaced out.

The rules are those of GB/T 15834-2011, 5.1 (which marks may not begin or end a line) and of GB/T 9704 (numbers and
years are not cut).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

NEVER_FIRST = frozenset("。，、；：！？）》”’】〕］｝〉」』〗·‧・～％‰℃°′″ー々!%),.:;?]}›»—\N{HORIZONTAL BAR}")
NEVER_LAST = frozenset("（《“‘【〔［｛〈「『〖([{‹«￥$£")
NEVER_CUT = frozenset("—…―")  # two in a row are one mark: —— and ……
CLOSERS = frozenset("。，、；：）》”’】〕］｝〉」』〗")  # ink in the left half: the right half can go
OPENERS = frozenset("（《“‘【〔［｛〈「『〖")  # ink in the right half
SQUEEZE = 0.5  # the most that one mark gives, in em

# A number with its sign and unit, a word, an address: anything written in half-width characters without a space.
WORD = re.compile(r"[!-~°‰℃µ²³À-ÿ]{2,}")

PART = re.compile(r"[^\n]*\n|[^\n]+")  # str.splitlines would also split at form feeds, U+0085 and others

# Costs of a line. Loose spacing is cheaper than a cut number, a cut number cheaper than a line that lacks a cell; a
# mark on the wrong side of a break is only for text without any other break.
CUT_WORD = 500.0
SHORT = 2000.0
SHORT_AND_RAGGED = 10.0  # the same where lines need not be full
WRONG_MARK = 100_000.0
LOOSEST = 0.5  # cells a line may lack: one half-width character
TIGHTEST = 1.0  # cells by which the spacing of a line may be reduced in all, besides its squeezed marks
TRIED = 6  # characters before and after the natural end of a line among which its end is chosen
GOOD_ENOUGH = 400.0  # below this cost no alternative is tried

Width = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class TypesetLine:
    """One line of a paragraph; ``gap`` em are added between every two characters, negative to tighten.

    ``squeezed`` are the indexes of squeezed characters with the em by which each is narrowed.
    """

    text: str
    gap: float = 0.0
    squeezed: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class _LineEnd:
    end: int
    cost: float


def break_lines(
    text: str, width: Width, room: float, indent: float = 0.0, *, ragged: bool = False
) -> list[TypesetLine]:
    """The lines of a paragraph in ``room`` em, the first of them ``indent`` em shorter (longer when negative).

    The texts of the lines joined are ``text``; a line feed ends its line and stays there. Where every break violates a
    rule, the cheapest one is taken. ``ragged`` lines are not spaced out, since in a narrow column that would tear them
    apart: numbers stay whole at the price of shorter lines.
    """
    lines: list[TypesetLine] = []
    for part in PART.findall(text) or [""]:
        lines += _ParagraphBreaker(part, width, room, 0.0 if lines else indent, ragged=ragged).lines()
    return lines


class _ParagraphBreaker:
    """The text between two forced breaks, and the cost of every break in it."""

    def __init__(self, text: str, width: Width, room: float, indent: float, *, ragged: bool) -> None:
        self.text = text
        self.ragged = ragged
        self.short = SHORT_AND_RAGGED if ragged else SHORT
        self.tightest = 0.0 if ragged else TIGHTEST
        self.room = room
        self.indent = indent
        self.body = text.rstrip("\n")
        self.length = len(self.body)
        self.position = [0.0, *accumulate(map(width, self.body))]
        self.in_word = {i for word in WORD.finditer(self.body) for i in range(word.start() + 1, word.end())}
        self.best: dict[int, _LineEnd] = {}
        self.tried = TRIED
        if ragged:  # a line may lack all of a long number
            numbers = (len(word[0]) for word in WORD.finditer(self.body))
            self.tried = max([TRIED, *(length for length in numbers if length <= 2 * room)])

    def lines(self) -> list[TypesetLine]:
        """The lines, each broken so that the cost of it and the next line together is low."""
        lines = []
        start = 0
        while start < self.length:
            end = self._choose(start)
            lines.append(self._line(start, end))
            start = end
        if not lines:
            return [TypesetLine(self.text)]
        lines[-1] = replace(lines[-1], text=lines[-1].text + self.text[self.length :])
        return lines

    def _choose(self, start: int) -> int:
        # One line of look-ahead: a cheap end can leave the next line without a good one.
        best = self._best(start)
        if best.cost + self._follow(best.end) < GOOD_ENOUGH:
            return best.end
        return min(self._choices(start), key=lambda choice: choice.cost + self._follow(choice.end)).end

    def _follow(self, start: int) -> float:
        return self._best(start).cost if start < self.length else 0.0

    def _best(self, start: int) -> _LineEnd:
        """The cheapest end of a line from ``start`` without regard to the next line; computed once."""
        if start not in self.best:
            end = self._last(start)
            cost = self._cost(start, end)
            # Most lines fill the grid exactly; the alternatives are computed only for the others.
            natural = _LineEnd(end, cost)
            self.best[start] = (
                natural if cost <= LOOSEST + 1e-6 else min(self._choices(start), key=lambda choice: choice.cost)
            )
        return self.best[start]

    def _choices(self, start: int) -> list[_LineEnd]:
        """The possible ends of a line from ``start`` around the natural one; never empty."""
        last = self._last(start)
        if last == self.length:
            return [_LineEnd(last, 0.0)]
        return [
            _LineEnd(end, self._cost(start, end))
            for end in range(max(start + 1, last - self.tried), min(last + self.tried, self.length) + 1)
            if end <= last or self._excess(start, end) <= self._squeezable(start, end) + self.tightest
        ]

    def _last(self, start: int) -> int:
        """The last end that needs no squeezing; the line has at least one character."""
        reach = self.position[start] + self._room(start) + 1e-6  # against rounding of the sums
        return max(start + 1, min(bisect_right(self.position, reach) - 1, self.length))

    def _room(self, start: int) -> float:
        return self.room - (self.indent if start == 0 else 0.0)

    def _excess(self, start: int, end: int) -> float:
        """The em by which the characters are wider than the line, negative if narrower; blanks at the end hang."""
        while end > start + 1 and self.body[end - 1] == " ":
            end -= 1
        return self.position[end] - self.position[start] - self._room(start)

    def _squeezable(self, start: int, end: int) -> float:
        return SQUEEZE * len(self._marks(start, end))

    def _marks(self, start: int, end: int) -> list[int]:
        """The indexes of the full-width marks in a line that can be squeezed."""
        return [
            index
            for index, mark in enumerate(self.body[start:end])
            if (mark in CLOSERS or mark in OPENERS) and self._is_wide(start + index)
        ]

    def _is_wide(self, index: int) -> bool:
        return self.position[index + 1] - self.position[index] > 0.9

    def _cost(self, start: int, end: int) -> float:
        """The cost of a line by its filling and its break; 0 to 0.5 for a good one."""
        excess = self._excess(start, end)
        if end == self.length and excess <= 0:
            return 0.0
        broken = self._break_cost(end) if end < self.length else 0.0
        if excess <= 0:
            return broken + (-excess if -excess <= LOOSEST + 1e-6 else self.short * -excess)
        beyond = max(0.0, excess - self._squeezable(start, end))
        return broken + 10 + 10 * excess + 100 * beyond

    def _break_cost(self, end: int) -> float:
        before, after = self.body[end - 1], self.body[end]
        if before in NEVER_LAST or (before == after and before in NEVER_CUT) or unicodedata.combining(after):
            return WRONG_MARK
        if after in NEVER_FIRST and not self._opens_dash(end):
            return WRONG_MARK
        return CUT_WORD if end in self.in_word else 0.0

    def _opens_dash(self, index: int) -> bool:
        """Whether a mark of two characters, —— or ……, begins here, which may begin a line; a single dash may not."""
        return self.body[index] in NEVER_CUT and self.body[index : index + 2] == self.body[index] * 2

    def _line(self, start: int, end: int) -> TypesetLine:
        text = self.body[start:end]
        excess = self._excess(start, end)
        gaps = len(text.rstrip(" ")) - 1
        if gaps < 1 or ((self.ragged or end == self.length) and excess <= 0):
            return TypesetLine(text)
        squeezed = _squeeze_marks(text, self._marks(start, end), excess)
        return TypesetLine(text, (sum(lost for _, lost in squeezed) - excess) / gaps, squeezed)


def _squeeze_marks(text: str, marks: Sequence[int], excess: float) -> tuple[tuple[int, float], ...]:
    """The index and narrowing in em of the marks squeezed to gain ``excess`` em; marks of equal rank share equally."""
    lost: dict[int, float] = {}
    for _, equals in groupby(sorted(marks, key=lambda i: _reluctance(text, i)), key=lambda i: _reluctance(text, i)):
        shared = list(equals)
        share = min(SQUEEZE, excess / len(shared))
        if share < 1e-6:
            break
        lost.update(dict.fromkeys(shared, share))
        excess -= share * len(shared)
    return tuple(sorted(lost.items()))


def _reluctance(text: str, index: int) -> int:
    """The rank in which marks are squeezed: 0 at the line's end, 1 beside other marks, 2 alone, 3 at its start."""
    mark = text[index]
    if index == len(text) - 1 and mark in CLOSERS:
        return 0
    if index == 0:
        return 3
    neighbour = text[index + 1 : index + 2] if mark in CLOSERS else text[index - 1]
    return 1 if neighbour in CLOSERS or neighbour in OPENERS else 2
