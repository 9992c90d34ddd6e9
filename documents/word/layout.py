"""What a template says, block by block, in words that can be read and compared. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ParagraphStyle(StrEnum):
    """How a paragraph looks, after GB/T 9704-2012."""

    TITLE = "title"  # 2号小标宋, centred
    CENTRED = "centred"
    SALUTATION = "salutation"  # flush left
    HEADING = "heading"  # 一、 in 黑体
    BODY = "body"  # 3号仿宋, indented by two characters
    SIGNATURE = "signature"  # flush right
    TAG = "tag"  # a paragraph that only steers and leaves nothing behind


@dataclass(frozen=True)
class TemplateParagraph:
    """A paragraph of a template: how it looks and its text, placeholders included."""

    look: ParagraphStyle
    words: str


@dataclass(frozen=True)
class TemplateRow:
    """One row of a table. A row with one cell spans all columns: a heading, or, as ``steers``, a tag."""

    cells: tuple[str, ...]
    heavy: bool = False
    steers: bool = False


@dataclass(frozen=True)
class TemplateTable:
    """A table as wide as the text area; ``widths`` are parts of it."""

    widths: tuple[int, ...]
    rows: tuple[TemplateRow, ...]
    headings: int = 1  # rows repeated on each page


TemplateBlock = TemplateParagraph | TemplateTable


def title_paragraph(words: str) -> TemplateParagraph:
    """A title in 2号小标宋, centred."""
    return TemplateParagraph(ParagraphStyle.TITLE, words)


def body_paragraph(words: str) -> TemplateParagraph:
    """Running text."""
    return TemplateParagraph(ParagraphStyle.BODY, words)


def heading_paragraph(words: str) -> TemplateParagraph:
    """A heading of the first order."""
    return TemplateParagraph(ParagraphStyle.HEADING, words)


def tag_paragraph(words: str) -> TemplateParagraph:
    """A paragraph with a tag alone."""
    return TemplateParagraph(ParagraphStyle.TAG, f"{{%p {words} %}}")


def tag_row(words: str) -> TemplateRow:
    """A row with a tag alone."""
    return TemplateRow((f"{{%tr {words} %}}",), steers=True)


def list_table(widths: tuple[int, ...], headings: tuple[str, ...], rows: str, cells: tuple[str, ...]) -> TemplateTable:
    """A table with one row for each ``行`` of a list: its cells are the names of what stands in them."""
    filled = tuple(f"{{{{ 行.{name} }}}}" for name in cells)
    return TemplateTable(
        widths,
        (TemplateRow(headings, heavy=True), tag_row(f"for 行 in {rows}"), TemplateRow(filled), tag_row("endfor")),
    )


def fact_table(*pairs: tuple[str, str]) -> TemplateTable:
    """A table of labels and what is said: two pairs in a row, or one where a row has a single pair to itself."""
    return TemplateTable((1, 4), tuple(TemplateRow((label, said)) for label, said in pairs), headings=0)
