"""The table of transitions. Buttons, refusals, the help page and the tests are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import MeasureStatus, Status
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow import objections as against

Workpiece = Finding | Measure
Objection = Callable[[Any, User], Sequence[str]]


@dataclass(frozen=True)
class Given:
    """What a person says with a step: a comment; with a sign-off how far it was rectified, and what was on his page."""

    comment: str = ""
    completion: str = ""
    seen_digest: str = ""


@dataclass(frozen=True)
class Transition:
    """One step: from which states to which, who may take it, what may be against it, and who will be told."""

    name: str
    label: str
    kind: type[Workpiece]
    sources: frozenset[str]
    target: str
    right: Right | None  # None: nobody takes it, it follows from a change
    objections: tuple[Objection, ...] = ()
    needs_comment: bool = False
    is_forward: bool = True  # towards the sign-off
    tells: str = ""  # as the button says


def _row(  # noqa: PLR0913, PLR0917 -- each is a column of the table
    name: str, label: str, kind: type[Workpiece], sources: Iterable[str], target: str, right: Right | None, **more: Any
) -> Transition:
    return Transition(name, label, kind, frozenset(sources), target, right, **more)


M, S = MeasureStatus, Status
TRANSITIONS = (
    _row(
        "start", "开始整改", Measure, {M.NOT_STARTED}, M.UNDER_WAY, Right.REPORT_WORK, objections=(against.still_open,)
    ),
    _row(
        "report",
        "报完成",
        Measure,
        {M.NOT_STARTED, M.UNDER_WAY, M.SENT_BACK},
        M.REPORTED,
        Right.REPORT_WORK,
        objections=(against.still_open, against.report_is_complete),
        tells="督查员",
    ),
    _row(
        "take_back",
        "撤回报完成",
        Measure,
        {M.REPORTED},
        M.UNDER_WAY,
        Right.REPORT_WORK,
        objections=(against.still_open, against.not_submitted),
        is_forward=False,
    ),
    _row(
        "verify",
        "核实",
        Measure,
        {M.REPORTED},
        M.VERIFIED,
        Right.VERIFY_WORK,
        objections=(
            against.still_open,
            against.reported_by_another,
            against.report_is_complete,
            against.proved_before_report,
        ),
        tells="报完成人",
    ),
    _row("lapse", "核实失效", Measure, {M.VERIFIED}, M.REPORTED, None, is_forward=False, tells="原核实人"),
    _row(
        "return",
        "退回",
        Measure,
        {M.REPORTED, M.VERIFIED},
        M.SENT_BACK,
        Right.VERIFY_WORK,
        objections=(against.still_open, against.not_submitted),
        needs_comment=True,
        is_forward=False,
        tells="报完成人",
    ),
    _row("begin", "开始整改", Finding, {S.OPEN}, S.IN_PROGRESS, Right.REPORT_WORK),
    _row(
        "submit",
        "申请销号",
        Finding,
        {S.OPEN, S.IN_PROGRESS, S.CLOSED},
        S.SUBMITTED,
        Right.REPORT_WORK,
        objections=(against.not_signed_in_force, against.submission_is_complete),
        tells="第一级审核人，没有审核级的为销号人",
    ),
    _row("withdraw", "撤回申请", Finding, {S.SUBMITTED}, S.IN_PROGRESS, Right.REPORT_WORK, is_forward=False),
    _row(
        "review",
        "审核同意",
        Finding,
        {S.SUBMITTED},
        S.SUBMITTED,
        Right.REVIEW,
        objections=(against.submitted_by_another, against.stage_is_ones_own),
        needs_comment=True,
        tells="下一级审核人或销号人",
    ),
    _row(
        "close",
        "同意销号",
        Finding,
        {S.SUBMITTED},
        S.CLOSED,
        Right.CLOSE,
        objections=(
            against.submitted_by_another,
            against.stages_are_done,
            against.submission_is_complete,
            against.measures_are_verified,
            against.proved_before_submission,
        ),
        needs_comment=True,
        tells="申请人和责任人",
    ),
    _row(
        "send_back",
        "退回",
        Finding,
        {S.SUBMITTED},
        S.IN_PROGRESS,
        Right.REVIEW,
        objections=(against.submitted_by_another, against.turn_is_ones_own),
        needs_comment=True,
        is_forward=False,
        tells="申请人和责任人",
    ),
    _row(
        "reopen",
        "重新整改",
        Finding,
        {S.CLOSED},
        S.IN_PROGRESS,
        Right.CLOSE,
        needs_comment=True,
        is_forward=False,
        tells="申请人和牵头单位填报员",
    ),
)
BY_NAME = {(one.kind, one.name): one for one in TRANSITIONS}


@dataclass(frozen=True)
class Offer:
    """A step that somebody may take in the present state, with what is still against it."""

    transition: Transition
    against: tuple[str, ...]


def offers(record: Workpiece, user: User) -> list[Offer]:
    """The steps of this person with a record as it stands; those with objections are shown, not taken."""
    return [
        Offer(one, tuple(sentences(one, record, user)))
        for one in TRANSITIONS
        if isinstance(record, one.kind)
        and record.status in one.sources
        and one.right is not None
        and holds(user, one.right, record)
    ]


def sentences(step: Transition, record: Workpiece, user: User) -> list[str]:
    """Everything that is against a step."""
    return [sentence for objection in step.objections for sentence in objection(record, user)]


def holds(user: User, right: Right, record: Workpiece) -> bool:
    """Whether a person has a right over a record: over the whole inspection or, to report, over his part of it."""
    if record.inspection.allows(user, right):
        return True
    if right != Right.REPORT_WORK:
        return False
    return record.is_editable_by(user) if isinstance(record, Measure) else record.is_answered_by(user)
