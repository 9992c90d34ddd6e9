"""The queries of the totals that texts quote (``findings.inspections.totals``)."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Mapping
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, Round
from django.utils import timezone

from documents.numerals import percentage
from findings.choices import Completion, Counting, Status
from findings.inspections.models.status_rules import completions, standings
from findings.inspections.totals import TOTALS, Number, Total, yuan


def count_totals(inspection: QuerySet[Any], relation: str) -> dict[str, Number]:
    """The present totals over one relation of one inspection, by their keys; one query.

    Each relation has a query of its own: joining several would multiply their rows.
    """
    totals = {f"total{place}": total for place, total in enumerate(TOTALS) if total.relation == relation}
    states = finding_states(timezone.localdate()) if relation == "findings" else {}
    counted = {name: _aggregate_of(total, states) for name, total in totals.items()}
    found = inspection.order_by().aggregate(**counted)
    numbers: dict[str, int] = {total.key: found[name] for name, total in totals.items()}
    return {total.key: _write_number(total, numbers) for total in totals.values()}


def finding_states(today: dt.date) -> Mapping[str, Q]:
    """The conditions of the states in which totals count findings, from the inspection, on a day."""
    path = "findings__"
    tops = Q(counting=Counting.FINDINGS, findings__parent=None)
    counted = tops | Q(counting=Counting.LEAVES, findings__sub_findings=None)
    standing, degrees = standings(today, path), completions(today, path)
    published = (
        degrees[Completion.COMPLETE]
        | Q(substantially_counts=True) & degrees[Completion.SUBSTANTIALLY]
        | Q(staged_counts=True) & degrees[Completion.STAGED]
    )
    unfinished = functools.reduce(operator.or_, (q for name, q in standing.items() if name != Status.CLOSED))
    states = {"": Q(), **standing, **degrees, "published": published, "unfinished": unfinished}
    return {name: counted & condition for name, condition in states.items()}


def _aggregate_of(total: Total, states: Mapping[str, Q]) -> Count | Sum:
    where = Q(**{f"{total.relation}__{name}": value for name, value in total.where.items()})
    if states:
        # Distinct, because the condition of the counting joins the sub-findings.
        return Count(total.relation, filter=where & states[total.state], distinct=True)
    if not total.sum_of:
        return Count(total.relation, filter=where)
    field = f"{total.relation}__{total.sum_of}"
    # In hundredths, because SQLite adds decimals as floating-point numbers.
    added = Cast(Round(F(field) * 100), BigIntegerField()) if total.per else F(field)
    return Sum(added, filter=where, default=0)


def _write_number(total: Total, numbers: Mapping[str, int]) -> Number:
    number = numbers[total.key]
    if total.share_of:
        return percentage(number, numbers[total.share_of])
    return yuan(number, total.per) if total.per else number
