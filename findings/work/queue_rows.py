"""The rows of the queue: one waiting record each, with the step to take and what the list says about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from findings.inspections.display import number_with_measure
from findings.inspections.due_status import IN_TIME, DueStatus, delay_of
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow import Transition, WorkflowRecord, find_transition
from findings.workflow.extensions import GRANT, REFUSE
from findings.workflow.models.extensions import Extension
from findings.workflow.stages import open_stage
from findings.workflow.step_names import StepName

QueueRecord = WorkflowRecord | Extension


def forward_transition(record: QueueRecord) -> Transition[Any]:
    """The step that takes a reported measure, a submitted finding or a request for more time forward."""
    if isinstance(record, Extension):
        return GRANT
    if isinstance(record, Measure):
        return find_transition(record, StepName.VERIFY)
    return find_transition(record, StepName.REVIEW if open_stage(record) else StepName.CLOSE)


def back_transition(record: QueueRecord) -> Transition[Any]:
    """The step that sends a record back, or refuses a request."""
    return REFUSE if isinstance(record, Extension) else find_transition(record, StepName.SEND_BACK)


@dataclass(frozen=True)
class QueueRow:
    """One waiting record: the step to take with it or, in ``own``, why this user may not take it."""

    record: QueueRecord
    transition: Transition[Any]
    label: str
    since: dt.datetime | None
    own: str = ""

    @property
    def goes_alone(self) -> bool:
        """Whether it is not taken forward together with others: a signature, and the decision on a request."""
        return self.transition.is_sign_off or isinstance(self.record, Extension)

    @property
    def kind(self) -> str:
        """The model name of the record, as in URLs."""
        return self.record._meta.model_name or ""

    @property
    def key(self) -> str:
        """The model name and the key of the record, as in URLs."""
        return f"{self.kind}-{self.record.pk}"

    @property
    def finding(self) -> Finding:
        """The finding that the record is or belongs to."""
        return self.record if isinstance(self.record, Finding) else self.record.finding

    @property
    def subject(self) -> WorkflowRecord:
        """The finding or measure that it is about."""
        return self.record.record if isinstance(self.record, Extension) else self.record

    @property
    def title(self) -> str:
        """What the row says in one line."""
        if isinstance(self.record, Extension):
            return f"{self.record.label}：{self.record}，{self.record.reason}"
        return str(self.record)

    @property
    def unit(self) -> str:
        """The name of the unit that answers for the record."""
        return str(self.subject.lead_unit or self.finding.leading_unit or "单位未定")

    @property
    def person(self) -> str:
        """The name of the person who handed it in."""
        if isinstance(self.record, Extension):
            return str(self.record.requested_by)
        return str((self.record.reported_by if isinstance(self.record, Measure) else self.record.submitted_by) or "")

    @property
    def number(self) -> str:
        """The number of the record, as 1-2 for a finding and 1-2/1 for a measure."""
        return number_with_measure(self.finding, self.subject if isinstance(self.subject, Measure) else None)

    @property
    def due(self) -> SafeString:
        """The deadline with its light; who is late, the unit or the reviewer, is said beside the open record."""
        return DueStatus.of(self.record.inspection).html(self.subject.due_on, settled=False)

    @property
    def waits(self) -> str:
        """How long the record has waited, in words."""
        days = (timezone.localdate() - timezone.localdate(self.since)).days if self.since else 0
        return f"等{days}天" if days else "今天报"

    @property
    def lateness(self) -> str:
        """Whose the days past the deadline are (Chinese); empty when it is not past."""
        delay = delay_of(self.subject.due_on, self.since, timezone.localdate())
        if delay is None:
            return ""
        if delay.is_reviewers:
            return f"{IN_TIME}；审核 {delay.review_days} 天"
        words = f"单位晚报 {delay.unit_days} 天"
        return f"{words}，审核 {delay.review_days} 天" if delay.review_days else words

    @property
    def value(self) -> str:
        """The key and the version shown, as sent by checkboxes."""
        return f"{self.key}-{self.record.version}"
