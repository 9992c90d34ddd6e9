"""Extensions: their rules, objections and the rows of their table.

The decision belongs to the role that the inspection names, never to the user who requested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from accounts.models import User
from accounts.users.roles import Right, refusal
from documents.numerals import full_date
from findings.choices import Decision, NoticeKind
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.notifications.models.notices import short_name
from findings.notifications.recipients import ids
from findings.workflow.deadlines import deciders_label, decides_on
from findings.workflow.definitions import (
    RecipientRule,
    StepInput,
    StepNotice,
    StepRecipients,
    StepRules,
    TakenStep,
    Transition,
)
from findings.workflow.engine import perform
from findings.workflow.models.extensions import Extension
from findings.workflow.recipient_rules import find_recipients
from findings.workflow.saving import workflow_writer
from findings.workflow.step_names import StepName


class ExtensionRules(StepRules[Extension]):
    """The engine's rules for extension requests; the status field is the decision."""

    model = Extension
    status_field = "decision"

    def has_right(self, user: User, right: Right, record: Extension) -> bool:
        """Those who work on the record may request; holders of the role that the inspection names decide."""
        if right == Right.DECIDE_EXTENSIONS:
            return decides_on(user, record.inspection)
        if record.measure is not None:
            return record.measure.is_editable_by(user)
        return record.inspection.allows(user, Right.REPORT_WORK) or record.finding.is_answered_by(user)

    def right_refusal(self, right: Right, record: Extension) -> str:
        """The sentence names the role that decides in this inspection."""
        if right == Right.DECIDE_EXTENSIONS:
            return f"本次巡察的延期申请由{deciders_label(record.inspection)}批准。"
        return refusal(right)

    def status_label(self, record: Extension, status: str) -> str:
        """The label of the decision, the same for every request."""
        return Decision(status).label

    def state_refusal(self, transition: Transition[Extension], record: Extension) -> str:
        """A decision is final, whatever it was."""
        return "这份延期申请已经批过。"

    def comment_label(self, transition: Transition[Extension]) -> str:
        """The label on the form of the decision."""
        return "审批意见"

    def notice_values(self, record: Extension) -> dict[str, str]:
        """What it is about, its short name and its new deadline (day in Chinese words)."""
        kind = "问题" if record.measure is None else "措施"
        day = full_date(record.new_due_on)
        return {"kind": kind, "name": short_name(record.record), "day": day, "what": record.label}

    def notice_target(self, record: Extension) -> dict[str, Any]:
        """The page of the finding or of its measure."""
        return {"finding": record.finding, "measure": record.measure}


def request_objections(record: Finding | Measure, extensions: Sequence[Extension] | None = None) -> list[str]:
    """The reasons (Chinese) why an extension cannot be requested now; at most one. A passed deadline is none.

    ``extensions`` are those of the record where the page has loaded them, which spares a query.
    """
    finding = record.finding if isinstance(record, Measure) else record
    this = "这条措施" if isinstance(record, Measure) else "这个问题"
    if record.due_on is None:
        return [f"{this}没有完成时限，不需要申请延期。"]
    if isinstance(record, Measure) and record.is_done:
        return ["这条措施已报完成，不需要申请延期。"]
    if not finding.is_with_unit:
        return ["问题已申请销号或已经销号，不需要申请延期。"]
    waiting = Extension.objects.about(record).waiting().exists() if extensions is None else _has_waiting(extensions)
    if waiting:
        return [f"{this}已有一份待批的延期申请。"]
    return []


def _has_waiting(extensions: Sequence[Extension]) -> bool:
    return any(one.decision == Decision.WAITING for one in extensions)


def granting_objections(extension: Extension) -> list[str]:
    """The reasons (Chinese) why a request cannot be granted any more: the record has changed since it was made."""
    record = extension.record
    if record.due_on != extension.old_due_on:
        now = full_date(record.due_on) or "未定"
        return [f"提出申请以后，完成时限已改为{now}。请不同意这份申请，需要时另行申请。"]
    if isinstance(record, Measure) and record.is_done:
        return ["提出申请以后，这条措施已报完成，不再需要延期。"]
    return []


def _can_be_requested(extension: Extension, _user: User) -> list[str]:
    return request_objections(extension.record)


def _requested_by_another(extension: Extension, user: User) -> list[str]:
    return ["您自己提出的延期申请，要由另一个人批准。"] if extension.requested_by_id == user.pk else []


