"""The open stage of review of submitted findings, and whose turn it is, as conditions of the database.

The same rules as ``stages.first_open_stage`` and ``pending.pending``, for pages that count and take only one page.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import Status
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.units.scopes import user_scope
from findings.workflow.models.signoffs import ReviewStage, Step
from findings.workflow.step_names import StepName

Reviewing = ReviewStage.reviewers.through


def open_stages(column: str = "order") -> Subquery:
    """A column of the first stage that a finding's present submission has not passed; NULL when none is open."""
    consents = Step.objects.order_by().filter(measure=None, transition=StepName.REVIEW)
    named = Reviewing.objects.filter(reviewstage=OuterRef("pk"))
    given = consents.filter(
        finding=OuterRef(OuterRef("pk")), submission=OuterRef(OuterRef("submission")), stage=OuterRef("order")
    )
    own = consents.filter(
        finding=OuterRef(OuterRef(OuterRef("pk"))),
        submission=OuterRef(OuterRef(OuterRef("submission"))),
        stage=OuterRef(OuterRef("order")),
        taken_by=OuterRef("user"),
    )
    # A stage of all waits for each of its named reviewers, any other for one consent.
    waits_for_all = Q(by_all=True) & Exists(named)
    is_open = (waits_for_all & Exists(named.filter(~Exists(own)))) | (~waits_for_all & ~Exists(given))
    stages = ReviewStage.objects.filter(is_open, inspection=OuterRef("inspection"))
    return Subquery(stages.order_by("order").values(column)[:1])


def awaiting_consent_of(user: User) -> FindingQuerySet:
    """The submitted findings that wait for the consent of the user, without their own submissions."""
    own = ReviewStage.objects.filter(_reviewed_by(user), inspection=OuterRef("inspection"), order=OuterRef("stage"))
    given = Step.objects.filter(
        finding=OuterRef("pk"),
        measure=None,
        transition=StepName.REVIEW,
        submission=OuterRef("submission"),
        stage=OuterRef("stage"),
        taken_by=user,
    )
    staged = submitted_by_others(user).annotate(stage=open_stages())
    held = user_scope(user).bodies(Right.REVIEW).condition("inspection__unit")
    return staged.filter(held, Exists(own), ~Exists(given), stage__isnull=False)


def passed_all_stages(findings: FindingQuerySet) -> FindingQuerySet:
    """Those of the submitted findings that only wait for the sign-off."""
    return findings.annotate(stage=open_stages()).filter(stage=None)


def submitted_by_others(user: User) -> FindingQuerySet:
    """The submitted findings without the user's own submissions (four eyes)."""
    return Finding.objects.order_by().filter(status=Status.SUBMITTED).exclude(submitted_by=user)


def _reviewed_by(user: User) -> Q:
    """The condition of the stages in which the user reviews: named or, without named ones, by their role there."""
    scope = user_scope(user)
    named = Reviewing.objects.filter(reviewstage=OuterRef("pk"))
    by_role = Q(pk__in=[])
    for role in {role.key for role, _ in scope.active_roles if Right.REVIEW in role.rights}:
        by_role |= Q(role=role) & scope.area_of(role).condition("inspection__unit")
    return Exists(named.filter(user=user)) | (~Exists(named) & by_role)
