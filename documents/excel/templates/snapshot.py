"""A superior's workbook as a process of its own saw it: what stands in which cell, and which cells are merged. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from documents.excel.sheet import column_letters

Area = tuple[int, int, int, int]  # top, left, bottom, right
TEXT, FORMULA = "s", "f"
DESCRIBE, FILL = "describe", "fill"  # what the process is asked to do with a workbook
MOST_ROWS = 1_000  # of a template


@dataclass(frozen=True)
class SheetSnapshot:
    """One sheet; cells by row and column, both from 1, with what they are and what they say."""

    name: str
    is_hidden: bool
    cells: dict[tuple[int, int], tuple[str, str]]
    merged: list[Area]

    @classmethod
    def from_json(cls, seen: Mapping[str, Any]) -> SheetSnapshot:
        """From the answer of the process."""
        cells = {(row, column): (kind, text) for row, column, kind, text in seen["cells"]}
        return cls(seen["name"], seen["hidden"], cells, [tuple(area) for area in seen["merged"]])

    def merged_area(self, row: int, column: int) -> Area:
        """The cells that are one with this one; often it alone."""
        for top, left, bottom, right in self.merged:
            if top <= row <= bottom and left <= column <= right:
                return top, left, bottom, right
        return row, column, row, column

    def is_covered(self, row: int, column: int) -> bool:
        """Whether a cell is part of another one and can say nothing itself."""
        return self.merged_area(row, column)[:2] != (row, column)

    def text_at(self, row: int, column: int) -> str:
        """What is read at this place, also where the cell is part of another one."""
        top, left, _, _ = self.merged_area(row, column)
        return self.cells.get((top, left), ("", ""))[1]

    def row_texts(self, number: int) -> dict[int, str]:
        """What is read in a row, by column."""
        read = ((column, self.text_at(number, column).strip()) for column in range(1, self.last_column + 1))
        return {column: text for column, text in read if text}

    def filled_cells(self) -> Iterator[tuple[int, int, str, str]]:
        """Every cell that says something: its place, what it is, what it says."""
        for (row, column), (kind, text) in sorted(self.cells.items()):
            yield row, column, kind, text

    @property
    def last_row(self) -> int:
        """The last row that says something."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        """The last column that says something, merged cells included."""
        own = max((column for _, column in self.cells), default=0)
        return max([own, *(right for top, left, _, right in self.merged if (top, left) in self.cells)])

    def describe_cell(self, row: int, column: int) -> str:
        """A cell as people name it, with what it says."""
        words = self.text_at(row, column).strip()
        return f"工作表“{self.name}”{column_letters(column)}{row} 单元格" + (f"“{words[:40]}”" if words else "")


def find_sheet(pages: list[SheetSnapshot], name: str) -> SheetSnapshot | None:
    """The sheet of this name."""
    return next((page for page in pages if page.name == name), None)
