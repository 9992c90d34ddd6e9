"""The worker that draws one page of a PDF file: it answers with the number of pages and a PNG.

Run as ``python -m documents.pdf.page_image_worker``; the only module that imports pypdfium2. A request for page 0 gives
the number of pages only.
"""

from __future__ import annotations

import io

import pypdfium2  # type: ignore[import-untyped]  # ships no types

from documents.sandbox.messages import Head, Message
from documents.sandbox.worker import limit_resources, serve

MEMORY = 1 << 30  # bytes of address space
SECONDS = 15  # of processor time
WIDTH, TALLEST = 1200, 3600  # pixels


def draw_page(content: bytes, number: int) -> tuple[int, bytes]:
    """The number of pages, and page ``number`` as a PNG (b"" for 0); IndexError for a page that does not exist."""
    with pypdfium2.PdfDocument(content) as document:
        if number == 0:
            return len(document), b""
        document.init_forms()  # or filled-in fields and seals would not be drawn
        page = document[number - 1]
        width, height = page.get_size()
        picture = page.render(scale=min(WIDTH / width, TALLEST / height)).to_pil()
        png = io.BytesIO()
        picture.save(png, "PNG")
        return len(document), png.getvalue()


def respond(request: Head, content: bytes) -> Message:
    """The number of pages, and the picture of the requested page."""
    count, png = draw_page(content, request["page"])
    return {"pages": count}, png


def main() -> None:
    """Answer the request on standard input, within the limits."""
    with limit_resources(memory=MEMORY, seconds=SECONDS, open_files=16) as answers:
        serve(answers, respond)


if __name__ == "__main__":
    main()
