"""The open stage of review as a condition of the database: the same answers as the rules for one finding."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from findings.factories import make_finding, make_grant, make_user, submission_fields
from findings.models import Finding, ReviewStage
from findings.workflow import StepInput, StepName, take_step, waiting_for
from findings.workflow.open_stages import awaiting_consent_of, open_stages, passed_all_stages, submitted_by_others
from findings.workflow.stages import open_stage
from tests.findings.conftest import Case
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


def stage(case: Case, order: int, role: str, *reviewers: User, by_all: bool = False) -> ReviewStage:
    """A stage of review of the inspection."""
    with unchecked_writes():
        found = ReviewStage.objects.create(
            inspection=case.inspection, order=order, name=f"第{order}级", role=role, by_all=by_all, version=1
        )
        found.reviewers.set(reviewers)
    return found


def check(people: list[User]) -> None:
    """Compare what the database finds with what the rules say of each finding and user."""
    submitted: list[Any] = list(Finding.objects.filter(status="submitted").annotate(found=open_stages()))
    for finding in submitted:
        now = open_stage(finding)
        assert finding.found == (now.order if now else None)
    for user in people:
        fresh = User.objects.get(pk=user.pk)
        waiting = waiting_for(fresh)
        assert set(awaiting_consent_of(fresh).values_list("pk", flat=True)) == set(waiting.for_review)
        if waiting.for_closing:
            signed = passed_all_stages(submitted_by_others(fresh))
            assert set(signed.values_list("pk", flat=True)) == set(waiting.for_closing)


def test_the_database_finds_the_same_turn_as_the_rules(case: Case, office: User) -> None:
    leader, second, named, elsewhere = (make_user() for _ in range(4))
    for user in (leader, second):
        make_grant(user, "leader", case.inspection.unit)
    make_grant(named, "office", case.inspection.unit)
    make_grant(elsewhere, "leader", case.other_unit)
    supervisor = make_user(role="supervisor")
    gone = make_user()  # named as a reviewer, and without the role by now
    people = [office, leader, second, named, elsewhere, supervisor, gone]
    stage(case, 1, "office")
    stage(case, 2, "leader", leader, second, by_all=True)
    stage(case, 3, "office", named, gone)
    findings = [make_finding(case.aspect, **submission_fields(make_user())) for _ in range(6)]
    make_finding(case.aspect, **submission_fields(office))
    consents = [office, leader, second, named]
    for number, finding in enumerate(findings):
        for user in consents[:number]:
            finding.refresh_from_db()
            take_step(StepName.REVIEW, finding, User.objects.get(pk=user.pk), finding.version, StepInput("同意。"))
    check(people)
    assert awaiting_consent_of(User.objects.get(pk=second.pk)).count() >= 1
    assert passed_all_stages(submitted_by_others(supervisor)).count() == 2


def test_without_stages_everything_submitted_waits_for_the_sign_off(case: Case, office: User) -> None:
    supervisor = make_user(role="supervisor")
    make_finding(case.aspect, **submission_fields(office))
    check([office, supervisor])
    assert passed_all_stages(submitted_by_others(supervisor)).count() == 1
