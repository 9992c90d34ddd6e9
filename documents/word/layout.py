"""What a template says, block by block, in words that can be read and compared. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Look(StrEnum):
    """How a paragraph looks, after GB/T 9704-2012."""

    TITLE = "title"  # 2号小标宋, centred
    CENTRED = "centred"
    SALUTATION = "salutation"  # flush left
    HEADING = "heading"  # 一、 in 黑体
    BODY = "body"  # 3号仿宋, indented by two characters
    SIGNATURE = "signature"  # flush right
    TAG = "tag"  # a paragraph that only steers and leaves nothing behind


@dataclass(frozen=True)
class Text:
    """One paragraph."""

    look: Look
    words: str


@dataclass(frozen=True)
class Row:
    """One row of a table. A row with one cell spans all columns: a heading, or, as ``steers``, a tag."""

    cells: tuple[str, ...]
    heavy: bool = False
    steers: bool = False


@dataclass(frozen=True)
class Table:
    """A table as wide as the text area; ``widths`` are parts of it."""

    widths: tuple[int, ...]
    rows: tuple[Row, ...]
    headings: int = 1  # rows repeated on each page


Block = Text | Table


def title(words: str) -> Text:
    """The title."""
    return Text(Look.TITLE, words)


def body(words: str) -> Text:
    """Running text."""
    return Text(Look.BODY, words)


def heading(words: str) -> Text:
    """A heading of the first order."""
    return Text(Look.HEADING, words)


def tag(words: str) -> Text:
    """A paragraph with a tag alone."""
    return Text(Look.TAG, f"{{%p {words} %}}")


def steer(words: str) -> Row:
    """A row with a tag alone."""
    return Row((f"{{%tr {words} %}}",), steers=True)


def listed(widths: tuple[int, ...], headings: tuple[str, ...], rows: str, cells: tuple[str, ...]) -> Table:
    """A table with one row for each ``行`` of a list: its cells are the names of what stands in them."""
    filled = tuple(f"{{{{ 行.{name} }}}}" for name in cells)
    return Table(widths, (Row(headings, heavy=True), steer(f"for 行 in {rows}"), Row(filled), steer("endfor")))


def facts(*pairs: tuple[str, str]) -> Table:
    """A table of labels and what is said: two pairs in a row, or one where a row has a single pair to itself."""
    return Table((1, 4), tuple(Row((label, said)) for label, said in pairs), headings=0)
