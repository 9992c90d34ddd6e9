"""What may be typed into a text field: validators that answer in Chinese and say where the trouble is."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError

ALLOWED_CONTROLS = frozenset("\n\r\t")


def unprintable(text: str) -> tuple[int, str] | None:
    """The first character that cannot be printed, as (position from 1, character), or None.

    Control characters, lone surrogates and non-characters travel badly: databases refuse some, PDF and Excel others,
    and bidirectional marks make a text read differently from what it is.
    """
    for position, character in enumerate(text, start=1):
        if character in ALLOWED_CONTROLS:
            continue
        if unicodedata.category(character) in {"Cc", "Cs", "Cn"} or character in "\u202a\u202b\u202c\u202d\u202e\ufeff":
            return position, character
    return None


def printable(value: str) -> None:
    """Refuse control characters, naming the first one and its place."""
    if found := unprintable(value):
        position, character = found
        raise ValidationError(
            f"第 {position} 个字符（U+{ord(character):04X}）是看不见的控制字符，请删除后再提交。", code="unprintable"
        )


def single_line(value: str) -> None:
    """Refuse control characters and line breaks."""
    printable(value)
    if any(character in ALLOWED_CONTROLS for character in value):
        raise ValidationError("此处只能填写一行文字，请去掉换行和制表符。", code="multiline")


def one_line(text: str, longest: int) -> str:
    """A text made fit for one line of at most that many characters: what cannot be printed becomes a space."""
    printed = "".join(
        " " if character in ALLOWED_CONTROLS or unprintable(character) else character for character in text
    )
    return printed if len(printed) <= longest else f"{printed[: longest - 1]}…"


LINE = [single_line]
PROSE = [printable]
