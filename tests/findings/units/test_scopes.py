"""Whose records a person sees: by role, body, unit, and the days he works there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.users.roles import ROLES, Reach, Right
from findings.factories import (
    make_aspect,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_regulation,
    make_unit,
    make_user,
)
from findings.models import Aspect, Facet, Finding, Inspection, Measure, Progress, Regulation, Unit
from findings.units.scopes import user_scope
from findings.work.forms import FindingForm
from tests.findings.conftest import figures_of
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@dataclass(frozen=True)
class District:
    """Two bodies of one district, each with an inspection of three findings; ``units`` are the first body's."""

    district: Unit
    bodies: tuple[Unit, Unit]
    units: tuple[Unit, Unit, Unit]
    inspections: tuple[Inspection, Inspection]
    led: Finding
    supported: Finding
    carried_out: Finding
    foreign: Finding


@pytest.fixture
def district() -> District:
    top = make_unit(name="青岚区")
    bodies = (make_unit(name="区政府办", parent=top), make_unit(name="区文旅体局", parent=top))
    units = (make_unit(parent=bodies[0]), make_unit(parent=bodies[0]), make_unit(parent=bodies[1]))
    inspections = (make_inspection(unit=bodies[0]), make_inspection(unit=bodies[1]))
    aspects = [make_aspect(inspection) for inspection in inspections]
    made = [make_finding(aspects[0], title=title) for title in ("牵头的", "配合的", "承担措施的")]
    led, supported, carried_out = made
    with unchecked_writes():
        Finding.objects.filter(pk=led.pk).update(lead_unit=units[0])
        supported.supporting_units.add(units[0])
    make_measure(carried_out, lead_unit=units[0])
    make_measure(led)
    foreign = make_finding(aspects[1], title="别人的", lead_unit=units[2])
    make_measure(foreign)
    make_regulation(inspections[0], finding=led)
    make_regulation(inspections[1])
    return District(top, bodies, units, inspections, led, supported, carried_out, foreign)


def titles(user: User) -> set[str]:
    """The findings a person sees."""
    return set(Finding.objects.visible_to(user).values_list("title", flat=True))


def reporter_of(unit: Unit, **member: dt.date) -> User:
    """Somebody who works in a unit and reports for it."""
    user = make_user()
    make_member(unit, user, **member)
    make_grant(user, "reporter", unit)
    return user


@pytest.mark.parametrize("role", [key for key, role in ROLES.items() if Right.SEE_ALL in role.rights])
def test_a_role_in_a_body_sees_all_of_the_body_and_nothing_else(district: District, role: str) -> None:
    user = make_user()
    make_grant(user, role, district.bodies[0])
    assert titles(user) == {"牵头的", "配合的", "承担措施的"}
    assert list(Inspection.objects.visible_to(user)) == [district.inspections[0]]
    assert Aspect.objects.visible_to(user).count() == 1
    assert Regulation.objects.visible_to(user).count() == 1
    assert set(Measure.objects.visible_to(user).values_list("inspection", flat=True)) == {district.inspections[0].pk}


def test_a_district_sees_its_bodies_and_a_second_grant_adds_a_body(district: District) -> None:
    above, both = make_user(), make_user()
    make_grant(above, "office", district.district)
    for body in district.bodies:
        make_grant(both, "supervisor", body)
    everything = {"牵头的", "配合的", "承担措施的", "别人的"}
    assert titles(above) == titles(both) == titles(make_user(role="leader")) == everything


def test_a_unit_sees_what_it_leads_supports_and_carries_out(district: District) -> None:
    user = reporter_of(district.units[0])
    assert titles(user) == {"牵头的", "配合的", "承担措施的"}
    assert titles(reporter_of(district.units[1])) == set()
    assert not Inspection.objects.visible_to(reporter_of(district.units[1])).exists()
    assert titles(reporter_of(district.units[2])) == {"别人的"}
    assert list(Inspection.objects.visible_to(user)) == [district.inspections[0]]
    assert Measure.objects.visible_to(user).count() == 2
    assert Regulation.objects.visible_to(user).count() == 1


def test_a_sub_finding_shows_the_finding_above_but_not_its_measures(district: District) -> None:
    below = make_finding(parent=district.led, title="分项", lead_unit=district.units[1])
    measure = make_measure(below)
    user = reporter_of(district.units[1])
    assert titles(user) == {"分项", "牵头的"}
    assert list(Measure.objects.visible_to(user)) == [measure]
    inherited = make_finding(parent=district.led, title="没有自己的牵头单位")
    assert inherited in Finding.objects.visible_to(reporter_of(district.units[0]))


