"""The submitted findings that wait for a user: for their consent in a stage of review, or for their sign-off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import Status
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.units.scopes import user_scope
from findings.workflow.models.signoffs import ReviewStage
from findings.workflow.stages import consents_to, first_open_stage, is_reviewer, stages_of


@dataclass(frozen=True)
class Waiting:
    """The findings that wait for one user, as keys of findings to keys of their inspections."""

    for_review: dict[int, int] = field(default_factory=dict)
    for_closing: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Pending:
    """A submitted finding with its open stage of review (None when only the sign-off is due) and whose turn it is."""

    finding: int
    inspection: int
    since: dt.datetime | None
    submitter: int | None
    stage: ReviewStage | None
    acts: bool  # whether it is the user's turn, also if they submitted it


def submitted_to(user: User) -> FindingQuerySet:
    """The submitted findings of the bodies in which the user reviews or closes."""
    scope = user_scope(user)
    held = scope.bodies(Right.REVIEW).condition("inspection__unit") | scope.bodies(Right.CLOSE).condition(
        "inspection__unit"
    )
    return Finding.objects.filter(held, status=Status.SUBMITTED)


def pending(findings: FindingQuerySet, user: User) -> Iterator[Pending]:
    """The state of each of these submitted findings for the user, in their order; four queries at most."""
    scope = user_scope(user)
    reviews, closes = scope.bodies(Right.REVIEW), scope.bodies(Right.CLOSE)
    rows = list(findings.values_list("pk", "inspection", "inspection__unit", "submitted_at", "submitted_by"))
    stages = stages_of({inspection for _, inspection, *_ in rows})
    # Sorting the subquery would cost time and change nothing.
    consents = consents_to(Q(finding__in=findings.order_by().values("pk"))) if stages else {}
    for pk, inspection, body, since, submitter in rows:
        given = consents.get(pk, {})
        stage = first_open_stage(stages.get(inspection, ()), given)
        # Without an open stage it is the turn of those who close.
        acts = body in closes
        if stage is not None:
            has_consented = user.pk in given.get(stage.order, set())
            acts = body in reviews and is_reviewer(stage, body, user) and not has_consented
        yield Pending(pk, inspection, since, submitter, stage, acts)


def waiting_for(user: User) -> Waiting:
    """The findings that wait for the user, by deadline, without their own submissions; four queries at most."""
    waiting, scope = Waiting(), user_scope(user)
    if scope.has_right(Right.REVIEW) or scope.has_right(Right.CLOSE):
        for one in pending(submitted_to(user).exclude(submitted_by=user).order_by("due_on", "pk"), user):
            if one.acts:
                (waiting.for_review if one.stage else waiting.for_closing)[one.finding] = one.inspection
    return waiting
