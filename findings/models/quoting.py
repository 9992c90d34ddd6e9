"""Findings whose outcomes quote totals: who changes what is counted makes their sign-offs void."""

from __future__ import annotations

from findings.choices import Status
from findings.models.findings import Finding
from findings.models.measures import Measure


def _quoting(inspection: int) -> list[int]:
    """The closed findings of an inspection with a measure that may quote a total."""
    measures = Measure.objects.filter(inspection=inspection, outcome__contains="【", finding__status=Status.CLOSED)
    return sorted(set(measures.values_list("finding", flat=True)))


def hold_quoting(inspection: int) -> None:
    """Lock the findings that may become void before anything counted is written."""
    if found := _quoting(inspection):
        Finding.objects.hold(*found)


def recheck_quoting(inspection: int) -> None:
    """Make void what was signed with other totals."""
    for pk in _quoting(inspection):
        Finding.objects.recheck(pk)
