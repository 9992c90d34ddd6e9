"""The worker that draws a small picture of one page: it answers with the number of pages and a JPEG.

Run as ``python -m documents.thumbnail_worker``. Pictures count as files of one page.
"""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from documents.pdf.page_image_worker import MEMORY, SECONDS, render_page
from documents.sandbox.messages import Head, Message
from documents.sandbox.worker import limit_resources, serve

WIDTH, HEIGHT = 112, 144  # pixels: twice what lists (44 × 56) and the pages of the queue (52 × 68) show
QUALITY = 80


def draw_picture(content: bytes) -> Image.Image:
    """A picture in its small size, upright as the camera noted it, on white where it is transparent."""
    with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
        # Before turning: a JPEG is then decoded at a fraction of its size.
        image.thumbnail((HEIGHT, HEIGHT))
        small = ImageOps.exif_transpose(image).convert("RGBA")
    small.thumbnail((WIDTH, HEIGHT))
    ground = Image.new("RGBA", small.size, "white")
    ground.alpha_composite(small)
    return ground


def respond(request: Head, content: bytes) -> Message:
    """The number of pages, and the small picture of the requested page; no picture of a page that does not exist."""
    if request["extension"] == "pdf":
        pages, image = render_page(content, request["page"], WIDTH, HEIGHT)
    else:
        pages, image = 1, draw_picture(content) if request["page"] == 1 else None
    jpeg = io.BytesIO()
    if image:
        image.convert("RGB").save(jpeg, "JPEG", quality=QUALITY)
    return {"pages": pages}, jpeg.getvalue()


def main() -> None:
    """Answer the request on standard input, within the limits."""
    with limit_resources(memory=MEMORY, seconds=SECONDS, open_files=16) as answers:
        serve(answers, respond)


if __name__ == "__main__":
    main()
