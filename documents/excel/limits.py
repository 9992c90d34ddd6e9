"""How large a workbook may be that is brought in, for the process that reads it and the one that asks it to."""

from __future__ import annotations

from typing import Any

MEMORY = 1 << 30  # bytes of address space
SECONDS = 30  # of computing
PATIENCE = 30  # seconds by the clock, and for its turn
MOST_BYTES = 10 * 1024 * 1024
MOST_SHEETS, MOST_COLUMNS, MOST_ROWS = 20, 100, 5_000
HEAD = 10  # rows that may stand around the list: titles, headings, the signature
MOST_CHARACTERS = 32_767  # of a cell
TOO_LONG = f"有 {{0}} 个字，Excel 的一个单元格只能放 {MOST_CHARACTERS} 个字。"
READ, MARK = "read", "mark"  # what the process is asked to do with a workbook

Cell = tuple[str, Any]  # what it is (s text, n number, d day, e error) and its value
