"""The queue of records that wait for the user to verify, review, close or decide, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import MeasureStatus
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure, MeasureQuerySet
from findings.inspections.models.status_rules import answered_by_unit, led_by, signed_off
from findings.units.scopes import user_scope
from findings.work.queue_rows import QueueRow
from findings.workflow import StepName, find_transition, pending, submitted_to
from findings.workflow.extensions import GRANT
from findings.workflow.models.extensions import Extension

PER_PAGE = 50
OWN_REPORT = "您自己报完成，由另一个人核实。"
OWN_REQUEST = "您自己申请销号，由另一个人办理。"
UNIT = ("lead_unit__name", "lead_unit__short_name")
LEADING_UNIT = (*UNIT, *(f"parent__{name}" for name in UNIT))
NUMBER = ("order", "aspect__order", "parent__order")
LIMITS = ("due_on", "inspection__notice_days", "inspection__warning_days")
# Only the columns that rows show: texts of records are long.
LISTED_OF_FINDINGS = ("version", "title", "submitted_at", "submitted_by__name", *LEADING_UNIT, *NUMBER, *LIMITS)
LISTED_OF_MEASURES = (
    "version",
    "plan",
    "outcome",
    "reported_at",
    "reported_by__name",
    "order",
    "facet__order",
    *UNIT,
    *LIMITS,
    *(f"finding__{x}" for x in (*LEADING_UNIT, *NUMBER)),
)
ABOVE_EXTENSIONS = (
    "requested_by",
    "finding__inspection",
    "finding__aspect",
    "finding__parent__lead_unit",
    "finding__lead_unit",
    "measure__lead_unit",
    "measure__facet",
)
RIGHTS = (Right.VERIFY_WORK, Right.REVIEW, Right.CLOSE)


@dataclass(frozen=True)
class QueueFilter:
    """The filters of the queue; empty ones do not filter."""

    kind: str = ""
    inspection: int | None = None
    unit: int | None = None


@dataclass(frozen=True)
class Queue:
    """One page of the queue; ``counts`` has the waiting records by kind, whatever kind is asked for."""

    rows: list[QueueRow]
    total: int
    number: int = 1
    last: int = 1
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class QueueEntry:
    """A submitted finding (key) in the queue: the step to take with it, its label, and why the user may not."""

    finding: int
    since: dt.datetime
    step: StepName
    label: str
    own: str


Waiting = tuple[dt.datetime, str, int]  # since when a record waits, the name of its model, its key


class _Sources:
    """What waits for a user: few findings and requests, which are in memory, and measures, which are paged by SQL."""

    def __init__(self, user: User, wish: QueueFilter) -> None:
        self.user, self.kind = user, wish.kind
        self.findings = {one.finding: one for one in _submitted_entries(user, wish)}
        self.extensions = {one.pk: one for one in _extensions(user, wish)}
        self.measures = _measures(user, wish)

    def counts(self) -> dict[str, int]:
        """The number of records by kind, whatever kind is asked for."""
        return {
            "measure": self.measures.count(),
            "finding": len(self.findings),
            "extension": len(self.extensions),
        }

    def first(self, number: int | None) -> list[Waiting]:
        """The records that have waited longest, at most ``number`` of them."""
        found: list[Waiting] = []
        if self.kind in {"", "finding"}:
            found += [(one.since, "finding", pk) for pk, one in self.findings.items()]
        if self.kind in {"", "extension"}:
            found += [(one.requested_at, "extension", pk) for pk, one in self.extensions.items()]
        if self.kind in {"", "measure"}:
            waiting = self.measures.values_list("reported_at", "pk")[:number]
            found += [(since, "measure", pk) for since, pk in waiting if since]
        return sorted(found)[:number]

    def rows(self, waiting: list[Waiting]) -> list[QueueRow]:
        """The rows of these records, in this order; without those that were deleted meanwhile."""
        keys: dict[str, list[int]] = {"finding": [], "extension": [], "measure": []}
        for _, kind, pk in waiting:
            keys[kind].append(pk)
        rows = {("extension", pk): _extension_row(self.extensions[pk]) for pk in keys["extension"]}
        submitted = _finding_rows([self.findings[pk] for pk in keys["finding"]])
        rows |= {("finding", row.record.pk): row for row in submitted}
        if keys["measure"]:
            measures = _list_rows(Measure.objects.filter(pk__in=keys["measure"]))
            rows |= {("measure", one.pk): _measure_row(one, self.user) for one in measures}
        return [rows[kind, pk] for _, kind, pk in waiting if (kind, pk) in rows]


def build_queue(user: User, wish: QueueFilter, page: int) -> Queue:
    """One page of the queue, those that have waited longest first."""
    sources = _Sources(user, wish)
    counts = sources.counts()
    total = counts[wish.kind] if wish.kind else sum(counts.values())
    last = max(1, -(-total // PER_PAGE))
    number = min(max(page, 1), last)
    waiting = sources.first(number * PER_PAGE)[(number - 1) * PER_PAGE :]
    return Queue(sources.rows(waiting), total, number, last, counts)


def queue_size(user: User) -> int:
    """How many records are in the user's queue."""
    return sum(_Sources(user, QueueFilter()).counts().values())


