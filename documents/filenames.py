"""Names of files and folders that every system takes, Windows above all."""

from __future__ import annotations

import re
import unicodedata

FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def safe_name(text: str, longest: int) -> str:
    """The text as the name of a folder, or of a file without its extension."""
    seen = "".join(
        one for one in unicodedata.normalize("NFC", text) if one.isspace() or unicodedata.category(one) not in UNSEEN
    )
    name = FORBIDDEN.sub(" ", seen).strip()[:longest].strip(" .")
    return f"_{name}" if RESERVED.match(name) or not name else name


def safe_file_name(text: str, longest: int) -> str:
    """The text as the name of a file; what is cut is cut before the extension."""
    stem, dot, extension = text.rpartition(".")
    if not dot or not stem or len(extension) > 8:
        return safe_name(text, longest)
    return f"{safe_name(stem, longest - len(extension) - 1)}.{safe_name(extension, 8)}"
