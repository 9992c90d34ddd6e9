"""The engine's rules for findings and measures: rights, labels of statuses, the log of steps."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import MeasureStatus
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow.definitions import StepRules, TakenStep
from findings.workflow.models.signoffs import Step
from findings.workflow.stages import open_stage
from findings.workflow.step_names import StepName

WorkflowRecord = Finding | Measure


class FindingRules(StepRules[Finding]):
    """The engine's rules for findings."""

    model = Finding

    def has_right(self, user: User, right: Right, record: Finding) -> bool:
        """Over the whole inspection; the right to report also where the user answers for the finding."""
        allowed = record.inspection.allows(user, right)
        return allowed or (right == Right.REPORT_WORK and record.is_answered_by(user))

    def status_label(self, record: Finding, status: str) -> str:
        """The inspection's own word for the status."""
        return record.inspection.status_word(status)

    def notice_target(self, record: Finding) -> dict[str, Any]:
        """The page of the finding."""
        return {"finding": record}

    def log(self, step: TakenStep[Finding]) -> Step:
        """Add a row to the steps of the finding; a consent names the stage in which it was given."""
        # The row is not stored yet, so that the consent counts for the stage still open.
        stage = open_stage(step.record) if step.transition.name == StepName.REVIEW else None
        return _log(step, step.record, stage=stage.order if stage else None)


class MeasureRules(StepRules[Measure]):
    """The engine's rules for measures."""

    model = Measure

    def has_right(self, user: User, right: Right, record: Measure) -> bool:
        """Over the whole inspection; the right to report also where the user may edit the measure."""
        allowed = record.inspection.allows(user, right)
        return allowed or (right == Right.REPORT_WORK and record.is_editable_by(user))

    def status_label(self, record: Measure, status: str) -> str:
        """The label of the choice, the same in every inspection."""
        return MeasureStatus(status).label

    def notice_target(self, record: Measure) -> dict[str, Any]:
        """The measure, on the page of its finding."""
        return {"finding": record.finding, "measure": record}

    def log(self, step: TakenStep[Measure]) -> Step:
        """Add a row to the steps of the measure, which are also steps of its finding."""
        return _log(step, step.record.finding, measure=step.record)


def _log(step: TakenStep[Any], finding: Finding, **more: Any) -> Step:
    return Step.objects.create(
        finding=finding,
        transition=step.transition.name,
        source=step.source,
        target=step.transition.target,
        submission=finding.submission,
        comment=step.step_input.comment,
        taken_at=step.at,
        taken_by=step.user,
        **more,
    )


FINDING = FindingRules()
MEASURE = MeasureRules()


def has_right_on(user: User, right: Right, record: WorkflowRecord) -> bool:
    """Whether the user has the right over the whole inspection or, to report, over their part of it."""
    return (
        FINDING.has_right(user, right, record)
        if isinstance(record, Finding)
        else MEASURE.has_right(user, right, record)
    )


def status_label(record: WorkflowRecord, status: str | None = None) -> str:
    """The label of ``status``, by default of the present one, as pages name it for this record."""
    status = record.status if status is None else status
    return FINDING.status_label(record, status) if isinstance(record, Finding) else MEASURE.status_label(record, status)
