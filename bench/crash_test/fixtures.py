"""The inspection on which the simulated users work."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bench.people import PASSWORD
from findings.factories import (
    make_aspect,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_unit,
    make_user,
)
from findings.models import Finding, Measure

DUE, COMPLETED = dt.date(2026, 6, 30), dt.date(2026, 3, 1)
OFFICE, SUPERVISOR, REPORTER = "office", "supervisor", "reporter"


@dataclass(frozen=True)
class Place:
    """The keys of a finding and its only measure."""

    finding: int
    measure: int


@dataclass(frozen=True)
class Fixtures:
    """Keys of the inspection, of findings for the workflow, and of one finding each for files and for texts."""

    inspection: int
    lives: tuple[Place, ...]
    files: Place
    texts: Place


def build_fixtures(lives: int) -> Fixtures:
    """Create an inspection with ``lives`` + 2 findings, and the three users."""
    body = make_unit(name="区政府办")
    unit = make_unit(name="综合科", parent=body)
    inspection = make_inspection(unit=body)
    aspect = make_aspect(inspection)
    for name, role, where in (
        (OFFICE, "office", body),
        (SUPERVISOR, "supervisor", body),
        (REPORTER, "reporter", unit),
    ):
        person = make_user(username=name, name=f"{name}的人", password=PASSWORD)
        make_member(where, person)
        make_grant(person, role, where)
    places = []
    for _ in range(lives + 2):
        finding: Finding = make_finding(aspect, lead_unit=unit, due_on=DUE)
        measure: Measure = make_measure(finding, completed_on=COMPLETED)
        places.append(Place(finding.pk, measure.pk))
    return Fixtures(inspection.pk, tuple(places[:lives]), places[-2], places[-1])
