"""Names of files and folders that are valid on every system; Windows is the strictest."""

from __future__ import annotations

import re
import unicodedata

FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, format, surrogate, private use, unassigned


def safe_name(text: str, longest: int) -> str:
    """The text as a valid name of a folder, or of a file without extension; at most ``longest`` + 1 characters."""
    visible = "".join(
        one for one in unicodedata.normalize("NFC", text) if one.isspace() or unicodedata.category(one) not in UNSEEN
    )
    # Windows drops dots and spaces at the end of a name.
    name = FORBIDDEN.sub(" ", visible).strip()[:longest].strip(" .")
    return f"_{name}" if RESERVED.match(name) or not name else name


def safe_file_name(text: str, longest: int) -> str:
    """The text as a valid file name; a long one is cut before its extension (of at most 8 characters)."""
    stem, dot, extension = text.rpartition(".")
    if not dot or not stem or len(extension) > 8:
        return safe_name(text, longest)
    return f"{safe_name(stem, longest - len(extension) - 1)}.{safe_name(extension, 8)}"
