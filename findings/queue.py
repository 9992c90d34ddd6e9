"""What waits for one person's opinion: reported measures, submitted findings in his stage or before the signature."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from accounts.roles import Right
from findings import workflow
from findings.choices import MeasureStatus, Status
from findings.models import Finding, Measure
from findings.models.measures import MeasureQuerySet
from findings.models.scopes import scope_of
from findings.workflow.stages import may_review, open_stages

ROWS = 50  # of each kind on one page; what is decided makes room for the next


@dataclass(frozen=True)
class Item:
    """One thing that waits: the record, the step it waits for, and since when."""

    kind: str
    record: Measure | Finding
    step: workflow.Transition
    since: dt.datetime | None
    is_own: bool  # somebody else must decide

    @property
    def key(self) -> str:
        """How addresses and forms name it."""
        return f"{self.kind}-{self.record.pk}"

    @property
    def seen(self) -> str:
        """The same with the version that is seen."""
        return f"{self.key}-{self.record.version}"

    @property
    def goes_with_others(self) -> bool:
        """Whether it can be ticked together with others; what is to be signed has to be opened first."""
        return not self.is_own and self.step.name != "close"

    @property
    def title(self) -> str:
        """What the list shows."""
        return str(self.record)

    @property
    def back(self) -> str:
        """The name of the step that sends it back."""
        return "return" if self.kind == "measure" else "send_back"


def waiting_measures(user: User) -> MeasureQuerySet:
    """Reported measures of the bodies for which this person verifies, the longest waiting first."""
    bodies = scope_of(user).bodies(Right.VERIFY_WORK)
    held = bodies.holds("inspection__unit") if bodies else Q(pk__in=())
    waiting = Measure.objects.filter(held, status=MeasureStatus.REPORTED)
    return waiting.exclude(finding__status=Status.CLOSED, finding__is_void=False).order_by("reported_at", "pk")


def queue_of(user: User, inspection: int = 0) -> list[Item]:
    """What waits for this person, measures first; of his own he sees that somebody else must decide."""
    only = Q(inspection=inspection) if inspection else Q()
    measures = waiting_measures(user).filter(only).select_related("inspection", "finding", "lead_unit")[:ROWS]
    verify = workflow.BY_NAME[Measure, "verify"]
    items = [Item("measure", one, verify, one.reported_at, one.reported_by_id == user.pk) for one in measures]
    return items + _findings(user, only)


def _findings(user: User, only: Q) -> list[Item]:
    scope = scope_of(user)
    areas = scope.bodies(Right.REVIEW), scope.bodies(Right.CLOSE)
    if not any(areas):
        return []
    held = areas[0].holds("inspection__unit") | areas[1].holds("inspection__unit")
    waiting = Finding.objects.filter(held, only, status=Status.SUBMITTED).order_by("submitted_at", "pk")
    findings = list(waiting.select_related("inspection", "lead_unit", "parent")[: ROWS * 2])
    stages, items = open_stages(findings), []
    for finding in findings:
        stage = stages[finding.pk]
        name = "review" if stage else "close"
        is_turn = may_review(stage, finding, user) if stage else finding.inspection.allows(user, Right.CLOSE)
        if is_turn:
            own = finding.submitted_by_id == user.pk
            items.append(Item("finding", finding, workflow.BY_NAME[Finding, name], finding.submitted_at, own))
    return items[:ROWS]
