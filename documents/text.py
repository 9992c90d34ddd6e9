"""A document as plain text, one paragraph or one row of a table a line. Pure."""

from __future__ import annotations

from documents.document import Document


def render_text(document: Document) -> str:
    """All paragraphs as printed, each followed by a line feed; tabs divide the cells of a table."""
    return "".join(f"{paragraph}\n" for paragraph in document.paragraphs())
