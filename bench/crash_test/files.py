"""Generated pictures and documents of any size, all different."""

from __future__ import annotations

import io
import random

from PIL import Image


def picture(chance: random.Random, size: int) -> bytes:
    """A PNG of noise of about ``size`` bytes."""
    width = max(1, int(size**0.5))
    file = io.BytesIO()
    Image.frombytes("L", (width, width), chance.randbytes(width * width)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def document(chance: random.Random, size: int) -> bytes:
    """A PDF of one page, a scan of noise, of about ``size`` bytes."""
    width = max(1, int(size**0.5))
    file = io.BytesIO()
    Image.frombytes("L", (width, width), chance.randbytes(width * width)).save(file, "PDF")
    return file.getvalue()


def any_file(chance: random.Random, smallest: int, largest: int) -> tuple[str, bytes]:
    """The name and content of a random file; sizes are logarithmically distributed, so that most are small."""
    size = int(smallest * (largest / smallest) ** chance.random())
    if chance.random() < 0.5:
        return f"照片{size}.png", picture(chance, size)
    return f"扫描件{size}.pdf", document(chance, size)
