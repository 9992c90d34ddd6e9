"""The writer of all records of findings, ledgers and reports, with the consequences of a write (ADR 18)."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from accounts.models import Record
from accounts.records.saving import RecordWriter
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.inspections.models.quoted_totals import findings_quoting_totals
from findings.workflow.deadlines import unrecorded_move
from findings.workflow.signed_content import covering_findings
from findings.workflow.verification import revoke_stale_verifications
from findings.workflow.voiding import notify_of_void, void_stale_signoffs


class WorkflowWriter(RecordWriter):
    """Writes records that sign-offs and verifications cover, and ends those that a write makes stale."""

    def check_change(self, record: Record, before: Record) -> None:
        """Refuse a move of a deadline that needs an extension and has none (``deadlines``)."""
        if not (isinstance(record, Finding | Measure) and isinstance(before, Finding | Measure)):
            return
        if sentence := unrecorded_move(record, before):
            raise ValidationError({"due_on": sentence})

    def find_dependents(self, record: Record) -> list[int]:
        """The keys of the findings whose sign-offs cover the record, the lower one first."""
        return covering_findings(record)

    def apply_consequences(self, record: Record, dependents: Iterable[int] = ()) -> None:
        """Void stale sign-offs, notify of each of them once, and revoke stale verifications.

        ``dependents`` are the keys of the findings that the record belonged to before.
        """
        voided = void_stale_signoffs([*covering_findings(record), *dependents])
        if getattr(record, "counts_in_totals", False):
            voided += void_stale_signoffs(findings_quoting_totals(record.inspection_id))  # type: ignore[attr-defined]
        for finding in voided:
            notify_of_void(finding)
        revoke_stale_verifications(record)
        # Only a caller that holds the finding itself continues with its version.
        if isinstance(record, Finding):
            _adopt_void(record, voided)


workflow_writer = WorkflowWriter("findings.workflow.saving.workflow_writer")


def _adopt_void(record: Finding, voided: Iterable[Finding]) -> None:
    """Give the caller's object the version and the mark that voiding has just stored for the same finding."""
    for finding in voided:
        if finding.pk == record.pk:
            record.version, record.is_void = finding.version, finding.is_void
