"""PDF: whole, not encrypted, and without anything that acts or hides when it is opened."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from documents.file_checks.rejections import RejectedError

TAIL = 1024  # bytes within which a PDF says that it ends
MOST_UNPACKED = 200 * 1024 * 1024
ACTIVE = {  # names long enough not to occur by chance in what is compressed
    b"/JavaScript": "含有脚本",
    b"/Launch": "会启动其他程序",
    b"/EmbeddedFile": "夹带了附件",
    b"/RichMedia": "夹带了媒体",
}
LOOKED_FOR = re.compile(b"|".join((*ACTIVE, b"/Encrypt")))
# The same, or any name that is written with escapes: one look at all of the file takes a fifth of looking for each.
WRITTEN = re.compile(LOOKED_FOR.pattern + rb"|/[A-Za-z]*#[0-9A-Fa-f]{2}[\w#]*")
REMEDY = "请用“打印为 PDF”的方式重新生成后上传。"
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
BEGIN = re.compile(rb"stream\r?\n")
DICTIONARY = 4096  # bytes before a stream in which its dictionary stands
FLATE_ONLY = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\s*(?:\]|/|>>|$)")


def check_pdf(path: Path) -> None:
    """Raise RejectedError unless the file is a plain document."""
    data = path.read_bytes()
    end = data.rfind(b"%%EOF")
    if end < 0 or len(data) - end > TAIL or data.rfind(b"startxref") < 0 or b" obj" not in data:
        raise RejectedError(f"PDF 不完整或者后面夹带了其他内容。{REMEDY}")
    if data[end + 5 :].strip(b"\r\n\t \0"):
        raise RejectedError(f"PDF 后面夹带了其他内容。{REMEDY}")
    found = names_in(data)
    if b"/Encrypt" in found:
        raise RejectedError("PDF 设有密码或权限限制，审核人打不开；请取消密码后上传。")
    for one in packed_objects(data):
        found |= names_in(one)
    for name, words in ACTIVE.items():
        if name in found:
            raise RejectedError(f"PDF {words}，不能接收。{REMEDY}")


def names_in(data: bytes) -> set[bytes]:
    """Which of the names that are looked for stand there."""
    return {name for written in WRITTEN.findall(data) for name in LOOKED_FOR.findall(unescape_names(written))}


def unescape_names(data: bytes) -> bytes:
    """With names as they are meant: /J#61vaScript is /JavaScript."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)


def packed_objects(data: bytes) -> Iterator[bytes]:
    """The objects that a PDF keeps compressed in streams; RejectedError when they are packed in an unusual way."""
    room, place = MOST_UNPACKED, 0
    while begin := BEGIN.search(data, place):
        end = data.find(b"endstream", begin.end())
        end = end if end >= 0 else len(data)
        about = unescape_names(data[max(place, begin.start() - DICTIONARY) : begin.start()])
        place = end + 1
        about = about[about.rfind(b" obj") + 1 :]
        if b"/ObjStm" not in about:
            continue
        unpacked = _unpack_stream(data[begin.end() : end], room) if b"/Filter" in about else data[begin.end() : end]
        if b"/Filter" in about and not FLATE_ONLY.search(about):
            raise RejectedError(f"PDF 的内容以不常见的方式压缩，无法检查。{REMEDY}")
        room -= len(unpacked)
        if room <= 0:
            raise RejectedError(f"PDF 解开以后超过 {MOST_UNPACKED // 1024**2} MB。{REMEDY}")
        yield unpacked


def _unpack_stream(data: bytes, room: int) -> bytes:
    """A compressed stream, no further than there is room."""
    try:
        return zlib.decompressobj().decompress(data, room)
    except zlib.error as error:
        raise RejectedError(f"PDF 已损坏，无法检查。{REMEDY}") from error
