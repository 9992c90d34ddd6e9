"""Validators of text fields, whose Chinese messages give the position of the fault."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError

ALLOWED_CONTROLS = frozenset("\n\r\t")


def unprintable(text: str) -> tuple[int, str] | None:
    """The first character that is not allowed, as (position from 1, character), or None.

    Not allowed are control characters, lone surrogates and non-characters, some of which databases, PDF or Excel
    refuse; and bidirectional marks, which make a text read differently from its content.
    """
    for position, character in enumerate(text, start=1):
        if character in ALLOWED_CONTROLS:
            continue
        if unicodedata.category(character) in {"Cc", "Cs", "Cn"} or character in "\u202a\u202b\u202c\u202d\u202e\ufeff":
            return position, character
    return None


def printable(value: str) -> None:
    """Raise ValidationError for characters that cannot be printed, naming the first one and its position."""
    if found := unprintable(value):
        position, character = found
        raise ValidationError(
            f"第 {position} 个字符（U+{ord(character):04X}）是看不见的控制字符，请删除后再提交。", code="unprintable"
        )


def single_line(value: str) -> None:
    """Raise ValidationError for characters that cannot be printed, line breaks and tabs."""
    printable(value)
    if any(character in ALLOWED_CONTROLS for character in value):
        raise ValidationError("此处只能填写一行文字，请去掉换行和制表符。", code="multiline")


def comparison_key(text: str) -> str:
    """The text to compare names by: without any spaces, full-width characters as half-width ones (NFKC)."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def one_line(text: str, longest: int) -> str:
    """The text as one line of at most ``longest`` characters; breaks and unprintable characters become spaces."""
    printed = "".join(
        " " if character in ALLOWED_CONTROLS or unprintable(character) else character for character in text
    )
    return printed if len(printed) <= longest else f"{printed[: longest - 1]}…"


LINE = [single_line]
PROSE = [printable]
