"""A verification that no longer says what the record says: who changes what was verified takes it back by that."""

from __future__ import annotations

from accounts.records import saving
from accounts.request_context import current
from findings.choices import MeasureStatus
from findings.evidence.models import Evidence
from findings.inspections.models.measures import Measure
from findings.workflow.engine import lapse
from findings.workflow.models.signoffs import digest_of_work


@saving.follows(Measure)
def look_again(measure: Measure) -> None:
    """Have a measure wait for its verification again when it says something else than was verified."""
    is_there = measure.pk is not None
    if is_there and measure.status == MeasureStatus.VERIFIED and measure.verified_digest != digest_of_work(measure):
        lapse(measure, current().user)


@saving.follows(Evidence)
def look_at_what_it_proves(evidence: Evidence) -> None:
    """Added, exchanged, withdrawn, or no longer said to prove a measure: each changes what was verified there."""
    for measure in Measure.objects.filter(finding=evidence.finding_id, status=MeasureStatus.VERIFIED).order_by("pk"):
        look_again(measure)
