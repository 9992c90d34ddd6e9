"""The queue of records that wait for the user to verify, review or close, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import MeasureStatus
from findings.inspections.display import finding_number
from findings.inspections.due_status import DueStatus
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure, MeasureQuerySet
from findings.inspections.models.status_rules import signed_off
from findings.units.scopes import user_scope
from findings.workflow import StepName, Transition, WorkflowRecord, find_transition, pending, submitted_to

PER_PAGE = 50
OWN_REPORT = "您自己报完成，由另一个人核实。"
OWN_REQUEST = "您自己申请销号，由另一个人办理。"
UNIT = ("lead_unit__name", "lead_unit__short_name")
NUMBER = ("order", "aspect__order", "parent__order")
LIMITS = ("due_on", "inspection__notice_days", "inspection__warning_days")
# Only the columns that rows show: texts of records are long.
LISTED_OF_FINDINGS = ("version", "title", "submitted_at", *UNIT, *NUMBER, *LIMITS)
LISTED_OF_MEASURES = (
    "version",
    "plan",
    "outcome",
    "reported_at",
    "reported_by",
    "order",
    *UNIT,
    *LIMITS,
    *(f"finding__{x}" for x in (*UNIT, *NUMBER)),
)
RIGHTS = (Right.VERIFY_WORK, Right.REVIEW, Right.CLOSE)


@dataclass(frozen=True)
class QueueFilter:
    """The filters of the queue; empty ones do not filter."""

    kind: str = ""
    inspection: int | None = None
    unit: int | None = None


@dataclass(frozen=True)
class QueueRow:
    """One waiting record: the step to take with it or, in ``own``, why this user may not take it."""

    record: WorkflowRecord
    step: StepName
    label: str
    since: dt.datetime | None
    own: str = ""

    @property
    def transition(self) -> Transition[Any]:
        """The row of the transition table."""
        return find_transition(self.record, self.step)

    @property
    def kind(self) -> str:
        """The model name of the record, as in URLs."""
        return self.record._meta.model_name or ""

    @property
    def key(self) -> str:
        """The model name and the key of the record, as in URLs."""
        return f"{self.kind}-{self.record.pk}"

    @property
    def finding(self) -> Finding:
        """The finding that the record is or belongs to."""
        return self.record if isinstance(self.record, Finding) else self.record.finding

    @property
    def unit(self) -> str:
        """The name of the unit that answers for the record."""
        return str(self.record.lead_unit or self.finding.lead_unit or "单位未定")

    @property
    def number(self) -> str:
        """The number of the record, as 1-2 for a finding and 1-2/1 for a measure."""
        number = finding_number(self.finding)
        return f"{number}/{self.record.order}" if isinstance(self.record, Measure) else number

    @property
    def due(self) -> SafeString:
        """The deadline, without a distance: the days that the record waits are the reviewer's, not the unit's."""
        return DueStatus.of(self.record.inspection).html(self.record.due_on, settled=True)

    @property
    def waits(self) -> str:
        """How long the record has waited, in words."""
        days = (timezone.localdate() - timezone.localdate(self.since)).days if self.since else 0
        return f"等{days}天" if days else "今天报"

    @property
    def value(self) -> str:
        """The key and the version shown, as sent by checkboxes."""
        return f"{self.key}-{self.record.version}"


@dataclass(frozen=True)
class Queue:
    """One page of the queue."""

    rows: list[QueueRow]
    total: int
    number: int = 1
    numbers: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class QueueEntry:
    """A submitted finding (key) in the queue: the step to take with it, its label, and why the user may not."""

    finding: int
    step: StepName
    label: str
    own: str


def build_queue(user: User, wish: QueueFilter, page: int) -> Queue:
    """One page of the queue: findings first, because their measures are done, then measures, by waiting time."""
    # In memory: whose turn it is depends on the consents, which SQL cannot page over.
    findings = [] if wish.kind == "measure" else _due(user, wish)
    measures = _measures(user, wish) if wish.kind != "finding" else Measure.objects.none()
    total = len(findings) + measures.count()
    last = max(1, -(-total // PER_PAGE))
    number = min(max(page, 1), last)
    start, end = (number - 1) * PER_PAGE, number * PER_PAGE
    rows = _finding_rows(findings[start:end])
    if len(rows) < PER_PAGE and wish.kind != "finding":
        skipped = max(0, start - len(findings))
        rows += [_measure_row(one, user) for one in _list_rows(measures)[skipped : skipped + PER_PAGE - len(rows)]]
    return Queue(rows, total, number, list(range(1, last + 1)))


def queue_size(user: User) -> int:
    """How many records are in the user's queue."""
    return len(_due(user, QueueFilter())) + _measures(user, QueueFilter()).count()


