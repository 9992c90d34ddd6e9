"""Three values meet in each cell of a list that comes back: the one handed out, the present one, and the file's."""

from __future__ import annotations

from enum import StrEnum


class MergeOutcome(StrEnum):
    """What becomes of a cell."""

    KEEP = "keep"  # nothing: it was not changed in the file, or says what the record says anyway
    TAKE = "take"  # the file's value
    CLASH = "clash"  # both were changed, or nobody knows who changed it: somebody has to choose


def merge(base: str | None, ours: str, theirs: str) -> MergeOutcome:
    """What becomes of a cell that said ``base`` when it was handed out (None: not known)."""
    if theirs in {ours, base}:
        return MergeOutcome.KEEP
    return MergeOutcome.TAKE if base == ours else MergeOutcome.CLASH
