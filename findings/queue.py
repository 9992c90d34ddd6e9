"""What waits for a person to verify, review or sign off, across inspections, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.models import User
from accounts.roles import Right
from findings.choices import MeasureStatus, Status
from findings.models import Finding, Measure, ReviewStage
from findings.models.measures import MeasureQuerySet
from findings.models.scopes import scope_of
from findings.workflow import Consents, Workpiece, consents_to, first_open, may_review, stages_of

PER_PAGE = 50
OWN_REPORT = "您自己报完成，由另一个人核实。"
OWN_REQUEST = "您自己申请销号，由另一个人办理。"
RIGHTS = (Right.VERIFY_WORK, Right.REVIEW, Right.CLOSE)


@dataclass(frozen=True)
class Wish:
    """What the queue is narrowed down to."""

    kind: str = ""
    inspection: int | None = None
    unit: int | None = None


@dataclass(frozen=True)
class Row:
    """One thing that waits: the step that would be taken with it, or why this person may not take it."""

    record: Workpiece
    step: str
    label: str
    since: dt.datetime | None
    own: str = ""

    @property
    def kind(self) -> str:
        """As addresses name it."""
        return self.record._meta.model_name or ""

    @property
    def key(self) -> str:
        """The record in an address."""
        return f"{self.kind}-{self.record.pk}"

    @property
    def unit(self) -> str:
        """Who answers for it."""
        finding = self.record if isinstance(self.record, Finding) else self.record.finding
        return str(self.record.lead_unit or finding.lead_unit or "单位未定")

    @property
    def value(self) -> str:
        """The record and the version that is shown."""
        return f"{self.key}-{self.record.version}"


@dataclass(frozen=True)
class Queue:
    """One page of what waits."""

    rows: list[Row]
    total: int
    number: int = 1
    numbers: list[int] = field(default_factory=list)


def queue_of(user: User, wish: Wish, page: int) -> Queue:
    """Findings first, since all work on them is done; then measures, those that wait longest first."""
    findings = [] if wish.kind == "measure" else _findings(user, wish)
    measures = _measures(user, wish) if wish.kind != "finding" else Measure.objects.none()
    total = len(findings) + measures.count()
    last = max(1, -(-total // PER_PAGE))
    number = min(max(page, 1), last)
    start, end = (number - 1) * PER_PAGE, number * PER_PAGE
    rows = findings[start:end]
    if len(rows) < PER_PAGE and wish.kind != "finding":
        skipped = max(0, start - len(findings))
        rows += [_measure_row(one, user) for one in measures[skipped : skipped + PER_PAGE - len(rows)]]
    return Queue(rows, total, number, list(range(1, last + 1)))


def _measures(user: User, wish: Wish) -> MeasureQuerySet:
    area = scope_of(user).bodies(Right.VERIFY_WORK)
    waiting = Measure.objects.filter(area.holds("inspection__unit"), status=MeasureStatus.REPORTED)
    waiting = waiting.exclude(finding__status=Status.CLOSED, finding__is_void=False)  # a void one is worked on again
    if wish.inspection:
        waiting = waiting.filter(inspection=wish.inspection)
    if wish.unit:
        waiting = waiting.filter(Q(lead_unit=wish.unit) | Q(lead_unit=None, finding__lead_unit=wish.unit))
    parts = ("inspection", "finding__aspect", "finding__parent", "finding__lead_unit", "lead_unit", "reported_by")
    return waiting.select_related(*parts, "facet").order_by("reported_at", "pk")


def _measure_row(measure: Measure, user: User) -> Row:
    own = OWN_REPORT if measure.reported_by_id == user.pk else ""
    return Row(measure, "verify", "核实", measure.reported_at, own)


def _findings(user: User, wish: Wish) -> list[Row]:
    """The submitted findings where it is this person's turn, and those he submitted himself."""
    scope = scope_of(user)
    seen = Q(pk__in=[])
    for right in (Right.REVIEW, Right.CLOSE):
        seen |= scope.bodies(right).holds("inspection__unit")
    waiting = Finding.objects.filter(seen, status=Status.SUBMITTED)
    if wish.inspection:
        waiting = waiting.filter(inspection=wish.inspection)
    if wish.unit:
        waiting = waiting.filter(lead_unit=wish.unit)
    parts = ("inspection", "aspect", "parent", "lead_unit", "submitted_by")
    findings = list(waiting.select_related(*parts).order_by("submitted_at", "pk"))
    stages = stages_of({finding.inspection_id for finding in findings})
    consents = consents_to(Q(finding__in=waiting.values("pk")))
    rows = []
    for one in findings:
        given = consents.get(one.pk, {})
        rows.append(_finding_row(one, user, first_open(stages.get(one.inspection_id, ()), given), given))
    return [row for row in rows if row is not None]


def _finding_row(finding: Finding, user: User, stage: ReviewStage | None, consents: Consents) -> Row | None:
    own = OWN_REQUEST if finding.submitted_by_id == user.pk else ""
    body, scope = finding.inspection.unit_id, scope_of(user)
    if stage is None:
        signs = own or body in scope.bodies(Right.CLOSE)
        return Row(finding, "close", "销号", finding.submitted_at, own) if signs else None
    has_consented = user.pk in consents.get(stage.order, set())
    reviews = body in scope.bodies(Right.REVIEW) and may_review(stage, body, user) and not has_consented
    return Row(finding, "review", stage.name, finding.submitted_at, own) if own or reviews else None