@pytest.mark.parametrize(
    ("started", "ended", "sees"), [(-9, None, True), (-9, 0, True), (-9, -1, False), (1, None, False)]
)
def test_a_reporters_role_counts_on_the_days_he_works_there(
    district: District, started: int, ended: int | None, sees: bool
) -> None:
    days = {"started_on": TODAY + dt.timedelta(days=started)}
    if ended is not None:
        days["ended_on"] = TODAY + dt.timedelta(days=ended)
    user = reporter_of(district.units[0], **days)
    assert bool(titles(user)) is sees
    assert Measure.objects.editable_by(user).exists() is sees


def test_who_is_named_sees_the_finding_within_his_own_body(district: District) -> None:
    leader, nobody = make_user(), make_user()
    make_grant(leader, "leader", district.units[1])
    for finding in (district.led, district.foreign):
        with unchecked_writes():
            Finding.objects.filter(pk=finding.pk).update(responsible_leader=leader, person_in_charge=nobody)
    assert titles(leader) == {"牵头的"}
    assert titles(nobody) == set()
    leader.is_active = False
    leader.__dict__.pop("_scope")
    assert titles(leader) == set()


def test_who_moves_to_another_body_leaves_his_measures_behind(district: District) -> None:
    person = reporter_of(district.units[1])
    measure = district.led.measures.get()
    with unchecked_writes():
        Measure.objects.filter(pk=measure.pk).update(person_in_charge=person)
    assert list(Measure.objects.editable_by(person)) == [measure]
    person.grants.all().delete()
    with unchecked_writes():
        person.memberships.update(ended_on=TODAY - dt.timedelta(days=1))
    make_member(district.units[2], person)
    make_grant(person, "reporter", district.units[2])
    assert measure not in Measure.objects.editable_by(person)
    assert measure not in Measure.objects.visible_to(person)


def test_units_that_stand_below_each_other_break_nothing(district: District) -> None:
    one, other = district.units[0], district.units[1]
    with unchecked_writes():
        Unit.objects.filter(pk=one.pk).update(parent=other)
        Unit.objects.filter(pk=other.pk).update(parent=one)
    user = reporter_of(one)
    assert titles(user) == {"牵头的", "配合的", "承担措施的"}
    with pytest.raises(ValidationError, match="不能放在自己或自己的下级单位之下"):
        Unit.objects.get(pk=one.pk).clean()
    Unit(name="新科", parent=Unit.objects.get(pk=one.pk)).clean()


@pytest.mark.parametrize("role", [key for key, role in ROLES.items() if role.is_officer])
def test_officers_see_no_record(district: District, role: str) -> None:
    user = make_user(role=role)
    for model in (Inspection, Aspect, Finding, Facet, Measure, Progress, Regulation):
        assert not model.objects.visible_to(user).exists()


def test_the_work_of_a_unit_is_edited_by_it_and_by_the_office_of_the_body(district: District) -> None:
    office, stranger = make_user(), make_user()
    make_grant(office, "office", district.bodies[0])
    make_grant(stranger, "office", district.bodies[1])
    own = Measure.objects.editable_by(reporter_of(district.units[0]))
    assert {measure.finding for measure in own} == {district.led, district.carried_out}
    assert Measure.objects.editable_by(office).count() == 2
    assert {measure.finding for measure in Measure.objects.editable_by(stranger)} == {district.foreign}
    assert Measure.objects.editable_by(make_user(role="office")).count() == 3
    assert not Measure.objects.editable_by(make_user(role="supervisor")).exists()


def test_units_and_people_are_offered_from_the_own_body(district: District) -> None:
    office = make_user()
    make_grant(office, "office", district.bodies[0])
    scope = user_scope(office)
    assert set(Unit.objects.within(scope.assignable)) == {district.district, *district.bodies, *district.units[:2]}
    here, there = reporter_of(district.units[0]), reporter_of(district.units[2])
    offered = set(scope.selectable_people)
    assert {here, office} <= offered
    assert there not in offered
    finding = make_finding(responsible_leader=there)
    form = FindingForm(instance=finding, user=office)
    assert set(form.fields["responsible_leader"].queryset) == {*offered, there}  # type: ignore[attr-defined]
    assert set(form.fields["person_in_charge"].queryset) == offered  # type: ignore[attr-defined]
    assert {here, there} <= set(user_scope(make_user(role="office")).selectable_people)


