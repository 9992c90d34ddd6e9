"""Who takes part in a record and who answers for it: one table for lists, for one record and for whom to tell of it.

A unit takes part for the users who hold a role in it. A person who is named takes part while the inspected body is one
of their own (``Scope.own_bodies``), so that it ends when they move to another body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, Self

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.users.roles import Right
from findings.units.scopes import Scope, user_scope

BODY = "inspection__unit"  # the way from these records to the inspected body
Reading = Callable[[str], int | None]  # gives the key at the end of a path


@dataclass(frozen=True)
class Part:
    """One way of taking part: the path from a record to the unit or person that does."""

    path: str
    is_person: bool = False
    unless: tuple[str, ...] = ()  # it does not count where one of these paths names somebody

    def condition(self, scope: Scope, right: Right, body: str = BODY, prefix: str = "") -> Q:
        """The records, at the end of ``prefix``, in which this user takes part in this way."""
        vacant = Q(**{f"{prefix}{path}": None for path in self.unless})
        named = f"{prefix}{self.path}"
        if self.is_person:
            return scope.own_bodies.condition(body) & Q(**{named: scope.user.pk}) & vacant
        return scope.units(right).condition(named) & vacant

    def key(self, read: Reading) -> int | None:
        """The unit or person that takes part in this way in one record, None where nobody does."""
        return None if any(read(path) is not None for path in self.unless) else read(self.path)


LEAD = (Part("lead_unit"), Part("parent__lead_unit", unless=("lead_unit",)))  # a sub-finding's own, else its finding's
IN_CHARGE = Part("person_in_charge", is_person=True)

# Who sees a finding with all that stands below it: who takes part in it, or in one of its measures.
FINDING_PARTS = (*LEAD, Part("supporting_units"), Part("responsible_leader", is_person=True), IN_CHARGE)
MEASURE_PARTS = (Part("lead_unit"), IN_CHARGE)

# Who asks for the sign-off of a finding, and who carries out a measure.
ANSWERING_FOR_FINDING = (*LEAD, IN_CHARGE)
ANSWERING_FOR_MEASURE = (
    Part("lead_unit"),
    Part("finding__lead_unit", unless=("lead_unit",)),
    Part("finding__parent__lead_unit", unless=("lead_unit", "finding__lead_unit")),
    IN_CHARGE,
)


class OwnFinding(NamedTuple):
    """The keys of a finding in which a user takes part, and of what it stands in."""

    finding: int
    inspection: int
    aspect: int
    parent: int | None


@dataclass
class Participants:
    """The units and people that take part in a record of an inspection of this body."""

    body: int | None
    units: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, record: Any, parts: Iterable[Part], body: int | None) -> Self:
        """Those of one record; what the paths pass through is fetched unless it is there."""
        found = cls(body)
        found.add(parts, partial(_key_at, record))
        return found

    def add(self, parts: Iterable[Part], read: Reading) -> None:
        """Add whom these parts name in one record."""
        for part in parts:
            key = part.key(read)
            if key is not None:
                (self.people if part.is_person else self.units).add(key)

    def merge(self, others: Iterable[Participants]) -> Self:
        """Add those of other records of the same inspection; the same object, for convenience."""
        for other in others:
            self.units |= other.units
            self.people |= other.people
        return self

    def include(self, scope: Scope, right: Right) -> bool:
        """Whether a user is among them, with the units in which the user has this right."""
        units = scope.units(right)
        is_named = scope.user.pk in self.people and self.body in scope.own_bodies
        return is_named or any(unit in units for unit in self.units)


def _key_at(record: Any, path: str) -> int | None:
    *way, last = path.split("__")
    for name in way:
        record = getattr(record, name)
        if record is None:
            return None
    key: int | None = getattr(record, f"{last}_id")
    return key


def visible_q(user: User, body: str, own: Callable[[], Q]) -> Q:
    """What a user may see: all of the user's bodies (``body`` is the way to the inspected one), and their own part."""
    scope = user_scope(user)
    seen = scope.bodies(Right.SEE_ALL)
    if seen.everywhere or not scope.has_right(Right.SEE_OWN):
        return seen.condition(body)
    return seen.condition(body) | own()


def is_visible(scope: Scope, body: int | None, *required: Participants) -> bool:
    """The same for one record: whether a user sees all of its body, or takes part in everything required."""
    if body in scope.bodies(Right.SEE_ALL):
        return True
    return scope.has_right(Right.SEE_OWN) and all(
        participants.include(scope, Right.SEE_OWN) for participants in required
    )


def own_findings(inspections: QuerySet[Any], user: User) -> list[OwnFinding]:
    """The findings of some inspections in which a user takes part.

    From the inspections, the lowest of the records, so that all of them can ask; measures know their inspection, with
    which their indexes begin. A union, not one condition with "or": each part has an index, the whole has none.
    """
    scope = user_scope(user)
    if not scope.has_right(Right.SEE_OWN):
        return []
    found = [
        inspections.filter(part.condition(scope, Right.SEE_OWN, "unit", prefix)).values_list(
            f"{finding}pk", "pk", f"{finding}aspect", f"{finding}parent"
        )
        for prefix, finding, parts in (
            ("findings__", "findings__", FINDING_PARTS),
            ("measures__", "measures__finding__", MEASURE_PARTS),
        )
        for part in _possible(parts, scope, Right.SEE_OWN)
    ]
    return [OwnFinding(*row) for row in found[0].union(*found[1:])]


def answered_q(records: QuerySet[Any], user: User, parts: Iterable[Part]) -> Q:
    """The condition that a user answers for a record: a union, as above."""
    scope = user_scope(user)
    first, *others = (
        records.filter(part.condition(scope, Right.REPORT_WORK)).values("pk")
        for part in _possible(parts, scope, Right.REPORT_WORK)
    )
    return Q(pk__in=first.union(*others, all=True) if others else first)


def _possible(parts: Iterable[Part], scope: Scope, right: Right) -> list[Part]:
    """Without units only those who are named take part."""
    return [part for part in parts if part.is_person or scope.units(right)]


def participants_by_finding(findings: QuerySet[Any]) -> dict[OwnFinding, Participants]:
    """Who takes part in each of some findings, in two queries: one for the findings, one for their measures."""
    keys: dict[int, OwnFinding] = {}
    found: dict[OwnFinding, Participants] = {}
    own = _columns(FINDING_PARTS)
    for pk, inspection, aspect, parent, body, *values in findings.values_list(
        "pk", "inspection", "aspect", "parent", BODY, *own
    ):
        key = keys[pk] = OwnFinding(pk, inspection, aspect, parent)
        found.setdefault(key, Participants(body)).add(FINDING_PARTS, dict(zip(own, values, strict=True)).get)
    of_measures = _columns(MEASURE_PARTS)
    rows = findings.filter(measures__isnull=False).values_list("pk", *(f"measures__{path}" for path in of_measures))
    for pk, *values in rows:
        if pk in keys:  # else it was made between the two queries
            found[keys[pk]].add(MEASURE_PARTS, dict(zip(of_measures, values, strict=True)).get)
    return found


def _columns(parts: Iterable[Part]) -> list[str]:
    return list(dict.fromkeys(path for part in parts for path in (part.path, *part.unless)))
