"""The three-way merge of one cell: the value exported, the present one, and the file's."""

from __future__ import annotations

from enum import StrEnum


class MergeOutcome(StrEnum):
    """What happens to a cell."""

    KEEP = "keep"  # nothing: the file has the exported or the present value
    TAKE = "take"  # the file's value is stored
    CLASH = "clash"  # both sides changed it, or the exported value is not known: the user has to choose


def merge(base: str | None, ours: str, theirs: str) -> MergeOutcome:
    """The outcome for a cell; ``base`` is the exported value, None when it is not known."""
    if theirs in {ours, base}:
        return MergeOutcome.KEEP
    return MergeOutcome.TAKE if base == ours else MergeOutcome.CLASH
