"""The rows of the grid, of which pages consist. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from documents.typesetting.paragraphs import TypesetLine, Width
from documents.typesetting.profiles import BlockStyle

WidthFor = Callable[[BlockStyle], Width]


@dataclass(frozen=True, slots=True)
class CellLine:
    """One line of a cell: its column, and its place in points from the left edge of the text area.

    ``below`` is how far its middle is below that of its grid row, in points.
    """

    line: TypesetLine
    column: int
    x: float
    below: float


@dataclass(frozen=True, slots=True)
class TablePart:
    """What a row of the grid shows of one row of a table.

    ``edges`` are the vertical lines, in points from the left edge of the text area. ``ends`` is False where the row of
    the table goes on in the next row of the grid. ``head`` are the grid rows repeated above it at the top of a page.
    """

    row: int
    edges: tuple[float, ...]
    lines: tuple[CellLine, ...] = ()
    ends: bool = True
    head: tuple[GridRow, ...] = ()


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of the grid: ``x`` is points from the left edge of the text area, ``cell`` the width of one em in points.

    ``block`` is the index of the document's block from 0; -1 for a blank row. A row of a table has its texts in
    ``table`` instead of ``line``.
    """

    line: TypesetLine
    style: BlockStyle
    block: int = -1
    x: float = 0.0
    cell: float = 0.0
    keep: bool = False  # must not be the last row of a page
    whole: bool = False  # must not be the last row of a page, even where headings above it have to be
    first: bool = False  # the first row of its block
    starts_page: bool = False
    repeated: bool = False  # the head of a table that began on an earlier page
    table: TablePart | None = None


BLANK_ROW = GridRow(TypesetLine(""), BlockStyle(()))
Page = list[GridRow]
