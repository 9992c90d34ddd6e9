"""The worker that draws one page of a PDF file: it answers with the number of pages and a PNG.

Run as ``python -m documents.pdf.page_image_worker``. A request for page 0 gives the number of pages only.
"""

from __future__ import annotations

import io
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # ships no types

from documents.sandbox.messages import Head, Message
from documents.sandbox.worker import limit_resources, serve

MEMORY = 1 << 30  # bytes of address space
SECONDS = 15  # of processor time
WIDTH, TALLEST = 1200, 3600  # pixels


def render_page(content: bytes, number: int, width: int, tallest: int) -> tuple[int, Any]:
    """The number of pages, and page ``number`` as an image of PIL within a size; None if it does not exist."""
    with pypdfium2.PdfDocument(content) as document:
        if not 0 < number <= len(document):
            return len(document), None
        document.init_forms()  # or filled-in fields and seals would not be drawn
        page = document[number - 1]
        wide, high = page.get_size()
        return len(document), page.render(scale=min(width / wide, tallest / high)).to_pil()


def respond(request: Head, content: bytes) -> Message:
    """The number of pages, and the picture of the requested page; none of a page that does not exist."""
    count, picture = render_page(content, request["page"], WIDTH, TALLEST)
    png = io.BytesIO()
    if picture:
        picture.save(png, "PNG")
    return {"pages": count}, png.getvalue()


def main() -> None:
    """Answer the request on standard input, within the limits."""
    with limit_resources(memory=MEMORY, seconds=SECONDS, open_files=16) as answers:
        serve(answers, respond)


if __name__ == "__main__":
    main()
