"""A zip archive as it is sent."""

from __future__ import annotations

import datetime as dt
import os

from documents.zip_stream import PIECE, ZipMember, stream_zip


def test_an_archive_needs_no_memory() -> None:
    piece, noon = os.urandom(PIECE), dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
    members = (ZipMember(f"{number}.bin", noon, [piece] * 20) for number in range(40))
    longest = total = 0
    for part in stream_zip(members):
        longest, total = max(longest, len(part)), total + len(part)
    assert total > 40 * 20 * PIECE
    assert longest < 3 * PIECE
