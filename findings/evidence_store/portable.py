"""PDF: whole, not encrypted, and without anything that acts or hides when it is opened."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from findings.evidence_store.rejections import RejectedError

TAIL = 1024  # bytes within which a PDF says that it ends
MOST_UNPACKED = 200 * 1024 * 1024
STREAM = re.compile(rb"<<(?:[^<>]|<<[^<>]*>>|<[0-9A-Fa-f\s]*>)*?/ObjStm.*?stream\r?\n", re.DOTALL)
ACTIVE = (
    (re.compile(rb"/(?:JavaScript|JS)\b"), "含有脚本"),
    (re.compile(rb"/Launch\b"), "会启动其他程序"),
    (re.compile(rb"/(?:EmbeddedFiles?|RichMedia)\b"), "夹带了附件"),
)
REMEDY = "请用“打印为 PDF”的方式重新生成后上传。"
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def check(path: Path) -> None:
    """Raise RejectedError unless the file is a plain document."""
    data = path.read_bytes()
    end = data.rfind(b"%%EOF")
    if end < 0 or len(data) - end > TAIL:
        raise RejectedError(f"PDF 不完整或者后面夹带了其他内容。{REMEDY}")
    if data[end + 5 :].strip(b"\r\n\t \0"):
        raise RejectedError(f"PDF 后面夹带了其他内容。{REMEDY}")
    if re.search(rb"/Encrypt\b", data):
        raise RejectedError("PDF 设有密码或权限限制，审核人打不开；请取消密码后上传。")
    for part in _parts(data):
        text = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
        for pattern, words in ACTIVE:
            if pattern.search(text):
                raise RejectedError(f"PDF {words}，不能接收。{REMEDY}")


def _parts(data: bytes) -> Iterator[bytes]:
    """The file itself outside of its streams, and the objects it keeps compressed."""
    yield re.sub(rb"stream\r?\n.*?endstream", b"", data, flags=re.DOTALL)
    room = MOST_UNPACKED
    for found in re.finditer(rb"/ObjStm\b", data):
        begin = re.compile(rb"stream\r?\n").search(data, found.end())
        if begin is None:
            continue
        unpacked = _unpacked(data[begin.end() : data.find(b"endstream", begin.end())], room)
        room -= len(unpacked)
        if room <= 0:
            raise RejectedError(f"PDF 解开以后超过 {MOST_UNPACKED // 1024**2} MB。{REMEDY}")
        yield unpacked


def _unpacked(data: bytes, room: int) -> bytes:
    """A compressed stream, no further than there is room; what is compressed in another way is looked at as it is."""
    try:
        return zlib.decompressobj().decompress(data, room)
    except zlib.error:
        return data
