"""The readable definition of a Word template, as a list of blocks that can be compared. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ParagraphStyle(StrEnum):
    """The styles of paragraphs, after GB/T 9704-2012."""

    TITLE = "title"  # 2号小标宋, centred
    CENTRED = "centred"
    SALUTATION = "salutation"  # flush left
    HEADING = "heading"  # 一、 in 黑体
    BODY = "body"  # 3号仿宋, indented by two characters
    SIGNATURE = "signature"  # flush right
    TAG = "tag"  # a control tag, which is removed when the template is filled


@dataclass(frozen=True)
class TemplateParagraph:
    """A paragraph of a template: its style and its text with placeholders."""

    look: ParagraphStyle
    words: str


@dataclass(frozen=True)
class TemplateRow:
    """One row of a table. A single cell spans all columns: a heading, or, with ``steers``, a control tag."""

    cells: tuple[str, ...]
    heavy: bool = False
    steers: bool = False


@dataclass(frozen=True)
class TemplateTable:
    """A table as wide as the text area; ``widths`` are the proportions of its columns."""

    widths: tuple[int, ...]
    rows: tuple[TemplateRow, ...]
    headings: int = 1  # rows repeated on each page


TemplateBlock = TemplateParagraph | TemplateTable


def title_paragraph(words: str) -> TemplateParagraph:
    """A title in 2号小标宋, centred."""
    return TemplateParagraph(ParagraphStyle.TITLE, words)


def body_paragraph(words: str) -> TemplateParagraph:
    """A paragraph of running text in 3号仿宋."""
    return TemplateParagraph(ParagraphStyle.BODY, words)


def heading_paragraph(words: str) -> TemplateParagraph:
    """A heading of the first level (一、) in 黑体."""
    return TemplateParagraph(ParagraphStyle.HEADING, words)


def tag_paragraph(words: str) -> TemplateParagraph:
    """A paragraph that holds only the control tag ``{%p words %}``."""
    return TemplateParagraph(ParagraphStyle.TAG, f"{{%p {words} %}}")


def tag_row(words: str) -> TemplateRow:
    """A row that holds only the control tag ``{%tr words %}``."""
    return TemplateRow((f"{{%tr {words} %}}",), steers=True)


def list_table(widths: tuple[int, ...], headings: tuple[str, ...], rows: str, cells: tuple[str, ...]) -> TemplateTable:
    """A table with one row for each ``行`` of the list ``rows``; ``cells`` are the names of the row's values."""
    filled = tuple(f"{{{{ 行.{name} }}}}" for name in cells)
    return TemplateTable(
        widths,
        (TemplateRow(headings, heavy=True), tag_row(f"for 行 in {rows}"), TemplateRow(filled), tag_row("endfor")),
    )


def fact_table(*pairs: tuple[str, str]) -> TemplateTable:
    """A table without headings whose rows are pairs of a label and a text."""
    return TemplateTable((1, 4), tuple(TemplateRow((label, words)) for label, words in pairs), headings=0)
