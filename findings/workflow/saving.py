"""The writer of all records of findings, ledgers and reports, with the consequences of a write (ADR 18)."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Record
from accounts.records.saving import RecordWriter
from findings.evidence.models import Evidence
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.inspections.models.quoted_totals import findings_quoting_totals
from findings.workflow.verification import revoke_stale_verifications
from findings.workflow.voiding import notify_of_void, void_stale_signoffs


class WorkflowWriter(RecordWriter):
    """Writes records that sign-offs and verifications cover, and ends those that a write makes stale."""

    def apply_consequences(self, record: Record, before: Record | None = None) -> None:
        """Void stale sign-offs, notify of each of them once, and revoke stale verifications.

        ``before`` is the record as it was stored, None for a new or deleted one.
        """
        voided = void_stale_signoffs(_findings_signing(record, before))
        if getattr(record, "counts_in_totals", False):
            voided += void_stale_signoffs(findings_quoting_totals(record.inspection_id))  # type: ignore[attr-defined]
        for finding in voided:
            notify_of_void(finding)
        revoke_stale_verifications(record)
        # Only a caller that holds the finding itself continues with its version.
        if isinstance(record, Finding):
            _adopt_void(record, voided)


workflow_writer = WorkflowWriter("findings.workflow.saving.workflow_writer")


def _findings_signing(record: Record, before: Record | None) -> list[int]:
    """The keys of the findings whose sign-offs cover this record, the lower one first, also its former parent's.

    Empty for records that no sign-off covers.
    """
    if isinstance(record, Facet | Measure | Evidence):
        return [record.finding_id]
    if isinstance(record, Finding):
        above = before.parent_id if isinstance(before, Finding) else None
        return [key for key in (record.pk, record.parent_id, above) if key is not None]
    return []


def _adopt_void(record: Finding, voided: Iterable[Finding]) -> None:
    """Give the caller's object the version and the mark that voiding has just stored for the same finding."""
    for finding in voided:
        if finding.pk == record.pk:
            record.version, record.is_void = finding.version, finding.is_void
