"""The files of the demo: pages and pictures with a few lines of text, made on the spot."""

from __future__ import annotations

import io
from collections.abc import Sequence

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

SIZE = (827, 1169)  # A4 at 100 dots an inch
MARGIN, LINE, LETTERS = 90, 46, 24  # dots, and letters in a line
FORMATS = {"pdf": "PDF", "png": "PNG", "jpg": "JPEG"}


def page(title: str, lines: Sequence[str], extension: str) -> bytes:
    """One page with a title and some text, as pdf, png or jpg."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, SIZE[0] - 40, SIZE[1] - 40), outline="#b3261e", width=3)
    heading, text = _font("FandolHei-Regular.otf", 32), _font("FandolFang-Regular.otf", 26)
    top = MARGIN
    for words, font in [(title, heading), ("", text), *((line, text) for line in lines)]:
        for start in range(0, max(len(words), 1), LETTERS):
            draw.text((MARGIN, top), words[start : start + LETTERS], font=font, fill="black")
            top += LINE
    draw.text((MARGIN, SIZE[1] - MARGIN - LINE), "演示材料，内容均为虚构", font=text, fill="#666666")
    written = io.BytesIO()
    image.save(written, FORMATS[extension])
    return written.getvalue()


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(settings.FONT_DIR / name, size)
