"""Starting a measure: with the first entry in its log, or with the day on which it was done."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from findings.choices import MeasureStatus
from findings.inspections.models.measures import Measure
from findings.inspections.models.progress import Progress
from findings.workflow.engine import reasons_against
from findings.workflow.execution import perform_consequence
from findings.workflow.saving import workflow_writer
from findings.workflow.step_names import StepName
from findings.workflow.transitions import find_transition


def log_progress(progress: Progress, user: User) -> None:
    """Create an entry in the log of a measure and start the measure unless something is against that."""
    with transaction.atomic():
        workflow_writer.create(progress)
        start_measure(progress.measure, user)


def start_measure(measure: Measure, user: User) -> bool:
    """Take the step that starts a measure; False when it has been started already or something is against it.

    The measure is read again after locking: the object ``measure`` keeps its version and status.
    """
    # No step leads back to this status, so that a started measure stays started whatever others do meanwhile.
    if measure.status != MeasureStatus.NOT_STARTED:
        return False
    with transaction.atomic():
        measure.lock_parents()
        # Read after the lock, since another user may have started it meanwhile.
        stored = Measure.objects.select_related("inspection", "finding__inspection").get(pk=measure.pk)
        start = find_transition(stored, StepName.START)
        if reasons_against(start, stored, user):
            return False
        perform_consequence(start, stored, user, timezone.now())
    return True