def whole_queue(user: User, wish: QueueFilter) -> list[QueueRow]:
    """All rows that match the filters, in the order of the pages."""
    rows = [] if wish.kind == "measure" else _finding_rows(_due(user, wish))
    if wish.kind == "finding":
        return rows
    return rows + [_measure_row(one, user) for one in _list_rows(_measures(user, wish))]


def load_record(row: QueueRow) -> QueueRow:
    """The row with its record fully loaded; the list loads only the columns it shows."""
    whole: QuerySet[Any] = Finding.objects.select_related("inspection", "aspect", "parent", "lead_unit", "submitted_by")
    if isinstance(row.record, Measure):
        above = ("finding__inspection", "finding__aspect", "finding__parent", "finding__lead_unit")
        whole = Measure.objects.select_related("inspection", *above, "lead_unit", "facet", "reported_by")
    return replace(row, record=whole.filter(pk=row.record.pk).first() or row.record)


def _measures(user: User, wish: QueueFilter) -> MeasureQuerySet:
    area = user_scope(user).bodies(Right.VERIFY_WORK)
    waiting = Measure.objects.filter(area.condition("inspection__unit"), status=MeasureStatus.REPORTED)
    waiting = waiting.exclude(signed_off("finding__"))  # measures of void ones are worked on again
    if wish.inspection:
        waiting = waiting.filter(inspection=wish.inspection)
    if wish.unit:
        waiting = waiting.filter(Q(lead_unit=wish.unit) | Q(lead_unit=None, finding__lead_unit=wish.unit))
    return waiting.order_by("reported_at", "pk")


def _list_rows(measures: MeasureQuerySet) -> MeasureQuerySet:
    """The measures with the columns that rows show."""
    above = ("inspection", "lead_unit", "finding__lead_unit", "finding__aspect", "finding__parent")
    return measures.select_related(*above).only(*LISTED_OF_MEASURES)


def _measure_row(measure: Measure, user: User) -> QueueRow:
    own = OWN_REPORT if measure.reported_by_id == user.pk else ""
    return QueueRow(measure, StepName.VERIFY, "核实", measure.reported_at, own)


def _due(user: User, wish: QueueFilter) -> list[QueueEntry]:
    """The submitted findings where it is the user's turn, and those that they submitted themselves."""
    waiting = submitted_to(user)
    if wish.inspection:
        waiting = waiting.filter(inspection=wish.inspection)
    if wish.unit:
        waiting = waiting.filter(lead_unit=wish.unit)
    found = []
    for one in pending(waiting.order_by("submitted_at", "pk"), user):
        own = OWN_REQUEST if one.submitter == user.pk else ""
        if own or one.acts:
            step, label = (StepName.REVIEW, one.stage.name) if one.stage else (StepName.CLOSE, "销号")
            found.append(QueueEntry(one.finding, step, label, own))
    return found


def _finding_rows(due: list[QueueEntry]) -> list[QueueRow]:
    above = ("inspection", "lead_unit", "aspect", "parent")
    listed = Finding.objects.select_related(*above).only(*LISTED_OF_FINDINGS).order_by()
    findings = listed.in_bulk([one.finding for one in due])
    # A finding may have been deleted since the queue was built.
    known = [one for one in due if one.finding in findings]
    return [
        QueueRow(findings[one.finding], one.step, one.label, findings[one.finding].submitted_at, one.own)
        for one in known
    ]
