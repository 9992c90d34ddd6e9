"""Which submitted findings wait for a person: for his consent in a stage of review, or for his signature."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import F

from accounts.models import User
from accounts.roles import Right
from findings.choices import Status
from findings.models import Finding, ReviewStage, Step
from findings.models.scopes import scope_of
from findings.workflow.stages import Consents, first_open


@dataclass(frozen=True)
class Waiting:
    """The numbers of the findings that wait for one person, each with its inspection's."""

    for_review: dict[int, int] = field(default_factory=dict)
    for_closing: dict[int, int] = field(default_factory=dict)


def waiting_for(user: User) -> Waiting:
    """What waits for a person; four eyes leave out what he submitted himself. Four queries at most."""
    scope = scope_of(user)
    reviews, closes = scope.bodies(Right.REVIEW), scope.bodies(Right.CLOSE)
    waiting = Waiting()
    submitted = Finding.objects.filter(status=Status.SUBMITTED).exclude(submitted_by=user)
    within = reviews.holds("inspection__unit") | closes.holds("inspection__unit")
    if not (scope.has(Right.REVIEW) or scope.has(Right.CLOSE)):
        return waiting
    if not (reviews.everywhere or closes.everywhere):
        submitted = submitted.filter(within)
    rows = list(submitted.order_by("due_on", "pk").values_list("pk", "inspection", "inspection__unit"))
    stages = _stages({inspection for _, inspection, _ in rows})
    consents = _consents() if stages else {}
    for pk, inspection, unit in rows:
        stage = first_open(stages.get(inspection, []), consents.get(pk, {}))
        if stage is None:
            if unit in closes:
                waiting.for_closing[pk] = inspection
        elif unit in reviews and _is_turn_of(user, stage, unit, consents.get(pk, {})):
            waiting.for_review[pk] = inspection
    return waiting


def _stages(inspections: set[int]) -> dict[int, list[ReviewStage]]:
    stages: dict[int, list[ReviewStage]] = {}
    found = ReviewStage.objects.filter(inspection__in=inspections).prefetch_related("reviewers").order_by("order")
    for stage in found if inspections else ():
        stages.setdefault(stage.inspection_id, []).append(stage)
    return stages


def _consents() -> dict[int, Consents]:
    consents: dict[int, Consents] = {}
    given = Step.objects.filter(
        finding__status=Status.SUBMITTED, measure=None, transition="review", submission=F("finding__submission")
    )
    for finding, order, by in given.order_by().values_list("finding", "stage", "taken_by"):
        consents.setdefault(finding, {}).setdefault(order, set()).add(by)
    return consents


def _is_turn_of(user: User, stage: ReviewStage, unit: int | None, consents: Consents) -> bool:
    if user.pk in consents.get(stage.order, set()):
        return False
    named = {person.pk for person in stage.reviewers.all()}
    return user.pk in named if named else unit in scope_of(user).area_of(stage.role)
