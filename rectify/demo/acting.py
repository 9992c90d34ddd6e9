"""The work of the demo's people, done as they would do it: through the store of evidence and the workflow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from accounts.users.roles import Right
from findings import workflow
from findings.choices import Completion, EvidenceKind, Status
from findings.evidence.store import receive
from findings.models import Finding, Measure
from findings.workflow.evidence import add_evidence
from findings.workflow.models.signoffs import digest_of
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import signed_payload
from findings.workflow.stages import may_review, open_stage
from rectify.demo.cast import Cast
from rectify.demo.pages import page

UPLOADED, REPORTED, VERIFIED = dt.time(15), dt.time(16, 45), dt.time(17, 30)
SUBMITTED, REVIEWED, CLOSED = dt.time(9), dt.time(9, 30), dt.time(11)
REPORT = ("整改情况说明", "pdf", EvidenceKind.PROCESS)
PROOFS = (
    ("会议纪要", "pdf", EvidenceKind.PROCESS),
    ("现场照片", "jpg", EvidenceKind.PROCESS),
    ("登记表扫描件", "png", EvidenceKind.RESULT),
)


def moment(day: dt.date | None, time: dt.time) -> dt.datetime:
    """A time of a day, here; of the day on which the demo is loaded, if none is given."""
    return timezone.make_aware(dt.datetime.combine(day or timezone.localdate(), time))


class Acting:
    """Those of one inspection's people who take the steps."""

    def __init__(self, cast: Cast, closed_by: str) -> None:
        self.cast, self.supervisor = cast, cast.people[closed_by]

    def work(self, measure: Measure, record: dict[str, Any]) -> None:
        """Begin with the first progress; prove and report what is done; have it verified or sent back."""
        reporter = self.reporter_of(measure)
        days = [entry["on"] for entry in record.get("progress", ())]
        done_on = measure.completed_on
        if first := min([*days, *([done_on] if done_on else [])], default=None):
            self.take("start", measure, reporter, moment(first, dt.time(9)))
        if done_on is None:
            return
        self.prove(measure, reporter, done_on)
        self.take("report", measure, reporter, moment(done_on, REPORTED))
        if "sent_back" in record:
            back = moment(done_on + dt.timedelta(days=1), dt.time(10))
            self.take("return", measure, self.supervisor, back, record["sent_back"])
        elif record.get("verified"):
            self.take("verify", measure, self.supervisor, moment(done_on, VERIFIED))

    def prove(self, measure: Measure, reporter: User, day: dt.date) -> None:
        """Upload the report and one of the usual proofs on the day the measure was done."""
        for title, extension, kind in (REPORT, PROOFS[(measure.finding.order + measure.order) % len(PROOFS)]):
            lines = [f"事项：{measure.plan}", f"时间：{day:%Y年%m月%d日}", "", measure.outcome[:160]]
            content = page(title, lines, extension)
            name = f"{title}（{day:%Y%m%d}）.{extension}"
            received = receive(ContentFile(content, name), name, reporter)
            add_evidence(
                measure.finding,
                [measure],
                received,
                reporter,
                kind=kind,
                caption=title,
                at=moment(day, UPLOADED),
            )

    def bring(self, finding: Finding, record: dict[str, Any]) -> None:
        """Take a finding as far as its data says: begun, submitted, or closed and perhaps changed since."""
        finding.refresh_from_db()  # the first work on a measure has begun it
        applicant = self.applicant_for(finding)
        closed_on, status = record.get("closed_on"), record.get("status")
        if status == "in_progress" and finding.status == Status.OPEN:
            self.take("begin", finding, applicant, moment(finding.inspection.feedback_on, CLOSED))
        if status == "submitted":
            last = max(measure.completed_on for measure in finding.measures.all() if measure.completed_on)
            self.take("submit", finding, applicant, moment(last, dt.time(18)))
        if closed_on:
            self.take("submit", finding, applicant, moment(closed_on, SUBMITTED))
            self.sign(finding, record, closed_on)
        if "amended" in record:
            measure = finding.measures.order_by("pk")[record["amended"]["measure"] - 1]
            measure.outcome = record["amended"]["outcome"]
            workflow_writer.save(measure, seen=measure.version)

    def sign(self, finding: Finding, record: dict[str, Any], day: dt.date) -> None:
        """The reviews of all stages, then the signature."""
        while stage := open_stage(finding):
            reviewers = [user for user in self.cast.people.values() if user.pk != finding.submitted_by_id]
            reviewer = next(user for user in reviewers if may_review(stage, finding.inspection.unit_id, user))
            self.take("review", finding, reviewer, moment(day, REVIEWED), "情况属实，同意。")
        given = workflow.Given(
            comment="佐证齐全，措施到位，同意销号。",
            completion=record.get("completion", Completion.COMPLETE),
            seen_digest=digest_of(signed_payload(finding)),
        )
        workflow.perform("close", finding, self.supervisor, finding.version, given, at=moment(day, CLOSED))

    def take(self, name: str, record: workflow.Workpiece, by: User, at: dt.datetime, comment: str = "") -> None:
        """One step at its time."""
        workflow.perform(name, record, by, record.version, workflow.Given(comment=comment), at=at)

    def reporter_of(self, measure: Measure) -> User:
        """Whoever is in charge, if he has an account, else the office of the body."""
        person = measure.person_in_charge or measure.finding.person_in_charge
        if person and workflow.holds(person, Right.REPORT_WORK, measure):
            return person
        return self.office_of(measure)

    def applicant_for(self, finding: Finding) -> User:
        """Whoever is in charge of the finding, if he has an account, else the office of the body."""
        person = finding.person_in_charge
        if person and workflow.holds(person, Right.REPORT_WORK, finding):
            return person
        return self.office_of(finding)

    def office_of(self, record: workflow.Workpiece) -> User:
        """The first of those who report for the whole body."""
        people = self.cast.people.values()
        return next(user for user in people if record.inspection.allows(user, Right.REPORT_WORK))
