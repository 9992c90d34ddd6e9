"""Effects of steps on findings and measures besides the status, and what is written after the record is saved."""

from __future__ import annotations

import calendar
import datetime as dt

from django.utils import timezone

from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow.definitions import TakenStep
from findings.workflow.models.signoffs import SignOff, digest_of
from findings.workflow.signed_content import signed_payload, verified_digest


def next_review(day: dt.date, months: int) -> dt.date:
    """The same day of the month ``months`` later, or the last day of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def count_submission(step: TakenStep[Finding]) -> None:
    """Count one more submission, by the user of the step; a former closing is cleared."""
    clear_closing(step)
    step.record.submission += 1
    step.record.submitted_at, step.record.submitted_by = step.at, step.user


def clear_submission(step: TakenStep[Finding]) -> None:
    """Clear who submitted the finding and when; the number of submissions stays."""
    step.record.submitted_at = step.record.submitted_by = None


def set_closing(step: TakenStep[Finding]) -> None:
    """Set who closed the finding, when and how far it was rectified; for a long-term finding also the next review."""
    finding = step.record
    finding.closed_at, finding.closed_by = step.at, step.user
    finding.completion = step.step_input.completion
    if finding.long_term and finding.review_cycle_months:
        # The cycle counts from the local day of the sign-off, not from the day in UTC.
        finding.next_review_on = next_review(timezone.localdate(step.at), finding.review_cycle_months)


def clear_closing(step: TakenStep[Finding]) -> None:
    """Clear everything that was set at closing, and the mark of a void sign-off."""
    finding = step.record
    finding.closed_at = finding.closed_by = finding.next_review_on = None
    finding.completion, finding.is_void = "", False


def end_signoffs(step: TakenStep[Finding]) -> None:
    """Void the sign-off in force with the label and comment of the step as the reason."""
    for signoff in step.record.signoffs.filter(voided_at=None):
        signoff.void(f"{step.transition.label}：{step.step_input.comment}", step.user)


def sign(step: TakenStep[Finding]) -> None:
    """Store the sign-off: the canonical text of what was signed, and its digest (ADR 12)."""
    finding, content = step.record, signed_payload(step.record)
    SignOff.objects.create(
        finding=finding,
        submission=finding.submission,
        completion=finding.completion,
        opinion=step.step_input.comment,
        content=content,
        digest=digest_of(content),
        signed_at=step.at,
        signed_by=step.actor,
    )


def set_report(step: TakenStep[Measure]) -> None:
    """Set who reported the measure as done, and when."""
    step.record.reported_at, step.record.reported_by = step.at, step.user


def clear_report(step: TakenStep[Measure]) -> None:
    """Clear the report and with it the verification, which rests on it."""
    clear_verification(step)
    step.record.reported_at = step.record.reported_by = None


def set_verification(step: TakenStep[Measure]) -> None:
    """Set who verified the measure, when, and the digest of the verified content."""
    measure = step.record
    measure.verified_at, measure.verified_by = step.at, step.user
    measure.verified_digest = verified_digest(measure)


def clear_verification(step: TakenStep[Measure]) -> None:
    """Clear the verification and its digest."""
    step.record.verified_at = step.record.verified_by = None
    step.record.verified_digest = ""
