"""Ways round the rights that somebody has tried: each is shut."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.audit import events
from accounts.models import Action, Session, User
from findings.factories import make_grant, make_member, make_unit, make_user
from findings.models import Membership, Unit
from findings.workflow.saving import workflow_writer
from tests.findings.conftest import Case, seen, signed_in, words_of, write_address

pytestmark = pytest.mark.django_db


def test_a_unit_put_elsewhere_makes_holders_of_roles_sign_in_anew(keeper_client: Client, case: Case) -> None:
    person, other = make_user(), make_unit(name="别的单位")
    make_grant(person, "office", other)
    everywhere = make_user(role="leader")
    browsers = [signed_in(person), signed_in(everywhere)]
    values = {"name": "综合科", "kind": "office", "order": 1, "parent": other.pk, **seen(case.unit)}
    assert keeper_client.post(write_address(case, "unit_edit"), values).status_code == 302
    assert [Session.objects.filter(user=one).exists() for one in (person, everywhere)] == [False, True]
    assert browsers[0].get("/inspections/").status_code == 302
    unit = Unit.objects.get(pk=case.unit.pk)
    renamed = values | {"name": "综合一科", **seen(unit)}
    browsers[0] = signed_in(person)
    assert keeper_client.post(write_address(case, "unit_edit"), renamed).status_code == 302
    assert browsers[0].get("/inspections/").status_code == 200


def test_a_post_stays_the_persons_and_its_change_ends_his_sessions(keeper_client: Client, case: Case) -> None:
    browser, other = signed_in(case.member.user), make_user()
    assert browser.get("/inspections/").status_code == 200
    values = {"user": other.pk, "title": "科长", "started_on": "2026-01-01", **seen(case.member)}
    assert keeper_client.post(write_address(case, "member_edit"), values).status_code == 302
    member = Membership.objects.get(pk=case.member.pk)
    assert (member.user, member.title) == (case.member.user, "科长")
    assert browser.get("/inspections/").status_code == 302


@pytest.mark.parametrize("digits", [19, 20, 40])
def test_a_number_no_database_can_hold_is_no_choice(office_client: Client, case: Case, digits: int) -> None:
    values = {
        "order": 1,
        "title": "题目",
        "timing": "scheduled",
        "due_on": "2026-06-30",
        "supporting_units": ["9" * digits],
        **seen(case.finding),
    }
    answer = office_client.post(write_address(case, "finding_edit"), values)
    assert list(answer.context["form"].errors) == ["supporting_units"]


def test_a_user_name_counts_as_long_as_it_is_stored(keeper_client: Client) -> None:
    values = {"username": "\ufdfa" * 10, "name": "王强"}  # one character that is spelt with eighteen
    answer = keeper_client.post(reverse("findings:person_create"), values)
    assert "最多 60 个字" in answer.context["form"].errors["username"][0]
    assert not User.objects.filter(name="王强").exists()


def test_the_choice_of_a_conflict_does_not_pass_over_the_version(office_client: Client, case: Case) -> None:
    stale = seen(case.aspect)
    case.aspect.title = "他改的标题"
    workflow_writer.save(case.aspect, seen=case.aspect.version)
    values = {"order": 1, "title": "我的标题", "take-seen": "theirs", **stale}
    assert office_client.post(write_address(case, "aspect_edit"), values).status_code == 409
    case.aspect.refresh_from_db()
    assert case.aspect.title == "他改的标题"


def test_a_history_does_not_name_what_the_reader_may_not_see(client: Client, reporter: User, case: Case) -> None:
    case.regulation.finding = case.sub_finding
    workflow_writer.save(case.regulation, seen=case.regulation.version)
    case.regulation.finding = case.finding
    workflow_writer.save(case.regulation, seen=case.regulation.version)
    events.record(Action.IMPORT, case.inspection, reason="3 个方面、12 个问题、40 条措施")
    client.force_login(reporter)
    for kind, record in (("regulation", case.regulation), ("inspection", case.inspection)):
        words = words_of(client.get(reverse("findings:history", args=[kind, record.pk])).content.decode())
        assert "台账不全" not in words
        assert "12 个问题" not in words
    assert "（其他记录）" in words_of(
        client.get(reverse("findings:history", args=["regulation", case.regulation.pk])).content.decode()
    )


def test_people_of_other_bodies_are_offered_without_their_posts_there(case: Case) -> None:
    person, foreign = make_user(name="王两头"), make_unit(name="别的单位的科室", parent=make_unit(name="别的单位"))
    for unit in (case.unit, foreign):
        make_member(unit, person)
    office = make_user()
    make_grant(office, "office", case.inspection.unit)
    page = signed_in(office).get(write_address(case, "finding_edit")).content.decode()
    assert "王两头 · 综合科" in page
    assert "别的单位的科室" not in page
