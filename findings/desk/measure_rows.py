"""The rows of measures on the desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.users.roles import Right, holders_of
from accounts.web.addresses import key_address
from accounts.web.components import Link
from findings.desk.keys import EntryKey
from findings.desk.row import (
    ME,
    InboxRow,
    context_line,
    day_of,
    in_time_words,
    letter_words,
    since_words,
)
from findings.desk.viewer import Viewer
from findings.evidence.models import Evidence
from findings.followup.models.supervision import Supervision
from findings.inspections.display import measure_tag, name_with_measure
from findings.inspections.due_status import short_date
from findings.inspections.models.measures import Measure
from findings.inspections.models.progress import Progress
from findings.workflow import StepName
from findings.workflow.checklists import before_report
from findings.workflow.deadlines import deciders_label
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import Step
from findings.workflow.turns import NO_UNIT

RELATED = (
    "inspection",
    "finding__aspect",
    "finding__parent__lead_unit",
    "finding__lead_unit",
    "facet",
    "lead_unit",
    "person_in_charge",
    "reported_by",
    "verified_by",
)
SHOWN = (
    "order",
    "plan",
    "outcome",
    "completed_on",
    "due_on",
    "status",
    "reported_at",
    "verified_at",
    "lead_unit__name",
    "lead_unit__short_name",
    "person_in_charge__name",
    "reported_by__name",
    "verified_by__name",
    "finding__order",
    "finding__title",
    "finding__aspect__order",
    "finding__parent__order",
    "finding__parent__lead_unit__name",
    "finding__parent__lead_unit__short_name",
    "finding__lead_unit__name",
    "finding__lead_unit__short_name",
    "facet__order",
    "inspection__name",
    "inspection__notice_days",
    "inspection__warning_days",
    "inspection__extensions_by",
)
TO_FILL, LATE = "fill", "late_measure"


def measure_rows(keys: list[EntryKey], viewer: Viewer) -> list[InboxRow]:
    """The rows of these measures, in any order; one query."""
    found = load_measures(frozenset(key.source.code for key in keys)).in_bulk([key.pk for key in keys])
    return [ROWS[key.source.code](key, found[key.pk], viewer) for key in keys if key.pk in found]


@cache
def load_measures(codes: frozenset[str]) -> QuerySet[Any]:
    """The measures with what rows of these sources show; kept, since making it takes longer than reading the rows."""
    measures: QuerySet[Any] = Measure.objects.order_by().select_related(*RELATED).only(*SHOWN)
    if TO_FILL in codes:
        back = Step.objects.filter(measure=OuterRef("pk"), transition=StepName.SEND_BACK).order_by("-pk")
        progress = Progress.objects.filter(measure=OuterRef("pk")).order_by("-reported_on", "-pk")
        waiting = Extension.objects.waiting().filter(measure=OuterRef("pk"))
        measures = measures.annotate(
            reason=Subquery(back.values("comment")[:1]),
            sent_back_at=Subquery(back.values("taken_at")[:1]),
            sent_back_by=Subquery(back.values("taken_by__name")[:1]),
            progressed_on=Subquery(progress.values("reported_on")[:1]),
            has_evidence=Exists(Evidence.objects.live().filter(measures=OuterRef("pk"))),
            is_asked=Exists(waiting),
        )
    if LATE in codes:
        letters = Supervision.objects.letters().in_force().filter(measures=OuterRef("pk")).order_by("-held_on", "-pk")
        measures = measures.annotate(
            sent_on=Subquery(letters.values("held_on")[:1]), answered=Subquery(letters.values("answered_on")[:1])
        )
    return measures


def _row(key: EntryKey, measure: Any, who: str, act: Link, **more: Any) -> InboxRow:
    more.setdefault("context", _context(measure))
    return InboxRow.of(
        key,
        measure.inspection,
        number=name_with_measure(measure.finding, measure),
        title=str(measure),
        address=measure.get_absolute_url(),
        who=who,
        act=act,
        **more,
    )


def _context(measure: Any, *more: str) -> str:
    return context_line(measure.inspection, measure.answering_unit, measure.person_in_charge, *more)


def _to_fill(key: EntryKey, measure: Any, viewer: Viewer) -> InboxRow:
    is_late = measure.due_on is not None and measure.due_on < viewer.today
    is_near = measure.due_on is not None and measure.due_on <= viewer.today
    label = "补正" if key.is_sent_back else "填报"
    checks = before_report(measure, is_proved=measure.has_evidence)
    lacks = [check.requirement.noun for check in checks if not check.is_met]
    on = day_of(measure.sent_back_at, viewer.today)
    # Until it is sent in again the reason stands; afterwards it is history.
    reason = f"{measure.sent_back_by} {on}退回：{measure.reason}" if key.is_sent_back and measure.reason else ""
    return _row(
        key,
        measure,
        ME,
        Link(label, measure.get_absolute_url(), is_primary=key.is_sent_back or is_near),
        tag=measure_tag(measure),
        context=context_line(measure.inspection, None, None, measure.finding.title, _responsible(key, measure)),
        reason=reason,
        lacks=f"报完成前还差：{'、'.join(lacks)}" if lacks else "材料齐全，可以报完成",
        since=since_words(measure.sent_back_at if key.is_sent_back else None, viewer.today),
        remark=_remark(measure, viewer),
        ways=_ways(measure, is_late=is_late),
    )


def _responsible(key: EntryKey, measure: Any) -> str:
    """Who else is named for it, when it is not the user."""
    return f"责任人 {measure.person_in_charge}" if key.is_anothers and measure.person_in_charge else ""


def _remark(measure: Any, viewer: Viewer) -> str:
    if measure.is_asked:
        return f"延期申请待{deciders_label(measure.inspection)}审批"
    if measure.progressed_on:
        return f"最近进展 {short_date(measure.progressed_on, viewer.today)}"
    return "还没有进展记录"


def _ways(measure: Any, *, is_late: bool) -> list[Link]:
    """What else the unit can do about the deadline, unless it has done so."""
    if measure.due_on is None or measure.is_asked:
        return []
    address = key_address("findings:extension_create", measure.pk)
    return [Link("逾期说明" if is_late else "申请延期", address)]


def _to_verify(key: EntryKey, measure: Any, viewer: Viewer) -> InboxRow:
    queue = f"{reverse('findings:queue')}?kind=measure&inspection={measure.inspection_id}&open=measure-{measure.pk}"
    return _row(
        key,
        measure,
        ME,
        Link("核实", queue, is_primary=True),
        context=_reported_context(measure, viewer),
        since=since_words(measure.reported_at, viewer.today),
        remark=in_time_words(measure.due_on, measure.reported_at, viewer.today),
    )


def _reported_context(measure: Any, viewer: Viewer) -> str:
    on = day_of(measure.reported_at, viewer.today)
    return context_line(measure.inspection, measure.answering_unit, measure.reported_by, f"{on}报来")


def _late(key: EntryKey, measure: Any, viewer: Viewer) -> InboxRow:
    if key.unit is None:
        return _row(
            key, measure, NO_UNIT, Link("去分派", measure.get_absolute_url()), remark="没有责任单位，先定下来再催办"
        )
    letters = f"{key_address('ledgers:letter_list', measure.inspection_id)}?unit={key.unit}"
    remark = letter_words(measure.sent_on, measure.answered, viewer.today)
    return _row(key, measure, str(measure.answering_unit), Link("催办…", letters), remark=remark)


def _reported_row(key: EntryKey, measure: Any, viewer: Viewer) -> InboxRow:
    return _row(
        key,
        measure,
        holders_of(Right.VERIFY_WORK),
        Link("看措施", measure.get_absolute_url()),
        tag=measure_tag(measure),
        context=_reported_context(measure, viewer),
        since=since_words(measure.reported_at, viewer.today),
        settled=True,
    )


def _verified_row(key: EntryKey, measure: Any, viewer: Viewer) -> InboxRow:
    on = day_of(measure.verified_at, viewer.today)
    return _row(
        key,
        measure,
        "",
        Link("看措施", measure.get_absolute_url()),
        tag=measure_tag(measure),
        remark=f"{measure.verified_by} {on}核实",
        settled=True,
    )


ROWS: dict[str, Callable[[EntryKey, Any, Viewer], InboxRow]] = {
    TO_FILL: _to_fill,
    LATE: _late,
    "check": _to_verify,
    "unverified": _reported_row,
    "reported": _reported_row,
    "verified": _verified_row,
}
