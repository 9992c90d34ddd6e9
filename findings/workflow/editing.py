"""The lock on a measure that was reported, or whose finding was submitted, against edits by its own unit."""

from __future__ import annotations

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import MeasureStatus, Status
from findings.inspections.models.measures import Measure
from findings.workflow.step_names import StepName
from findings.workflow.transitions import find_transition
from findings.workflow.wording import recipient_names, recipients_sentence

BY_FINDING = {
    Status.CLOSED: "问题已经销号，内容不能再改。确需再改，请先由督查员“重新整改”。",
    Status.SUBMITTED: "问题已申请销号，审核期间内容不能再改。需要修改的，请先撤回申请。",
}
BY_MEASURE = {
    MeasureStatus.REPORTED: "这条措施已报完成，等待核实，内容不能再改。需要修改的，请先“撤回报完成”。",
    MeasureStatus.VERIFIED: "这条措施已经核实，内容不能再改。需要修改的，请督查员先退回。",
}
VOIDS = "问题已经销号。您保存修改以后，销号即失效，需要重新申请销号。"
EXPIRES = "这条措施已经核实。改动措施、成效、完成日期或佐证材料以后，核实即失效，要重新核实。"


def edit_lock_reason(measure: Measure, user: User) -> str:
    """The sentence (Chinese) why the user may not edit the measure now, or an empty string; the office always may."""
    # The office corrects published words also after the sign-off, which becomes void by that (ADR 12).
    if measure.inspection.allows(user, Right.EDIT_RECORDS):
        return ""
    # A void finding must be corrected before it is submitted again, so that its status locks nothing.
    finding = "" if measure.finding.is_void else BY_FINDING.get(Status(measure.finding.status), "")
    return finding or BY_MEASURE.get(MeasureStatus(measure.status), "")


def edit_consequence(measure: Measure, user: User) -> str:
    """The sentences (Chinese) about what an edit by the user revokes and who is notified, or an empty string."""
    voids = VOIDS if measure.finding.is_signed_off else ""
    if measure.status != MeasureStatus.VERIFIED:
        return voids
    names = recipient_names(find_transition(measure, StepName.EXPIRE_VERIFICATION), measure, user)
    return f"{voids}{EXPIRES}{recipients_sentence(names)}"
