"""The process that draws one page of a PDF file: reads the file, answers with the number of pages and a PNG, ends.

Run as ``python -m documents.pdf.page_image_worker PAGE``; the only module that imports pypdfium2. Page 0 asks for the
number alone. Whatever a malicious file does, it does to this process: its memory and its time are limited, and it opens
nothing.
"""

from __future__ import annotations

import io
import struct
import sys

# This is the module that may import pypdfium2 (TID251); it ships no types.
import pypdfium2  # type: ignore[import-untyped]  # noqa: TID251

from documents.sandbox import answering

MEMORY = 1 << 30  # bytes of address space
SECONDS = 15  # of computing
COUNT = struct.Struct(">I")
WIDTH, TALLEST = 1200, 3600  # pixels


def draw(content: bytes, number: int) -> tuple[int, bytes]:
    """How many pages there are, and page ``number`` as a PNG; 0 draws none. IndexError for a page that is not there."""
    with pypdfium2.PdfDocument(content) as document:
        if number == 0:
            return len(document), b""
        document.init_forms()  # what was filled in or sealed is part of the page
        page = document[number - 1]
        width, height = page.get_size()
        picture = page.render(scale=min(WIDTH / width, TALLEST / height)).to_pil()
        png = io.BytesIO()
        picture.save(png, "PNG")
        return len(document), png.getvalue()


def main() -> None:
    """Read the file, answer, end."""
    with answering(memory=MEMORY, seconds=SECONDS) as answer:
        count, png = draw(sys.stdin.buffer.read(), int(sys.argv[1]))
        answer.write(COUNT.pack(count) + png)


if __name__ == "__main__":
    main()
