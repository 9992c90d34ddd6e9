"""A document as HTML: a self-contained file, or its blocks for a page of the application."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString

from documents.document import Block, BlockKind, Cell, Document, Source, Span

Address = Callable[[Source], str]
TAGS = {
    BlockKind.TITLE: "h2",
    BlockKind.HEADING_1: "h3",
    BlockKind.HEADING_2: "h4",
    BlockKind.HEADING_3: "h5",
    BlockKind.HEADING_4: "h6",
    BlockKind.ANNEX: "h3",
    BlockKind.ANNEX_TITLE: "h4",
    BlockKind.TABLE: "table",
}


@dataclass(frozen=True, slots=True)
class HtmlBlock:
    """A block for the template: its HTML element, and its text as HTML without the number.

    ``table_name`` is "" for a paragraph and for a table the heading that it is under, which a screen reader says.
    """

    block: Block
    tag: str
    words: SafeString
    table_name: str = ""


def html_blocks(document: Document, address: Address) -> Iterator[HtmlBlock]:
    """The blocks with each span linked to the ``address`` of its source; "" is no link."""
    heading = document.name or "表格"
    for block in document.blocks:
        # One string per block: a template tag per span takes three times as long for a report of 300 findings.
        words = SafeString(_table_html(block, address) if block.rows else _words_html(block.spans, address))
        if block.kind.is_heading:
            heading = block.text
        yield HtmlBlock(block, TAGS.get(block.kind, "p"), words, heading if block.rows else "")


def _table_html(block: Block, address: Address) -> str:
    """The columns and rows of a table; the first row is its head."""
    whole = sum(block.widths)
    # The attribute, because the policy of the pages (Content-Security-Policy) does not allow a style in an element.
    columns = "".join(f'<col width="{100 * share / whole:.4g}%">' for share in block.widths)
    head, *rows = block.rows
    names = "".join(f'<th scope="col">{_cell_html(cell, address)}</th>' for cell in head)
    body = "".join(f"<tr>{''.join(_data_html(cell, address) for cell in row)}</tr>" for row in rows)
    return f"<colgroup>{columns}</colgroup><thead><tr>{names}</tr></thead><tbody>{body}</tbody>"


def _data_html(cell: Cell, address: Address) -> str:
    place = ' class="document-number"' if cell.number else ""
    return f"<td{place}>{_cell_html(cell, address)}</td>"


def _cell_html(cell: Cell, address: Address) -> str:
    return escape(cell.number) + _words_html(cell.spans, address)


def _words_html(spans: Iterable[Span], address: Address) -> str:
    return "".join(_span_html(span, address(span.source)) for span in spans)


def _span_html(span: Span, address: str) -> str:
    """A span as HTML: a link if it has an address, marked if it is a placeholder."""
    text = escape(span.text)
    missing = " document-missing" if span.missing else ""
    if address:
        return f'<a class="document-source{missing}" href="{escape(address)}">{text}</a>'
    return f'<mark class="document-missing">{text}</mark>' if span.missing else text


def render_html(document: Document) -> str:
    """The document as one HTML file with its style sheet inside, without links or scripts."""
    stylesheet = settings.BASE_DIR / "static" / "css" / "document.css"
    context = {
        "document": document,
        "blocks": html_blocks(document, lambda source: ""),
        "style": stylesheet.read_text(encoding="utf-8"),
    }
    return render_to_string("documents/file.html", context)
