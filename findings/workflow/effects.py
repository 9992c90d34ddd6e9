"""What a step changes in its finding or measure besides the status, and what follows once it is stored."""

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
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def count_submission(step: TakenStep[Finding]) -> None:
    """One more submission, by this user; an earlier closing is over."""
    clear_closing(step)
    step.record.submission += 1
    step.record.submitted_at, step.record.submitted_by = step.at, step.user


def clear_submission(step: TakenStep[Finding]) -> None:
    """Nobody asks for the sign-off any more."""
    step.record.submitted_at = step.record.submitted_by = None


def set_closing(step: TakenStep[Finding]) -> None:
    """Who closed it, when and how far it was rectified; a long-term finding is reviewed a cycle later."""
    finding = step.record
    finding.closed_at, finding.closed_by = step.at, step.user
    finding.completion = step.step_input.completion
    if finding.long_term and finding.review_cycle_months:
        finding.next_review_on = next_review(timezone.localdate(step.at), finding.review_cycle_months)


def clear_closing(step: TakenStep[Finding]) -> None:
    """It is not closed any more."""
    finding = step.record
    finding.closed_at = finding.closed_by = finding.next_review_on = None
    finding.completion, finding.is_void = "", False


def end_signoffs(step: TakenStep[Finding]) -> None:
    """The sign-off in force ends with the reason of the step."""
    for signoff in step.record.signoffs.filter(voided_at=None):
        signoff.void(f"{step.transition.label}：{step.step_input.comment}", step.user)


def sign(step: TakenStep[Finding]) -> None:
    """Keep what was signed as text, with its digest."""
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
    """Who reported it as done, and when."""
    step.record.reported_at, step.record.reported_by = step.at, step.user


def clear_report(step: TakenStep[Measure]) -> None:
    """It is reported no more, and so not verified either."""
    clear_verification(step)
    step.record.reported_at = step.record.reported_by = None


def set_verification(step: TakenStep[Measure]) -> None:
    """Who verified it, when, and the digest of what was verified."""
    measure = step.record
    measure.verified_at, measure.verified_by = step.at, step.user
    measure.verified_digest = verified_digest(measure)


def clear_verification(step: TakenStep[Measure]) -> None:
    """It is verified no more."""
    step.record.verified_at = step.record.verified_by = None
    step.record.verified_digest = ""
