"""Whose turn it is with a finding or measure, since when, and what comes next, as the pages say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.users.roles import ROLES, Right, holders_of
from documents.numerals import full_date
from findings.choices import Decision, MeasureStatus, Status
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow.deadlines import deciders_label
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import Step
from findings.workflow.stages import open_stage

NO_UNIT = "牵头单位（未定）"


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, since when, and the next act, in Chinese words for the page."""

    who: str
    since: dt.datetime | None
    then: str


def turn_of(finding: Finding, steps: Sequence[Step], extensions: Sequence[Extension] = ()) -> Turn:
    """Whose turn it is with the finding; ``steps`` and its own ``extensions`` are newest first."""
    since = next((step.taken_at for step in steps if step.measure_id is None), None)
    # Its person too, once there is a unit: whom to ask.
    unit = " ".join(map(str, filter(None, (finding.leading_unit or NO_UNIT, finding.person_in_charge))))
    if finding.status == Status.SUBMITTED:
        stage = open_stage(finding)
        if stage is None:
            return Turn(holders_of(Right.CLOSE), since, "同意销号，或者退回")
        named = "、".join(str(person) for person in stage.reviewers.all()) or ROLES[stage.role].label
        how = "（会签，全部同意才算通过）" if stage.by_all else ""
        return Turn(f"{named}{how}", since, f"{stage.name}，通过后进入下一级或销号")
    if finding.is_signed_off:
        return Turn("", since, f"{full_date(finding.next_review_on)}前复查" if finding.next_review_on else "")
    if finding.is_void:
        since = finding.signoffs.values_list("voided_at", flat=True).first()
    work = "销号已失效，重新申请销号" if finding.is_void else "措施全部报完成后申请销号"
    return Turn(unit, since, work + _until(finding, extensions))


def turn_with_measure(measure: Measure, extensions: Sequence[Extension]) -> Turn:
    """Whose turn it is with the measure; ``extensions`` are its own, newest first."""
    if measure.status == MeasureStatus.REPORTED:
        return Turn(holders_of(Right.VERIFY_WORK), measure.reported_at, "核实，或者退回")
    if measure.status == MeasureStatus.VERIFIED:
        return Turn("", measure.verified_at, "随问题一起申请销号")
    people = list(filter(None, (measure.person_in_charge, *measure.other_people_in_charge.all())))
    who = "、".join(map(str, people)) or str(measure.answering_unit or NO_UNIT)
    sent_back = measure.status == MeasureStatus.SENT_BACK
    work = "按退回的理由补充，再报完成" if sent_back else "填报进展和成效，上传佐证材料，再报完成"
    return Turn(who, None, work + _until(measure, extensions))


def _until(record: Finding | Measure, extensions: Sequence[Extension]) -> str:
    """What there is to do about a deadline that has passed, and whom to ask; empty before the deadline."""
    if record.due_on is None or record.due_on >= timezone.localdate():
        return ""
    late, deciders = (timezone.localdate() - record.due_on).days, deciders_label(record.inspection)
    waiting = next((one for one in extensions if one.decision == Decision.WAITING), None)
    if waiting is not None:
        asked = full_date(timezone.localdate(waiting.requested_at))
        return f"。已逾期{late}天，{asked}提交的{waiting.label}正等{deciders}审批"
    return f"。已逾期{late}天：一时完不成的，请提交逾期说明，由{deciders}审批新的时限"
