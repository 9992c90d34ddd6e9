"""The sign-off of a finding on its page: whose turn it is, available steps, steps taken, and what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import MeasureStatus, Status
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.work.signed_differences import Difference, differences
from findings.workflow import (
    AvailableStep,
    StepName,
    Turn,
    WorkflowRecord,
    available_steps,
    has_right_on,
    turn_of,
)
from findings.workflow.extensions import request_objections
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import SignOff, Step
from findings.workflow.signed_content import present_payload


@dataclass(frozen=True)
class VoidedSignOff:
    """The last sign-off of a finding, now void, with the differences of the present content from it."""

    signoff: SignOff
    differences: list[Difference]


@dataclass(frozen=True)
class SignOffPanel:
    """The state of a finding's sign-off for one user."""

    turn: Turn
    may_extend: bool
    available_steps: list[AvailableStep[Any]]
    steps: list[Step]
    sent_back: Step | None
    ended: VoidedSignOff | None

    def find_step(self, name: StepName) -> AvailableStep[Any] | None:
        """The step of this name if the user may take it now, also with objections against it; None if not."""
        return next((step for step in self.available_steps if step.transition.name == name), None)


def panel_for(finding: Finding, measures: Sequence[Measure], user: User, extensions: list[Extension]) -> SignOffPanel:
    """The panel for a user who sees these measures of the finding; steps of other measures are left out.

    ``extensions`` are those of the finding's own deadline, the newest first.
    """
    every = list(finding.steps.all())
    # A user who sees a sub-finding only does not see the steps of the parent's measures.
    own = {measure.pk for measure in measures}
    steps = [step for step in every if step.measure_id is None or step.measure_id in own]
    works = has_right_on(user, Right.REPORT_WORK, finding)
    return SignOffPanel(
        turn=turn_of(finding, every, extensions),
        may_extend=works and not request_objections(finding, extensions),
        available_steps=available_steps(finding, user),
        steps=steps,
        sent_back=last_send_back(finding, steps),
        ended=voided_signoff(finding),
    )


def voided_signoff(finding: Finding) -> VoidedSignOff | None:
    """The last void sign-off, for those who submit again or review that; None for other findings."""
    # After a new submission the finding is no longer void; reviewers compare with the former sign-off.
    if not finding.is_void and not (finding.status == Status.SUBMITTED and finding.submission > 1):
        return None
    ended = finding.signoffs.select_related("signed_by", "voided_by").filter(voided_at__isnull=False).first()
    return VoidedSignOff(ended, differences(ended.content, present_payload(ended, finding))) if ended else None


def last_send_back(record: WorkflowRecord, steps: Iterable[Step]) -> Step | None:
    """The step that sent the record back, if it is the last of ``steps`` (newest first), or None.

    The steps are not evaluated, so that no query is made, when the status shows that it was not sent back.
    """
    measure, status = (
        (record.pk, MeasureStatus.SENT_BACK) if isinstance(record, Measure) else (None, Status.IN_PROGRESS)
    )
    if record.status != status:
        return None
    last = next((one for one in steps if one.measure_id == measure), None)
    return last if last is not None and last.transition == StepName.SEND_BACK else None
