"""The official document as a value: a list of blocks, each with the source it was composed from.

Pure: no Django, no database, no files. Only the app that composes a document knows what its sources mean; renderers do
not need to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    SIGNATURE = "signature"
    DATE = "date"

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading, which must not be the last line of a page."""
        return self in {BlockKind.HEADING_1, BlockKind.HEADING_2, BlockKind.HEADING_3, BlockKind.HEADING_4}


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
class Block:
    """One paragraph of the document.

    ``number`` is the printed numbering (一、 （一） 1. （1）), separate from the text because it is structure: it is
    never masked and never edited.
    """

    kind: BlockKind
    spans: tuple[Span, ...]
    source: Source
    number: str = ""

    @property
    def text(self) -> str:
        """The paragraph as printed, numbering included."""
        return self.number + "".join(span.text for span in self.spans)

    def map_text(self, change: Callable[[str], str]) -> Block:
        """A copy of the block with ``change`` applied to the text of every span, not to the number."""
        return replace(self, spans=tuple(replace(span, text=change(span.text)) for span in self.spans))


@dataclass(frozen=True, slots=True)
class Document:
    """A composed document; ``name`` is the title of the window that shows it, also without a title block."""

    name: str
    blocks: tuple[Block, ...]

    def paragraphs(self) -> Iterable[str]:
        """Every paragraph as printed, in order."""
        return (block.text for block in self.blocks)

    def missing(self) -> list[str]:
        """The placeholders left in the text, in order; an empty list means that the document is complete."""
        return [span.text for block in self.blocks for span in block.spans if span.missing]

    def as_dict(self) -> dict[str, Any]:
        """The document as plain data for JSON; ``from_dict`` is the inverse."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Document:
        """The document from the data that ``as_dict`` gave."""
        return cls(data["name"], tuple(_block(block) for block in data["blocks"]))


def _block(data: dict[str, Any]) -> Block:
    spans = tuple(Span(span["text"], _source(span["source"]), span["missing"]) for span in data["spans"])
    return Block(BlockKind(data["kind"]), spans, _source(data["source"]), data["number"])


def _source(data: dict[str, Any]) -> Source:
    return Source(data["kind"], data["key"])
