"""The content of an external template as its worker described it: cells and merged areas. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from documents.excel.sheet import column_letters

Area = tuple[int, int, int, int]  # top, left, bottom, right
TEXT, FORMULA = "s", "f"
DESCRIBE, FILL = "describe", "fill"  # the tasks of the worker
MOST_ROWS = 1_000  # of a template


@dataclass(frozen=True)
class SheetSnapshot:
    """One sheet; ``cells`` gives type (text or formula) and text by row and column, both from 1."""

    name: str
    is_hidden: bool
    cells: dict[tuple[int, int], tuple[str, str]]
    merged: list[Area]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SheetSnapshot:
        """The sheet from the worker's answer."""
        cells = {(row, column): (kind, text) for row, column, kind, text in data["cells"]}
        return cls(data["name"], data["hidden"], cells, [tuple(area) for area in data["merged"]])

    def merged_area(self, row: int, column: int) -> Area:
        """The merged area that a cell belongs to; the cell alone when it is not merged."""
        for top, left, bottom, right in self.merged:
            if top <= row <= bottom and left <= column <= right:
                return top, left, bottom, right
        return row, column, row, column

    def is_covered(self, row: int, column: int) -> bool:
        """Whether a cell belongs to a merged area without being its first, so that it has no value of its own."""
        return self.merged_area(row, column)[:2] != (row, column)

    def text_at(self, row: int, column: int) -> str:
        """The text shown in a cell, for a merged one that of the area's first cell; "" when it is empty."""
        top, left, _, _ = self.merged_area(row, column)
        return self.cells.get((top, left), ("", ""))[1]

    def row_texts(self, number: int) -> dict[int, str]:
        """The texts shown in a row, by column, without blanks at the ends; empty ones are left out."""
        texts = ((column, self.text_at(number, column).strip()) for column in range(1, self.last_column + 1))
        return {column: text for column, text in texts if text}

    def filled_cells(self) -> Iterator[tuple[int, int, str, str]]:
        """Every filled cell as (row, column, type, text), from the top."""
        for (row, column), (kind, text) in sorted(self.cells.items()):
            yield row, column, kind, text

    @property
    def last_row(self) -> int:
        """The number of the last filled row, 0 for an empty sheet."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        """The number of the last filled column, with the whole width of merged cells; 0 for an empty sheet."""
        own = max((column for _, column in self.cells), default=0)
        return max([own, *(right for top, left, _, right in self.merged if (top, left) in self.cells)])

    def describe_cell(self, row: int, column: int) -> str:
        """The name of a cell in Chinese with the beginning of its text, for messages."""
        words = self.text_at(row, column).strip()
        return f"工作表“{self.name}”{column_letters(column)}{row} 单元格" + (f"“{words[:40]}”" if words else "")


def find_sheet(pages: list[SheetSnapshot], name: str) -> SheetSnapshot | None:
    """The sheet of this name, None when there is none."""
    return next((page for page in pages if page.name == name), None)
