"""Corrections of a reading: the kinds that a person gave to lines. Pure.

A line is known by a key made of its words, so that a correction holds when other lines of the text are edited.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.reading.kinds import LineKind, ReadLine

KINDS: Mapping[str, LineKind] = {kind.value: kind for kind in LineKind}
MOST = 5_000  # corrections of one text
_CORRECTION = re.compile(r"([0-9a-f]{8}\.\d{1,6})=([a-z_]{1,30})")


@dataclass(frozen=True, slots=True)
class Correction:
    """The kind that a person gave to the line with this key."""

    key: str
    kind: LineKind

    def __str__(self) -> str:
        return f"{self.key}={self.kind}"


def read_corrections(text: str) -> list[Correction]:
    """The corrections in a text such as ``1b2c3d4e.1=finding …``, in the order they were made; others are left out."""
    found = (_CORRECTION.fullmatch(part) for part in text.split()[-MOST:])
    return [Correction(one[1], KINDS[one[2]]) for one in found if one and one[2] in KINDS]


def write_corrections(corrections: Iterable[Correction]) -> str:
    """The text that ``read_corrections`` reads."""
    return " ".join(map(str, corrections))


def line_keys(lines: Iterable[ReadLine]) -> list[str]:
    """The key of each line: a checksum of its words, and the how manieth line with these words it is."""
    seen: Counter[str] = Counter()
    keys: list[str] = []
    for line in lines:
        checksum = f"{zlib.crc32(line.source.text.encode('utf-8', 'surrogatepass')):08x}"
        seen[checksum] += 1
        keys.append(f"{checksum}.{seen[checksum]}")
    return keys


def correct_lines(lines: Sequence[ReadLine], corrections: Iterable[Correction]) -> tuple[ReadLine, ...]:
    """The lines with the kinds that a person gave them; of two for one line the later holds."""
    kinds = {one.key: one.kind for one in corrections}
    return tuple(
        replace(line, kind=kinds.get(key, line.kind)) for line, key in zip(lines, line_keys(lines), strict=True)
    )
