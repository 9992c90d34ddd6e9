"""The editions of a report: complete, or with digits masked. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from documents.document import BlockKind, Document

_DIGIT = re.compile(r"[0-9０-９]")


def mask_digits(document: Document) -> Document:
    """The document with every digit replaced by one star, as in published reports.

    The numbering, also that of annexes and of the rows of tables, is structure and stays, as do the contact
    details, which are published to be used.
    """
    # The name too: it is the file name of the download.
    blocks = (
        block if block.kind == BlockKind.CONTACT else block.map_text(lambda text: _DIGIT.sub("*", text))
        for block in document.blocks
    )
    return replace(document, name=_DIGIT.sub("*", document.name), blocks=tuple(blocks))


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a report: its Chinese label, and the function that makes it from the complete document."""

    label: str
    apply: Callable[[Document], Document]


EDITIONS = {
    "full": Edition("完整版", lambda document: document),
    "masked": Edition("脱敏版", mask_digits),
}
