"""What waits in one inspection for the consent, the sign-off or the decision of one user."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.users.roles import Right
from accounts.web.text import shorten
from findings.inspections.display import finding_number, number_with_measure
from findings.inspections.due_status import DueStatus, short_date
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.units.scopes import user_scope
from findings.workflow import StepName, pending, submitted_to
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import Step

LISTED = 10
SHOWN = ("order", "title", "due_on", "submitted_at", "aspect__order", "parent__order")


@dataclass(frozen=True)
class Approval:
    """One row: what is asked, the light of its deadline, what was last said about it, since when it waits, the act."""

    kind: str
    due_on: dt.date | None
    due: SafeString
    light: str
    title: str
    quote: str
    days: int
    act: str
    address: str


@dataclass(frozen=True)
class Approvals:
    """The rows by deadline, at most ``LISTED`` of them, and how many there are."""

    rows: list[Approval]
    total: int


def approvals(user: User, inspection: Inspection) -> Approvals:
    """What of this inspection waits for the user; a fixed number of queries."""
    lights = DueStatus.of(inspection)
    findings, number = _findings(user, inspection, lights)
    extensions, others = _extensions(user, inspection, lights)
    rows = sorted((*findings, *extensions), key=lambda row: row.due_on or dt.date.max)
    return Approvals(rows[:LISTED], number + others)


def _findings(user: User, inspection: Inspection, lights: DueStatus) -> tuple[list[Approval], int]:
    """The first submitted findings that wait for the user, and the number of all."""
    scope = user_scope(user)
    if not scope.has_right(Right.REVIEW) and not scope.has_right(Right.CLOSE):
        return [], 0
    asked = submitted_to(user).of(inspection).exclude(submitted_by=user).order_by("due_on", "pk")
    waiting = {one.finding: one.stage for one in pending(asked, user) if one.acts}
    steps = Prefetch("steps", Step.objects.filter(measure=None).select_related("taken_by"))
    shown = Finding.objects.filter(pk__in=list(waiting)[:LISTED]).select_related("aspect", "parent").only(*SHOWN)
    rows = []
    for finding in shown.prefetch_related(steps):
        stage = waiting[finding.pk]
        last = finding.steps.all()[0] if finding.steps.all() else None
        rows.append(
            Approval(
                kind=stage.name if stage else "销号",
                due_on=finding.due_on,
                due=lights.html(finding.due_on, settled=False),
                light=lights.tone(finding.due_on),
                title=f"{finding_number(finding)} {finding.title}",
                quote=_quote_of(last, lights.today) if last else "",
                days=_days_since(last.taken_at if last else finding.submitted_at, lights.today),
                act="看后审核" if stage else "看后销号",
                address=f"{reverse('findings:queue')}?open=finding-{finding.pk}",
            )
        )
    return rows, len(waiting)


def _extensions(user: User, inspection: Inspection, lights: DueStatus) -> tuple[list[Approval], int]:
    """The first requests for extensions that the user may decide, and the number of all."""
    if not user_scope(user).has_right(Right.DECIDE_EXTENSIONS):
        return [], 0
    asked = Extension.objects.decidable_by(user).of(inspection)
    above = ("finding__aspect", "finding__parent", "measure__facet", "requested_by")
    rows = [
        Approval(
            kind="延期",
            due_on=one.old_due_on,
            due=lights.html(one.old_due_on, settled=False),
            light=lights.tone(one.old_due_on),
            title=_title(one, lights.today),
            quote=f"{one.requested_by}：“{shorten(one.reason, 60)}”",
            days=_days_since(one.requested_at, lights.today),
            act="审批",
            address=one.get_absolute_url(),
        )
        for one in asked.select_related(*above).order_by("old_due_on", "pk")[:LISTED]
    ]
    return rows, len(rows) if len(rows) < LISTED else asked.count()


def _title(request: Extension, today: dt.date) -> str:
    number = number_with_measure(request.finding, request.measure)
    words = shorten(str(request.record), 40).rstrip("。")
    return f"{number} {words}，申请延到 {short_date(request.new_due_on, today)}"


def _quote_of(step: Step, today: dt.date) -> str:
    """Who took the last step and when: the request itself, or the consent before."""
    day = short_date(timezone.localdate(step.taken_at), today)
    return f"{step.taken_by} {day}同意" if step.transition == StepName.REVIEW else f"{step.taken_by} {day}申请销号"


def _days_since(moment: dt.datetime | None, today: dt.date) -> int:
    return (today - timezone.localdate(moment)).days if moment else 0
