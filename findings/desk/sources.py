"""The kinds of work on the desk: for each, the records of one user, and how they are called and dated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.users.roles import Right
from findings.choices import MeasureStatus, Status
from findings.desk.viewer import Viewer
from findings.followup.models.supervision import Supervision
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.inspections.models.status_rules import signed_off
from findings.inspections.participation import BODY, own_inspections_q, visible_q
from findings.workflow.models.extensions import Extension
from findings.workflow.open_stages import awaiting_consent_of, passed_all_stages, submitted_by_others

M = MeasureStatus
AHEAD = 14  # days for which the desk looks ahead
Records = QuerySet[Any]


@dataclass(frozen=True)
class WorkSource:
    """One kind of records on the desk.

    ``find`` gives those of a user, by ``Viewer.reach`` and the user's key alone: its SQL is kept (``statements``).
    ``code`` is its name, ``kind`` and ``label`` those of its kind of work, in addresses and on pages; several sources
    may be of one kind. ``due`` is the field of the deadline. Of ``is_many`` only the most urgent are taken; those of
    which there may be hundreds of thousands are found along an index of deadlines that has the same condition on the
    status.
    """

    code: str
    kind: str
    label: str
    find: Callable[[Viewer], Records]
    right: Right
    due: str = "due_on"
    is_many: bool = False


def _to_fill(viewer: Viewer) -> Records:
    # Below a valid sign-off nothing can be reported.
    mine = Measure.objects.order_by().answered_by(viewer.user).open()
    return viewer.limit_to_chosen(mine.exclude(signed_off("finding__")))


def _to_submit(viewer: Viewer) -> Records:
    return viewer.limit_to_chosen(Finding.objects.order_by().answered_by(viewer.user).ready())


def _to_answer(viewer: Viewer) -> Records:
    units = viewer.scope.units(Right.REPORT_WORK)
    to_own = Exists(Supervision.units.through.objects.filter(units.condition("unit"), supervision=OuterRef("pk")))
    # A unit that no longer takes part in the inspection does not see its letter: ``Supervision.visible_to``, in which
    # the few letters are asked about, not everything in which the unit takes part.
    seen = visible_q(viewer.user, BODY, lambda: own_inspections_q(Inspection.objects.order_by(), viewer.user))
    letters = Supervision.objects.order_by().shown_to_units().letters().in_force()
    return viewer.limit_to_chosen(letters.filter(to_own, seen, answered_on=None))


def _to_verify(viewer: Viewer) -> Records:
    reported = Measure.objects.order_by().filter(viewer.within(Right.VERIFY_WORK)).to_verify_by(viewer.user)
    return reported.exclude(signed_off("finding__"))


def _to_consent(viewer: Viewer) -> Records:
    staged = [one.pk for one in viewer.bodies_with(Right.REVIEW) if one.is_staged]
    if not staged:
        return Finding.objects.order_by().none()
    return awaiting_consent_of(viewer.user).filter(inspection__in=staged)


def _to_sign(viewer: Viewer) -> Records:
    waiting = submitted_by_others(viewer.user).filter(viewer.within(Right.CLOSE))
    # Where no inspection has stages of review, the database is not asked for the open one of every finding.
    return passed_all_stages(waiting) if any(one.is_staged for one in viewer.bodies_with(Right.CLOSE)) else waiting


def _to_decide(viewer: Viewer) -> Records:
    return viewer.limit_to_chosen(Extension.objects.order_by().decidable_by(viewer.user), "finding__inspection")


def _late_findings(viewer: Viewer) -> Records:
    return _undone(viewer.within(Right.SUPERVISE)).filter(due_on__lt=viewer.today)


def _undone(within: Q) -> Records:
    """The findings on which the unit works and that were never signed off; void ones have a row of their own."""
    return Finding.objects.order_by().filter(within, status__in=(Status.OPEN, Status.IN_PROGRESS))


def _late_measures(viewer: Viewer) -> Records:
    return Measure.objects.order_by().filter(viewer.within(Right.SUPERVISE)).overdue(viewer.today)


def _void(viewer: Viewer) -> Records:
    return Finding.objects.order_by().filter(viewer.within(Right.SUPERVISE)).void()


def _void_seen(viewer: Viewer) -> Records:
    return Finding.objects.order_by().filter(viewer.within(Right.SEE_ALL)).void()


def _to_review(viewer: Viewer) -> Records:
    soon = viewer.today + dt.timedelta(days=AHEAD - 1)
    held = Finding.objects.order_by().filter(viewer.within(Right.SUPERVISE))
    return held.filter(signed_off(), next_review_on__lte=soon)


def _unanswered_letters(viewer: Viewer) -> Records:
    return Supervision.objects.order_by().filter(viewer.within(Right.SUPERVISE)).unanswered(viewer.today)


# That a plan or a report has been sent is not recorded, so that its day is shown until it has passed.
def _plans(viewer: Viewer) -> Records:
    return _edited_inspections(viewer).filter(plan_due_on__gte=viewer.today)


def _progress_reports(viewer: Viewer) -> Records:
    return _edited_inspections(viewer).filter(report_due_on__gte=viewer.today)


def _to_assign(viewer: Viewer) -> Records:
    """The inspections with findings that have no lead unit or no deadline; each is one row."""
    below = Finding.objects.order_by().filter(inspection=OuterRef("pk"))
    return _edited_inspections(viewer).filter(Exists(below.without_unit()) | Exists(below.without_deadline()))


def _edited_inspections(viewer: Viewer) -> Records:
    return Inspection.objects.order_by().filter(viewer.within(Right.EDIT_RECORDS, "pk"))


# What the user has to decide stands in rows of its own, which ``keys.find_keys`` takes off.
def _with_units(viewer: Viewer) -> Records:
    return _undone(viewer.within(Right.SEE_ALL)).exclude(viewer.within(Right.SUPERVISE), due_on__lt=viewer.today)


def _in_review(viewer: Viewer) -> Records:
    return Finding.objects.order_by().filter(viewer.within(Right.SEE_ALL), status=Status.SUBMITTED)


def _unverified_measures(viewer: Viewer) -> Records:
    seen = Measure.objects.order_by().filter(viewer.within(Right.SEE_ALL), status=M.REPORTED)
    return seen.exclude(signed_off("finding__"))


def _reported_measures(viewer: Viewer) -> Records:
    reported = Measure.objects.order_by().answered_by(viewer.user).filter(status=M.REPORTED)
    return viewer.limit_to_chosen(reported).exclude(signed_off("finding__"))


def _submitted_findings(viewer: Viewer) -> Records:
    return viewer.limit_to_chosen(Finding.objects.order_by().answered_by(viewer.user).filter(status=Status.SUBMITTED))


def _verified_measures(viewer: Viewer) -> Records:
    return viewer.limit_to_chosen(Measure.objects.order_by().answered_by(viewer.user).filter(status=M.VERIFIED))


R = Right
# What waits for the user themselves, in the order in which rows of one day stand.
MINE = (
    WorkSource("fill", "fill", "填报", _to_fill, R.REPORT_WORK, is_many=True),
    WorkSource("ready", "ready", "申请", _to_submit, R.REPORT_WORK, is_many=True),
    WorkSource("answer", "answer", "答复", _to_answer, R.REPORT_WORK, "answer_due_on"),
    WorkSource("sign", "sign", "销号", _to_sign, R.CLOSE, is_many=True),
    WorkSource("consent", "consent", "审核", _to_consent, R.REVIEW),
    WorkSource("check", "check", "核实", _to_verify, R.VERIFY_WORK, is_many=True),
    WorkSource("extension", "extension", "延期", _to_decide, R.DECIDE_EXTENSIONS, "old_due_on"),
    WorkSource("late_finding", "chase", "催办", _late_findings, R.SUPERVISE, is_many=True),
    WorkSource("late_measure", "chase", "催办", _late_measures, R.SUPERVISE, is_many=True),
    WorkSource("reply", "reply", "催复", _unanswered_letters, R.SUPERVISE, "answer_due_on"),
    WorkSource("void", "void", "失效", _void, R.SUPERVISE, is_many=True),
    WorkSource("follow_up", "follow_up", "复查", _to_review, R.SUPERVISE, "next_review_on", is_many=True),
    WorkSource("plan", "delivery", "报送", _plans, R.EDIT_RECORDS, "plan_due_on"),
    WorkSource("progress_report", "delivery", "报送", _progress_reports, R.EDIT_RECORDS, "report_due_on"),
    WorkSource("assign", "assign", "分派", _to_assign, R.EDIT_RECORDS, "plan_due_on"),
)
# What is in the hands of others, for those who see whole inspections.
ELSEWHERE = (
    WorkSource("with_unit", "with_unit", "在办", _with_units, R.SEE_ALL, is_many=True),
    WorkSource("in_review", "in_review", "待审", _in_review, R.SEE_ALL, is_many=True),
    WorkSource("unverified", "unverified", "待核", _unverified_measures, R.SEE_ALL, is_many=True),
)
VOID_SEEN = WorkSource(
    "void_seen", "void", "失效", _void_seen, R.SEE_ALL, is_many=True
)  # for those who do not have to act on it
# The same for those who report: what they have handed in, and what is done.
HANDED_IN = (
    WorkSource("reported", "reported", "待核", _reported_measures, R.REPORT_WORK, is_many=True),
    WorkSource("submitted", "submitted", "待审", _submitted_findings, R.REPORT_WORK, is_many=True),
)
DONE = (WorkSource("verified", "verified", "已核实", _verified_measures, R.REPORT_WORK, is_many=True),)
SOURCES = {one.code: one for one in (*MINE, *ELSEWHERE, VOID_SEEN, *HANDED_IN, *DONE)}
