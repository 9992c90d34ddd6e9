"""A zip archive as a stream: made while it is sent, so that its size costs neither memory nor disk."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PIECE = 1 << 18  # bytes that are sent at once


@dataclass(frozen=True)
class ZipMember:
    """One file of the archive: its path, its time (as clocks show it), and its content piece by piece."""

    path: str
    at: dt.datetime
    content: Iterable[bytes]


class ZipBuffer:
    """What the archive is written to: keeps it until it is taken away. It cannot seek."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        """Keep a piece."""
        self.pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits behind it."""

    def close(self) -> None:
        """Whoever takes from it is done."""

    def take(self) -> bytes:
        """All that was kept."""
        taken = b"".join(self.pieces)
        self.pieces, self.size = [], 0
        return taken


def stream_zip(members: Iterable[ZipMember]) -> Iterator[bytes]:
    """The archive in pieces. Nothing is compressed: almost all evidence is already, by its own format."""
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
