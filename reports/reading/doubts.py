"""What a person should look at in a text that was read: each doubt names its line and says what is odd. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.reading.headings import LONGEST_TITLE, heading_text
from reports.reading.kinds import LineKind, ReadLine
from reports.reading.numbering import HeadingNumber
from reports.reading.preamble import shrunken_dates

LONGEST_CHAPTER = 40  # characters; a longer heading has probably swallowed its text
HEADINGS = (
    LineKind.CHAPTER,
    LineKind.STATUS_GROUP,
    LineKind.ASPECT,
    LineKind.PART,
    LineKind.FINDING,
    LineKind.SUB_FINDING,
)
_DEPTH = {kind: depth for depth, kind in enumerate(HEADINGS)} | {LineKind.ANSWER: 4}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt about a line (from 1; 0 for the whole text) with its words, in Chinese."""

    line: int
    words: str
    reason: str

    def __str__(self) -> str:
        place = f"第 {self.line} 行" if self.line else "全文"
        return f"{place}{f'“{_shorten(self.words)}”' if self.words else ''}：{self.reason}"


Check = Callable[[Sequence[ReadLine]], Iterator[Doubt]]


def find_doubts(lines: Sequence[ReadLine]) -> list[Doubt]:
    """All doubts about a report, in the order of the lines."""
    return _found_by(_CHECKS, lines)


def find_letter_doubts(lines: Sequence[ReadLine]) -> list[Doubt]:
    """All doubts about a feedback letter, whose findings need nothing below them."""
    return _found_by([check for check in _CHECKS if check is not _findings_without_text], lines)


def _found_by(checks: Sequence[Check], lines: Sequence[ReadLine]) -> list[Doubt]:
    found = dict.fromkeys(doubt for check in checks for doubt in check(lines))
    return sorted(found, key=lambda doubt: doubt.line)


def _numbers_out_of_sequence(lines: Sequence[ReadLine]) -> Iterator[Doubt]:
    """Missing and repeated numbers; a numbering begins anew below each heading, or runs through."""
    last: dict[LineKind, HeadingNumber] = {}
    begun_anew: set[LineKind] = set()
    for line in lines:
        depth = _DEPTH.get(line.kind)
        if depth is None:
            continue
        numbered = line.heading_number
        before = last.get(line.kind)
        for kind, deeper in _DEPTH.items():
            if deeper > depth:
                begun_anew.add(kind)
        if numbered is None:
            continue
        wanted = before.value + 1 if before else 1
        is_first = numbered.value == 1 and (before is None or line.kind in begun_anew)
        if not is_first and numbered.value != wanted:
            lost = "与前面的序号重复或倒退" if numbered.value < wanted else "前面可能缺了一条"
            yield _doubt(line, f"序号是 {numbered.value}，按次序应为 {wanted}，{lost}。")
        last[line.kind] = numbered
        begun_anew.discard(line.kind)


def _titles_twice(lines: Sequence[ReadLine]) -> Iterator[Doubt]:
    seen: dict[str, int] = {}
    for line in lines:
        if line.kind not in {LineKind.FINDING, LineKind.SUB_FINDING}:
            continue
        title = heading_text(line).title
        if title in seen:
            yield _doubt(line, f"与第 {seen[title]} 行的标题相同，请确认是两个问题。")
        seen.setdefault(title, line.source.number)


def _findings_without_text(lines: Sequence[ReadLine]) -> Iterator[Doubt]:
    """A finding that nothing is said about; findings listed in a chapter of their own need nothing below them."""
    answered = any(line.kind == LineKind.ANSWER for line in lines)
    silent = {LineKind.FINDING, LineKind.SUB_FINDING, LineKind.ANSWER}
    for place, line in enumerate(lines):
        if line.kind not in silent or (answered and line.kind == LineKind.FINDING) or heading_text(line).rest:
            continue
        after = lines[place + 1].kind if place + 1 < len(lines) else LineKind.DATE
        opens = line.kind == LineKind.FINDING and after == LineKind.SUB_FINDING
        if not opens and after not in {LineKind.TEXT, LineKind.STATUS}:
            yield _doubt(line, "这个问题下面没有整改情况，可能漏了文字。")


def _long_headings(lines: Sequence[ReadLine]) -> Iterator[Doubt]:
    for line in lines:
        if line.kind == LineKind.CHAPTER and len(line.source.text) > LONGEST_CHAPTER:
            yield _doubt(line, "这个标题很长，可能和正文连成了一行。")
        elif line.kind in _DEPTH and len(heading_text(line).title) > LONGEST_TITLE:
            yield _doubt(line, f"这个标题超过 {LONGEST_TITLE} 个字，请改短，或者把正文分出去。")


def _shrunken_dates(lines: Sequence[ReadLine]) -> Iterator[Doubt]:
    for line in lines:
        if line.kind == LineKind.PREAMBLE:
            for date in shrunken_dates(line.source.plain):
                yield Doubt(line.source.number, date, "日期里缺了“年”或“月”，请核对读到的日期。")


def _lost_breaks(lines: Sequence[ReadLine]) -> Iterator[Doubt]:
    """Lines of the source that were divided, because they hold several headings."""
    for before, line in pairwise(lines):
        if before.source.number == line.source.number:
            yield Doubt(line.source.number, "", "这一行里有几个标题，可能丢了换行，已经试着分开，请核对分段。")


def _text_nowhere(lines: Sequence[ReadLine]) -> Iterator[Doubt]:
    """Paragraphs right below an aspect, which no finding holds."""
    above = None
    for line in lines:
        if line.kind == LineKind.TEXT and above in {LineKind.ASPECT, LineKind.PART, LineKind.STATUS_GROUP}:
            yield _doubt(line, "这一段在方面标题下面，不属于任何问题，没有放进问题里。")
        if line.kind != LineKind.TEXT:
            above = line.kind


def _doubt(line: ReadLine, reason: str) -> Doubt:
    return Doubt(line.source.number, line.source.text, reason)


def _shorten(words: str) -> str:
    return words if len(words) <= 30 else f"{words[:29]}…"


_CHECKS: tuple[Check, ...] = (
    _numbers_out_of_sequence,
    _titles_twice,
    _findings_without_text,
    _long_headings,
    _shrunken_dates,
    _lost_breaks,
    _text_nowhere,
)
