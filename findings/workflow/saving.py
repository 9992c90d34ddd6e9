"""The writer of all records of findings, ledgers and reports: what follows from a write stands here, by name."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Record
from accounts.records.saving import RecordWriter
from findings.evidence.models import Evidence
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow.quoted_totals import findings_quoting_totals
from findings.workflow.verification import revoke_stale_verifications
from findings.workflow.voiding import notify_of_void, void_stale_signoffs


class WorkflowWriter(RecordWriter):
    """Writes records that sign-offs and verifications rest on, and ends those that a write makes stale."""

    def apply_consequences(self, record: Record, before: Record | None = None) -> None:
        """Void sign-offs that signed something else, tell whom it concerns, and revoke verifications; each once."""
        voided = void_stale_signoffs(_findings_signing(record, before))
        if getattr(record, "counts_in_totals", False):
            voided += void_stale_signoffs(findings_quoting_totals(record.inspection_id))  # type: ignore[attr-defined]
        for finding in voided:
            notify_of_void(finding)
        revoke_stale_verifications(record)
        if isinstance(record, Finding):
            _adopt_void(record, voided)


workflow_writer = WorkflowWriter("findings.workflow.saving.workflow_writer")


def _findings_signing(record: Record, before: Record | None) -> list[int]:
    """The findings whose sign-offs sign what this record says, the lower one first; also where it stood before."""
    if isinstance(record, Facet | Measure | Evidence):
        return [record.finding_id]
    if isinstance(record, Finding):
        above = before.parent_id if isinstance(before, Finding) else None
        return [key for key in (record.pk, record.parent_id, above) if key is not None]
    return []


def _adopt_void(record: Finding, voided: Iterable[Finding]) -> None:
    """Give the caller's finding the version by which its sign-off became void: they go on with it."""
    for finding in voided:
        if finding.pk == record.pk:
            record.version, record.is_void = finding.version, finding.is_void
