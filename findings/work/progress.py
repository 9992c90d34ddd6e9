"""The findings of one inspection counted by aspect and by unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from findings.inspections.finding_counts import FindingCounts, FindingGroup, sum_counts


@dataclass(frozen=True)
class ProgressRow:
    """The findings of one aspect, of one unit, or all; ``query`` filters the list behind the numbers."""

    name: str
    query: str
    counts: FindingCounts
    is_sum: bool = False


def progress_rows(
    groups: list[FindingGroup], way: str, named: Iterable[tuple[int | None, str, str]]
) -> list[ProgressRow]:
    """The groups added up by ``aspect`` or ``unit``, in the order of ``named`` (key, name, query), then their sum.

    Rows without findings are left out; without any, there is no sum either.
    """
    own: dict[int | None, list[FindingGroup]] = {}
    for group in groups:
        own.setdefault(getattr(group, way), []).append(group)
    rows = [ProgressRow(name, f"counted=on&{query}", sum_counts(own[key])) for key, name, query in named if key in own]
    return [*rows, ProgressRow("合计", "counted=on", sum_counts(groups), is_sum=True)] if rows else []
