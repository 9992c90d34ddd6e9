"""Who takes part: lists, one record and recipients agree with each other and with the rule as it is told to people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Grant, User
from findings.factories import make_aspect, make_finding, make_measure, make_member, make_unit, make_user
from findings.inspections.participation import Participants, is_visible
from findings.models import Aspect, Finding, Inspection, Measure, Membership, Unit
from findings.notifications.recipients import Recipients
from findings.units.scopes import user_scope
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db

UNITS, USERS = range(5), range(4)
FINDINGS, MEASURES = 6, 5
ANY_UNIT: list[int | None] = [None, *UNITS]
ANY_USER: list[int | None] = [None, *USERS]
WIDE = ("leader", "office", "supervisor", "publisher")  # roles over whole bodies


@dataclass(frozen=True)
class Sketch:
    """A district drawn at random; units and users are numbers, so are findings and measures, in their order."""

    parents: list[int | None]  # of each unit
    roles: list[list[tuple[str, int | None]]]  # of each user
    posts: list[int]  # the unit in which each user works
    bodies: tuple[int | None, int | None]  # of the two inspections
    findings: list[dict[str, Any]]
    measures: list[dict[str, Any]]

    def above(self, unit: int | None) -> set[int | None]:
        """A unit and what stands above it."""
        found: set[int | None] = set()
        while unit is not None:
            found.add(unit)
            unit = self.parents[unit]
        return found

    def active_roles(self, user: int) -> list[tuple[str, int | None]]:
        """The roles of a user; that of a reporter counts while the user works in its unit or below."""
        at_work = self.above(self.posts[user])
        return [(role, unit) for role, unit in self.roles[user] if role != "reporter" or unit in at_work]

    def sees_all(self, user: int, body: int | None) -> bool:
        """Whether the user holds a role over the whole body."""
        return any(
            role != "reporter" and (unit is None or unit in self.above(body)) for role, unit in self.active_roles(user)
        )

    def reports_for(self, user: int, units: list[int | None]) -> bool:
        """Whether the user reports for one of these units."""
        held = {unit for role, unit in self.active_roles(user) if role == "reporter"}
        return any(held & self.above(unit) for unit in units)

    def is_at_home(self, user: int, body: int | None) -> bool:
        """Whether a role of the user is held everywhere, or in, above or below the body."""
        held = [unit for _, unit in self.active_roles(user)]
        return any(unit is None or unit in self.above(body) or body in self.above(unit) - {None} for unit in held)

    def has(self, user: int, *roles: str) -> bool:
        """Whether the user holds one of these roles, wherever."""
        return any(role in roles for role, _ in self.active_roles(user))

    def body(self, finding: int) -> int | None:
        """The inspected body of a finding."""
        return self.bodies[self.findings[finding]["inspection"]]

    def lead_unit(self, finding: int) -> int | None:
        """The unit that leads a finding, or the one it belongs to."""
        row = self.findings[finding]
        if row["lead_unit"] is None and row["parent"] is not None:
            return self.lead_unit(row["parent"])
        found: int | None = row["lead_unit"]
        return found

    def takes_part(self, user: int, finding: int) -> bool:
        """Whether the user leads, supports, oversees or carries out, with a role that lets the user see this."""
        row, measures = self.findings[finding], [one for one in self.measures if one["finding"] == finding]
        units = [self.lead_unit(finding), *row["supporting_units"]]
        people = [row["responsible_leader"], row["person_in_charge"]]
        for one in measures:
            units += [one["lead_unit"], *one["supporting_units"]]
            people += [one["person_in_charge"], *one["other_people_in_charge"]]
        is_named = user in people and self.is_at_home(user, self.body(finding))
        return self.has(user, "reporter", "leader") and (is_named or self.reports_for(user, units))

    def opens(self, user: int, finding: int) -> bool:
        """Whether the user sees a finding with all that stands below it."""
        return self.sees_all(user, self.body(finding)) or self.takes_part(user, finding)

    def shows(self, user: int, finding: int) -> bool:
        """Whether the user sees a finding, be it only as the place of a sub-finding."""
        below = [number for number, row in enumerate(self.findings) if row["parent"] == finding]
        return any(self.opens(user, one) for one in (finding, *below))

    def answers_for(self, user: int, finding: int, people: set[int | None], unit: int | None) -> bool:
        """Whether the user is in charge, or reports for the unit that is."""
        return (user in people and self.is_at_home(user, self.body(finding))) or self.reports_for(user, [unit])

    def answers_for_measure(self, user: int, measure: int) -> bool:
        """Whether the user carries out a measure."""
        row = self.measures[measure]
        unit = self.lead_unit(row["finding"]) if row["lead_unit"] is None else row["lead_unit"]
        return self.answers_for(user, row["finding"], {row["person_in_charge"], *row["other_people_in_charge"]}, unit)

    def edits_measure(self, user: int, measure: int) -> bool:
        """Whether the user writes the work of a measure down."""
        above = {None, *self.above(self.body(self.measures[measure]["finding"]))}
        if any(role == "office" and unit in above for role, unit in self.active_roles(user)):
            return True
        return self.has(user, "office", "reporter") and self.answers_for_measure(user, measure)


def _unit(chance: Random) -> int | None:
    return chance.choice(ANY_UNIT)


def _user(chance: Random) -> int | None:
    return chance.choice(ANY_USER)


def _grant(chance: Random) -> tuple[str, int | None]:
    return (chance.choice(WIDE), _unit(chance)) if chance.random() < 0.3 else ("reporter", chance.choice(UNITS))


def _finding(chance: Random, before: list[dict[str, Any]]) -> dict[str, Any]:
    parent = chance.choice([None, *(number for number, row in enumerate(before) if row["parent"] is None)])
    return {
        "parent": parent,
        "inspection": chance.choice([0, 1]) if parent is None else before[parent]["inspection"],
        "lead_unit": _unit(chance),
        "supporting_units": set(chance.sample(UNITS, chance.choice([0, 0, 1, 2]))),
        "responsible_leader": _user(chance),
        "person_in_charge": _user(chance),
    }


def _measure(chance: Random) -> dict[str, Any]:
    return {
        "finding": chance.randrange(FINDINGS),
        "lead_unit": _unit(chance),
        "supporting_units": set(chance.sample(UNITS, chance.choice([0, 0, 1, 2]))),
        "person_in_charge": _user(chance),
        "other_people_in_charge": set(chance.sample(USERS, chance.choice([0, 0, 1, 2]))),
    }


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """Small trees of units, roles in them, and findings and measures that name some of all these.

    All from one source of chance: what depends on several of them at once would be drawn too seldom otherwise.
    """
    chance = draw(st.randoms(use_true_random=False))
    roles = [list(dict.fromkeys(_grant(chance) for _ in range(chance.choice([1, 1, 2])))) for _ in USERS]
    findings: list[dict[str, Any]] = []
    for _ in range(FINDINGS):
        findings.append(_finding(chance, findings))
    return Sketch(
        parents=[None] + [chance.choice([None, *range(number)]) for number in UNITS[1:]],
        roles=roles,
        posts=[held[0][1] if held[0][1] and chance.random() < 0.7 else chance.choice(UNITS) for held in roles],
        bodies=(_unit(chance), chance.choice(UNITS)),
        findings=findings,
        measures=[_measure(chance) for _ in range(MEASURES)],
    )


@dataclass(frozen=True)
class Place:
    """What the sketches are made of: enough users, units and aspects for each of them."""

    users: list[User]
    units: list[Unit]
    aspects: list[Aspect]


@pytest.fixture
def place() -> Place:
    return Place([make_user() for _ in USERS], [make_unit() for _ in UNITS], [make_aspect(), make_aspect()])


@contextmanager
def built(sketch: Sketch, place: Place) -> Iterator[tuple[list[Finding], list[Measure]]]:
    """The findings and measures of a sketch, in its order, until the end of the block."""
    with transaction.atomic():
        with unchecked_writes():
            findings, measures = _rows_of(sketch, place)
        yield findings, measures
        transaction.set_rollback(True)


def _key(rows: list[Any], number: int | None) -> int | None:
    return None if number is None else rows[number].pk


def _rows_of(sketch: Sketch, place: Place) -> tuple[list[Finding], list[Measure]]:
    for unit, parent in zip(place.units, sketch.parents, strict=True):
        Unit.objects.filter(pk=unit.pk).update(parent=_key(place.units, parent))
    for number, user in enumerate(place.users):
        for role, held_in in sketch.roles[number]:
            Grant.objects.create(user=user, role=role, unit_id=_key(place.units, held_in))
        Membership.objects.create(user=user, unit=place.units[sketch.posts[number]], started_on=timezone.localdate())
    for aspect, body in zip(place.aspects, sketch.bodies, strict=True):
        Inspection.objects.filter(pk=aspect.inspection_id).update(unit=_key(place.units, body))
    findings: list[Finding] = []
    for row in sketch.findings:
        findings.append(_finding_row(row, place, findings))
    return findings, [_measure_row(number, row, place, findings) for number, row in enumerate(sketch.measures)]


def _finding_row(row: dict[str, Any], place: Place, before: list[Finding]) -> Finding:
    aspect = place.aspects[row["inspection"]]
    finding = Finding.objects.create(
        inspection_id=aspect.inspection_id,
        aspect=aspect,
        parent_id=_key(before, row["parent"]),
        order=len(before) + 1,
        title=f"第{len(before)}项",
        lead_unit_id=_key(place.units, row["lead_unit"]),
        responsible_leader_id=_key(place.users, row["responsible_leader"]),
        person_in_charge_id=_key(place.users, row["person_in_charge"]),
    )
    finding.supporting_units.set(place.units[unit] for unit in row["supporting_units"])
    return finding


def _measure_row(number: int, row: dict[str, Any], place: Place, findings: list[Finding]) -> Measure:
    finding = findings[row["finding"]]
    measure = Measure.objects.create(
        inspection_id=finding.inspection_id,
        finding=finding,
        order=number + 1,
        plan=f"第{number}条",
        lead_unit_id=_key(place.units, row["lead_unit"]),
        person_in_charge_id=_key(place.users, row["person_in_charge"]),
    )
    measure.supporting_units.set(place.units[unit] for unit in row["supporting_units"])
    measure.other_people_in_charge.set(place.users[user] for user in row["other_people_in_charge"])
    return measure


def numbers_in(records: list[Any], queryset: Any) -> set[int]:
    """Which of some records a queryset finds, by their place."""
    found = set(queryset.values_list("pk", flat=True))
    return {number for number, record in enumerate(records) if record.pk in found}


def chosen(records: list[Any], is_chosen: Any) -> set[int]:
    """The places of the records for which this holds."""
    return {number for number in range(len(records)) if is_chosen(number)}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sketch=sketches())
def test_lists_show_what_the_rule_says(place: Place, sketch: Sketch) -> None:
    with built(sketch, place) as (findings, measures):
        for number, user in enumerate(User.objects.get(pk=one.pk) for one in place.users):
            shown = chosen(findings, lambda one, who=number: sketch.shows(who, one))
            assert numbers_in(findings, Finding.objects.visible_to(user)) == shown
            opened = [sketch.opens(number, row["finding"]) for row in sketch.measures]
            assert numbers_in(measures, Measure.objects.visible_to(user)) == chosen(measures, opened.__getitem__)
            answered = chosen(measures, lambda one, who=number: sketch.answers_for_measure(who, one))
            assert numbers_in(measures, Measure.objects.answered_by(user)) == answered
            edited = chosen(measures, lambda one, who=number: sketch.edits_measure(who, one))
            assert numbers_in(measures, Measure.objects.editable_by(user)) == edited
            led = [
                sketch.answers_for(number, one, {row["person_in_charge"]}, sketch.lead_unit(one))
                for one, row in enumerate(sketch.findings)
            ]
            assert numbers_in(findings, Finding.objects.answered_by(user)) == chosen(findings, led.__getitem__)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sketch=sketches())
def test_one_record_and_its_recipients_are_judged_like_the_lists(place: Place, sketch: Sketch) -> None:
    with built(sketch, place) as (findings, measures):
        users = [User.objects.get(pk=one.pk) for one in place.users]
        shown = {user.pk: numbers_in(findings, Finding.objects.visible_to(user)) for user in users}
        opened = {user.pk: numbers_in(measures, Measure.objects.visible_to(user)) for user in users}
        for number, finding in enumerate(Finding.objects.filter(pk__in=[one.pk for one in findings]).order_by("pk")):
            people = Finding.objects.around(finding.pk).participants(finding.inspection)
            for user in users:
                is_shown = number in shown[user.pk]
                assert is_visible(user_scope(user), finding.inspection.unit_id, people) is is_shown
                limited = User.objects.get(pk=user.pk)
                Finding.objects.limit_scope(limited, finding.pk)
                assert Finding.objects.visible_to(limited).filter(pk=finding.pk).exists() is is_shown
                assert finding.is_open_to(limited) is finding.is_open_to(user)
                is_led = Finding.objects.answered_by(user).filter(pk=finding.pk).exists()
                assert finding.is_answered_by(user) is is_led
            allowed = {user.pk for user in Recipients.of(finding).allowed_to_see()}
            assert allowed & set(shown) == {pk for pk in shown if number in shown[pk]}
        for number, measure in enumerate(Measure.objects.filter(pk__in=[one.pk for one in measures]).order_by("pk")):
            for user in users:
                assert measure.finding.is_open_to(user) is (number in opened[user.pk])
                mine = Measure.objects.filter(pk=measure.pk)
                assert measure.is_editable_by(user) is mine.editable_by(user).exists()
                assert measure.is_answered_by(user) is mine.answered_by(user).exists()
            allowed = {user.pk for user in Recipients.of(measure.finding, measure).allowed_to_see()}
            assert allowed & set(opened) == {pk for pk in opened if number in opened[pk]}


def test_a_unit_of_another_body_that_supports_a_finding_is_among_the_recipients() -> None:
    elsewhere, reporter = make_unit(), make_user()
    make_member(elsewhere, reporter)
    Grant.objects.create(user=reporter, role="reporter", unit=elsewhere)
    finding = make_finding(supporting_units=[elsewhere])
    make_measure(finding)
    assert Finding.objects.visible_to(User.objects.get(pk=reporter.pk)).exists()
    assert Recipients.of(finding).allowed_to_see() == [reporter]


def test_participants_of_many_findings_take_two_queries() -> None:
    aspect = make_aspect()
    for _ in range(3):
        finding = make_finding(aspect, lead_unit=make_unit(), supporting_units=[make_unit(), make_unit()])
        make_measure(finding, lead_unit=make_unit(), person_in_charge=make_user())
    with CaptureQueriesContext(connection) as queries:
        people = Finding.objects.of(aspect.inspection).participants(aspect.inspection)
    assert (len(queries), len(people.units), len(people.people)) == (2, 12, 3)


def test_a_finding_of_nobody_has_no_participants() -> None:
    finding = make_finding()
    assert Finding.objects.around(finding.pk).participants(finding.inspection) == Participants(None)
