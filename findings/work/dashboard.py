"""The dashboard: the user's measures by deadline, and numbers of all inspections that open their lists.

The number of queries is fixed; each is answered from an index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.users.roles import Right
from accounts.web.tables import url_builder
from findings.choices import MeasureStatus
from findings.inspections.display import measure_due
from findings.inspections.due_status import DueStatus
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.units.scopes import user_scope
from findings.work.progress import Counts, count_by
from findings.workflow import StepName, Waiting, waiting_for
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import Step

LISTED = 20  # measures shown; the lists have the others
READY = 10
SENT_BACK_FIRST = Case(When(status=MeasureStatus.SENT_BACK, then=Value(0)), default=Value(1))
URGENT = (SENT_BACK_FIRST.asc(), F("due_on").asc(nulls_last=True), F("pk").asc())
SENT_BACK = Step.objects.filter(measure=OuterRef("pk"), transition=StepName.SEND_BACK)
REASON = SENT_BACK.order_by("-pk").values("comment")[:1]
SHOWN = (
    "order",
    "plan",
    "outcome",
    "due_on",
    "status",
    "reported_at",
    "finding__order",
    "finding__title",
    "finding__aspect__order",
    "finding__parent__order",
    "inspection__name",
    "inspection__notice_days",
    "inspection__warning_days",
)


@dataclass(frozen=True)
class TodoItem:
    """One measure that the user has to work on, with its deadline and the reason for which it was sent back."""

    measure: Measure
    due: SafeString
    reason: str


@dataclass(frozen=True)
class CounterLink:
    """A number of waiting records, with the URL of the list that shows them."""

    label: str
    number: int
    address: str
    is_bad: bool = False


@dataclass(frozen=True)
class MyWork:
    """The work of a user or their unit: measures, and findings that can be submitted."""

    errands: list[TodoItem]
    total: int
    lists: list[tuple[Inspection, int, str]]  # inspection, number of measures, URL of the list
    ready: list[Finding]


@dataclass(frozen=True)
class InspectionCounters:
    """The numbers of one inspection."""

    inspection: Inspection
    numbers: list[CounterLink] = field(default_factory=list)


class Viewer:
    """The user whose dashboard is shown, with what several numbers are made of."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def waiting(self) -> Waiting:
        """The submitted findings that wait for the user, looked up once for two numbers."""
        return waiting_for(self.user)


@dataclass(frozen=True)
class CounterType:
    """One kind of number: what is counted for which right, and the list and query that show the same."""

    label: str
    right: Right
    view: str
    query: str
    count: Callable[[Viewer, list[int]], Counts]
    is_bad: bool = False


def my_work(user: User) -> MyWork:
    """The unverified measures for which the user answers, those sent back first, then by deadline."""
    mine = Measure.objects.answered_by(user).unverified()
    # The keys are looked up once: on PostgreSQL finding them costs more than reading the rows.
    in_order = list(mine.order_by(*URGENT).values_list("pk", "inspection"))
    counts = Counter(inspection for _, inspection in in_order)
    rows = (
        Measure.objects.filter(pk__in=[pk for pk, _ in in_order[:LISTED]])
        .select_related("inspection", "finding__aspect", "finding__parent")
        .annotate(reason=Subquery(REASON))
        .only(*SHOWN)
        .order_by(*URGENT)
    )
    ready = Finding.objects.answered_by(user).ready().select_related("inspection", "aspect", "parent")
    inspections, address = Inspection.objects.filter(pk__in=counts), url_builder("findings:measure_list")
    return MyWork(
        errands=[todo_item(measure) for measure in rows],
        total=len(in_order),
        lists=[(one, counts[one.pk], f"{address(one.pk)}?status=unverified&mine=on") for one in inspections],
        ready=list(ready.order_by("due_on", "pk")[:READY]),
    )


def todo_item(measure: Any) -> TodoItem:
    """One measure of the list; the reason is shown only while the measure is sent back."""
    due = measure_due(measure, DueStatus.of(measure.inspection))
    return TodoItem(measure, due, measure.reason or "" if measure.status == MeasureStatus.SENT_BACK else "")


def _findings(choose: Callable[[FindingQuerySet], FindingQuerySet]) -> Callable[[Viewer, list[int]], Counts]:
    return lambda _viewer, within: count_by(choose(Finding.objects.filter(inspection__in=within)))


def _overdue_measures(_viewer: Viewer, within: list[int]) -> Counts:
    return count_by(Measure.objects.filter(inspection__in=within).overdue())


def _measures_to_verify(viewer: Viewer, within: list[int]) -> Counts:
    return count_by(Measure.objects.filter(inspection__in=within).to_verify_by(viewer.user))


# Not limited to ``within``: the role that decides differs by inspection, and so does its area.
def _extensions(viewer: Viewer, _within: list[int]) -> Counts:
    return count_by(Extension.objects.decidable_by(viewer.user), "finding__inspection")


def _for_review(viewer: Viewer, _within: list[int]) -> Counts:
    return Counter(viewer.waiting.for_review.values())


def _for_closing(viewer: Viewer, _within: list[int]) -> Counts:
    return Counter(viewer.waiting.for_closing.values())


KINDS = (
    # The queries are those of the list filters, so that the list behind a number shows as many records.
    CounterType("待我核实的措施", Right.VERIFY_WORK, "measure_list", "status=to_verify", _measures_to_verify),
    CounterType("待我审核的问题", Right.REVIEW, "finding_list", "turn=review", _for_review),
    CounterType("待我销号的问题", Right.CLOSE, "finding_list", "turn=close", _for_closing),
    CounterType("待我批的延期", Right.DECIDE_EXTENSIONS, "extension_list", "mine=on", _extensions),
    CounterType(
        "逾期问题", Right.SEE_ALL, "finding_list", "overdue=on", _findings(FindingQuerySet.overdue), is_bad=True
    ),
    CounterType("逾期措施", Right.SEE_ALL, "measure_list", "overdue=on", _overdue_measures, is_bad=True),
    CounterType("销号失效", Right.SEE_ALL, "finding_list", "status=void", _findings(FindingQuerySet.void), is_bad=True),
    CounterType(
        "复查逾期",
        Right.SEE_ALL,
        "finding_list",
        "status=missed",
        _findings(FindingQuerySet.review_missed),
        is_bad=True,
    ),
    CounterType(
        "未定牵头单位", Right.EDIT_RECORDS, "finding_list", "gap=unit", _findings(FindingQuerySet.without_unit)
    ),
    CounterType(
        "未定完成时限", Right.EDIT_RECORDS, "finding_list", "gap=deadline", _findings(FindingQuerySet.without_deadline)
    ),
)


def inspection_counters(user: User, inspections: Iterable[Inspection]) -> list[InspectionCounters]:
    """The inspections in which something waits for the user, in the given order, with their numbers."""
    scope, viewer = user_scope(user), Viewer(user)
    dockets = {one.pk: InspectionCounters(one) for one in inspections}
    for kind in KINDS:
        bodies = scope.bodies(kind.right)
        # Rights differ by body: a number appears only in the inspections in which the user has its right.
        within = [pk for pk, docket in dockets.items() if docket.inspection.unit_id in bodies]
        address = url_builder(f"findings:{kind.view}")
        for pk, number in (kind.count(viewer, within) if within else {}).items():
            if pk in dockets and number:
                dockets[pk].numbers.append(CounterLink(kind.label, number, f"{address(pk)}?{kind.query}", kind.is_bad))
    return [docket for docket in dockets.values() if docket.numbers]
