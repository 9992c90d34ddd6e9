"""Drawing a sample that anyone can draw again; pure functions without a database.

Every number gets the rank SHA-256(seed ":" number); the lowest ranks are drawn. The random generator of a programming
language may change between versions, a digest does not, and any tool that knows SHA-256 can check it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

ALGORITHM = "sha256-rank-1"


def sample(seed: str, numbers: Iterable[int], share: int) -> list[int]:
    """The share (in percent, rounded up to whole numbers) of the numbers, in the order drawn."""
    ranked = sorted(set(numbers), key=lambda number: (rank(seed, number), number))
    # Rounded up in integers; floating-point percentages would be off by one.
    return ranked[: -(-len(ranked) * share // 100)]


def rank(seed: str, number: int) -> str:
    """The rank of a number under a seed, in hexadecimal."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
