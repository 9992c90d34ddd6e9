"""Validators of text fields, whose Chinese messages give the position of the fault; comparison of names."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

ALLOWED_CONTROLS = frozenset("\n\r\t")
# Variation selectors and fillers; they are of other categories than format characters.
UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


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


def one_line(text: str, longest: int) -> str:
    """The text as one line of at most ``longest`` characters; breaks and unprintable characters become spaces."""
    printed = "".join(
        " " if character in ALLOWED_CONTROLS or unprintable(character) else character for character in text
    )
    return printed if len(printed) <= longest else f"{printed[: longest - 1]}…"


def comparison_key(name: str) -> str:
    """A name as it is compared: in half width (NFKC), without blanks and characters that nobody sees.

    Two names with one key look the same, or nearly so: 王　镕 and 王镕, ＡＢＣ科 and ABC科.
    """
    return unicodedata.normalize("NFKC", name).translate(SEEN)


def without_unseen(name: str) -> str:
    """The name without characters that nobody sees, and without blanks around it."""
    return "".join(each for each in name if not is_unseen(each)).strip()


def is_unseen(character: str) -> bool:
    """Whether a character has no width: format and control characters, variation selectors, fillers."""
    return unicodedata.category(character) in {"Cf", "Cc"} or bool(UNSEEN.match(character))


class SeenCharacters(dict[int, str | None]):
    """A table for ``str.translate`` that drops blanks and characters without width; filled as characters occur."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        self[code] = kept = None if character.isspace() or is_unseen(character) else character
        return kept


SEEN = SeenCharacters()
LINE = [single_line]
PROSE = [printable]
