"""The worker that reads the text layer of a PDF file: it answers with the printed lines, a form feed between pages.

Run as ``python -m documents.pdf.text_worker``.
"""

from __future__ import annotations

import pypdfium2  # type: ignore[import-untyped]  # ships no types

from documents.sandbox.messages import Head, Message
from documents.sandbox.worker import limit_resources, serve

MEMORY, SECONDS = 1 << 30, 20  # bytes of address space, seconds of the processor


def respond(_: Head, content: bytes) -> Message:
    """The text of all pages in UTF-8, and their number."""
    with pypdfium2.PdfDocument(content) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return {"pages": len(pages)}, "\f".join(pages).encode("utf-8", "replace")


def main() -> None:
    """Answer the request on standard input, within the limits."""
    with limit_resources(memory=MEMORY, seconds=SECONDS, open_files=16) as answers:
        serve(answers, respond)


if __name__ == "__main__":
    main()
