"""What was changed in a text, in pieces that read well: Chinese by characters, numbers and foreign words as wholes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)*%?|[A-Za-z]+|.", re.DOTALL)
SHORTEST_KEPT = 2  # tokens: what stays the same between two changes and is shorter reads better as changed
MOST_TOKENS = 4000  # of both texts; comparing longer ones takes longer than reading them


@dataclass(frozen=True)
class Piece:
    """A part of a text: ``same``, ``ins`` (only in the new one) or ``del`` (only in the old one)."""

    kind: str
    text: str


def compare_texts(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in the order of reading, what was deleted before what replaced it."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if len(old) + len(new) > MOST_TOKENS:
        return list(_pieces([("change", before, after)]))
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    steps = [(tag, "".join(old[a:b]), "".join(new[c:d]), b - a) for tag, a, b, c, d in blocks]
    merged: list[tuple[str, str, str]] = []
    for place, (tag, left, right, length) in enumerate(steps):
        is_between = 0 < place < len(steps) - 1
        # The word after a number that was changed is read with both numbers: 4 and 6处, not 4处 and 6处.
        follows_number = bool(merged) and merged[-1][1].isdecimal()
        is_change = tag != "equal" or (is_between and length < SHORTEST_KEPT and not follows_number)
        if is_change and merged and merged[-1][0] == "change":
            merged[-1] = ("change", merged[-1][1] + left, merged[-1][2] + right)
        else:
            merged.append(("change" if is_change else "same", left, right))
    return list(_pieces(merged))


def _pieces(steps: list[tuple[str, str, str]]) -> Iterator[Piece]:
    for kind, left, right in steps:
        if kind == "same":
            yield Piece("same", right)
            continue
        if left:
            yield Piece("del", left)
        if right:
            yield Piece("ins", right)
