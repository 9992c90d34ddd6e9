"""The paper of a printed list, the size of its type, and the widths of its columns; everything is printed at 100 %."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from documents.excel.columns import CellFormat, SheetColumn
from documents.excel.lines import LATIN, count_lines

POINTS = 72 / 25.4  # to the millimetre
LINE = 1.45  # height of a line, by the size of its type: the faces of the office programs need 1.14 to 1.45
PADDING, CELL_MARGIN = 6.0, 8.0  # points that stay free in a cell: above and below its text, left and right of it
HEADING_SIZE = 10.5
FLEXIBLE, LEAST_FLEXIBLE = 36, 20  # mm: columns from this width on take the room that is left, down to the second
SPARE = 0.98  # of a page's height is filled: printers differ
WIDEST = 6.36 / 6  # columns come out so much wider where a program takes DejaVu Sans for the font that measures them


@dataclass(frozen=True)
class Paper:
    """A sheet of paper with its margins, in mm, and the sizes of type for its cells, in points, the largest first."""

    code: int  # in a workbook
    orientation: str
    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float
    sizes: tuple[float, ...]

    @property
    def table_width(self) -> float:
        """The width of a table between the margins, in mm."""
        return self.width - self.left - self.right

    @property
    def filled_width(self) -> float:
        """The width to which the columns are made, in mm; with it they stand on one page in every program."""
        return self.table_width / WIDEST

    @property
    def table_height(self) -> float:
        """The height that a table fills between the margins, in points."""
        return (self.height - self.top - self.bottom) * POINTS * SPARE


PAPERS = (
    Paper(9, "portrait", 210, 297, 25, 20, 20, 25, (12, 11, 10.5)),
    Paper(9, "landscape", 297, 210, 26, 18, 18, 18, (12, 11, 10.5)),
    Paper(8, "landscape", 420, 297, 20, 16, 18, 20, (10.5, 10, 9.5)),
)


@dataclass(frozen=True)
class Layout:
    """A paper, the size of the type in the cells, and the columns with their widths on it, in mm.

    ``empty`` are the keys of columns that say nothing in any row: they are in the sheet, hidden, and not printed.
    """

    paper: Paper
    size: float
    columns: tuple[SheetColumn, ...]
    empty: frozenset[str] = frozenset()

    @cached_property
    def line_height(self) -> float:
        """The height of a line in points."""
        return self.size * LINE

    @cached_property
    def rooms(self) -> tuple[float, ...]:
        """The room for text in each column, in half-width characters."""
        return tuple(line_room(column.width, self.size) for column in self.columns)

    @property
    def heading_height(self) -> float:
        """The height of the row of headings in points."""
        lines = max(
            count_lines(column.heading, line_room(column.width, HEADING_SIZE))
            for column in self.columns
            if column.key not in self.empty
        )
        return row_height(lines, HEADING_SIZE)


def line_room(width: float, size: float) -> float:
    """The half-width characters of a size in points that stand in a line of a cell that is ``width`` mm wide."""
    return max(2.0, (width * POINTS - CELL_MARGIN) * 2 / size)


def row_height(lines: int, size: float) -> float:
    """The height in points of a row with so many lines of a size in points."""
    return lines * size * LINE + PADDING


def possible_layouts(
    columns: Sequence[SheetColumn], longest: Sequence[int], empty: Collection[str] = ()
) -> list[Layout]:
    """The layouts on the smallest paper that is wide enough for the columns, one for each size of type.

    ``longest`` are the characters of the longest value of each column, so that no number and no day is cut off.
    """
    wanted = sum(column.width for column in columns if column.key not in empty)
    paper = next((paper for paper in PAPERS if wanted <= paper.table_width), PAPERS[-1])
    return [_layout(paper, size, columns, longest, frozenset(empty)) for size in paper.sizes]


def _layout(
    paper: Paper, size: float, columns: Sequence[SheetColumn], longest: Sequence[int], empty: frozenset[str]
) -> Layout:
    """The columns made as wide as their numbers need, and then so wide that the table fills the paper."""
    widths = [float(column.width) for column in columns]
    for place, (column, characters) in enumerate(zip(columns, longest, strict=True)):
        if column.cell_format != CellFormat.TEXT:  # which is not broken into lines
            widths[place] = max(widths[place], (characters * LATIN * size / 2 + CELL_MARGIN) / POINTS)
    shown = [place for place, column in enumerate(columns) if column.key not in empty]
    flexible = [place for place in shown if columns[place].width >= FLEXIBLE] or shown
    room = sum(widths[place] for place in flexible)
    factor = (room + paper.filled_width - sum(widths[place] for place in shown)) / room
    for place in flexible:
        widths[place] = max(LEAST_FLEXIBLE, widths[place] * factor)
    sized = tuple(replace(column, width=round(width, 2)) for column, width in zip(columns, widths, strict=True))
    return Layout(paper, size, sized, empty)
