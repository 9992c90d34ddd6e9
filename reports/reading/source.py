"""The lines of a source text, with their places in it. Pure.

Nothing is changed or lost: patterns are matched against ``plain``, a copy of the same length in which full-width
forms are half-width, so that every place in it is the same place in the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# One character for one: the ASCII forms, and what pages of the web put between words.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys((0x3000, 0x00A0, 0x200B, 0x200C, 0x200D, 0xFEFF, 0x2002, 0x2003, 0x2009, 0x0009), " ")
_PLAIN = _FULL_WIDTH | _SPACES | {ord("﹡"): "*", ord("∗"): "*", ord("﹕"): ":", ord("︰"): ":"}
_BREAK = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A stretch of the source without blanks at its ends: ``number`` is its line from 1, ``start`` its offset.

    ``plain`` is the text in half-width forms, character for character.
    """

    number: int
    start: int
    text: str
    plain: str

    @property
    def end(self) -> int:
        """The offset behind its last character."""
        return self.start + len(self.text)

    def part(self, start: int, end: int | None = None) -> SourceLine:
        """A part of it by offsets within it, stripped."""
        return _strip_line(self.number, self.start + start, self.text[start:end], self.plain[start:end])


def plain_text(text: str) -> str:
    """The text in half-width forms, of the same length."""
    return text.translate(_PLAIN)


def strip_line(number: int, start: int, text: str) -> SourceLine:
    """The line without the blanks around it."""
    return _strip_line(number, start, text, plain_text(text))


def _strip_line(number: int, start: int, text: str, plain: str) -> SourceLine:
    left = len(plain) - len(plain.lstrip())
    kept = plain.strip()
    return SourceLine(number, start + left, text[left : left + len(kept)], kept)


def source_lines(text: str) -> Iterator[SourceLine]:
    """The lines of a text that are not blank, in order."""
    start = 0
    for number, found in enumerate([*_BREAK.finditer(text), None], 1):
        line = strip_line(number, start, text[start : found.start() if found else None])
        if line.text:
            yield line
        start = found.end() if found else len(text)
