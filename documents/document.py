"""The official document as a value: a list of blocks, each with the source it was composed from.

Pure: no Django, no database, no files. Only the app that composes a document knows what its sources mean; renderers do
not need to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class BlockKind(StrEnum):
    """The kinds of blocks in the official layout; a profile gives each its type face and placement."""

    TITLE = "title"
    SALUTATION = "salutation"
    HEADING_1 = "heading-1"  # 一、
    HEADING_2 = "heading-2"  # （一）
    HEADING_3 = "heading-3"  # 1.
    HEADING_4 = "heading-4"  # （1）
    PARAGRAPH = "paragraph"
    CONTACT = "contact"
    ANNEX_NOTE = "annex-note"  # 附件：1. and 2., one block for each annex
    SIGNATURE = "signature"
    DATE = "date"
    ANNEX = "annex"  # 附件1, which begins a page
    ANNEX_TITLE = "annex-title"
    TABLE = "table"

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading, which must not be the last line of a page."""
        return self in HEADINGS


HEADINGS = frozenset(
    {
        BlockKind.HEADING_1,
        BlockKind.HEADING_2,
        BlockKind.HEADING_3,
        BlockKind.HEADING_4,
        BlockKind.ANNEX,
        BlockKind.ANNEX_TITLE,
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a text, in terms of the app that composed it; an empty ``kind`` is no source."""

    kind: str = ""
    key: str = ""


NO_SOURCE = Source()  # fixed wording


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text with one source; ``missing`` marks a placeholder for a value that the record does not have yet."""

    text: str
    source: Source = NO_SOURCE
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; ``number`` is the number of its row (序号), which like that of a block is structure."""

    spans: tuple[Span, ...] = ()
    number: str = ""

    @property
    def text(self) -> str:
        """The cell as printed, number included."""
        return self.number + "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of the document, or one table.

    ``number`` is the printed numbering (一、 （一） 1. （1）, 附件1, 附件：1.), separate from the text because it is
    structure: it is never masked and never edited. A table has ``rows`` instead of spans, of which the first is its
    head, and ``widths``, the shares of its columns in its width; ValueError unless every row has a cell for each.
    """

    kind: BlockKind
    spans: tuple[Span, ...]
    source: Source
    number: str = ""
    rows: tuple[tuple[Cell, ...], ...] = ()
    widths: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.widths) for row in self.rows):
            raise ValueError(f"a table of {len(self.widths)} columns has a row of another length")

    @property
    def text(self) -> str:
        """The paragraph as printed, numbering included; of a table its paragraphs, one a line."""
        return "\n".join(self.paragraphs())

    def paragraphs(self) -> Iterator[str]:
        """The paragraph as printed, numbering included; of a table one for each row, with tabs between its cells."""
        for row in self.rows:
            yield "\t".join(cell.text.replace("\n", " ") for cell in row)
        if not self.rows:
            yield self.number + "".join(span.text for span in self.spans)

    def every_span(self) -> Iterator[Span]:
        """The spans of the paragraph and of all cells, in order."""
        yield from self.spans
        for row in self.rows:
            for cell in row:
                yield from cell.spans

    def map_text(self, change: Callable[[str], str]) -> Block:
        """A copy of the block with ``change`` applied to the text of every span, not to the numbers."""

        def change_spans(spans: tuple[Span, ...]) -> tuple[Span, ...]:
            return tuple(replace(span, text=change(span.text)) for span in spans)

        rows = tuple(tuple(replace(cell, spans=change_spans(cell.spans)) for cell in row) for row in self.rows)
        return replace(self, spans=change_spans(self.spans), rows=rows)


@dataclass(frozen=True, slots=True)
class Document:
    """A composed document; ``name`` is the title of the window that shows it, also without a title block."""

    name: str
    blocks: tuple[Block, ...]

    def paragraphs(self) -> Iterable[str]:
        """Every paragraph as printed, in order; a row of a table is one."""
        return (paragraph for block in self.blocks for paragraph in block.paragraphs())

    def missing(self) -> list[str]:
        """The placeholders left in the text, in order; an empty list means that the document is complete."""
        return [span.text for block in self.blocks for span in block.every_span() if span.missing]

    def as_dict(self) -> dict[str, Any]:
        """The document as plain data for JSON; ``from_dict`` is the inverse."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Document:
        """The document from the data that ``as_dict`` gave."""
        return cls(data["name"], tuple(_block(block) for block in data["blocks"]))


def _block(data: dict[str, Any]) -> Block:
    # Documents that were stored before there were tables have neither rows nor widths.
    rows = tuple(tuple(Cell(_spans(cell["spans"]), cell["number"]) for cell in row) for row in data.get("rows", ()))
    widths = tuple(data.get("widths", ()))
    return Block(BlockKind(data["kind"]), _spans(data["spans"]), _source(data["source"]), data["number"], rows, widths)


def _spans(data: Iterable[dict[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(span["text"], _source(span["source"]), span["missing"]) for span in data)


def _source(data: dict[str, Any]) -> Source:
    return Source(data["kind"], data["key"])
