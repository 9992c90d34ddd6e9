"""The numbers of an inspection's findings, from one query: pages, lists and the report show the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from documents.numerals import full_date, percentage
from findings.inspections.models.findings import FindingQuerySet
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.status_rules import (
    completions,
    due_soon,
    not_due,
    outstanding,
    overdue,
    standings,
)


class FindingCounts(NamedTuple):
    """Numbers of findings, in the inspection's own way of counting.

    From ``open`` to ``closed`` they are the standings, which add up to ``total``; the three degrees of completion add
    up to ``closed``. So do ``closed``, ``outstanding`` and ``not_due``. The others are parts of the total that overlap.
    """

    total: int = 0
    open: int = 0
    in_progress: int = 0
    submitted: int = 0
    void: int = 0
    missed: int = 0
    closed: int = 0
    complete: int = 0
    substantially: int = 0
    staged: int = 0
    soon: int = 0
    overdue: int = 0
    outstanding: int = 0
    not_due: int = 0
    undated: int = 0
    long_term: int = 0
    long_term_completed: int = 0

    def completed(self, inspection: Inspection) -> int:
        """The number that the inspection publishes as completed, by the degrees that it counts."""
        return sum(int(getattr(self, degree)) for degree in inspection.counted_completions())

    @property
    def unfinished(self) -> int:
        """The number of those that are not closed."""
        return self.total - self.closed

    @property
    def outstanding_in_review(self) -> int:
        """The number of those outstanding that the unit has submitted and the reviewers have."""
        return self.outstanding - self.overdue - self.missed


class FindingGroup(NamedTuple):
    """The findings of one aspect led by one unit (keys; None when no unit is known), with their numbers."""

    aspect: int
    unit: int | None
    counts: FindingCounts


def count_findings(findings: FindingQuerySet, inspection: Inspection) -> list[FindingGroup]:
    """The numbers of these findings of an inspection today, by aspect and lead unit; one query.

    A sub-finding without a lead unit has its parent's.
    """
    rows = findings.counted_in_report(inspection).order_by().annotate(unit=Coalesce("lead_unit", "parent__lead_unit"))
    conditions = count_conditions(inspection, timezone.localdate())
    numbers = {f"number_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    grouped = rows.values_list("aspect", "unit").annotate(number=Count("pk"), **numbers)
    return [
        FindingGroup(aspect, unit, FindingCounts(total, **dict(zip(conditions, parts, strict=True))))
        for aspect, unit, total, *parts in grouped
    ]


def count_conditions(inspection: Inspection, today: dt.date) -> dict[str, Q]:
    """The conditions of the numbers of ``FindingCounts``, by their names."""
    degrees = completions(today)
    counted = Q(pk__in=())  # nothing: the neutral element of OR
    for degree in inspection.counted_completions():
        counted |= degrees[degree]
    return {
        **standings(today),
        **degrees,
        "soon": due_soon(today, inspection.notice_days),
        "overdue": overdue(today),
        "outstanding": outstanding(today),
        "not_due": not_due(today),
        "undated": not_due(today) & Q(due_on=None),
        "long_term": Q(long_term=True),
        "long_term_completed": counted & Q(long_term=True),
    }


def sum_counts(groups: Iterable[FindingGroup]) -> FindingCounts:
    """The numbers of several groups together."""
    # Column by column: an inspection has a thousand groups.
    return FindingCounts(*map(sum, zip(*(group.counts for group in groups), strict=True)))


def counting_sentence(inspection: Inspection) -> str:
    """How the numbers of an inspection's findings are counted, and on which day."""
    return f"问题数{inspection.counting_note}，截至{full_date(timezone.localdate())}。"


def completion_sentence(counts: FindingCounts, inspection: Inspection) -> str:
    """The completion rate with numerator, denominator and rounding; an empty string without findings."""
    if not counts.total:
        return ""
    done = counts.completed(inspection)
    included = [(inspection.completion_word(one), getattr(counts, one)) for one in inspection.counted_completions()]
    others = "、".join(f"{word}{number}个" for word, number in included[1:] if number)
    within = f"，含{others}" if others else ""
    rate = percentage(done, counts.total)
    return f"整改完成率{rate}（{counts.total}个中完成{done}个{within}；四舍五入到0.1%）"