def _can_be_granted(extension: Extension, _user: User) -> list[str]:
    return granting_objections(extension)


def _set_decision(step: TakenStep[Extension]) -> None:
    extension = step.record
    extension.opinion, extension.decided_at, extension.decided_by = step.step_input.comment, step.at, step.user


def _move_deadline(step: TakenStep[Extension]) -> None:
    record = step.record.record
    record.due_on = step.record.new_due_on
    # A checked write, because the deadline is part of what a sign-off signs.
    workflow_writer.save(record, seen=record.version)


def _deciders(extension: Extension, user: User | None) -> StepRecipients:
    role = extension.inspection.extensions_by
    return find_recipients(extension.finding, extension.measure, user, lambda recipients: recipients.with_role(role))


def _requester_and_unit(extension: Extension, user: User | None) -> StepRecipients:
    record = extension.record
    unit = record.answering_unit_id if isinstance(record, Measure) else record.leading_unit_id
    people = ids(extension.requested_by_id) | record.answering.people
    return find_recipients(
        extension.finding, extension.measure, user, lambda recipients: people | recipients.reporters_of(unit)
    )


def record_move(record: Finding | Measure, old: dt.date, user: User, reason: str) -> Extension:
    """Store the move of a deadline from ``old`` to the record's present one as an extension granted by ``user``.

    For those who decide on extensions and move a deadline themselves; the caller saves the record in the same
    transaction. Raises RefusedError for all others and without a reason.
    """
    extension = Extension.for_record(record, old_due_on=old, new_due_on=record.due_on, reason=reason, requested_by=user)
    perform(POSTPONE, extension, user, None, StepInput(reason))
    return extension


EXTENSION = ExtensionRules()
REQUESTER_AND_UNIT = RecipientRule("申请人和责任单位填报员、责任人", _requester_and_unit)
REQUEST = Transition(
    StepName.REQUEST,
    "申请延期",
    EXTENSION,
    # Without sources the step creates the request.
    frozenset(),
    Decision.WAITING,
    Right.REPORT_WORK,
    objections=(_can_be_requested,),
    recipients=RecipientRule("批准延期的角色", _deciders),
    notice=StepNotice(NoticeKind.EXTENSION, "{user}为{kind}“{name}”提交{what}，请您审批。"),
    after="已提交{what}，批准以前仍按原来的时限。",
)
GRANT = Transition(
    StepName.GRANT,
    "同意延期",
    EXTENSION,
    frozenset({Decision.WAITING}),
    Decision.GRANTED,
    Right.DECIDE_EXTENSIONS,
    objections=(_requested_by_another, _can_be_granted),
    needs_comment=True,
    effects=(_set_decision,),
    after_save=(_move_deadline,),
    recipients=REQUESTER_AND_UNIT,
    notice=StepNotice(NoticeKind.EXTENSION, "{kind}“{name}”的{what}已同意，完成时限改为{day}。"),
    after="已保存审批意见。",
)
# Without ``_can_be_granted``: a request overtaken by other changes must still be decided.
REFUSE = Transition(
    StepName.REFUSE,
    "不同意延期",
    EXTENSION,
    frozenset({Decision.WAITING}),
    Decision.REFUSED,
    Right.DECIDE_EXTENSIONS,
    objections=(_requested_by_another,),
    needs_comment=True,
    is_forward=False,
    effects=(_set_decision,),
    recipients=REQUESTER_AND_UNIT,
    notice=StepNotice(NoticeKind.EXTENSION, "{kind}“{name}”的{what}没有同意，仍按原来的完成时限，请查看意见。"),
    after="已保存审批意见。",
)
POSTPONE = Transition(
    StepName.POSTPONE,
    "调整时限",
    EXTENSION,
    # Without sources the step creates the record, already decided.
    frozenset(),
    Decision.GRANTED,
    Right.DECIDE_EXTENSIONS,
    needs_comment=True,
    effects=(_set_decision,),
    recipients=REQUESTER_AND_UNIT,
    notice=StepNotice(NoticeKind.EXTENSION, "{kind}“{name}”的完成时限由{user}改为{day}。"),
    after="已记下时限的调整和理由。",
)
EXTENSION_TRANSITIONS = (REQUEST, GRANT, REFUSE, POSTPONE)
