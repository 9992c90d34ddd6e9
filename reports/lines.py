"""A text as numbered lines, what a line can be, and how one that cannot be read is refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufeff\ufffe\uffff\ud800-\udfff]")


class ParseError(ValueError):
    """A text that cannot be read: ``line`` (from 1; 0 for the whole text) and ``reason`` in Chinese."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(f"第 {line} 行：{reason}" if line else reason)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One paragraph of the text and where it stood."""

    number: int
    text: str


class HeadingKind(StrEnum):
    """What a heading is; not every form of report has all of them."""

    CHAPTER = "h1"
    ORGANISATION = "h2_org"  # （一） in the chapter on how the work was organised
    ASPECT = "categories"
    PART = "categories2"  # a level between aspect and finding
    STATUS_GROUP = "status_groups"  # findings grouped by how far they have come
    FINDING = "findings"
    SUB_FINDING = "sub"
    STATUS = "status"  # a line that gives the status of the finding above it


@dataclass(frozen=True, slots=True)
class HeadingPattern:
    """A heading as it stands in the text."""

    kind: HeadingKind
    line: int
    text: str


def lines_of(text: str) -> Iterator[TextLine]:
    """The paragraphs of a text, trimmed, with their line numbers; empty lines are dropped."""
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n"), 1):
        if found := _CONTROL.search(raw):
            character = f"U+{ord(found[0]):04X}"
            raise ParseError(
                number, f"第 {found.start() + 1} 个字符（{character}）是看不见的控制字符，请删除后再导入。"
            )
        if stripped := raw.strip():
            yield TextLine(number, stripped)
