"""Writes set pages as PDF content, with the marked content that the PDF/UA structure refers to.

A ``PageContent`` has the interface that WeasyPrint documents for a page of a ``Document``, so that WeasyPrint embeds
the fonts and writes the file without a layout of its own. Imports neither weasyprint nor Django nor fonts.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from documents.document import Block, BlockKind
from documents.typesetting.grid import GridRow, Page
from documents.typesetting.paragraphs import OPENERS, TypesetLine
from documents.typesetting.profiles import MM, BlockStyle, Profile

PX = 72 / 96  # points in a CSS pixel, the unit of a page's documented attributes
ASCENT = 0.88  # of the em square above the base line, in every Chinese font
STROKE = 0.03  # em, the outline that makes a face without bold look bold
BORDER = 0.5  # points, the lines of tables
OUTLINE_LEVEL = {
    BlockKind.HEADING_1: 1,
    BlockKind.HEADING_2: 2,
    BlockKind.HEADING_3: 3,
    BlockKind.HEADING_4: 4,
    BlockKind.ANNEX: 1,
    BlockKind.ANNEX_TITLE: 2,
}


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


class Mark(NamedTuple):
    """What a piece of marked content belongs to: a paragraph, or one cell of a table."""

    block: int
    row: int = -1
    column: int = -1


class PlacedLine(NamedTuple):
    """A line with its style and the width of its cell; ``x`` and ``y`` are the left end of its base line, in points."""

    line: TypesetLine
    style: BlockStyle
    x: float
    y: float
    cell: float


Piece = tuple[Mark | None, list[PlacedLine]]  # None: not to be read aloud


class PageContent:
    """One page as WeasyPrint expects it; ``marks`` are the pieces of text by the number of their marked content."""

    def __init__(
        self, number: int, page: Page, blocks: Sequence[Block], profile: Profile, glyphs_for: GlyphsFor
    ) -> None:
        self.number = number
        self.page = page
        self.profile = profile
        self.glyphs_for = glyphs_for
        self.pieces = list(self._pieces())
        self.marks = [mark for mark, _ in self.pieces if mark]
        # The attributes that WeasyPrint reads from a page; lengths in CSS pixels.
        self.width = profile.page_width * MM / PX
        self.height = profile.page_height * MM / PX
        self.bleed = {"top": 0, "right": 0, "bottom": 0, "left": 0}
        self.bookmarks = list(self._bookmarks(blocks))
        self.links: list[Any] = []
        self.anchors: dict[str, Any] = {}
        self.forms: dict[Any, list[Any]] = {None: []}

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Append the page's operators to a content stream whose y axis points down."""
        parts: list[str] = []
        numbers = itertools.count()
        for mark, lines in self.pieces:
            opening = f"/P <</MCID {next(numbers)}>>" if mark else "/Artifact <</Type /Pagination>>"
            parts += [f"{opening} BDC BT", *(self._text(line, stream) for line in lines), "ET EMC"]
        if borders := list(self._borders()):
            parts += [f"/Artifact <</Type /Layout>> BDC q {BORDER} w 2 J", *borders, "Q EMC"]
        # PDF/UA: the page number is no content to be read aloud.
        parts += ["/Artifact <</Type /Pagination>> BDC BT", self._page_number(stream), "ET EMC"]
        stream.stream.append("\n".join(parts))

    def _top(self, order: int) -> float:
        """The upper edge of a row of the grid, in points from that of the sheet."""
        return self.profile.top * MM + order * self.profile.pitch

    def _pieces(self) -> Iterator[Piece]:
        """Yield the paragraphs and the cells of the page with their lines, in the order in which they are read."""
        for (block, table_row), group in groupby(enumerate(self.page), key=lambda item: _origin(item[1])):
            rows = list(group)
            if block < 0:
                continue
            if table_row < 0:
                yield Mark(block), [self._place(order, row, row.line, row.x) for order, row in rows]
                continue
            cells: dict[int, list[PlacedLine]] = {}
            for order, row in rows:
                for one in row.table.lines if row.table else ():
                    if one.line.text:
                        cells.setdefault(one.column, []).append(self._place(order, row, one.line, one.x, one.below))
            for column in sorted(cells):
                # The head is read once: where it is repeated, it belongs to the page, as the page number does.
                yield None if rows[0][1].repeated else Mark(block, table_row, column), cells[column]

    def _place(self, order: int, row: GridRow, line: TypesetLine, x: float, below: float = 0.0) -> PlacedLine:
        """The place of a line of a row; its middle is ``below`` that of the row, in points."""
        y = self._top(order) + self.profile.pitch / 2 + below + (ASCENT - 0.5) * row.style.size
        return PlacedLine(line, row.style, self.profile.left * MM + x, y, row.cell)

    def _borders(self) -> Iterator[str]:
        """Yield the operators of the lines of each table: around its columns, and between its rows."""
        left = self.profile.left * MM
        for edges, group in groupby(enumerate(self.page), key=lambda item: item[1].table and item[1].table.edges):
            if not edges:
                continue
            rows = list(group)
            last = rows[-1][0]
            heights = [rows[0][0]]
            heights += [order + 1 for order, row in rows if order == last or (row.table and row.table.ends)]
            ys = [self._top(order) for order in heights]
            xs = [left + edge for edge in edges]
            for x in xs:
                yield f"{x:.3f} {ys[0]:.3f} m {x:.3f} {ys[-1]:.3f} l S"
            for y in ys:
                yield f"{xs[0]:.3f} {y:.3f} m {xs[-1]:.3f} {y:.3f} l S"

    def _page_number(self, stream: Any) -> str:
        """The page number: right on odd pages, left on even ones, inset by one character (GB/T 9704-2012, 7.5)."""
        profile, style = self.profile, self.profile.page_number
        glyphs = self.glyphs_for(style)
        line = TypesetLine(f"— {self.number} —")
        width = style.size * sum(glyphs[char].width for char in line.text)
        offset = profile.width * MM - style.size - width if self.number % 2 else style.size
        y = (profile.top + profile.height + profile.number_gap) * MM + glyphs["—"].dash_top * style.size
        return self._text(PlacedLine(line, style, profile.left * MM + offset, y, style.size), stream)

    def _bookmarks(self, blocks: Sequence[Block]) -> Iterable[tuple[int, str, tuple[float, float], str]]:
        for order, row in enumerate(self.page):
            if row.first and (level := OUTLINE_LEVEL.get(blocks[row.block].kind)):
                y = self._top(order) / PX
                state = "open" if level == 1 else "closed"
                yield level, blocks[row.block].text, (self.profile.left * MM / PX, y), state

    def _text(self, placed: PlacedLine, stream: Any) -> str:
        """The operators of a line."""
        line, style, x, y, cell = placed
        glyphs = self.glyphs_for(style)
        spacing = cell * (1 + line.gap) - style.size
        shown = _text_operators(line, glyphs, style.size, cell, stream)
        # -1: text is mirrored back, because the y axis points down.
        matrix = f"1 0 0 -1 {x:.3f} {y:.3f} Tm {spacing:.4f} Tc"
        if style.heavy:
            return f"{matrix} 2 Tr {STROKE * style.size:.2f} w\n{shown}\n0 Tr"
        return f"{matrix}\n{shown}"


def _origin(row: GridRow) -> tuple[int, int]:
    """The block of a row of the grid and, in a table, the row of the table; -1 for none."""
    return row.block, row.table.row if row.table else -1


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
