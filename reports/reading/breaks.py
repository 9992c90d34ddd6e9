"""Lines whose breaks were lost: a line that holds several headings is divided where they begin. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from documents.numerals import NUMERAL
from reports.reading import patterns
from reports.reading.numbering import number_of_line
from reports.reading.source import SourceLine

_LABELS = sorted({*patterns.LABELS, *patterns.STATUS_LABELS}, key=len, reverse=True)
_TELLING = "|".join(label for label in _LABELS if label.startswith("整改"))
# Headings that never stand within a paragraph; two of them in one line show that its breaks are lost.
_OUTER = re.compile(rf"(?<![第约一二三四五六七八九十])(?:{NUMERAL}、(?=\S)|\({NUMERAL}\))")
_INNER = re.compile(r"(?<![\d.第约达为月年])(?:\d{1,3}[.、](?=[^\d])|\(\d{1,2}\))|(?<![.、])问题\d{1,3}:")
_LABELLED = re.compile(rf"(?:(?<=[。;\s”])(?:{'|'.join(_LABELS)})|{_TELLING}):")
_AFTER_BLANK = re.compile(rf"(?<=[。;:!?”)\s])\s+(?=[{NUMERAL[1:-2]}]{{1,3}}是)|(?<=[。:])\s+")
_CHAPTER_END = re.compile(r"[^。:;\s]{2,40}(?=\s)|[^。:;]{2,40}?(?:情况|打算|安排|到位|责任)(?=[^。,、:;的])")
_ENUMERATION = re.compile(rf"{NUMERAL}、")


def divide_lines(lines: Iterable[SourceLine]) -> Iterator[SourceLine]:
    """The lines, those with lost breaks divided into the headings and paragraphs within them."""
    for line in lines:
        if _has_lost_breaks(line.plain):
            yield from _divide_line(line)
        else:
            yield line


def _has_lost_breaks(plain: str) -> bool:
    headings = [found for found in _OUTER.finditer(plain) if found.start() > 0]
    problems = re.findall(r"\d{1,3}[.、](?:关于|针对|问题\d)[“\"]?", plain)
    return _in_sequence(plain) and (len(headings) >= 2 or len(problems) >= 2)


def _in_sequence(plain: str) -> bool:
    """Whether headings of one numbering follow each other, which names after 、 or in brackets do not."""
    numbers = [found.value for heading in _OUTER.finditer(plain) if (found := number_of_line(heading[0]))]
    steps = sum(later == earlier + 1 for earlier, later in pairwise(numbers))
    problems = re.findall(r"(\d{1,3})[.、](?:关于|针对|问题\d)", plain)
    return steps >= 1 or 1 in numbers or "1" in problems


def _divide_line(line: SourceLine) -> Iterator[SourceLine]:
    plain = line.plain
    cuts = {found.start() for pattern in (_OUTER, _INNER, _LABELLED) for found in pattern.finditer(plain)}
    cuts |= {found.end() for found in _AFTER_BLANK.finditer(plain)}
    starts = [0, *sorted(cuts - {0}), len(plain)]
    for start, end in pairwise(starts):
        yield from _cut_behind_heading(line.part(start, end))


def _cut_behind_heading(line: SourceLine) -> Iterator[SourceLine]:
    """The heading of a finding or a chapter, and the text that follows it on the same line."""
    if not line.text:
        return
    plain = line.plain
    numbered = number_of_line(plain)
    if numbered:
        pattern = _CHAPTER_END if _ENUMERATION.match(plain) else patterns.PROBLEM_START
        found = pattern.match(plain, numbered.length)
        if found and found.end() < len(plain):
            yield line.part(0, found.end())
            yield line.part(found.end())
            return
    yield line
