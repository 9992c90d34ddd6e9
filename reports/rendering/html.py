"""A document as HTML: one self-contained file, or the blocks of it for a page of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

from reports.document import Block, BlockKind, Document, Source, Span

STYLESHEET = settings.BASE_DIR / "static" / "css" / "document.css"
TAGS = {
    BlockKind.TITLE: "h2",
    BlockKind.CHAPTER: "h3",
    BlockKind.ASPECT: "h4",
    BlockKind.FINDING: "h5",
    BlockKind.SUB_FINDING: "h6",
}


@dataclass(frozen=True, slots=True)
class ShownSpan:
    """A span with the address of what it was composed from, empty where there is none."""

    span: Span
    address: str


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block ready for the template."""

    block: Block
    tag: str
    spans: list[ShownSpan]


def shown(document: Document, address: Callable[[Source], str]) -> Iterator[ShownBlock]:
    """The blocks with their spans linked to their sources."""
    for block in document.blocks:
        spans = [ShownSpan(span, address(span.source)) for span in block.spans]
        yield ShownBlock(block, TAGS.get(block.kind, "p"), spans)


def render_html(document: Document) -> str:
    """One file that looks like the printed report wherever it is opened: no links, no script, style inside."""
    context = {
        "document": document,
        "blocks": shown(document, lambda source: ""),
        "style": STYLESHEET.read_text(encoding="utf-8"),
    }
    return render_to_string("reports/file.html", context)
