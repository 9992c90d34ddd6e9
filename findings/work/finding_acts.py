"""What stands on top of a finding: the way to its sign-off, what is missing, and the acts of the user."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.users.roles import Right
from accounts.web.components import PathStep
from accounts.web.text import shorten
from findings.choices import MeasureStatus, Status
from findings.inspections.due_status import DueStatus, delay_of
from findings.inspections.models.findings import Finding
from findings.work.measure_blocks import MeasureBlock
from findings.work.signoff_panel import SignOffPanel
from findings.workflow import AvailableStep, StepName, submission_is_complete
from findings.workflow.deadlines import decides_on
from findings.workflow.models.signoffs import ReviewStage
from findings.workflow.stages import open_stage

MOST_REVIEWERS = 2  # named in a step of the way
MOST_MEASURES = 3  # named in a sentence
LONGEST_UNIT = 14  # characters of a unit's name in a button
State = Literal["past", "now", "to_come"]
# The steps that move the finding on; the others take it back or only record that work has begun.
MOVING = (StepName.SUBMIT, StepName.REVIEW, StepName.CLOSE)


@dataclass(frozen=True)
class Act:
    """A button: what it does, and the page that it opens."""

    label: str
    address: str
    notice: str = ""  # who will be told, for those who hesitate


@dataclass(frozen=True)
class FindingActs:
    """The acts on a finding that its user can take now: at most one moves it, the others stand beside it."""

    primary: Act | None
    others: list[Act]
    against: list[tuple[str, list[str]]]  # the label of a step that is not possible yet, and the sentences against it
    missing: list[str]  # before the finding can be submitted
    is_own_turn: bool


def acts_on(finding: Finding, panel: SignOffPanel, blocks: Sequence[MeasureBlock], user: User) -> FindingActs:
    """The acts that the user can take on a finding, and what is missing before the next one."""
    moving = [step for name in MOVING if (step := panel.find_step(name))]
    possible = [step for step in moving if not step.objections]
    primary = _act_of(finding, possible[0]) if possible else _act_on_measures(finding, blocks, user)
    start = panel.find_step(StepName.START)
    if primary is None and start is not None and finding.status == Status.OPEN:
        primary, start = _act_of(finding, start), None
    back = [step for step in panel.available_steps if not step.transition.is_forward and not step.objections]
    others = [_act_of(finding, step) for step in (*possible[1:], *filter(None, [start]), *back)]
    return FindingActs(
        primary,
        [*_deadline_acts(finding, panel, user), *others],
        _against(finding, panel),
        _missing(finding, panel, blocks, user),
        bool(possible) if finding.status == Status.SUBMITTED else _is_with(finding, user),
    )


def _is_with(finding: Finding, user: User) -> bool:
    return finding.is_with_unit and finding.is_answered_by(user)


def _act_of(finding: Finding, step: AvailableStep[Finding]) -> Act:
    transition = step.transition
    notice = f"办理后告知：{transition.recipients.label}。" if transition.recipients else ""
    return Act(f"{transition.label}…", reverse("findings:step", args=["finding", finding.pk, transition.name]), notice)


def _act_on_measures(finding: Finding, blocks: Sequence[MeasureBlock], user: User) -> Act | None:
    """What moves the measures while the finding itself cannot be moved: report, verify, or demand."""
    if not (finding.is_with_unit or finding.status == Status.SUBMITTED):
        return None
    inspection = finding.inspection
    is_office = inspection.allows(user, Right.EDIT_RECORDS)
    own = [block for block in blocks if block.is_open and block.is_workable and finding.is_with_unit]
    if own and not is_office:
        first = min(own, key=lambda block: block.sent_back is None)
        word = "补正" if first.sent_back else "填报"
        return Act(f"{word}措施 {first.number}", first.measure.get_absolute_url())
    if inspection.allows(user, Right.VERIFY_WORK):
        waiting = [one for one in blocks if one.measure.status == MeasureStatus.REPORTED]
        if others := [one for one in waiting if one.measure.reported_by_id != user.pk]:
            query = urlencode({"open": f"measure-{others[0].measure.pk}"})
            return Act(f"核实措施 {others[0].number}", f"{reverse('findings:queue')}?{query}")
    if is_office or inspection.allows(user, Right.SUPERVISE):
        return _demand(finding, blocks)
    return None


def _demand(finding: Finding, blocks: Sequence[MeasureBlock]) -> Act | None:
    """The letter to the unit that is late or about to be; never while the reviewers have the finding."""
    if not finding.is_with_unit:
        return None
    today, warning = timezone.localdate(), finding.inspection.warning_days
    due = [(finding.due_on, finding.leading_unit)]
    due += [(one.measure.due_on, one.measure.answering_unit) for one in blocks if one.is_open]
    near = [(day, unit) for day, unit in due if day is not None and unit is not None and (day - today).days <= warning]
    if not near:
        return None
    unit = min(near, key=lambda pair: pair[0])[1]
    query = urlencode({"unit": unit.pk})
    name = shorten(str(unit), LONGEST_UNIT)
    return Act(
        f"催办{name}",
        f"{reverse('ledgers:letter_list', args=[finding.inspection_id])}?{query}",
        f"给{unit.name}发督办文书",
    )


def _deadline_acts(finding: Finding, panel: SignOffPanel, user: User) -> Iterator[Act]:
    """Moving the deadline, for those who decide on it themselves, or asking for it."""
    if not finding.is_with_unit:
        return
    edits = finding.inspection.allows(user, Right.EDIT_RECORDS)
    if edits and (decides_on(user, finding.inspection) or not panel.may_extend):
        yield Act("调整期限", f"{reverse('findings:finding_edit', args=[finding.pk])}#id_due_on")
    elif panel.may_extend:
        is_late = finding.due_on is not None and finding.due_on < timezone.localdate()
        label = "提交逾期说明" if is_late else "申请延期"
        yield Act(label, reverse("findings:finding_extension_create", args=[finding.pk]))


def _against(finding: Finding, panel: SignOffPanel) -> list[tuple[str, list[str]]]:
    """The steps of a submitted finding that something is against; before, what is missing says so."""
    if finding.status != Status.SUBMITTED:
        return []
    return [(step.transition.label, list(step.objections)) for step in panel.available_steps if step.objections]


def _missing(finding: Finding, panel: SignOffPanel, blocks: Iterable[MeasureBlock], user: User) -> list[str]:
    """What the finding lacks before it can be submitted (Chinese), with the unreported measures by number."""
    if not finding.is_with_unit:
        return []
    offered = panel.find_step(StepName.SUBMIT)
    lacks = list(offered.objections) if offered else submission_is_complete(finding, user)
    unreported = [block for block in blocks if block.is_open]
    if unreported:
        named = "；".join(f"措施 {one.number} {one.words_missing}" for one in unreported[:MOST_MEASURES])
        more = f"；等 {len(unreported)} 条" if len(unreported) > MOST_MEASURES else ""
        lacks.append(f"{named}{more}。")
    return lacks


def path_of(finding: Finding, blocks: Sequence[MeasureBlock]) -> list[PathStep]:
    """The way of the finding to its sign-off, with the persons where they are named."""
    inspection, is_submitted = finding.inspection, finding.status == Status.SUBMITTED
    if finding.is_signed_off:
        labels = ["分派", "整改", "核实", *(stage.name for stage in inspection.stages.all()), _closed_label(finding)]
        return [PathStep(label, "past") for label in labels]
    is_assigned = finding.leading_unit_id is not None
    statuses = {block.measure.status for block in blocks}
    are_verified = bool(blocks) and statuses == {MeasureStatus.VERIFIED}
    word = inspection.status_word(Status.OPEN if finding.status == Status.OPEN else Status.IN_PROGRESS)
    steps = [
        PathStep("分派", "past" if is_assigned else "now"),
        PathStep(word, "past" if is_submitted else "now" if is_assigned else "to_come"),
        PathStep("督查员核实", "past" if are_verified else "to_come"),
    ]
    present = open_stage(finding) if is_submitted else None
    steps += _stages(inspection.stages.all(), present, is_submitted=is_submitted)
    closing: State = "now" if is_submitted and present is None else "to_come"
    return [*steps, PathStep(inspection.closed_word, closing)]


def _stages(stages: Iterable[ReviewStage], present: ReviewStage | None, *, is_submitted: bool) -> Iterator[PathStep]:
    for stage in stages:
        people = [str(person) for person in stage.reviewers.all()]
        named = "、".join(people[:MOST_REVIEWERS]) + ("等" if len(people) > MOST_REVIEWERS else "")
        state: State = "to_come"
        if is_submitted and (present is None or stage.order < present.order):
            state = "past"
        elif present is not None and stage.order == present.order:
            state = "now"
        yield PathStep(f"{stage.name} {named}" if named else stage.name, state)


def _closed_label(finding: Finding) -> str:
    return (
        f"{finding.inspection.closed_word} {finding.closed_by}" if finding.closed_by else finding.inspection.closed_word
    )


def edge_of(finding: Finding) -> str:
    """The colour of the edge of the status, that of the finding's light: late, warn, good; none while it waits."""
    if finding.is_void:
        return "late"
    if finding.due_on is None or not finding.is_with_unit:
        return "good" if finding.is_signed_off else ""
    return DueStatus.of(finding.inspection).tone(finding.due_on)


def is_late_by_reviewers(finding: Finding) -> bool:
    """Whether the deadline passed while the reviewers had the finding, which the unit submitted in time."""
    delay = delay_of(finding.due_on, finding.submitted_at, timezone.localdate())
    return finding.status == Status.SUBMITTED and delay is not None and delay.is_reviewers
