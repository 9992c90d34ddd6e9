"""What of a text may be shown to whom. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from documents.document import BlockKind, Document

_DIGIT = re.compile(r"[0-9０-９]")


def mask_digits(document: Document) -> Document:
    """The masked edition: every digit becomes one star, as published reports do it.

    Numbering is structure and stays; so do the ways of contact, which are published in order to be used.
    """
    blocks = (
        block if block.kind == BlockKind.CONTACT else block.map_text(lambda text: _DIGIT.sub("*", text))
        for block in document.blocks
    )
    return replace(document, name=_DIGIT.sub("*", document.name), blocks=tuple(blocks))


@dataclass(frozen=True, slots=True)
class Edition:
    """One way of showing a report: what people call it and what is done to the text."""

    label: str
    apply: Callable[[Document], Document]


EDITIONS = {
    "full": Edition("完整版", lambda document: document),
    "masked": Edition("脱敏版", mask_digits),
}
