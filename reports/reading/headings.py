"""The title within the line of a heading, and the text that stands behind it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from documents.numerals import NUMERAL
from reports.reading import patterns
from reports.reading.kinds import LineKind, ReadLine

LONGEST_TITLE = 200  # characters, the limit of the records
_QUOTED = re.compile(
    r"(?:关于|针对|聚焦|围绕|在)?[“\"「](?P<title>.{1,200})[”\"」](?:的?(?:问题|方面)|的?整改|方面).{0,20}?$"
)
_QUOTED_START = re.compile(r"(?:关于|针对)[“\"「](?P<title>.{1,200}?)[”\"」]的?问题(?:的?整改(?:情况)?)?[。.:]")
_NAMED = re.compile(r"(?:关于|针对)(?P<title>.{1,200}?)(?:的)?问题(?:的?整改(?:落实|进展)?(?:情况)?)?[。.:]?$")
_LABELLED = re.compile(r"反馈(?:的)?问题 ?\d{0,3} ?:(?P<title>.+?)[。.]?$")
_COUNTED_OFF = re.compile(rf"{NUMERAL}是")
_SENTENCE_END = re.compile(r"[。:](?![”’」])")
_CLOSERS = {"“": "”", "‘": "’", "「": "」", "(": ")", "（": "）", "《": "》"}


@dataclass(frozen=True, slots=True)
class HeadingText:
    """A heading divided: its ``title`` without number and fixed words, and the ``rest`` of its line."""

    title: str
    rest: str


def heading_text(line: ReadLine) -> HeadingText:
    """The title and the rest of a heading's line; the title of one without fixed words is its first sentence."""
    words = line.words
    plain = line.source.plain[len(line.source.text) - len(words) :]
    if line.kind in {LineKind.ASPECT, LineKind.STATUS_GROUP, LineKind.PART, LineKind.CHAPTER}:
        found = _LABELLED.match(plain)
        start, end = found.span("title") if found else (0, len(words))
        return HeadingText(words[start:end].rstrip("。.:："), words[end:].lstrip("。.") if found else "")
    for pattern in (_QUOTED_START, _QUOTED, _NAMED, _LABELLED):
        if found := pattern.match(plain):
            start, end = found.span("title")
            rest = words[found.end() :] if pattern is _QUOTED_START else ""
            if pattern is _LABELLED and (cut := _first_sentence(plain, start)) < end:
                end, rest = cut, words[cut + 1 :]
            return HeadingText(words[start:end], rest)
    counted = _COUNTED_OFF.match(plain)
    start = counted.end() if counted else 0
    end = _label_place(plain) or _first_sentence(plain, start)
    return HeadingText(words[start:end].rstrip("。.:：；;"), words[end:].lstrip("。.:："))


def _label_place(plain: str) -> int:
    places = [plain.find(f"{label}:") for label in patterns.LABELS]
    return min((place for place in places if place > 0), default=0)


def _first_sentence(plain: str, start: int) -> int:
    """The offset of the first full stop outside quotes and brackets, else the length."""
    waiting: list[str] = []
    for place in range(start, len(plain)):
        character = plain[place]
        if waiting and character == waiting[-1]:
            waiting.pop()
        elif character in _CLOSERS:
            waiting.append(_CLOSERS[character])
        elif not waiting and _SENTENCE_END.match(character):
            return place
    return len(plain)
