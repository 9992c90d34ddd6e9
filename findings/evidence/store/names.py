"""The name under which a file is shown: what the person called it, without what could mislead or break anything."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

MOST_CHARACTERS, MOST_BYTES = 120, 200
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # control, direction and other format characters, lone surrogates


def shown_name(name: str) -> str:
    """The last part of a path, normalised, with its extension in small letters, short enough for every file system."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(one for one in unicodedata.normalize("NFC", base) if unicodedata.category(one) not in INVISIBLE)
    stem, dot, last = text.strip().rpartition(".")
    stem, extension = (stem, f".{last.strip().lower()}") if dot and last.strip() else (text, "")
    stem = stem.strip(" .") or "未命名"
    while len(stem + extension) > MOST_CHARACTERS or len((stem + extension).encode()) > MOST_BYTES:
        stem = stem[:-1]
    return stem.rstrip() + extension


def extension_of(name: str) -> str:
    """The extension of a shown name without its dot; jpeg is jpg."""
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    return "jpg" if extension == "jpeg" else extension
