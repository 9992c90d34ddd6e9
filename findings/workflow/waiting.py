"""Which submitted findings wait for a person: for his consent in a stage of review, or for his signature."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from accounts.models import User
from accounts.roles import Right
from findings.choices import Status
from findings.models import Finding
from findings.models.scopes import scope_of
from findings.workflow.stages import consents_to, first_open, may_review, stages_of


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
    stages = stages_of({inspection for _, inspection, _ in rows})
    consents = consents_to(Q(finding__status=Status.SUBMITTED)) if stages else {}
    for pk, inspection, unit in rows:
        given = consents.get(pk, {})
        stage = first_open(stages.get(inspection, ()), given)
        if stage is None:
            if unit in closes:
                waiting.for_closing[pk] = inspection
        elif unit in reviews and may_review(stage, unit, user) and user.pk not in given.get(stage.order, set()):
            waiting.for_review[pk] = inspection
    return waiting
