"""The evidence of the demo: pages and pictures with a few lines of text, drawn when the demo is loaded."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

SIZE = (827, 1169)  # A4 at 100 dots an inch
MARGIN, LINE_HEIGHT, LINE_LENGTH = 90, 46, 24  # dots, dots, characters
FORMATS = {"pdf": "PDF", "png": "PNG", "jpg": "JPEG"}


def draw_page(title: str, lines: Sequence[str], extension: str) -> bytes:
    """One page with a title and some text, as pdf, png or jpg."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, SIZE[0] - 40, SIZE[1] - 40), outline="#b3261e", width=3)
    heading_font, text_font = (
        load_font(settings.FONT_DIR / "FandolHei-Regular.otf", 32),
        load_font(settings.FONT_DIR / "FandolFang-Regular.otf", 26),
    )
    top = MARGIN
    for text, font in [(title, heading_font), ("", text_font), *((line, text_font) for line in lines)]:
        for start in range(0, max(len(text), 1), LINE_LENGTH):
            draw.text((MARGIN, top), text[start : start + LINE_LENGTH], font=font, fill="black")
            top += LINE_HEIGHT
    footer = (MARGIN, SIZE[1] - MARGIN - LINE_HEIGHT)
    draw.text(footer, "演示材料，内容均为虚构", font=text_font, fill="#666666")
    file = io.BytesIO()
    image.save(file, FORMATS[extension])
    return file.getvalue()


@cache
def load_font(file: Path, size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels."""
    return ImageFont.truetype(file, size)
