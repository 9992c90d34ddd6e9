"""A zip archive as a stream, made while it is sent, so that a large one needs neither memory nor disk."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PIECE = 1 << 18  # bytes collected before they are sent


@dataclass(frozen=True)
class ZipMember:
    """One file of the archive: its path, its local time, and its content in pieces."""

    path: str
    at: dt.datetime
    content: Iterable[bytes]


class ZipBuffer:
    """The file object that the archive is written to; it keeps the bytes until ``take`` and cannot seek."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        """Keep the data; returns its length, as ``io`` asks."""
        self.pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing; ``zipfile`` calls it."""

    def close(self) -> None:
        """Do nothing; the last bytes are taken after it."""

    def take(self) -> bytes:
        """The bytes kept so far, which are then forgotten."""
        taken = b"".join(self.pieces)
        self.pieces, self.size = [], 0
        return taken


def stream_zip(members: Iterable[ZipMember]) -> Iterator[bytes]:
    """The archive in pieces of about ``PIECE`` bytes, uncompressed: almost all evidence has a compressed format."""
    pipe = ZipBuffer()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            info = zipfile.ZipInfo(member.path, member.at.timetuple()[:6])
            info.external_attr = 0o600 << 16
            with archive.open(info, "w") as file:
                for data in member.content:
                    file.write(data)
                    if pipe.size >= PIECE:
                        yield pipe.take()
    yield pipe.take()
