"""Pictures: complete by their own marks, of a sensible size, and nothing in or behind them that is no picture.

None is decoded here: that would take many times as long as keeping it, and as much memory as its pixels ask for.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from documents.file_checks.rejections import RejectedError

MOST_PIXELS = 120_000_000
CODE = re.compile(rb"<(?:(?:html|script|svg)[\s/>]|\?php\s|!doctype)", re.IGNORECASE)
FOREIGN = (b"%PDF-", b"PK\x03\x04", b"MZ\x90\x00", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"\xd0\xcf\x11\xe0")
PDF_BEGINS = 1024  # bytes within which readers of PDF look for the beginning of one
SPOILT = "图片已损坏或不完整，请重新导出或重新拍摄后上传。"
HIDES = "图片里夹带了其他内容，不能接收；请用截图或另存的方式重新生成图片。"
# What ends a JPEG or is followed by its own length; not the marks within the picture: stuffing, intervals, filling.
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
END = b"\xd9"


def check_png(path: Path) -> None:
    """A PNG ends with its last chunk, and each chunk has its checksum."""
    data = path.read_bytes()
    place, kind = 8, b""
    while kind != b"IEND":
        if place + 12 > len(data):
            raise RejectedError(SPOILT)
        kind = data[place + 4 : place + 8]
        place += 12 + int.from_bytes(data[place : place + 4], "big")
    if place != len(data):
        raise RejectedError(HIDES if place < len(data) else SPOILT)
    if b"%PDF-" in data[:PDF_BEGINS]:
        raise RejectedError(HIDES)
    with _open_image(path, "PNG") as image:
        image.verify()


def check_jpg(path: Path) -> None:
    """A JPEG ends with its end marker; what cameras append is let pass unless it is something else altogether."""
    data = path.read_bytes()
    end = end_of_jpg(data)
    if b"%PDF-" in data[:PDF_BEGINS] or any(foreign in data[end:] for foreign in FOREIGN):
        raise RejectedError(HIDES)
    if CODE.search(data):
        raise RejectedError("图片里夹带了网页或脚本代码，不能接收；请用截图或另存的方式重新生成图片。")
    with _open_image(path, "JPEG"):
        pass


def end_of_jpg(data: bytes) -> int:
    """Where the picture really ends, going from marker to marker; thumbnails within have ends of their own."""
    place = 2
    while found := MARKER.search(data, place):
        place = found.end()
        if found[1] == END:
            return place
        place += int.from_bytes(data[place : place + 2], "big")
    raise RejectedError(SPOILT)


@contextmanager
def _open_image(path: Path, kind: str) -> Iterator[Image.Image]:
    """A picture of a sensible size; RejectedError when its head makes no sense."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=[kind]) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise RejectedError(f"图片有 {width}×{height} 个像素，太大了；请缩小后上传。")
                yield image
    except Image.DecompressionBombError as error:
        raise RejectedError("图片的像素太多了；请缩小后上传。") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise RejectedError(SPOILT) from error
