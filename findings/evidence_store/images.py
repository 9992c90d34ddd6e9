"""Pictures: whole, of a sensible size, and nothing behind them that is no picture."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from findings.evidence_store.rejections import RejectedError

MOST_PIXELS = 120_000_000
CODE = re.compile(rb"<(?:html|script|\?php|!doctype|svg[\s/>])", re.IGNORECASE)
FOREIGN = (b"%PDF-", b"PK\x03\x04", b"MZ\x90\x00", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"\xd0\xcf\x11\xe0")
SPOILT = "图片已损坏或不完整，请重新导出或重新拍摄后上传。"
HIDES = "图片后面夹带了其他内容，不能接收；请用截图或另存的方式重新生成图片。"
# More of a picture than any has behind its end, also where it is marked off in intervals, and the end marker.
SOME = bytes(range(1, 251))
MORE = SOME + b"".join(bytes((0xFF, 0xD0 + interval)) + SOME for interval in range(8)) + b"\xff\xd9"
FULLY_DECODED = 16_000_000  # pixels; beyond, half the size has to do
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
    with _opened(path, "PNG") as image:
        image.load()  # only then it is certain that it is whole


def check_jpg(path: Path) -> None:
    """A JPEG ends with its end marker; what cameras append is let pass unless it is something else altogether."""
    data = path.read_bytes()
    end = end_of_jpg(data)
    if any(foreign in data[end:] for foreign in FOREIGN):
        raise RejectedError(HIDES)
    if CODE.search(data):
        raise RejectedError("图片里夹带了网页或脚本代码，不能接收；请用截图或另存的方式重新生成图片。")
    if _pixels(path) != _pixels(io.BytesIO(data[: end - 2] + MORE)):
        raise RejectedError(SPOILT)


def _pixels(source: Path | io.BytesIO) -> str:
    """The digest of what a JPEG shows, as large as tells whether all of it is there.

    Decoders fill up what a cut picture lacks and say nothing. One that is whole ends before its end marker, and what
    else stands there is passed over; in one that was cut the same would be taken for the missing part and be seen.
    """
    with _opened(source, "JPEG") as image:
        if image.info.get("progressive"):  # what comes last are its finest details
            scale = 1 if image.width * image.height <= FULLY_DECODED else 2
            image.draft("YCbCr", (image.width // scale, image.height // scale))
        else:
            image.draft("L", (256, 256))  # need not be decoded in full size
        image.load()
        return hashlib.sha256(image.tobytes()).hexdigest()


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


@contextmanager
def _opened(source: Path | io.BytesIO, kind: str) -> Iterator[Image.Image]:
    """A picture of a sensible size, to be decoded; RejectedError when it cannot be."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(source, formats=[kind]) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise RejectedError(f"图片有 {width}×{height} 个像素，太大了；请缩小后上传。")
                yield image
    except Image.DecompressionBombError as error:
        raise RejectedError("图片的像素太多了；请缩小后上传。") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise RejectedError(SPOILT) from error
