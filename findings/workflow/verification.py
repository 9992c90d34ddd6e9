"""Verifications that no longer say what the record says: whoever changes what was verified takes it back by that."""

from __future__ import annotations

from accounts.models import Action, Record, User
from accounts.records.saving import bump_version, write_version
from accounts.request_context import current_context
from findings.choices import MeasureStatus
from findings.evidence.models import Evidence
from findings.inspections.models.measures import Measure
from findings.workflow.models.signoffs import Step
from findings.workflow.signed_content import verified_digest
from findings.workflow.step_notices import announce, told_of
from findings.workflow.transitions import BY_NAME


def expire_stale_verifications(record: Record) -> None:
    """Have the measures wait for their verification again that say something else than was verified, now that this
    measure, or evidence of its finding, was written.
    """
    if isinstance(record, Measure):
        expire_if_changed(record)
    elif isinstance(record, Evidence):  # added, replaced, withdrawn, or no longer said to prove a measure
        verified = Measure.objects.filter(finding=record.finding_id, status=MeasureStatus.VERIFIED)
        for measure in verified.order_by("pk"):
            expire_if_changed(measure)


def expire_if_changed(measure: Measure) -> None:
    """Expire the verification of a measure that is still there and says something else than was verified."""
    if measure.pk is None or measure.status != MeasureStatus.VERIFIED:
        return
    if measure.verified_digest != verified_digest(measure):
        expire_verification(measure, current_context().user)


def expire_verification(measure: Measure, by: User | None) -> Step:
    """Take the verification of a measure back, which this person, or a command, just changed; in their transaction.

    Neither a sign-off nor a total says how far a measure is, so that nothing follows from this version of it.
    """
    step = BY_NAME[Measure, "lapse"]
    told = told_of(step, measure, by)
    taken = Step(finding=measure.finding, measure=measure, transition=step.name, taken_by=by)
    taken.source, taken.target, taken.submission = measure.status, step.target, measure.finding.submission
    measure.status, measure.verified_digest = step.target, ""
    measure.verified_at = measure.verified_by = None
    bump_version(measure, Action.STEP)
    write_version(measure, Action.STEP, reason=step.label)
    taken.save(force_insert=True)
    announce(taken, told)
    return taken
