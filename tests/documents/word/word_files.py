"""Word files as tests look at them, and templates that people might upload."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from documents.word.building import build_template
from documents.word.layout import TemplateBlock, TemplateRow, TemplateTable, body_paragraph


def opened(content: bytes) -> Any:
    """The file as python-docx reads it."""
    return Document(io.BytesIO(content))


def text(content: bytes) -> str:
    """All that is said in the body, paragraph by paragraph, cells included."""
    lines = []
    for paragraph in opened(content).element.body.iter(qn("w:p")):
        pieces = paragraph.iter(qn("w:t"), qn("w:br"))
        lines.append("".join("\n" if piece.tag == qn("w:br") else piece.text or "" for piece in pieces))
    return "\n".join(lines)


def rows(content: bytes, table: int) -> list[list[str]]:
    """The cells of a table, row by row."""
    return [[cell.text for cell in row.cells] for row in opened(content).tables[table].rows]


def template(*words: str, rows: tuple[str, ...] = ()) -> bytes:
    """A template with these paragraphs, and below them a table of one column with these rows."""
    blocks: list[TemplateBlock] = [body_paragraph(one) for one in words]
    if rows:
        blocks.append(TemplateTable((1,), tuple(TemplateRow((one,)) for one in rows), headings=0))
    return build_template(blocks)
