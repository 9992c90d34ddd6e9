"""A report text as numbered lines, the kinds of headings, and the error of a line that cannot be read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufeff\ufffe\uffff\ud800-\udfff]")


class ParseError(ValueError):
    """The text cannot be read: ``line`` (from 1; 0 for the whole text) and ``reason`` in Chinese."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(f"第 {line} 行：{reason}" if line else reason)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One paragraph of the text with its line number from 1."""

    number: int
    text: str


class HeadingKind(StrEnum):
    """The kinds of headings; no form of report has all of them."""

    CHAPTER = "h1"
    ORGANISATION = "h2_org"  # （一） in the chapter about the organisation of the work
    ASPECT = "categories"
    PART = "categories2"  # a level between aspect and finding
    STATUS_GROUP = "status_groups"  # findings grouped by their status
    FINDING = "findings"
    SUB_FINDING = "sub"
    STATUS = "status"  # a line that gives the status of the finding above it


@dataclass(frozen=True, slots=True)
class HeadingPattern:
    """A heading of the text, word for word, with its line number."""

    kind: HeadingKind
    line: int
    text: str


def lines_of(text: str) -> Iterator[TextLine]:
    """The stripped paragraphs of a text with their line numbers, without empty ones.

    Raises ParseError for the first control character.
    """
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n"), 1):
        if found := _CONTROL.search(raw):
            character = f"U+{ord(found[0]):04X}"
            raise ParseError(
                number, f"第 {found.start() + 1} 个字符（{character}）是看不见的控制字符，请删除后再导入。"
            )
        if stripped := raw.strip():
            yield TextLine(number, stripped)
