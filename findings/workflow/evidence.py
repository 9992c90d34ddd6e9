"""Operations on evidence: adding, linking to measures, withdrawing."""

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
    """Add a stored file to the archive of a finding, under the next number of its catalogue.

    ``replaces`` is the older version that no longer counts from then on; ``at`` is the time of upload, by default now.
    """
    with transaction.atomic():
        finding.lock_parents()  # two uploads at once must not take the same number
        # Evidence is never deleted, so that the highest number is the last one given.
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
        _add_to_usage(evidence)
        return evidence


def _add_to_usage(evidence: Evidence) -> None:
    """Add the size of a file to the usage of its inspection, unless other evidence there has the same file."""
    # The new piece is stored already; others with the same file have counted it.
    own = Evidence.objects.filter(inspection=evidence.inspection_id)
    if own.filter(file=evidence.file_id).exclude(pk=evidence.pk).exists():
        return
    # The sum is raised in SQL: concurrent uploads to other findings of the inspection hold no common lock.
    use = StoreUse.objects.filter(inspection=evidence.inspection_id)
    if use.update(bytes=F("bytes") + evidence.file.size):
        return
    first = {"bytes": evidence.file.size}
    # Another upload may have created the row between the update and this call.
    if not StoreUse.objects.get_or_create(inspection_id=evidence.inspection_id, defaults=first)[1]:
        use.update(bytes=F("bytes") + evidence.file.size)


def attach(evidence: Evidence, measures: Iterable[Measure], seen: int | None) -> bool:
    """Link a piece of evidence to further measures, without a second copy; whether a link was added.

    ConflictError when its version differs from ``seen``.
    """
    linked = {*evidence.measures.all(), *measures}
    return workflow_writer.save(evidence, seen=seen, linked={"measures": linked})


def withdraw(evidence: Evidence, reason: str, user: User, seen: int | None) -> None:
    """Withdraw a piece of evidence, which no longer counts; the file, the user, the time and the reason stay visible.

    ConflictError when its version differs from ``seen``, RejectedError without a reason or when it is withdrawn
    already.
    """
    if not reason.strip():
        raise RejectedError("请填写作废理由。")
    with transaction.atomic():
        evidence.lock_parents()
        if evidence.version != seen:
            raise ConflictError(evidence, seen, Action.WITHDRAW)
        # Raises ConflictError unless the object is the stored version, so that the next check is up to date.
        bump_version(evidence, Action.WITHDRAW)
        if evidence.withdrawn_at is not None:
            raise RejectedError("这份佐证材料已经作废。")
        evidence.withdrawn_at, evidence.withdrawn_by, evidence.withdrawn_reason = timezone.now(), user, reason
        workflow_writer.save_version(evidence, Action.WITHDRAW, reason=reason)


def already_at(finding: Finding, digest: str) -> list[Evidence]:
    """The evidence of a finding with exactly this content that still counts, by number; one query."""
    return list(Evidence.objects.live().filter(finding=finding, file=digest).order_by("number"))
