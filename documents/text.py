"""A document as plain text, one paragraph a line. Pure."""

from __future__ import annotations

from documents.document import Document


def render_text(document: Document) -> str:
    """All paragraphs as printed, each followed by a line feed."""
    return "".join(f"{paragraph}\n" for paragraph in document.paragraphs())
