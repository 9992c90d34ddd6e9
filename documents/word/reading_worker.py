"""The worker that reads the text of Word files: it answers with the paragraphs, one a line.

Run as ``python -m documents.word.reading_worker``. Automatic numbers are written before their paragraphs, the cells of
a table's row are divided by " | ", and the paragraphs of text boxes follow the one that they are anchored in.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from documents.sandbox.messages import Head, Message
from documents.sandbox.worker import limit_resources, serve
from documents.word.numbering import ListNumbers

MEMORY, SECONDS = 1 << 30, 20  # bytes of address space, seconds of the processor
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = qn("w:txbxContent")
_SIGNS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


def read_lines(content: bytes) -> Iterator[str]:
    """The lines of the body of a Word file."""
    document = Document(io.BytesIO(content))
    numbers = ListNumbers(_numbering_of(document), document.styles.element)
    for block in document.element.body:
        yield from _block_lines(block, numbers)


def _numbering_of(document: Any) -> Any:
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            return relation.target_part.element
    return None


def _block_lines(block: Any, numbers: ListNumbers) -> Iterator[str]:
    if block.tag == qn("w:p"):
        yield from _paragraph_lines(block, numbers)
    elif block.tag == qn("w:tbl"):
        for row in block.iter(qn("w:tr")):
            cells = [" ".join(_cell_lines(cell, numbers)) for cell in row.findall(qn("w:tc"))]
            yield " | ".join(cells)
    else:  # a content control, a custom XML block
        for inner in block.iterchildren():
            yield from _block_lines(inner, numbers)


def _cell_lines(cell: Any, numbers: ListNumbers) -> Iterator[str]:
    for block in cell:
        yield from (line for line in _block_lines(block, numbers) if line.strip())


def _paragraph_lines(paragraph: Any, numbers: ListNumbers) -> Iterator[str]:
    words = "".join(_own_text(paragraph))
    yield f"{numbers.number(paragraph)}{words}" if words.strip() else words
    for box in paragraph.iter(_BOX):
        if not any(ancestor.tag == _FALLBACK for ancestor in box.iterancestors()):
            for block in box:
                yield from _block_lines(block, numbers)


def _own_text(paragraph: Any) -> Iterator[str]:
    """The texts of a paragraph without those of text boxes within it and without deleted ones."""
    for element in paragraph.iter(qn("w:t"), *_SIGNS):
        holder = next(element.iterancestors(qn("w:p")), None)
        if holder is paragraph:
            yield element.text or "" if element.tag == qn("w:t") else _SIGNS[element.tag]


def respond(_: Head, content: bytes) -> Message:
    """The lines of a Word file in UTF-8."""
    return {}, "\n".join(read_lines(content)).encode()


def main() -> None:
    """Answer the request on standard input, within the limits."""
    with limit_resources(memory=MEMORY, seconds=SECONDS, open_files=16) as answers:
        serve(answers, respond)


if __name__ == "__main__":
    main()
