"""Taking a step: the only place where a status is written."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Sequence

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from accounts import request_context
from accounts.audit import events
from accounts.models import Action, Result, User
from accounts.records.saving import ConflictError, bump_version, record_conflict
from accounts.users.roles import refusal
from findings.choices import Completion, MeasureStatus
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow.models.signoffs import SignOff, Step, digest_of
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import signed_payload, verified_digest
from findings.workflow.stages import open_stage
from findings.workflow.step_notices import announce, told_of
from findings.workflow.transitions import BY_NAME, Given, Transition, Workpiece, holds, sentences


class RefusedError(Exception):
    """A step cannot be taken; the sentences say why."""

    def __init__(self, against: Sequence[str]) -> None:
        self.sentences = list(against)
        super().__init__("".join(self.sentences))


def perform(  # noqa: PLR0913 -- who does what with which version of what, and what is said with it
    name: str,
    record: Workpiece,
    user: User,
    seen: int | None,
    given: Given | None = None,
    *,
    at: dt.datetime | None = None,
) -> Step:
    """Take a step with a record that was seen as version ``seen``, now or, for records of the past, at a given time.

    RefusedError when the table, a right or an objection is against it; ConflictError when somebody was faster or, for a
    sign-off, when the record says something else than the signer's page did. Nothing is changed then, and the trail
    tells of it.
    """
    given, step = given or Given(), BY_NAME[type(record), name]
    action = Action.SIGN_OFF if name == "close" else Action.STEP
    try:
        with transaction.atomic():
            _read_again(record, seen, action)
            _check(step, record, user, given, action)
            bump_version(record, action)
            return _take(step, record, given, action, Step(taken_at=at or timezone.now(), taken_by=user))
    except ConflictError as conflict:
        record_conflict(conflict)
        raise
    except RefusedError as refused:
        reason = f"{step.label}：{refused}"
        events.record(action, record, result=Result.REFUSED, before=record.version, reason=reason, user=user)
        request_context.skip_response_audit()
        raise


def _read_again(record: Workpiece, seen: int | None, action: Action) -> None:
    """Lock what the record belongs to, then read both: what was read before may have changed meanwhile.

    From here to the end of the transaction nobody else changes, signs or proves anything in it.
    """
    record.lock_parents()
    try:
        record.refresh_from_db()
    except ObjectDoesNotExist:
        raise ConflictError(record, seen, action) from None
    if record.version != seen:
        raise ConflictError(record, seen, action)


def _check(step: Transition, record: Workpiece, user: User, given: Given, action: Action) -> None:
    if step.right is None or not holds(user, step.right, record):
        raise RefusedError([refusal(step.right) if step.right else "这一步只在内容改动时由系统办理。"])
    if record.status not in step.sources:
        raise RefusedError([f"现在是“{word_of(record)}”，不能{step.label}。"])
    if against := sentences(step, record, user):
        raise RefusedError(against)
    if step.needs_comment and not given.comment.strip():
        raise RefusedError([f"请填写{'意见' if step.is_forward else '理由'}。"])
    if isinstance(record, Finding) and step.name == "close":
        if given.completion not in Completion.values:
            raise RefusedError(["请选择完成程度。"])
        if given.seen_digest != digest_of(signed_payload(record)):
            raise ConflictError(record, record.version, action)


def word_of(record: Workpiece) -> str:
    """The status of a record as pages name it."""
    return word_for(record, record.status)


def word_for(record: Workpiece, status: str) -> str:
    """A status as pages name it where this record is at home."""
    if isinstance(record, Finding):
        return record.inspection.status_word(status)
    return MeasureStatus(status).label


def _take(step: Transition, record: Workpiece, given: Given, action: Action, taken: Step) -> Step:
    finding, measure = (record, None) if isinstance(record, Finding) else (record.finding, record)
    stage, told = open_stage(finding) if step.name == "review" else None, told_of(step, record, taken.taken_by)
    taken.finding, taken.measure, taken.transition = finding, measure, step.name
    taken.source, taken.target = record.status, step.target
    taken.stage, taken.comment = stage.order if stage else None, given.comment
    if step.name in EFFECTS:
        EFFECTS[step.name](record, taken, given)
    record.status = step.target
    reason = f"{step.label}：{given.comment}" if given.comment else step.label
    workflow_writer.save_version(record, action, reason=reason)
    taken.submission = finding.submission
    taken.save(force_insert=True)
    if step.name == "close" and taken.taken_by:
        _sign(finding, taken, taken.taken_by, given)
    announce(taken, told)
    return taken


def _sign(finding: Finding, step: Step, signer: User, given: Given) -> None:
    content = signed_payload(finding)
    SignOff.objects.create(
        finding=finding,
        submission=finding.submission,
        completion=finding.completion,
        opinion=given.comment,
        content=content,
        digest=digest_of(content),
        signed_at=step.taken_at,
        signed_by=signer,
    )


def next_review(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _submit(finding: Finding, step: Step, _given: Given) -> None:
    _unsign(finding)
    finding.submission += 1
    finding.submitted_at, finding.submitted_by = step.taken_at, step.taken_by


def _take_submission_back(finding: Finding, _step: Step, _given: Given) -> None:
    finding.submitted_at = finding.submitted_by = None


def _close(finding: Finding, step: Step, given: Given) -> None:
    finding.closed_at, finding.closed_by, finding.completion = step.taken_at, step.taken_by, given.completion
    if finding.long_term and finding.review_cycle_months:
        finding.next_review_on = next_review(timezone.localdate(step.taken_at), finding.review_cycle_months)


def _reopen(finding: Finding, step: Step, given: Given) -> None:
    for signoff in finding.signoffs.filter(voided_at=None):
        signoff.void(f"重新整改：{given.comment}", step.taken_by)
    _unsign(finding)
    finding.submitted_at = finding.submitted_by = None


def _unsign(finding: Finding) -> None:
    finding.closed_at = finding.closed_by = finding.next_review_on = None
    finding.completion, finding.is_void = "", False


def _begin_above(measure: Measure, step: Step, _given: Given) -> None:
    """The first work on a measure begins its finding, whoever of those who carry it out does it."""
    begin = BY_NAME[Finding, "begin"]
    finding = Finding.objects.select_related("inspection").get(pk=measure.finding_id)
    if finding.status in begin.sources:
        bump_version(finding, Action.STEP)
        _take(begin, finding, Given(), Action.STEP, Step(taken_at=step.taken_at, taken_by=step.taken_by))
        measure.finding = finding


def _report(measure: Measure, step: Step, given: Given) -> None:
    _begin_above(measure, step, given)
    measure.reported_at, measure.reported_by = step.taken_at, step.taken_by


def _verify(measure: Measure, step: Step, _given: Given) -> None:
    measure.verified_at, measure.verified_by = step.taken_at, step.taken_by
    measure.verified_digest = verified_digest(measure)


def _unreport(measure: Measure, _step: Step, _given: Given) -> None:
    measure.reported_at = measure.reported_by = measure.verified_at = measure.verified_by = None
    measure.verified_digest = ""


EFFECTS: dict[str, Callable[..., None]] = {
    "submit": _submit,
    "withdraw": _take_submission_back,
    "send_back": _take_submission_back,
    "close": _close,
    "reopen": _reopen,
    "start": _begin_above,
    "report": _report,
    "take_back": _unreport,
    "verify": _verify,
    "return": _unreport,
}
