"""Limits of an imported workbook, shared by the worker that reads it and its client."""

from __future__ import annotations

from typing import Any

MEMORY = 1 << 30  # bytes of address space
SECONDS = 30  # of processor time
PATIENCE = 30  # seconds of real time, once for a free worker and once for its answer
MOST_BYTES = 10 * 1024 * 1024
MOST_SHEETS, MOST_COLUMNS, MOST_ROWS = 20, 100, 5_000
HEAD = 10  # rows besides the list: titles, headings, the signature
MOST_CHARACTERS = 32_767  # of a cell, Excel's own limit
TOO_LONG = f"有 {{0}} 个字，Excel 的一个单元格只能放 {MOST_CHARACTERS} 个字。"
READ, MARK = "read", "mark"  # the tasks of the worker


class TextTooLongError(ValueError):
    """A text is too long for a cell; the message is a Chinese sentence with its length."""


Cell = tuple[str, Any]  # the type (s text, n number, d day, e error) and the value
