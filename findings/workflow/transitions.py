"""The table of transitions of findings and measures: one row is everything that is stated about one step (ADR 11).

Buttons, refusals, notices, sentences, the help page and the tests are made from it.
"""

from __future__ import annotations

from typing import Any

from accounts.models import Action
from accounts.users.roles import Right
from findings.choices import MeasureStatus, NoticeKind, Status
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow import effects, objections, recipient_rules
from findings.workflow.definitions import StepNotice, TakenStep, Transition
from findings.workflow.execution import perform_consequence
from findings.workflow.rules import FINDING, MEASURE, WorkflowRecord
from findings.workflow.step_names import StepName

M, S = MeasureStatus, Status
STAGE_NOTICE = StepNotice(
    NoticeKind.TURN,
    "问题“{name}”等待销号，请您办理。",
    "问题“{name}”申请销号，现在是“{stage}”，请您审核。",
)
# Outside of the table, because an effect takes this step as well.
START_FINDING = Transition(
    StepName.START,
    "开始整改",
    FINDING,
    frozenset({S.OPEN}),
    S.IN_PROGRESS,
    Right.REPORT_WORK,
    before="将把问题“{}”记为已经开始整改。",
    after="已记为开始整改。",
)


def start_finding_above(step: TakenStep[Measure]) -> None:
    """Start the finding with the first work on one of its measures, whoever carries the measure out."""
    finding = Finding.objects.select_related("inspection").get(pk=step.record.finding_id)
    if START_FINDING.starts_from(finding):
        perform_consequence(START_FINDING, finding, step.user, step.at)
        step.record.finding = finding


