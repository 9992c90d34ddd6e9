"""Pictures: whole, of a sensible size, and nothing behind them that is no picture."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from findings.evidence_store.rejections import RejectedError

MOST_PIXELS = 120_000_000
CODE = re.compile(rb"<(?:html|script|\?php|!doctype|svg[\s/>])", re.IGNORECASE)
FOREIGN = (b"%PDF-", b"PK\x03\x04", b"MZ\x90\x00")
SPOILT = "图片已损坏或不完整，请重新导出或重新拍摄后上传。"


def check_png(path: Path) -> None:
    """A PNG ends with its last chunk."""
    data = path.read_bytes()
    end = data.rfind(b"IEND\xaeB`\x82")
    _check(path, "PNG", data[end + 8 :] if end >= 0 else None)


def check_jpg(path: Path) -> None:
    """A JPEG ends with its end marker; what cameras append is let pass unless it is something else altogether."""
    data = path.read_bytes()
    end = data.rfind(b"\xff\xd9")
    _check(path, "JPEG", data[end + 2 :] if end >= 0 else None)
    if CODE.search(data):
        raise RejectedError("图片里夹带了网页或脚本代码，不能接收；请用截图或另存的方式重新生成图片。")


def _check(path: Path, kind: str, behind: bytes | None) -> None:
    if behind is None:
        raise RejectedError(SPOILT)
    if (kind == "PNG" and behind) or CODE.search(behind) or any(foreign in behind for foreign in FOREIGN):
        raise RejectedError("图片后面夹带了其他内容，不能接收；请用截图或另存的方式重新生成图片。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=[kind]) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise RejectedError(f"图片有 {width}×{height} 个像素，太大了；请缩小后上传。")
                image.verify()
    except RejectedError:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning) as error:
        raise RejectedError(SPOILT) from error
