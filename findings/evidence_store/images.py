"""Pictures: whole, of a sensible size, and nothing behind them that is no picture."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from findings.evidence_store.rejections import RejectedError

MOST_PIXELS = 120_000_000
CODE = re.compile(rb"<(?:html|script|\?php|!doctype|svg[\s/>])", re.IGNORECASE)
FOREIGN = (b"%PDF-", b"PK\x03\x04", b"MZ\x90\x00", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"\xd0\xcf\x11\xe0")
SPOILT = "图片已损坏或不完整，请重新导出或重新拍摄后上传。"
HIDES = "图片后面夹带了其他内容，不能接收；请用截图或另存的方式重新生成图片。"
WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}  # markers of a JPEG that nothing follows


def check_png(path: Path) -> None:
    """A PNG ends with its last chunk."""
    data = path.read_bytes()
    place, kind = 8, b""
    while kind != b"IEND":
        if place + 12 > len(data):
            raise RejectedError(SPOILT)
        kind = data[place + 4 : place + 8]
        place += 12 + int.from_bytes(data[place : place + 4], "big")
    if place != len(data):
        raise RejectedError(HIDES if place < len(data) else SPOILT)
    _check(path, "PNG")


def check_jpg(path: Path) -> None:
    """A JPEG ends with its end marker; what cameras append is let pass unless it is something else altogether."""
    data = path.read_bytes()
    behind = data[end_of_jpg(data) :]
    if any(foreign in behind for foreign in FOREIGN):
        raise RejectedError(HIDES)
    if CODE.search(data):
        raise RejectedError("图片里夹带了网页或脚本代码，不能接收；请用截图或另存的方式重新生成图片。")
    _check(path, "JPEG")


def end_of_jpg(data: bytes) -> int:
    """Where the picture really ends, going from marker to marker; thumbnails within have ends of their own."""
    place = 2
    while place + 4 <= len(data) + 2:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            break
        marker = data[place + 1]
        if marker == 0xD9:
            return place + 2
        if marker in {0x00, 0xFF} or marker in WITHOUT_LENGTH:
            place += 1 if marker == 0xFF else 2
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    raise RejectedError(SPOILT)


def _check(path: Path, kind: str) -> None:
    """Decode it: only then it is certain that it is whole."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=[kind]) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise RejectedError(f"图片有 {width}×{height} 个像素，太大了；请缩小后上传。")
                image.draft("L", (256, 256))  # a JPEG need not be decoded in full size
                image.load()
    except Image.DecompressionBombError as error:
        raise RejectedError("图片的像素太多了；请缩小后上传。") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise RejectedError(SPOILT) from error