TRANSITIONS: tuple[Transition[Any], ...] = (
    Transition(
        StepName.START,
        "开始整改",
        MEASURE,
        frozenset({M.NOT_STARTED}),
        M.UNDER_WAY,
        Right.REPORT_WORK,
        objections=(objections.still_open,),
        effects=(start_finding_above,),
        before="将把措施“{}”记为已经开始整改。",
        after="已记为开始整改。",
    ),
    Transition(
        StepName.REPORT,
        "报完成",
        MEASURE,
        # Also a measure on which no work was logged.
        frozenset({M.NOT_STARTED, M.UNDER_WAY, M.SENT_BACK}),
        M.REPORTED,
        Right.REPORT_WORK,
        objections=(objections.still_open, objections.report_is_complete),
        effects=(start_finding_above, effects.set_report),
        recipients=recipient_rules.VERIFIERS,
        notice=StepNotice(NoticeKind.TURN, "措施“{name}”已报完成，请您核实。"),
        before="将报告措施“{}”已经完成，由督查员核实；核实以前可以撤回。",
        after="已报完成，等待核实。",
    ),
    Transition(
        StepName.WITHDRAW,
        "撤回报完成",
        MEASURE,
        frozenset({M.REPORTED}),
        M.UNDER_WAY,
        Right.REPORT_WORK,
        objections=(objections.still_open, objections.not_submitted),
        is_forward=False,
        effects=(effects.clear_report,),
        before="将撤回措施“{}”的完成报告，回到进行中。",
        after="已撤回报完成，可以继续修改。",
    ),
    Transition(
        StepName.VERIFY,
        "核实",
        MEASURE,
        frozenset({M.REPORTED}),
        M.VERIFIED,
        Right.VERIFY_WORK,
        objections=(
            objections.still_open,
            objections.reported_by_another,
            objections.report_is_complete,
            objections.proved_before_report,
        ),
        effects=(effects.set_verification,),
        recipients=recipient_rules.LAST_REPORTER,
        notice=StepNotice(NoticeKind.RESULT, "措施“{name}”已核实。"),
        before="将核实措施“{}”：材料属实，措施已经做到。",
        after="已核实。",
    ),
    Transition(
        # Only taken by ``verification.revoke_stale_verification``, never by a user.
        StepName.EXPIRE_VERIFICATION,
        "核实失效",
        MEASURE,
        frozenset({M.VERIFIED}),
        M.REPORTED,
        None,
        is_forward=False,
        effects=(effects.clear_verification,),
        recipients=recipient_rules.LAST_VERIFIER,
        notice=StepNotice(NoticeKind.TURN, "措施“{name}”核实以后内容有变，请您重新核实。"),
        before="措施“{}”核实以后内容有变，将重新等待核实。",
        after="核实已失效，等待重新核实。",
    ),
    Transition(
        StepName.SEND_BACK,
        "退回",
        MEASURE,
        frozenset({M.REPORTED, M.VERIFIED}),
        M.SENT_BACK,
        Right.VERIFY_WORK,
        objections=(objections.still_open, objections.not_submitted),
        needs_comment=True,
        is_forward=False,
        effects=(effects.clear_report,),
        recipients=recipient_rules.LAST_REPORTER,
        notice=StepNotice(NoticeKind.RESULT, "措施“{name}”被退回，请查看理由。"),
        before="将退回措施“{}”，由报完成人按理由补充后再报。",
        after="已退回，理由已记下。",
    ),
    START_FINDING,
    Transition(
        StepName.SUBMIT,
        "申请销号",
        FINDING,
        # A closed finding only with a void sign-off (``not_signed_in_force``).
        frozenset({S.OPEN, S.IN_PROGRESS, S.CLOSED}),
        S.SUBMITTED,
        Right.REPORT_WORK,
        objections=(objections.not_signed_in_force, objections.submission_is_complete),
        effects=(effects.count_submission,),
        recipients=recipient_rules.FIRST_HANDS,
        notice=STAGE_NOTICE,
        before="将为问题“{}”申请销号，交各级审核；审核期间可以撤回。",
        after="已申请销号。",
    ),
    Transition(
        StepName.WITHDRAW,
        "撤回申请",
        FINDING,
        frozenset({S.SUBMITTED}),
        S.IN_PROGRESS,
        Right.REPORT_WORK,
        is_forward=False,
        effects=(effects.clear_submission,),
        before="将撤回问题“{}”的销号申请，已有的审核意见不再算数。",
        after="已撤回销号申请。",
    ),
    Transition(
        StepName.REVIEW,
        # The status stays: passed stages follow from the consents in the log of steps.
        "审核同意",
        FINDING,
        frozenset({S.SUBMITTED}),
        S.SUBMITTED,
        Right.REVIEW,
        objections=(objections.submitted_by_another, objections.user_reviews_open_stage),
        needs_comment=True,
        recipients=recipient_rules.NEXT_HANDS,
        notice=STAGE_NOTICE,
        before="将审核同意问题“{}”的销号申请，交下一级审核或销号。",
        after="已审核同意。",
    ),
    Transition(
        StepName.CLOSE,
        "同意销号",
        FINDING,
        frozenset({S.SUBMITTED}),
        S.CLOSED,
        Right.CLOSE,
        objections=(
            objections.submitted_by_another,
            objections.stages_are_done,
            objections.submission_is_complete,
            objections.measures_are_verified,
            objections.proved_before_submission,
        ),
        needs_comment=True,
        action=Action.SIGN_OFF,
        input_check=objections.check_signature,
        effects=(effects.set_closing,),
        after_save=(effects.sign,),
        recipients=recipient_rules.APPLICANTS,
        notice=StepNotice(NoticeKind.RESULT, "问题“{name}”已同意销号。"),
        before="将对问题“{}”销号：按下面的内容签署，以后内容有变，这次销号即失效。",
        after="已销号。",
    ),
    Transition(
        StepName.SEND_BACK,
        "退回",
        FINDING,
        frozenset({S.SUBMITTED}),
        S.IN_PROGRESS,
        Right.REVIEW,
        # Holders of the right to close may send back in any stage, reviewers in their own.
        objections=(objections.submitted_by_another, objections.user_may_send_back),
        needs_comment=True,
        is_forward=False,
        effects=(effects.clear_submission,),
        recipients=recipient_rules.APPLICANTS,
        notice=StepNotice(NoticeKind.RESULT, "问题“{name}”的销号申请被退回，请查看意见后继续整改。"),
        before="将退回问题“{}”的销号申请，由申请人按理由补充后重新申请。",
        after="已退回，理由已记下。",
    ),
    Transition(
        StepName.REOPEN,
        "重新整改",
        FINDING,
        frozenset({S.CLOSED}),
        S.IN_PROGRESS,
        Right.CLOSE,
        needs_comment=True,
        is_forward=False,
        # The sign-off ends with a reason of its own and is not reported as void.
        effects=(effects.end_signoffs, effects.clear_closing, effects.clear_submission),
        recipients=recipient_rules.LEAD_UNIT,
        notice=StepNotice(NoticeKind.RESULT, "问题“{name}”需要重新整改，请查看理由。"),
        before="将对问题“{}”重新整改：现有的销号不再有效，须重新申请。",
        after="已重新整改。",
    ),
)
# Step names repeat between models, so that the model is part of the key.
BY_NAME: dict[tuple[type[WorkflowRecord], str], Transition[Any]] = {(one.model, one.name): one for one in TRANSITIONS}


def find_transition(record: WorkflowRecord, name: StepName) -> Transition[Any]:
    """The row of the step with such a record; KeyError when there is none."""
    return BY_NAME[type(record), name]
