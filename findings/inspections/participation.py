"""Participation in records: one table, compiled to SQL for lists and evaluated for one record (ADR 19).

A unit takes part through the users who hold a role in it. A person who is named takes part while the inspected body is
one of their own (``Scope.own_bodies``), so that it ends when they move to another body.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, Self

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.users.roles import Right
from findings.units.scopes import Scope, user_scope

BODY = "inspection__unit"  # the lookup path from these records to the inspected body
Reading = Callable[[str], Collection[int]]  # returns the keys at the end of a path


@dataclass(frozen=True)
class Part:
    """One way of taking part: the lookup path from a record to the units or people that take part."""

    path: str
    is_person: bool = False
    unless: tuple[str, ...] = ()  # it does not count where one of these paths has a key

    def condition(self, scope: Scope, right: Right, body: str = BODY, prefix: str = "") -> Q:
        """The condition of the records, at the end of ``prefix``, in which the user takes part in this way."""
        vacant = Q(**{f"{prefix}{path}": None for path in self.unless})
        named = f"{prefix}{self.path}"
        if self.is_person:
            # Only in the user's own bodies: who moves to another body keeps no part in the old one.
            return scope.own_bodies.condition(body) & Q(**{named: scope.user.pk}) & vacant
        return scope.units(right).condition(named) & vacant

    def keys(self, read: Reading) -> Collection[int]:
        """The keys of the units or people that take part in this way in one record."""
        return () if any(read(path) for path in self.unless) else read(self.path)


LEAD = (Part("lead_unit"), Part("parent__lead_unit", unless=("lead_unit",)))  # a sub-finding's own, else its finding's
IN_CHARGE = Part("person_in_charge", is_person=True)
ALSO_IN_CHARGE = Part("other_people_in_charge", is_person=True)

# Those who take part in a finding or in one of its measures see the finding and everything below it.
FINDING_PARTS = (*LEAD, Part("supporting_units"), Part("responsible_leader", is_person=True), IN_CHARGE)
MEASURE_PARTS = (Part("lead_unit"), Part("supporting_units"), IN_CHARGE, ALSO_IN_CHARGE)

# Those who request the sign-off of a finding, and those who carry out a measure.
ANSWERING_FOR_FINDING = (*LEAD, IN_CHARGE)
ANSWERING_FOR_MEASURE = (
    Part("lead_unit"),
    Part("finding__lead_unit", unless=("lead_unit",)),
    Part("finding__parent__lead_unit", unless=("lead_unit", "finding__lead_unit")),
    IN_CHARGE,
    ALSO_IN_CHARGE,
)


class OwnFinding(NamedTuple):
    """The keys of a finding in which a user takes part, and of its inspection, aspect and parent."""

    finding: int
    inspection: int
    aspect: int
    parent: int | None


@dataclass
class Participants:
    """The keys of the units and people that take part in records of an inspection of ``body``."""

    body: int | None
    units: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, record: Any, parts: Iterable[Part], body: int | None) -> Self:
        """The participants of one record; related records on the paths are loaded unless they are there."""
        found = cls(body)
        found.add(parts, partial(_keys_at, record))
        return found

    def add(self, parts: Iterable[Part], read: Reading) -> None:
        """Add the units and people that these parts name in one record."""
        for part in parts:
            # Kept apart: a unit counts by rights in it, a person by being named.
            (self.people if part.is_person else self.units).update(part.keys(read))

    def merge(self, others: Iterable[Participants]) -> Self:
        """Add the participants of other records of the same inspection, and return this object."""
        for other in others:
            self.units |= other.units
            self.people |= other.people
        return self

    def include(self, scope: Scope, right: Right) -> bool:
        """Whether the user is among the participants, in person or with the units for which they have this right."""
        units = scope.units(right)
        is_named = scope.user.pk in self.people and self.body in scope.own_bodies
        return is_named or any(unit in units for unit in self.units)


def _keys_at(record: Any, path: str) -> Collection[int]:
    *way, last = path.split("__")
    for name in way:
        record = getattr(record, name)
        if record is None:
            return ()
    if record._meta.get_field(last).many_to_many:
        return [one.pk for one in getattr(record, last).all()]  # as prefetched, where it is
    key: int | None = getattr(record, f"{last}_id")
    return () if key is None else (key,)


def _keys_in(row: dict[str, int | None], path: str) -> Collection[int]:
    """The key in one row of a query, which has several rows for a record with several links."""
    key = row[path]
    return () if key is None else (key,)


def visible_q(user: User, body: str, own: Callable[[], Q]) -> Q:
    """The condition of what the user may see: all of their bodies and their own part.

    ``body`` is the lookup path to the inspected body; ``own`` is only called where the own part matters, since it
    queries.
    """
    scope = user_scope(user)
    seen = scope.bodies(Right.SEE_ALL)
    if seen.everywhere or not scope.has_right(Right.SEE_OWN):
        return seen.condition(body)
    return seen.condition(body) | own()


def is_visible(scope: Scope, body: int | None, *required: Participants) -> bool:
    """Whether the user may see one record: they see all of its body, or take part in everything ``required``."""
    if body in scope.bodies(Right.SEE_ALL):
        return True
    return scope.has_right(Right.SEE_OWN) and all(
        participants.include(scope, Right.SEE_OWN) for participants in required
    )


def own_findings(inspections: QuerySet[Any], user: User) -> list[OwnFinding]:
    """The findings of some inspections in which the user takes part; one query.

    It starts from inspections, the lowest of the models, so that all can use it; the indexes of measures begin with
    their inspection. A union of conditions, because each has an index and their "or" has none.
    """
    if not user_scope(user).has_right(Right.SEE_OWN):
        return []
    first, *others = (
        records.values_list(f"{finding}pk", "pk", f"{finding}aspect", f"{finding}parent")
        for records, finding in _own_parts(inspections, user)
    )
    return [OwnFinding(*row) for row in first.union(*others)]


def own_inspections_q(inspections: QuerySet[Any], user: User) -> Q:
    """The condition that the user takes part in the inspection of a record.

    It is looked up by the query itself: for the few records left by its other conditions.
    """
    if not user_scope(user).has_right(Right.SEE_OWN):
        return Q(pk__in=[])
    first, *others = (records.values("pk") for records, _ in _own_parts(inspections, user))
    return Q(inspection__in=first.union(*others))


def _own_parts(inspections: QuerySet[Any], user: User) -> Iterator[tuple[QuerySet[Any], str]]:
    """The inspections in which the user takes part, for each way with the path to the finding."""
    scope = user_scope(user)
    # Paths from the inspection: to findings directly, and to those of its measures.
    for prefix, finding, parts in (
        ("findings__", "findings__", FINDING_PARTS),
        ("measures__", "measures__finding__", MEASURE_PARTS),
    ):
        for part in _possible(parts, scope, Right.SEE_OWN):
            yield inspections.filter(part.condition(scope, Right.SEE_OWN, "unit", prefix)), finding


def answered_q(records: QuerySet[Any], user: User, parts: Iterable[Part]) -> Q:
    """The condition that the user answers for a record; a union, as in ``own_findings``."""
    scope = user_scope(user)
    first, *others = (
        records.filter(part.condition(scope, Right.REPORT_WORK)).values("pk")
        for part in _possible(parts, scope, Right.REPORT_WORK)
    )
    return Q(pk__in=first.union(*others, all=True) if others else first)


def _possible(parts: Iterable[Part], scope: Scope, right: Right) -> list[Part]:
    """The parts that can apply: without units of the user only those that name a person."""
    return [part for part in parts if part.is_person or scope.units(right)]


def participants_by_finding(findings: QuerySet[Any]) -> dict[OwnFinding, Participants]:
    """The participants of each finding; two queries, one for the findings and one for their measures."""
    keys: dict[int, OwnFinding] = {}
    found: dict[OwnFinding, Participants] = {}
    own = _columns(FINDING_PARTS)
    for pk, inspection, aspect, parent, body, *values in findings.values_list(
        "pk", "inspection", "aspect", "parent", BODY, *own
    ):
        key = keys[pk] = OwnFinding(pk, inspection, aspect, parent)
        found.setdefault(key, Participants(body)).add(
            FINDING_PARTS, partial(_keys_in, dict(zip(own, values, strict=True)))
        )
    of_measures = _columns(MEASURE_PARTS)
    rows = findings.filter(measures__isnull=False).values_list("pk", *(f"measures__{path}" for path in of_measures))
    for pk, *values in rows:
        if pk in keys:  # else it was created between the two queries
            found[keys[pk]].add(MEASURE_PARTS, partial(_keys_in, dict(zip(of_measures, values, strict=True))))
    return found


def _columns(parts: Iterable[Part]) -> list[str]:
    return list(dict.fromkeys(path for part in parts for path in (part.path, *part.unless)))
