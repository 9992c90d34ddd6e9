"""Extension requests: their rules, objections and the three rows of their table.

The decision belongs to the role that the inspection names, never to the user who requested.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.users.roles import ROLES, Right, refusal
from documents.numerals import full_date
from findings.choices import Decision, NoticeKind, Status
from findings.inspections.models.measures import Measure
from findings.notifications.models.notices import short_name
from findings.notifications.recipients import ids
from findings.units.scopes import user_scope
from findings.workflow.definitions import RecipientRule, StepNotice, StepRecipients, StepRules, TakenStep, Transition
from findings.workflow.models.extensions import Extension
from findings.workflow.recipient_rules import find_recipients
from findings.workflow.saving import workflow_writer
from findings.workflow.step_names import StepName


class ExtensionRules(StepRules[Extension]):
    """The engine's rules for extension requests; the status field is the decision."""

    model = Extension
    status_field = "decision"

    def has_right(self, user: User, right: Right, record: Extension) -> bool:
        """Editors of the measure may request; holders of the role that the inspection names decide."""
        if right == Right.DECIDE_EXTENSIONS:
            inspection = record.inspection
            return inspection.unit_id in user_scope(user).area_of(inspection.extensions_by)
        return record.measure.is_editable_by(user)

    def right_refusal(self, right: Right, record: Extension) -> str:
        """The sentence names the role that decides in this inspection."""
        if right == Right.DECIDE_EXTENSIONS:
            return f"本次巡察的延期申请由{ROLES[record.inspection.extensions_by].label}批准。"
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
        """The short name of the measure and its new deadline (day in Chinese words)."""
        day = record.new_due_on
        return {"name": short_name(record.measure), "day": f"{day.year}年{day.month}月{day.day}日"}

    def notice_target(self, record: Extension) -> dict[str, Any]:
        """The measure, on the page of its finding."""
        return {"finding": record.measure.finding, "measure": record.measure}


def request_objections(measure: Measure) -> list[str]:
    """The reasons (Chinese) why an extension cannot be requested now; at most one."""
    if measure.due_on is None:
        return ["这条措施没有完成时限，不需要申请延期。"]
    if measure.is_done:
        return ["这条措施已报完成，不需要申请延期。"]
    if measure.finding.status in {Status.SUBMITTED, Status.CLOSED}:
        return ["问题已申请销号或已经销号，不需要申请延期。"]
    if measure.due_on < timezone.localdate():
        return ["完成时限已过，不能再申请延期；请在进展中说明原因，由整改办处理。"]
    if measure.extensions.waiting().exists():
        return ["这条措施已有一份待批的延期申请。"]
    return []


def granting_objections(extension: Extension) -> list[str]:
    """The reasons (Chinese) why a request cannot be granted any more: the measure has changed since it was made."""
    measure = extension.measure
    if measure.due_on != extension.old_due_on:
        now = full_date(measure.due_on) or "未定"
        return [f"提出申请以后，完成时限已改为{now}。请不同意这份申请，需要时另行申请。"]
    if measure.is_done:
        return ["提出申请以后，这条措施已报完成，不再需要延期。"]
    return []


def _can_be_requested(extension: Extension, _user: User) -> list[str]:
    return request_objections(extension.measure)


def _requested_by_another(extension: Extension, user: User) -> list[str]:
    return ["您自己提出的延期申请，要由另一个人批准。"] if extension.requested_by_id == user.pk else []


def _can_be_granted(extension: Extension, _user: User) -> list[str]:
    return granting_objections(extension)


def _set_decision(step: TakenStep[Extension]) -> None:
    extension = step.record
    extension.opinion, extension.decided_at, extension.decided_by = step.step_input.comment, step.at, step.user


def _move_deadline(step: TakenStep[Extension]) -> None:
    measure = step.record.measure
    measure.due_on = step.record.new_due_on
    # A checked write, because the deadline is part of what a sign-off signs.
    workflow_writer.save(measure, seen=measure.version)


def _deciders(extension: Extension, user: User | None) -> StepRecipients:
    measure = extension.measure
    role = measure.inspection.extensions_by
    return find_recipients(measure.finding, measure, user, lambda recipients: recipients.with_role(role))


def _requester_and_unit(extension: Extension, user: User | None) -> StepRecipients:
    measure = extension.measure
    people = ids(extension.requested_by_id, measure.person_in_charge_id)
    return find_recipients(
        measure.finding, measure, user, lambda recipients: people | recipients.reporters_of(measure.answering_unit_id)
    )


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
    notice=StepNotice(NoticeKind.EXTENSION, "{user}为措施“{name}”申请延期，请您审批。"),
    after="已提交延期申请，批准以前仍按原来的时限。",
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
    notice=StepNotice(NoticeKind.EXTENSION, "措施“{name}”的延期申请已同意，完成时限改为{day}。"),
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
    notice=StepNotice(NoticeKind.EXTENSION, "措施“{name}”的延期申请没有同意，仍按原来的完成时限，请查看意见。"),
    after="已保存审批意见。",
)
EXTENSION_TRANSITIONS = (REQUEST, GRANT, REFUSE)
