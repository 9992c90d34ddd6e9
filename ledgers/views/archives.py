"""Downloads of the archives."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.audit.events import record
from accounts.models import Action, Result
from accounts.users.roles import Right
from accounts.web.http import PageRequest
from documents.filenames import safe_name
from findings.evidence.store import UnreachableError, check_answers
from findings.inspections.display import finding_number
from findings.models import Finding, Inspection
from findings.work.http import get_editable_or_403
from findings.work.views.evidence_files import SANDBOX, with_the_store
from ledgers.archive import Archive, with_everything


@require_safe
@with_the_store
def finding_archive(request: PageRequest, pk: int) -> StreamingHttpResponse:
    """The archive of a finding and its sub-findings, as far as the user may see them."""
    visible = Finding.objects.visible_to(request.user).select_related("inspection")
    finding = get_object_or_404(visible.select_related("aspect", "parent"), pk=pk)
    name = f"{finding_number(finding)}-{finding.title}"
    return _archive(request, finding, visible.filter(Q(pk=pk) | Q(parent=pk)), name)


@require_safe
@with_the_store
def inspection_archive(request: PageRequest, pk: int) -> StreamingHttpResponse:
    """The archives of all findings of an inspection."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.SEE_ALL)
    findings = Finding.objects.visible_to(request.user).of(inspection).select_related("inspection")
    return _archive(request, inspection, findings, inspection.name)


def _archive(
    request: PageRequest, subject: Finding | Inspection, findings: QuerySet[Finding], name: str
) -> StreamingHttpResponse:
    """Stream the archive as a zip file.

    The export is written to the audit trail first: what cannot be recorded is not sent. UnreachableError when the store
    does not answer.
    """
    try:
        # Asked before the answer starts: afterwards its status can no longer be changed.
        check_answers()
    except UnreachableError as reason:
        record(Action.EXPORT, subject, result=Result.FAILED, reason=f"一问题一档案：{reason}")
        raise
    archive = Archive(with_everything(findings, request.user), request.user)
    record(Action.EXPORT, subject, reason=f"一问题一档案，共 {archive.evidence_count} 份材料")
    named = content_disposition_header(as_attachment=True, filename=f"{safe_name(name, 60)}-档案.zip")
    headers = {**SANDBOX, "Content-Disposition": named or "attachment"}
    return StreamingHttpResponse(archive.stream(), content_type="application/zip", headers=headers)
