"""Objections to the steps of findings and measures, as sentences (Chinese) of the page and of the refusal.

They prevent what offices are blamed for: signing off without evidence, without a result, or one's own work.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from accounts.models import Action, User
from accounts.records.saving import ConflictError
from accounts.users.roles import ROLES, Right
from findings.choices import Completion, MeasureStatus, Status
from findings.evidence.models import Evidence
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow.checklists import before_report, unfinished_words
from findings.workflow.definitions import StepInput
from findings.workflow.models.signoffs import digest_of
from findings.workflow.signed_content import signed_payload
from findings.workflow.stages import consents_of, is_reviewer, open_stage

M = MeasureStatus


def still_open(measure: Measure, _user: User) -> list[str]:
    """Refuse work below a finding with a valid sign-off; below a void one it goes on until the next submission."""
    if measure.finding.is_signed_off:
        return ["问题已经销号；确需再改，请先由督查员“重新整改”。"]
    return []


def not_submitted(measure: Measure, _user: User) -> list[str]:
    """Refuse to send back one measure of a submitted finding: the finding is sent back or withdrawn as a whole."""
    if measure.finding.status == Status.SUBMITTED:
        return ["问题已申请销号，请先退回或撤回整个问题的申请。"]
    return []


def report_is_complete(measure: Measure, _user: User) -> list[str]:
    """What the measure lacks for its report; also checked at its verification, since it may have been edited since."""
    return [check.against for check in before_report(measure) if not check.is_met]


def reported_by_another(measure: Measure, user: User) -> list[str]:
    """Require that another user verifies than the one who reported (four eyes)."""
    return ["您自己报完成的措施，要由另一个人核实。"] if measure.reported_by_id == user.pk else []


def proved_before_report(measure: Measure, _user: User) -> list[str]:
    """Require a live piece of evidence uploaded no later than the report."""
    at = measure.reported_at
    if at is not None and not measure.evidence.live().filter(uploaded_at__lte=at).exists():
        return ["报完成以前没有上传佐证材料，请退回。"]
    return []


def not_signed_in_force(finding: Finding, _user: User) -> list[str]:
    """Refuse a new submission while a sign-off is valid."""
    if finding.is_signed_off:
        return ["已经销号，不需要再申请。"]
    return []


def submission_is_complete(finding: Finding, _user: User) -> list[str]:
    """What the finding lacks for its submission; also checked at the sign-off, since it may have been edited since."""
    lacks = []
    if finding.leading_unit_id is None:
        lacks.append("没有确定牵头单位。")
    if finding.due_on is None:
        lacks.append("没有填写完成时限。")
    if finding.long_term and not finding.review_cycle_months:
        lacks.append("长期坚持的问题没有填写复查周期。")
    # Lists, not counts: the page of the finding has prefetched both.
    below, measures = list(finding.sub_findings.all()), list(finding.measures.all())
    if open_below := sum(not sub.is_signed_off for sub in below):
        lacks.append(f"还有 {open_below} 个分项问题没有销号。")
    if not measures and not below:
        lacks.append("还没有整改措施。")
    reported = [measure for measure in measures if measure.is_done]
    if unreported := len(measures) - len(reported):
        lacks.append(f"还有 {unreported} 条措施没有报完成。")
    if unfinished := sum(_is_unfinished(measure) for measure in reported):
        lacks.append(f"有 {unfinished} 条措施报完成以后改动，现在缺少整改成效或完成日期。")
    if unproved := _count_unproved(reported):
        lacks.append(f"有 {unproved} 条措施没有佐证材料。")
    return lacks


def submitted_by_another(finding: Finding, user: User) -> list[str]:
    """Refuse opinion and sign-off by the user who submitted the finding, whatever their roles (four eyes)."""
    return ["您自己申请销号的问题，要由另一个人审核和销号。"] if finding.submitted_by_id == user.pk else []


def user_reviews_open_stage(finding: Finding, user: User) -> list[str]:
    """Require that the user reviews in the open stage and has not yet consented there."""
    stage = open_stage(finding)
    if stage is None:
        return ["各级审核都已通过，等待销号。"]
    if not is_reviewer(stage, finding.inspection.unit_id, user):
        people = "、".join(str(person) for person in stage.reviewers.all())
        return [f"现在是“{stage.name}”，由{people or ROLES[stage.role].label}审核。"]
    if user.pk in consents_of(finding).get(stage.order, ()):
        return [f"您在“{stage.name}”已经同意，等待其他会签人。"]
    return []


def user_may_send_back(finding: Finding, user: User) -> list[str]:
    """Let holders of the right to close send back at any time, reviewers only in their own stage."""
    return [] if finding.inspection.allows(user, Right.CLOSE) else user_reviews_open_stage(finding, user)


def stages_are_done(finding: Finding, _user: User) -> list[str]:
    """Require that no stage of review is open."""
    stage = open_stage(finding)
    return [f"“{stage.name}”还没有通过。"] if stage else []


def measures_are_verified(finding: Finding, _user: User) -> list[str]:
    """Require that every measure is verified."""
    waiting = sum(measure.status != M.VERIFIED for measure in finding.measures.all())
    return [f"还有 {waiting} 条措施没有核实。"] if waiting else []


def proved_before_submission(finding: Finding, _user: User) -> list[str]:
    """Require evidence from before the submission for every measure: 先销号后补材料 is itself a violation."""
    # The finding is submitted when this is asked; a None only satisfies the type.
    at = finding.submitted_at
    if at is None:
        return []
    unproved = _count_unproved(finding.measures.all(), at)
    return [f"有 {unproved} 条措施在申请销号以前没有上传佐证材料，请退回。"] if unproved else []


def check_signature(finding: Finding, step_input: StepInput) -> list[str]:
    """Require a degree of completion; ConflictError when the finding differs from the signer's page."""
    if step_input.completion not in Completion.values:
        return ["请选择完成程度。"]
    # Compared before the closing fields are set: both digests are of the content without them.
    if step_input.seen_digest != digest_of(signed_payload(finding)):
        raise ConflictError(finding, finding.version, Action.SIGN_OFF)
    return []


# Not ``before_report``, which would query the evidence of each measure.
def _is_unfinished(measure: Measure) -> bool:
    return not measure.outcome or measure.completed_on is None or bool(unfinished_words(measure.outcome))


def _count_unproved(measures: Iterable[Measure], at: dt.datetime | None = None) -> int:
    """The number of these measures without live evidence, or without any uploaded by ``at``; one query."""
    keys = {measure.pk for measure in measures}
    proof = Evidence.objects.live().filter(measures__in=keys).order_by()
    if at is not None:
        proof = proof.filter(uploaded_at__lte=at)
    return len(keys.difference(proof.values_list("measures", flat=True)))
