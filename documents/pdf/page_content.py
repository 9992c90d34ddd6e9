"""Writes set pages as PDF content, with the marked content that the PDF/UA structure refers to.

A ``PageContent`` has the interface that WeasyPrint documents for a page of a ``Document``, so that WeasyPrint embeds
the fonts and writes the file without a layout of its own. Imports neither weasyprint nor Django nor fonts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from documents.document import BlockKind
from documents.typesetting.pages import Page, Paragraph
from documents.typesetting.paragraphs import OPENERS, TypesetLine
from documents.typesetting.profiles import MM, BlockStyle, Profile

PX = 72 / 96  # points in a CSS pixel, the unit of a page's documented attributes
ASCENT = 0.88  # of the em square above the base line, in every Chinese font
STROKE = 0.03  # em, the outline that makes a face without bold look bold
OUTLINE_LEVEL = {BlockKind.HEADING_1: 1, BlockKind.HEADING_2: 2, BlockKind.HEADING_3: 3, BlockKind.HEADING_4: 4}


class FontFace(Protocol):
    """A loaded face of a font."""

    def resource(self, stream: Any) -> str:
        """The resource name of the face in the file of ``stream``, in which it is embedded."""


class Glyph(NamedTuple):
    """A character in the first face of a family list that has it; ``code`` is its glyph number in hexadecimal."""

    face: FontFace
    code: str
    width: float  # em
    dash_top: float  # em, of the face


Glyphs = Mapping[str, Glyph]
GlyphsFor = Callable[[BlockStyle], Glyphs]


class PageContent:
    """One page as WeasyPrint expects it; ``marks`` are the blocks by the number of their marked content."""

    def __init__(
        self, number: int, page: Page, paragraphs: Sequence[Paragraph], profile: Profile, glyphs_for: GlyphsFor
    ) -> None:
        self.number = number
        self.page = page
        self.profile = profile
        self.glyphs_for = glyphs_for
        self.marks = [
            block for block, _ in groupby(row.block for row in page) if block >= 0
        ]  # by marked content number
        # The attributes that WeasyPrint reads from a page; lengths in CSS pixels.
        self.width = profile.page_width * MM / PX
        self.height = profile.page_height * MM / PX
        self.bleed = {"top": 0, "right": 0, "bottom": 0, "left": 0}
        self.bookmarks = list(self._bookmarks(paragraphs))
        self.links: list[Any] = []
        self.anchors: dict[str, Any] = {}
        self.forms: dict[Any, list[Any]] = {None: []}

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Append the page's operators to a content stream whose y axis points down."""
        profile = self.profile
        parts: list[str] = []
        mark = 0
        for block, rows in groupby(enumerate(self.page), key=lambda item: item[1].block):
            if block < 0:
                continue
            parts.append(f"/P <</MCID {mark}>> BDC BT")
            mark += 1
            for order, row in rows:
                style = row.style
                middle = profile.top * MM + order * profile.pitch + profile.pitch / 2
                y = middle + (ASCENT - 0.5) * style.size
                parts.append(self._text(row.line, style, (profile.left * MM + row.x, y, row.cell), stream))
            parts.append("ET EMC")
        # PDF/UA: the page number is no content to be read aloud.
        parts += ["/Artifact <</Type /Pagination>> BDC BT", self._page_number(stream), "ET EMC"]
        stream.stream.append("\n".join(parts))

    def _page_number(self, stream: Any) -> str:
        """The page number: right on odd pages, left on even ones, inset by one character (GB/T 9704-2012, 7.5)."""
        profile, style = self.profile, self.profile.page_number
        glyphs = self.glyphs_for(style)
        line = TypesetLine(f"— {self.number} —")
        width = style.size * sum(glyphs[char].width for char in line.text)
        offset = profile.width * MM - style.size - width if self.number % 2 else style.size
        y = (profile.top + profile.height + profile.number_gap) * MM + glyphs["—"].dash_top * style.size
        return self._text(line, style, (profile.left * MM + offset, y, style.size), stream)

    def _bookmarks(self, paragraphs: Sequence[Paragraph]) -> Iterable[tuple[int, str, tuple[float, float], str]]:
        for order, row in enumerate(self.page):
            if row.first and (level := OUTLINE_LEVEL.get(paragraphs[row.block][0])):
                y = (self.profile.top * MM + order * self.profile.pitch) / PX
                state = "open" if level == 1 else "closed"
                yield level, paragraphs[row.block][1], (self.profile.left * MM / PX, y), state

    def _text(self, line: TypesetLine, style: BlockStyle, place: tuple[float, float, float], stream: Any) -> str:
        """The operators of a line; ``place`` is x and y of its base line and the width of a cell, in points."""
        x, y, cell = place
        glyphs = self.glyphs_for(style)
        spacing = cell * (1 + line.gap) - style.size
        shown = _text_operators(line, glyphs, style.size, cell, stream)
        # -1: text is mirrored back, because the y axis points down.
        matrix = f"1 0 0 -1 {x:.3f} {y:.3f} Tm {spacing:.4f} Tc"
        if style.heavy:
            return f"{matrix} 2 Tr {STROKE * style.size:.2f} w\n{shown}\n0 Tr"
        return f"{matrix}\n{shown}"


def _text_operators(line: TypesetLine, glyphs: Glyphs, size: float, cell: float, stream: Any) -> str:
    """The glyphs as TJ operators, with corrections (in 1/1000 of the font size) for narrow and squeezed characters."""
    parts: list[str] = []
    squeezed = dict(line.squeezed)
    face: FontFace | None = None
    for index, char in enumerate(line.text.rstrip("\n")):
        glyph = glyphs[char]
        if glyph.face is not face:
            parts.append(f"{'>] TJ ' if face else ''}/{glyph.face.resource(stream)} {size:g} Tf [<")
            face = glyph.face
        lost = squeezed.get(index, 0.0) * cell
        if lost and char in OPENERS:  # its blank half is on the left: the correction goes before it
            parts.append(f">{1000 * lost / size:.1f}<{glyph.code}")
            continue
        parts.append(glyph.code)
        correction = (glyph.width - 1) * (size - cell) + lost
        if correction:
            parts.append(f">{1000 * correction / size:.1f}<")
    return "".join(parts) + ">] TJ" if parts else ""
