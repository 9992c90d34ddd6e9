"""A document as plain text: a paragraph a line. Pure."""

from __future__ import annotations

from documents.document import Document


def render_text(document: Document) -> str:
    """Every paragraph as printed, each ended by a line feed."""
    return "".join(f"{paragraph}\n" for paragraph in document.paragraphs())
