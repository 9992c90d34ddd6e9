"""The lines before the first heading: title, addressee, preamble, and what the page printed around them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from reports.reading import patterns
from reports.reading.kinds import LineKind
from reports.reading.numbering import number_of_line
from reports.reading.source import SourceLine

_LONG = 60  # characters: a paragraph, not the line of a page
MOST_TITLE_LINES = 4


def is_furniture(line: SourceLine) -> bool:
    """Whether a line is what a page of the web prints around a text."""
    plain = line.plain
    return len(plain) <= patterns.LONGEST_FURNITURE and bool(patterns.FURNITURE_LINE.match(plain))


def body_start(lines: Sequence[SourceLine]) -> int:
    """The index of the first line of the text below its title: the preamble, else a paragraph or a heading."""
    for place, line in enumerate(lines):
        plain = line.plain
        if len(plain) > _LONG / 2 and plain[-1:] in "。:" and patterns.PREAMBLE.match(plain):
            return place
        if number_of_line(plain) or patterns.UNNUMBERED_PROBLEM.match(plain):
            return place
        if not is_furniture(line) and (len(plain) > _LONG and "。" in plain):
            return place
    return len(lines)


def opening_kinds(lines: Sequence[SourceLine]) -> list[LineKind]:
    """The kinds of the lines before the body: the title, an addressee below it, the rest set aside."""
    kinds = [LineKind.SET_ASIDE] * len(lines)
    title = title_lines(lines)
    for place in title:
        kinds[place] = LineKind.TITLE
    if lines and patterns.SALUTATION.match(lines[-1].plain) and not is_furniture(lines[-1]):
        kinds[-1] = LineKind.SALUTATION
    return kinds


def title_lines(lines: Sequence[SourceLine]) -> list[int]:
    """The indexes of the lines of the title, which may be broken; the last one counts where it is repeated."""
    for last in reversed(range(len(lines))):
        if is_furniture(lines[last]) or not patterns.TITLE_END.match(lines[last].plain):
            continue
        first = last
        while not _is_whole(words := "".join(line.text for line in lines[first : last + 1])) and _goes_before(
            lines, first, last
        ):
            first -= 1
        words = "".join(line.plain for line in lines[first : last + 1])
        if patterns.TITLE.match(words):
            return list(range(first, last + 1))
    return []


def _is_whole(words: str) -> bool:
    """Whether it says whose title it is: words stand before 关于, or it has none."""
    return words.startswith("中共") or words.find("关于") > 0


def _goes_before(lines: Sequence[SourceLine], first: int, last: int) -> bool:
    if first == 0 or last - first + 1 >= MOST_TITLE_LINES:
        return False
    above = lines[first - 1]
    return bool(patterns.TITLE_BEGIN.match(above.plain)) and not is_furniture(above)
