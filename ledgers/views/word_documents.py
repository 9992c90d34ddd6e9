"""Downloads of the Word forms, filled from the records as they are now."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.audit.events import record
from accounts.models import Action, Result
from accounts.users.roles import Right
from accounts.web.http import PageRequest
from documents.filenames import safe_name
from documents.pdf.client import PdfUnavailable, render_pdf
from documents.word.client import WordFileUnavailable
from findings.models import Finding, Inspection, Supervision
from findings.work.http import get_editable_or_403
from ledgers.views.downloads import file_response
from ledgers.word_documents import closing, contents, plan
from ledgers.word_documents.catalogue import FORMS, render_form
from ledgers.word_documents.closing_pdf import document_of

Subject = Finding | Inspection | Supervision
NOT_ALL = "您只看到这个问题的一部分，不能下载它的表单；请由牵头单位或整改办下载。"


def whole_finding(request: PageRequest, pk: int) -> Finding:
    """The finding, if the user may see all of it, since its forms show everything; 404 or 403 otherwise."""
    named = ("inspection", "aspect", "parent__lead_unit", "lead_unit", "responsible_leader", "person_in_charge")
    finding = get_object_or_404(Finding.objects.visible_to(request.user).select_related(*named), pk=pk)
    if not finding.is_open_to(request.user):
        raise PermissionDenied(NOT_ALL)
    return finding


@require_safe
def finding_closing(request: PageRequest, pk: int) -> HttpResponseBase:
    """Download the sign-off sheet as a Word file."""
    finding = whole_finding(request, pk)
    return word_file(request, "closing", finding, closing.content(finding), closing.file_name(finding))


@require_safe
def finding_closing_pdf(request: PageRequest, pk: int) -> HttpResponseBase:
    """Download the sign-off sheet as a PDF."""
    finding = whole_finding(request, pk)
    try:
        content = render_pdf(document_of(closing.content(finding))).content
    except PdfUnavailable as reason:
        return _not_made(request, finding, "销号单（PDF）", reason)
    record(Action.EXPORT, finding, reason="销号单（PDF）")
    return file_response(io.BytesIO(content), f"{safe_name(closing.file_name(finding), 60)}-销号单.pdf")


@require_safe
def finding_contents(request: PageRequest, pk: int) -> HttpResponseBase:
    """Download the table of contents of the finding's archive."""
    finding = whole_finding(request, pk)
    return word_file(request, "contents", finding, contents.content(finding, request.user), closing.file_name(finding))


@require_safe
def inspection_plan(request: PageRequest, pk: int) -> HttpResponseBase:
    """Download the rectification plan, for users who may see the whole inspection."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.SEE_ALL)
    return word_file(request, "plan", inspection, plan.content(inspection, request.user), inspection.name)


def word_file(
    request: PageRequest, key: str, subject: Subject, content: Mapping[str, Any], name: str
) -> HttpResponseBase:
    """A filled form as a download.

    The event is written to the audit trail before the file is sent. A form that cannot be made is reported on the page
    of the subject.
    """
    title = FORMS[key].title
    try:
        file = render_form(key, dict(content))
    except WordFileUnavailable as reason:
        return _not_made(request, subject, title, reason)
    record(Action.EXPORT, subject, reason=f"{title}（docx）")
    return file_response(io.BytesIO(file), f"{safe_name(name, 60)}-{title}-{timezone.localdate():%Y%m%d}.docx")


def _not_made(request: PageRequest, subject: Subject, title: str, reason: Exception) -> HttpResponseBase:
    """Record the failure, and redirect to the subject's page with the reason."""
    record(Action.EXPORT, subject, result=Result.FAILED, reason=f"{title}：{reason}")
    messages.error(request, str(reason))
    return redirect(subject.get_absolute_url())
