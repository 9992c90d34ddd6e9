"""Checks of PDF files: complete, not encrypted, and without active or embedded content."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from documents.file_checks.rejections import RejectedError

TAIL = 1024  # bytes at the end in which a PDF must have its end marker
MOST_UNPACKED = 200 * 1024 * 1024
ACTIVE = {  # names long enough not to occur by chance in compressed data
    b"/JavaScript": "含有脚本",
    b"/Launch": "会启动其他程序",
    b"/EmbeddedFile": "夹带了附件",
    b"/RichMedia": "夹带了媒体",
}
LOOKED_FOR = re.compile(b"|".join((*ACTIVE, b"/Encrypt")))
# The same, or any name with escapes: one search of the file takes a fifth of the time of a search for each.
WRITTEN = re.compile(LOOKED_FOR.pattern + rb"|/[A-Za-z]*#[0-9A-Fa-f]{2}[\w#]*")
REMEDY = "请用“打印为 PDF”的方式重新生成后上传。"
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
BEGIN = re.compile(rb"stream\r?\n")
DICTIONARY = 4096  # bytes before a stream in which its dictionary is searched
FLATE_ONLY = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\s*(?:\]|/|>>|$)")


def check_pdf(path: Path) -> None:
    """Raise RejectedError unless the file is a complete PDF without password, scripts, attachments or media."""
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
    """Those of the suspicious names (``LOOKED_FOR``) that occur in the data, escapes resolved."""
    return {name for written in WRITTEN.findall(data) for name in LOOKED_FOR.findall(unescape_names(written))}


def unescape_names(data: bytes) -> bytes:
    """The data with #xx escapes in names resolved: /J#61vaScript becomes /JavaScript."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)


def packed_objects(data: bytes) -> Iterator[bytes]:
    """The unpacked object streams of a PDF; RejectedError for other filters than Flate and for too much data."""
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
    """A Flate stream unpacked to at most ``room`` bytes; RejectedError when it is damaged."""
    try:
        return zlib.decompressobj().decompress(data, room)
    except zlib.error as error:
        raise RejectedError(f"PDF 已损坏，无法检查。{REMEDY}") from error
