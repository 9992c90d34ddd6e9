"""Verifications that no longer say what the record says: whoever changes what was verified revokes them by that."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Record
from accounts.request_context import current_context
from findings.choices import MeasureStatus
from findings.evidence.models import Evidence
from findings.inspections.models.measures import Measure
from findings.workflow.execution import perform_consequence
from findings.workflow.signed_content import verified_digest
from findings.workflow.step_names import StepName
from findings.workflow.transitions import find_transition


def revoke_stale_verifications(record: Record) -> None:
    """Have the measures wait for their verification again that say something else than was verified, now that this
    measure, or evidence of its finding, was written; in the transaction of that write.
    """
    if isinstance(record, Measure):
        revoke_stale_verification(record)
    elif isinstance(record, Evidence):  # added, replaced, withdrawn, or no longer said to prove a measure
        verified = Measure.objects.filter(finding=record.finding_id, status=MeasureStatus.VERIFIED)
        for measure in verified.order_by("pk"):
            revoke_stale_verification(measure)


def revoke_stale_verification(measure: Measure) -> None:
    """The same for one measure, if it is still there and verified.

    Neither a sign-off nor a total says how far a measure is, so that nothing follows from this version of it.
    """
    if measure.pk is None or measure.status != MeasureStatus.VERIFIED:
        return
    if measure.verified_digest != verified_digest(measure):
        transition = find_transition(measure, StepName.EXPIRE_VERIFICATION)
        perform_consequence(transition, measure, current_context().user, timezone.now())
