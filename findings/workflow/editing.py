"""The lock on a measure that was reported, or whose finding was submitted, against edits by its own unit."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import MeasureStatus, Status
from findings.inspections.due_status import short_date
from findings.inspections.models.findings import Finding
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


def undone_signoff(finding: Finding) -> str:
    """What a change of signed content undoes (Chinese), by whom it was signed and when; "" without a valid sign-off."""
    if not finding.is_signed_off or finding.closed_at is None:
        return ""
    day = short_date(timezone.localdate(finding.closed_at), timezone.localdate())
    return f"会使{finding.closed_by} {day}的销号作废，要重新申请销号"


def undone_by_edit(measure: Measure) -> str:
    """What an edit of the measure undoes (Chinese): its verification, its finding's sign-off, or both; "" for none."""
    effects = [undone_signoff(measure.finding)]
    if measure.status == MeasureStatus.VERIFIED and measure.verified_at is not None:
        day = short_date(timezone.localdate(measure.verified_at), timezone.localdate())
        effects.insert(0, f"会使{measure.verified_by} {day}的核实作废，要重新核实")
    return "；".join(filter(None, effects))
