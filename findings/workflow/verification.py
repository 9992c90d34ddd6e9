"""Revoking verifications of measures that a change of the measure or its evidence has made stale (ADR 12)."""

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
    """Revoke the verifications that the write of this measure, or of evidence of its finding, has made stale.

    To be called in the transaction of the write; does nothing for other records.
    """
    if isinstance(record, Measure):
        revoke_stale_verification(record)
    elif isinstance(record, Evidence):  # added, replaced, withdrawn, or unlinked from a measure
        verified = Measure.objects.filter(finding=record.finding_id, status=MeasureStatus.VERIFIED)
        # In one order, as all locks of several records.
        for measure in verified.order_by("pk"):
            revoke_stale_verification(measure)


def revoke_stale_verification(measure: Measure) -> None:
    """Revoke the verification of one measure if it is stale; nothing for a deleted or unverified measure.

    Neither a sign-off nor a total covers the status of a measure, so that nothing follows from this new version.
    """
    if measure.pk is None or measure.status != MeasureStatus.VERIFIED:
        return
    if measure.verified_digest != verified_digest(measure):
        transition = find_transition(measure, StepName.EXPIRE_VERIFICATION)
        perform_consequence(transition, measure, current_context().user, timezone.now())
