"""The work of the demo's people, done through the evidence store and the workflow as users do it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import Completion, EvidenceKind, Status
from findings.evidence.store import receive
from findings.models import Finding, Measure
from findings.workflow import StepInput, StepName, WorkflowRecord, has_right_on, take_step
from findings.workflow.evidence import add_evidence
from findings.workflow.models.signoffs import digest_of
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import signed_payload
from findings.workflow.stages import is_reviewer, open_stage
from rectify.demo.evidence_files import draw_page
from rectify.demo.people import Directory

# The times of day at which the steps are taken.
MEASURE_STARTED_AT, UPLOADED_AT, REPORTED_AT, VERIFIED_AT = dt.time(9), dt.time(15), dt.time(16, 45), dt.time(17, 30)
SENT_BACK_AT, LATE_SUBMISSION_AT = dt.time(10), dt.time(18)
SUBMITTED_AT, REVIEWED_AT, CLOSED_AT = dt.time(9), dt.time(9, 30), dt.time(11)

REPORT = ("整改情况说明", "pdf", EvidenceKind.PROCESS)
PROOFS = (
    ("会议纪要", "pdf", EvidenceKind.PROCESS),
    ("现场照片", "jpg", EvidenceKind.PROCESS),
    ("登记表扫描件", "png", EvidenceKind.RESULT),
)


def local_datetime(day: dt.date | None, time: dt.time) -> dt.datetime:
    """A local time on a day; None stands for the day on which the demo is loaded."""
    return timezone.make_aware(dt.datetime.combine(day or timezone.localdate(), time))


class WorkflowSteps:
    """Takes the workflow steps of one inspection, each as a user who has the right to."""

    def __init__(self, directory: Directory, supervisor: str) -> None:
        self.directory, self.supervisor = directory, directory.people[supervisor]

    def advance_measure(self, measure: Measure, record: dict[str, Any]) -> None:
        """Start the measure with its first progress; upload evidence and report it; have it verified or sent back."""
        reporter = self.find_reporter(measure)
        done_on = measure.completed_on
        days = [entry["on"] for entry in record.get("progress", ())] + ([done_on] if done_on else [])
        if days:
            self.perform(StepName.START, measure, reporter, local_datetime(min(days), MEASURE_STARTED_AT))
        if done_on is None:
            return
        self.upload_evidence(measure, reporter, done_on)
        self.perform(StepName.REPORT, measure, reporter, local_datetime(done_on, REPORTED_AT))
        if "sent_back" in record:
            at = local_datetime(done_on + dt.timedelta(days=1), SENT_BACK_AT)
            self.perform(StepName.SEND_BACK, measure, self.supervisor, at, record["sent_back"])
        elif record.get("verified"):
            self.perform(StepName.VERIFY, measure, self.supervisor, local_datetime(done_on, VERIFIED_AT))

    def upload_evidence(self, measure: Measure, reporter: User, day: dt.date) -> None:
        """Upload the report and one further document on the day the measure was done."""
        for title, extension, kind in (REPORT, PROOFS[(measure.finding.order + measure.order) % len(PROOFS)]):
            lines = [f"事项：{measure.plan}", f"时间：{day:%Y年%m月%d日}", "", measure.outcome[:160]]
            name = f"{title}（{day:%Y%m%d}）.{extension}"
            file = receive(ContentFile(draw_page(title, lines, extension), name), name, reporter)
            at = local_datetime(day, UPLOADED_AT)
            add_evidence(measure.finding, [measure], file, reporter, kind=kind, caption=title, at=at)

    def advance_finding(self, finding: Finding, record: dict[str, Any]) -> None:
        """Take a finding as far as its data says: started, submitted, or closed and perhaps changed since."""
        finding.refresh_from_db()  # the first step of a measure has started it
        applicant = self.find_reporter(finding)
        closed_on, status = record.get("closed_on"), record.get("status")
        if status == "in_progress" and finding.status == Status.OPEN:
            self.perform(StepName.START, finding, applicant, local_datetime(finding.inspection.feedback_on, CLOSED_AT))
        if status == "submitted":
            last = max(measure.completed_on for measure in finding.measures.all() if measure.completed_on)
            self.perform(StepName.SUBMIT, finding, applicant, local_datetime(last, LATE_SUBMISSION_AT))
        if closed_on:
            self.perform(StepName.SUBMIT, finding, applicant, local_datetime(closed_on, SUBMITTED_AT))
            self.review_and_close(finding, record, closed_on)
        if "amended" in record:
            measure = finding.measures.order_by("pk")[record["amended"]["measure"] - 1]
            # A change after the signature, so that the demo shows a void sign-off (ADR 12).
            measure.outcome = record["amended"]["outcome"]
            workflow_writer.save(measure, seen=measure.version)

    def review_and_close(self, finding: Finding, record: dict[str, Any], day: dt.date) -> None:
        """Take the finding through all stages of review, then sign it off."""
        while stage := open_stage(finding):
            candidates = [user for user in self.directory.people.values() if user.pk != finding.submitted_by_id]
            reviewer = next(user for user in candidates if is_reviewer(stage, finding.inspection.unit_id, user))
            self.perform(StepName.REVIEW, finding, reviewer, local_datetime(day, REVIEWED_AT), "情况属实，同意。")
        signature = StepInput(
            comment="佐证齐全，措施到位，同意销号。",
            completion=record.get("completion", Completion.COMPLETE),
            seen_digest=digest_of(signed_payload(finding)),
        )
        at = local_datetime(day, CLOSED_AT)
        take_step(StepName.CLOSE, finding, self.supervisor, finding.version, signature, at=at)

    def perform(self, name: StepName, record: WorkflowRecord, by: User, at: dt.datetime, comment: str = "") -> None:
        """Take one step at the given time."""
        take_step(name, record, by, record.version, StepInput(comment=comment), at=at)

    def find_reporter(self, record: Measure | Finding) -> User:
        """The person in charge, if they may report; otherwise the first user who reports for the whole body."""
        person = record.person_in_charge
        if person is None and isinstance(record, Measure):
            person = record.finding.person_in_charge
        if person and has_right_on(person, Right.REPORT_WORK, record):
            return person
        people = self.directory.people.values()
        return next(user for user in people if record.inspection.allows(user, Right.REPORT_WORK))
