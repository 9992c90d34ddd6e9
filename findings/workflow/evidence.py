"""The records of evidence: what a stored file proves, and what becomes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts.models import Action, User
from accounts.records.saving import ConflictError, bump_version
from documents.file_checks.rejections import RejectedError
from findings.choices import EvidenceKind
from findings.evidence.models import Evidence, StoreUse
from findings.evidence.store.receiving import Received
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow.saving import workflow_writer


def add_evidence(  # noqa: PLR0913 -- what, for what, by whom, and how it stands in the catalogue
    finding: Finding,
    measures: Iterable[Measure],
    received: Received,
    user: User,
    *,
    kind: str = EvidenceKind.PROCESS,
    caption: str = "",
    replaces: Evidence | None = None,
    at: dt.datetime | None = None,
) -> Evidence:
    """Put a stored file into the archive of a finding, under the next number of its catalogue."""
    with transaction.atomic():
        finding.lock_parents()  # so that no two files get one number
        last = Evidence.objects.filter(finding=finding).aggregate(last=Max("number"))["last"] or 0
        evidence = Evidence(
            inspection=finding.inspection,
            finding=finding,
            file=received.file,
            kind=kind,
            number=last + 1,
            name=received.name,
            caption=caption,
            replaces=replaces,
            uploaded_at=at or timezone.now(),
            uploaded_by=user,
        )
        workflow_writer.create(evidence, {"measures": list(measures)})
        _count(evidence)
        return evidence


def _count(evidence: Evidence) -> None:
    """Add a file to what the evidence of its inspection takes, unless it is counted already."""
    own = Evidence.objects.filter(inspection=evidence.inspection_id)
    if own.filter(file=evidence.file_id).exclude(pk=evidence.pk).exists():
        return
    use = StoreUse.objects.filter(inspection=evidence.inspection_id)
    if use.update(bytes=F("bytes") + evidence.file.size):
        return
    first = {"bytes": evidence.file.size}
    if not StoreUse.objects.get_or_create(inspection_id=evidence.inspection_id, defaults=first)[1]:
        use.update(bytes=F("bytes") + evidence.file.size)


def attach(evidence: Evidence, measures: Iterable[Measure], seen: int | None) -> bool:
    """Let a piece of evidence prove these measures as well; whether it did not already. No second copy is made."""
    linked = {*evidence.measures.all(), *measures}
    return workflow_writer.save(evidence, seen=seen, linked={"measures": linked})


def withdraw(evidence: Evidence, reason: str, user: User, seen: int | None) -> None:
    """Let a piece of evidence count no more; the file, and who withdrew it when and why, stay to be seen.

    ConflictError when it was changed meanwhile, RejectedError without a reason or when it does not count any more.
    """
    if not reason.strip():
        raise RejectedError("请填写作废理由。")
    with transaction.atomic():
        evidence.lock_parents()
        if evidence.version != seen:
            raise ConflictError(evidence, seen, Action.WITHDRAW)
        bump_version(evidence, Action.WITHDRAW)
        if evidence.withdrawn_at is not None:
            raise RejectedError("这份佐证材料已经作废。")
        evidence.withdrawn_at, evidence.withdrawn_by, evidence.withdrawn_reason = timezone.now(), user, reason
        workflow_writer.save_version(evidence, Action.WITHDRAW, reason=reason)


def already_at(finding: Finding, digest: str) -> list[Evidence]:
    """The evidence of a finding that is this very file and still counts."""
    return list(Evidence.objects.live().filter(finding=finding, file=digest).order_by("number"))