def test_counts_and_filters_tell_a_unit_nothing_of_others(client: Client, district: District) -> None:
    make_finding(district.led.aspect, title="别的科室的", due_on=TODAY - dt.timedelta(days=1))
    make_regulation(district.inspections[0], title="别的科室的制度")
    hidden = make_aspect(district.inspections[0], title="没有本单位问题的方面")
    make_finding(hidden, title="又一个别的科室的")
    client.force_login(reporter_of(district.units[0]))
    pk = district.inspections[0].pk
    overview = client.get(reverse("findings:inspection_detail", args=[pk]))
    figures = {label: one.number for label, one in figures_of(overview.context["overview"]).items()}
    assert (figures["问题"], figures["逾期"], figures["措施"], figures["制度（含废止）"]) == (3, 0, 2, 1)
    listed = client.get(reverse("findings:inspection_list")).context["listing"].page.records
    assert [(one.pk, one.findings_count, one.overdue_count) for one in listed] == [(pk, 3, 0)]
    for query in ({}, {"aspect": hidden.pk}, {"unit": district.units[2].pk}, {"q": "别的"}):
        page = client.get(reverse("findings:finding_list", args=[pk]), query).content.decode()
        assert "别的科室" not in page
        assert "没有本单位问题的方面" not in page
        assert district.units[2].name not in page
    for view in ("measure_list", "regulation_list"):
        assert "别的科室" not in client.get(reverse(f"findings:{view}", args=[pk])).content.decode()
    assert "没有本单位问题的方面" not in overview.content.decode()


def test_one_record_is_judged_like_the_lists(district: District) -> None:
    below = make_finding(parent=district.led, title="分项", lead_unit=district.units[1])
    make_measure(below)
    make_measure(make_finding(parent=district.led, title="没有自己的牵头单位"))
    named = make_user()
    make_grant(named, "leader", district.bodies[0])
    make_grant(named, "reporter", district.units[1])
    with unchecked_writes():
        Measure.objects.filter(finding=district.foreign).update(person_in_charge=named)
    people = [named, *(reporter_of(unit) for unit in district.units), reporter_of(district.units[0], ended_on=TODAY)]
    people += [reporter_of(district.units[0], ended_on=TODAY - dt.timedelta(days=1)), make_user()]
    for role in ROLES.values():
        within = [] if role.is_officer else [district.bodies[0], district.units[0]]
        for unit in within + ([] if role.reach == Reach.UNIT else [None]):
            people.append(make_user())
            make_grant(people[-1], role.key, unit)
    for person in people:
        for measure in Measure.objects.all():
            assert measure.is_editable_by(person) is Measure.objects.editable_by(person).filter(pk=measure.pk).exists()
            is_seen = Measure.objects.visible_to(person).filter(pk=measure.pk).exists()
            assert measure.finding.is_open_to(person) is is_seen


def with_a_part(district: District) -> list[User]:
    """People with a part of their own in every way there is, where they are at home and where they are not."""
    make_measure(make_finding(parent=district.led, title="分项", lead_unit=district.units[1]))
    make_measure(make_finding(parent=district.led, title="没有自己的牵头单位"))
    leader, in_charge, doing = named = [reporter_of(district.units[1]) for _ in range(3)]
    for finding in (district.carried_out, district.foreign):
        with unchecked_writes():
            Finding.objects.filter(pk=finding.pk).update(responsible_leader=leader, person_in_charge=in_charge)
    for finding in (district.supported, district.foreign):
        make_measure(finding, person_in_charge=doing)
    return [*named, *(reporter_of(unit) for unit in district.units)]


def test_looking_around_one_finding_shows_of_it_what_is_seen_anyway_and_nothing_more(district: District) -> None:
    for one in with_a_part(district):
        for finding in Finding.objects.all():
            person, kept = User.objects.get(pk=one.pk), User.objects.get(pk=one.pk)
            Finding.objects.limit_scope(kept, finding.pk)
            around = Finding.objects.filter(pk=finding.pk) | Finding.objects.filter(parent=finding)
            assert set(around.visible_to(kept)) == set(around.visible_to(person))
            assert set(Finding.objects.visible_to(kept)) <= set(Finding.objects.visible_to(person))
            of = Measure.objects.filter(finding=finding)
            assert set(of.visible_to(kept)) == set(of.visible_to(person))
            assert set(Measure.objects.visible_to(kept)) <= set(Measure.objects.visible_to(person))


def test_looking_within_one_inspection_shows_of_it_what_is_seen_anyway_and_nothing_more(district: District) -> None:
    for one in with_a_part(district):
        for inspection in Inspection.objects.all():
            person, kept = User.objects.get(pk=one.pk), User.objects.get(pk=one.pk)
            Inspection.objects.limit_scope(kept, inspection.pk)
            for records in (Finding.objects, Measure.objects):
                assert set(records.of(inspection).visible_to(kept)) == set(records.of(inspection).visible_to(person))
                assert set(records.visible_to(kept)) <= set(records.visible_to(person))
            here = Inspection.objects.filter(pk=inspection.pk)
            assert here.visible_to(kept).exists() is here.visible_to(person).exists()