def whole_queue(user: User, wish: QueueFilter) -> list[QueueRow]:
    """All rows that match the filters, in the order of the pages."""
    sources = _Sources(user, wish)
    return sources.rows(sources.first(None))


def load_record(row: QueueRow) -> QueueRow:
    """The row with its record fully loaded; the list loads only the columns it shows."""
    if isinstance(row.record, Extension):
        return row
    whole: QuerySet[Any] = Finding.objects.select_related(
        "inspection", "aspect", "parent__lead_unit", "lead_unit", "submitted_by"
    )
    if isinstance(row.record, Measure):
        above = ("finding__inspection", "finding__aspect", "finding__parent__lead_unit", "finding__lead_unit")
        whole = Measure.objects.select_related("inspection", *above, "lead_unit", "facet", "reported_by")
    return replace(row, record=whole.filter(pk=row.record.pk).first() or row.record)


def _measures(user: User, wish: QueueFilter) -> MeasureQuerySet:
    area = user_scope(user).bodies(Right.VERIFY_WORK)
    waiting = Measure.objects.filter(area.condition("inspection__unit"), status=MeasureStatus.REPORTED)
    waiting = waiting.exclude(signed_off("finding__"))  # measures of void ones are worked on again
    if wish.inspection:
        waiting = waiting.filter(inspection=wish.inspection)
    if wish.unit:
        waiting = waiting.filter(answered_by_unit(wish.unit))
    return waiting.order_by("reported_at", "pk")


def _list_rows(measures: MeasureQuerySet) -> MeasureQuerySet:
    """The measures with the columns that rows show."""
    above = ("finding__lead_unit", "finding__aspect", "finding__parent__lead_unit")
    named = measures.select_related("inspection", "lead_unit", "facet", "reported_by", *above)
    return named.only(*LISTED_OF_MEASURES)


def _measure_row(measure: Measure, user: User) -> QueueRow:
    own = OWN_REPORT if measure.reported_by_id == user.pk else ""
    return QueueRow(measure, find_transition(measure, StepName.VERIFY), "核实", measure.reported_at, own)


def _extensions(user: User, wish: QueueFilter) -> Iterable[Extension]:
    """The requests for more time that the user may decide."""
    waiting = Extension.objects.decidable_by(user)
    if wish.inspection:
        waiting = waiting.filter(finding__inspection=wish.inspection)
    if wish.unit:
        waiting = waiting.filter(
            Q(measure__lead_unit=wish.unit) | Q(measure__lead_unit=None) & led_by(wish.unit, "finding__")
        )
    return waiting.select_related(*ABOVE_EXTENSIONS).order_by("requested_at", "pk")


def _extension_row(extension: Extension) -> QueueRow:
    return QueueRow(extension, GRANT, "批延期", extension.requested_at)


def _submitted_entries(user: User, wish: QueueFilter) -> list[QueueEntry]:
    """The submitted findings where it is the user's turn, and those that they submitted themselves."""
    waiting = submitted_to(user)
    if wish.inspection:
        waiting = waiting.filter(inspection=wish.inspection)
    if wish.unit:
        waiting = waiting.filter(led_by(wish.unit))
    found: list[QueueEntry] = []
    for one in pending(waiting.order_by("submitted_at", "pk"), user):
        own = OWN_REQUEST if one.submitter == user.pk else ""
        if one.since and (own or one.acts):
            step, label = (StepName.REVIEW, one.stage.name) if one.stage else (StepName.CLOSE, "销号")
            found.append(QueueEntry(one.finding, one.since, step, label, own))
    return found


def _finding_rows(entries: list[QueueEntry]) -> list[QueueRow]:
    above = ("inspection", "lead_unit", "submitted_by", "aspect", "parent__lead_unit")
    listed = Finding.objects.select_related(*above).only(*LISTED_OF_FINDINGS).order_by()
    findings = listed.in_bulk([one.finding for one in entries]) if entries else {}
    # A finding may have been deleted since the queue was built.
    known = [one for one in entries if one.finding in findings]
    return [
        QueueRow(findings[one.finding], find_transition(findings[one.finding], one.step), one.label, one.since, one.own)
        for one in known
    ]
