"""Sets a table as rows of the grid: every row of the table is as high as some rows of the grid.

Pure: widths of characters come from a function. The cells are 五号, as in the forms of the product, with two lines of
text in one row of the grid: one line in each would make a list of problems twice as long, and hard to read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from documents.document import Block, Cell
from documents.typesetting.grid import CellLine, GridRow, TablePart, WidthFor
from documents.typesetting.paragraphs import TypesetLine, Width, break_lines
from documents.typesetting.profiles import MM, BlockStyle, Profile

BESIDE = MM  # points between the text of a cell and its borders
TEXT_LINES = 2  # of a cell in one row of the grid
TIGHT = 0.9  # of what two lines in one row would leave for each, so that some blank is left at the borders
HIGHEST_HEAD = 0.5  # of a page; a higher head is not repeated, since hardly anything would stand below it

CellLines = list[TypesetLine]


def set_table(number: int, block: Block, profile: Profile, width_for: WidthFor, above: int = 0) -> list[GridRow]:
    """The grid rows of a table, of which the head is repeated on each page.

    A row is cut only when it is higher than a page, or than what is left below the ``above`` rows that have to stand
    on the page of the first one.
    """
    return list(_TableSetter(number, block, profile, width_for).rows(above)) if block.rows else []


class _TableSetter:
    """One table, with the places of its columns."""

    def __init__(self, number: int, block: Block, profile: Profile, width_for: WidthFor) -> None:
        self.number = number
        self.block = block
        self.profile = profile
        self.width_for = width_for
        area, whole = profile.width * MM, sum(block.widths)
        self.edges = tuple(area * share / whole for share in accumulate(block.widths, initial=0))
        self.rooms = [right - left - 2 * BESIDE for left, right in zip(self.edges, self.edges[1:], strict=False)]

    def rows(self, above: int) -> Iterator[GridRow]:
        """Yield the grid rows of the head, then those of the other rows."""
        lines = [self._break_cells(row, self._style(order)) for order, row in enumerate(self.block.rows)]
        # A column of short texts, such as numbers and dates, is centred; one of sentences begins at the left.
        centred = [all(len(row[column]) == 1 for row in lines[1:]) for column in range(len(self.rooms))]
        head = list(self._set_row(0, lines[0], [True] * len(centred), math.inf))
        head = [replace(row, keep=True, first=not order) for order, row in enumerate(head)]
        yield from head
        repeated: tuple[GridRow, ...] = ()
        if len(head) <= HIGHEST_HEAD * self.profile.lines:
            repeated = tuple(replace(row, first=False, repeated=True) for row in head)
        for order, cells in enumerate(lines[1:], start=1):
            room = self.profile.lines - (len(repeated) if order > 1 else above + len(head))
            for row in self._set_row(order, cells, centred, room):
                yield replace(row, table=replace(row.table, head=repeated)) if row.table else row

    def _style(self, order: int) -> BlockStyle:
        return self.profile.style(self.block.kind) if order else self.profile.table_head

    def _break_cells(self, row: Sequence[Cell], style: BlockStyle) -> list[CellLines]:
        width = self.width_for(style)
        return [
            break_lines(cell.text, width, max(1.0, room / style.size), ragged=True)
            for cell, room in zip(row, self.rooms, strict=True)
        ]

    def _set_row(self, order: int, cells: list[CellLines], centred: Sequence[bool], room: float) -> Iterator[GridRow]:
        """Yield the grid rows of one row; where they are more than ``room``, it may be cut at each."""
        style = self._style(order)
        height = math.ceil(max(map(len, cells)) / TEXT_LINES)
        is_divisible = height > room
        parts: list[list[CellLine]] = [[] for _ in range(height)]
        for column, lines in enumerate(cells):
            # A row that is cut has its lines within rows of the grid; in others they stand around the middle.
            pitch = (1 if is_divisible else TIGHT) / TEXT_LINES
            top = 0 if is_divisible else (height - pitch * len(lines)) / 2
            for place, line in enumerate(lines):
                middle = top + pitch * (place + 0.5)  # in rows of the grid from the top of the row
                below = (middle % 1 - 0.5) * self.profile.pitch
                x = self._x(column, line, style, is_centred=centred[column])
                parts[int(middle)].append(CellLine(line, column, x, below))
        for place, part in enumerate(parts, start=1):
            table = TablePart(order, self.edges, tuple(part), ends=place == height)
            whole = place < height and not is_divisible
            yield GridRow(TypesetLine(""), style, self.number, cell=style.size, whole=whole, table=table)

    def _x(self, column: int, line: TypesetLine, style: BlockStyle, *, is_centred: bool) -> float:
        left = self.edges[column] + BESIDE
        if not is_centred:
            return left
        return left + max(0.0, self.rooms[column] - line_width(line, self.width_for(style)) * style.size) / 2


def line_width(line: TypesetLine, width: Width) -> float:
    """The width of a set line in em, without blanks and line feeds at its end."""
    text = line.text.rstrip("\n ")
    return sum(map(width, text)) - sum(lost for _, lost in line.squeezed) + line.gap * max(0, len(text) - 1)
