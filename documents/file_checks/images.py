"""Checks of pictures: complete by their own markers, of a limited size, with no other content in or behind them.

No picture is decoded: that would take many times as long as storing it, and memory for all its pixels.
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
PDF_BEGINS = 1024  # bytes in which PDF readers search for the header of a PDF
SPOILT = "图片已损坏或不完整，请重新导出或重新拍摄后上传。"
HIDES = "图片里夹带了其他内容，不能接收；请用截图或另存的方式重新生成图片。"
# Markers with a length, and the end marker; not those without: stuffing (00), restarts (d0–d7), start, filling (ff).
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
END = b"\xd9"


def check_png(path: Path) -> None:
    """Raise RejectedError unless the file is a PNG that ends with its last chunk and has valid checksums."""
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
    """Raise RejectedError unless the file is a complete JPEG; data after its end, which cameras append, may stay.

    Rejected are data after the end that hold another file format, and web code anywhere.
    """
    data = path.read_bytes()
    end = jpeg_end(data)
    if b"%PDF-" in data[:PDF_BEGINS] or any(foreign in data[end:] for foreign in FOREIGN):
        raise RejectedError(HIDES)
    if CODE.search(data):
        raise RejectedError("图片里夹带了网页或脚本代码，不能接收；请用截图或另存的方式重新生成图片。")
    with _open_image(path, "JPEG"):
        pass


def jpeg_end(data: bytes) -> int:
    """The offset after the picture's own end marker, found from segment to segment; RejectedError without one."""
    # Not simply the first end marker: thumbnails in the segments have their own.
    place = 2
    while found := MARKER.search(data, place):
        place = found.end()
        if found[1] == END:
            return place
        place += int.from_bytes(data[place : place + 2], "big")
    raise RejectedError(SPOILT)


@contextmanager
def _open_image(path: Path, kind: str) -> Iterator[Image.Image]:
    """The picture, opened but not decoded; RejectedError for a bad header or more than ``MOST_PIXELS``."""
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
