"""The text of a saved page of the web, one line for each block; scripts, styles and the head are left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# What begins a new line (HTML, 15.3.3 and 15.3.10), and what is not shown.
BLOCK = re.compile(
    "address|article|aside|blockquote|body|br|center|d[dlt]|div|fieldset|figure|footer|form|h[1-6]|header|hr|li|main"
    "|nav|ol|option|p|pre|section|table|t[dhr]|title|ul"
)
HIDDEN = frozenset({"script", "style", "head", "template", "noscript", "svg", "select"})
_PAGE = re.compile(
    r"\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|meta|div|p|table)\b", re.IGNORECASE | re.DOTALL
)


def is_page(text: str) -> bool:
    """Whether a text is a page of the web."""
    return bool(_PAGE.match(text[:10_000]))


def page_text(page: str) -> str:
    """What a page shows, one line for each block."""
    reader = _PageReader()
    reader.feed(page)
    reader.close()
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


class _PageReader(HTMLParser):
    """Collects the texts between the tags; a block is a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in HIDDEN:
            self._hidden += 1
        elif BLOCK.fullmatch(tag):
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif BLOCK.fullmatch(tag):
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            # A line break in the source of a page is a blank.
            self.pieces.append(data.replace("\n", " "))
