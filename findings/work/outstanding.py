"""The findings of one inspection that should be done and are not: in whose hands each is, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Max, Prefetch, Q, When, prefetch_related_objects
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.users.roles import Right, holders_of
from findings.choices import OPEN_STATUSES, MeasureStatus, Status
from findings.inspections.display import finding_number
from findings.inspections.due_status import DueStatus, delay_of, short_date
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.inspections.models.status_rules import signed_off, without_signoff
from findings.workflow import turn_of
from findings.workflow.models.signoffs import SignOff, Step

LISTED = 20
NAMED = ("lead_unit", "aspect", "parent__lead_unit", "person_in_charge", "responsible_leader")
# Only the columns that rows show: texts of records are long.
SHOWN = (
    "inspection",
    "order",
    "title",
    "due_on",
    "status",
    "is_void",
    "next_review_on",
    "submission",
    "submitted_at",
    "aspect__order",
    "parent__order",
    *(f"{path}__{name}" for path in ("lead_unit", "parent__lead_unit") for name in ("name", "short_name")),
    "person_in_charge__name",
    "responsible_leader__name",
)


# The day from which a finding is outstanding: a signed-off one by its review, any other by its deadline.
MISSED_ON = Case(When(signed_off(), then=F("next_review_on")), default=F("due_on"))


@dataclass(frozen=True)
class Work:
    """The numbers of measures and sub-findings below a finding, and of those that are not done."""

    measures: int = 0
    open_measures: int = 0
    sent_back: int = 0
    below: int = 0
    open_below: int = 0


@dataclass(frozen=True)
class OutstandingFinding:
    """One row: the finding, its light, who has it and for how many days, what is missing, and whose delay it is.

    ``holder`` is empty while the unit has it, whose name stands beside.
    """

    finding: Finding
    number: str
    due: SafeString
    holder: str
    days: int | None
    missing: list[str]
    fairness: str


def outstanding_findings(findings: FindingQuerySet, inspection: Inspection) -> list[OutstandingFinding]:
    """The counted findings outstanding longest, at most ``LISTED``; a fixed number of queries."""
    late = findings.counted_in_report(inspection).outstanding().select_related(*NAMED).only(*SHOWN)
    steps = Prefetch("steps", Step.objects.filter(measure=None))
    rows = list(late.order_by(MISSED_ON.asc(), "pk").prefetch_related(steps)[:LISTED])
    prefetch_related_objects([inspection], "stages__reviewers")
    keys = [finding.pk for finding in rows]
    work, voided = work_below(keys), _void_moments([finding.pk for finding in rows if finding.is_void])
    lights = DueStatus.of(inspection)
    for finding in rows:
        finding.inspection = inspection  # with its stages, which are looked up once
    return [_row(finding, work.get(finding.pk, Work()), voided.get(finding.pk), lights) for finding in rows]


def work_below(keys: Sequence[int]) -> dict[int, Work]:
    """The numbers below these findings (keys); two queries."""
    of_measures = {
        "measures": Count("pk"),
        "open_measures": Count("pk", filter=Q(status__in=OPEN_STATUSES)),
        "sent_back": Count("pk", filter=Q(status=MeasureStatus.SENT_BACK)),
    }
    of_below = {"below": Count("pk"), "open_below": Count("pk", filter=without_signoff())}
    numbers: dict[int, dict[str, int]] = {}
    measures = Measure.objects.filter(finding__in=keys).order_by().values("finding").annotate(**of_measures)
    below = Finding.objects.filter(parent__in=keys).order_by().values("parent").annotate(**of_below)
    for row in (*measures, *below):
        values: dict[str, Any] = dict(row)
        key = values.pop("finding", None) or values.pop("parent")
        numbers.setdefault(key, {}).update(values)
    return {key: Work(**values) for key, values in numbers.items()}


def missing_from(finding: Finding, work: Work) -> list[str]:
    """What is missing before the finding can be submitted, in Chinese clauses."""
    lacks = []
    if finding.leading_unit_id is None:
        lacks.append("没有定牵头单位")
    if work.open_below:
        lacks.append(f"{work.open_below} 个分项问题没有销号")
    if not work.measures and not work.below:
        lacks.append("没有整改措施")
    if work.sent_back:
        lacks.append(f"{work.open_measures} 条措施没有报完成，其中 {work.sent_back} 条被退回")
    elif work.open_measures:
        lacks.append(f"{work.open_measures} 条措施没有报完成")
    return lacks or ["措施都已报完成，没有申请销号"]


def _void_moments(keys: Sequence[int]) -> dict[int, dt.datetime]:
    """The moments when the last sign-off of each of these findings (keys) became void."""
    signed = SignOff.objects.filter(finding__in=keys, voided_at__isnull=False).order_by()
    return dict(signed.values_list("finding").annotate(last=Max("voided_at")))


def _row(finding: Finding, work: Work, voided: dt.datetime | None, lights: DueStatus) -> OutstandingFinding:
    missing: list[str] = []
    holder, fairness, due_on = "", "", finding.due_on
    since: dt.datetime | None
    if finding.is_void:
        since = voided
        missing = ["销号失效，要重新申请", *([] if not work.open_measures else missing_from(finding, work))]
    elif finding.is_signed_off:  # it has missed a review
        due_on = finding.next_review_on
        holder, since, missing = holders_of(Right.SUPERVISE), None, ["已销号，没有按期复查"]
    else:
        turn = turn_of(finding, list(finding.steps.all()))
        since = turn.since
        if finding.status == Status.SUBMITTED:
            holder, since, fairness = turn.who, since or finding.submitted_at, _fairness(finding, lights.today)
        else:
            missing = missing_from(finding, work)
    return OutstandingFinding(
        finding=finding,
        number=finding_number(finding),
        due=lights.html(due_on, settled=False),
        holder=holder,
        days=(lights.today - timezone.localdate(since)).days if since else None,
        missing=missing,
        fairness=fairness,
    )


def _fairness(finding: Finding, today: dt.date) -> str:
    """When the unit submitted the finding, and whether in time, as a Chinese sentence."""
    delay = delay_of(finding.due_on, finding.submitted_at, today)
    if delay is None:
        return ""
    day = short_date(today - dt.timedelta(days=delay.review_days), today)
    return f"单位{day}按时报来，不算单位逾期" if delay.is_reviewers else f"单位{day}报来，晚了 {delay.unit_days} 天"
