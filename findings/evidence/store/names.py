"""The names under which files are shown: as uploaded, without characters that mislead or that file systems refuse."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

MOST_CHARACTERS, MOST_BYTES = 120, 200
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # Unicode categories, see ``shown_name``


def shown_name(name: str) -> str:
    """The last part of a path in NFC, with a lower-case extension, cut to the limits of file systems."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(one for one in unicodedata.normalize("NFC", base) if unicodedata.category(one) not in INVISIBLE)
    stem, dot, last = text.strip().rpartition(".")
    stem, extension = (stem, f".{last.strip().lower()}") if dot and last.strip() else (text, "")
    stem = stem.strip(" .") or "未命名"
    while len(stem + extension) > MOST_CHARACTERS or len((stem + extension).encode()) > MOST_BYTES:
        stem = stem[:-1]
    return stem.rstrip() + extension


def extension_of(name: str) -> str:
    """The extension of a shown name, in lower case and without its dot; jpg for jpeg."""
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    return "jpg" if extension == "jpeg" else extension
