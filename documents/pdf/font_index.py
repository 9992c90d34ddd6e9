"""The characters and widths of a font file, read once by fontTools and stored as a small index in the cache folder.

No Django and no weasyprint. Reading the tables of a font takes 30 to 200 ms, reading its index 3 to 15 ms.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.pens.boundsPen import BoundsPen  # type: ignore[import-untyped]  # fontTools ships no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

INDEX_VERSION = 1
DASH = "—"
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})  # categories not allowed in a report: invisible in print


@dataclass(frozen=True, slots=True)
class FaceTable:
    """One face of a font file: PostScript name and glyph number of each character.

    ``narrow`` has the widths, in em, of characters that are not one em wide; ``dash_top`` is the height of the upper
    edge of the em dash above the base line, in em.
    """

    name: str
    glyphs: Mapping[str, int]
    narrow: Mapping[str, float]
    dash_top: float

    def width(self, character: str) -> float:
        """The advance of a covered character, in em."""
        return self.narrow.get(character, 1.0)


def face_table(path: Path, number: int, cache: Path) -> FaceTable:
    """The table of face ``number`` of a font file, from its index if the file has not changed.

    Where ``cache`` is missing or read-only, the font is read every time.
    """
    stat = path.stat()
    key = f"{INDEX_VERSION}|{path}|{number}|{stat.st_size}|{stat.st_mtime_ns}"
    index = cache / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
    try:
        data = json.loads(index.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        data = _read_font(path, number)
        _write_index(index, data)
    return FaceTable(data["name"], dict(zip(data["chars"], data["glyphs"], strict=True)), data["narrow"], data["dash"])


def _read_font(path: Path, number: int) -> dict[str, Any]:
    with TTFont(path, fontNumber=number, lazy=True) as font:
        em = font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        names = {chr(code): name for code, name in font.getBestCmap().items() if _is_visible(code)}
        glyphs = {char: font.getGlyphID(name) for char, name in names.items()}
        narrow = {char: advances[name][0] / em for char, name in names.items() if advances[name][0] != em}
        covered = [char for char, glyph in glyphs.items() if glyph]  # glyph 0 is .notdef
        return {
            "name": font["name"].getDebugName(6) or path.stem,
            "chars": "".join(covered),
            "glyphs": [glyphs[char] for char in covered],
            "narrow": narrow,
            "dash": _glyph_top(font, names.get(DASH)) / em,
        }


def _is_visible(code: int) -> bool:
    return unicodedata.category(chr(code)) not in INVISIBLE


def _glyph_top(font: TTFont, glyph: str | None) -> float:
    """The upper edge of a glyph in font units; 0 without a glyph or outline."""
    if glyph is None:
        return 0.0
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[glyph].draw(pen)
    return float(pen.bounds[3]) if pen.bounds else 0.0


def _write_index(index: Path, data: dict[str, Any]) -> None:
    """Store an index by renaming a complete file, because several processes may write it; errors are ignored."""
    with contextlib.suppress(OSError):
        descriptor, name = tempfile.mkstemp(dir=index.parent, prefix=index.stem)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                json.dump(data, out, ensure_ascii=False)
            Path(name).replace(index)
        except OSError:  # such as a full disk
            Path(name).unlink()
