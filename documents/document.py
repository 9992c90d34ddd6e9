"""The report as a value: a list of blocks, each of which knows what it was composed from.

Pure: no Django, no database, no files. Wording makes documents, screening reads them, renderers print them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class BlockKind(StrEnum):
    """What a block is in the official layout; a profile gives each kind its type face and place."""

    TITLE = "title"
    SALUTATION = "salutation"
    CHAPTER = "chapter"
    ASPECT = "aspect"
    FINDING = "finding"
    SUB_FINDING = "sub_finding"
    PARAGRAPH = "paragraph"
    CONTACT = "contact"
    SIGNATURE = "signature"
    DATE = "date"

    @property
    def is_heading(self) -> bool:
        """Headings never stand last on a page."""
        return self in {BlockKind.CHAPTER, BlockKind.ASPECT, BlockKind.FINDING, BlockKind.SUB_FINDING}


class SourceKind(StrEnum):
    """Where words of the report can come from."""

    WORDING = "wording"  # the standard wording itself
    INSPECTION = "inspection"
    DETAILS = "details"  # the texts an office writes for this report alone
    ASPECT = "aspect"
    FINDING = "finding"
    FACET = "facet"
    MEASURE = "measure"
    COUNT = "count"  # a number computed from records; the key is its name in ``facts.Counts``


@dataclass(frozen=True, slots=True)
class Source:
    """What a piece of text was composed from: a record (``key`` is its primary key) or a computed count."""

    kind: SourceKind
    key: str = ""


WORDING = Source(SourceKind.WORDING)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text with one source. ``missing`` marks a placeholder for something the record does not hold yet."""

    text: str
    source: Source = WORDING
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of the document.

    ``number`` is the printed numbering (一、 （一） 1. （1）), kept apart from the words because it is structure:
    it is never masked and never edited.
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
        """The same block with ``change`` applied to the words of every span."""
        return replace(self, spans=tuple(replace(span, text=change(span.text)) for span in self.spans))


@dataclass(frozen=True, slots=True)
class Document:
    """A composed report. ``name`` is what a reader's window calls it, even when the text has no title block."""

    name: str
    blocks: tuple[Block, ...]

    def paragraphs(self) -> Iterable[str]:
        """Every paragraph as printed, in order."""
        return (block.text for block in self.blocks)

    def missing(self) -> list[str]:
        """The placeholders still standing in the text, in order; an empty list means the report is complete."""
        return [span.text for block in self.blocks for span in block.spans if span.missing]

    def as_dict(self) -> dict[str, Any]:
        """A plain structure for JSON; ``from_dict`` is its inverse."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Document:
        """The document that ``as_dict`` described."""
        return cls(data["name"], tuple(_block(block) for block in data["blocks"]))


def _block(data: dict[str, Any]) -> Block:
    spans = tuple(Span(span["text"], _source(span["source"]), span["missing"]) for span in data["spans"])
    return Block(BlockKind(data["kind"]), spans, _source(data["source"]), data["number"])


def _source(data: dict[str, Any]) -> Source:
    return Source(SourceKind(data["kind"]), data["key"])
