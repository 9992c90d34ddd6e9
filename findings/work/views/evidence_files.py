"""Views that send stored files: previews and downloads; the trail is written before any content is sent."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from functools import wraps
from typing import BinaryIO, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.audit.events import record, wait_for_turn
from accounts.models import Action, Event, Result
from accounts.request_context import current_context, skip_response_audit
from accounts.web.filters import invalid_value
from accounts.web.http import NotFoundError, PageRequest, parse_pk
from accounts.web.listing import page_number, page_problems
from documents.pdf.page_images import MOST_PAGES, MissingPageError, PreviewUnavailable, page_picture
from findings.evidence.models import Evidence, StoredFile
from findings.evidence.store import MissingFileError, UnreachableError, open_stored, pages_of, thumbnail_of
from findings.inspections.models.measures import Measure
from findings.work.evidence_list import MEASURE_ORDER, PICTURES, SHOWN, EvidenceList, withheld_reason
from findings.work.evidence_viewer import NOT_SHOWN
from findings.work.views.evidence import evidence_crumbs, visible_evidence

# Whatever a file contains, a browser that opens it runs none of it and loads nothing for it.
SANDBOX = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
Answer = TypeVar("Answer", bound=HttpResponseBase)
FOREVER = "private, max-age=31536000, immutable"
LOOKED_AT = "在页面中查看"
OPEN = dt.timedelta(hours=1)  # within which further pages of a file are no new reading
TYPES = {"png": "image/png", "jpg": "image/jpeg"}


def with_the_store(view: Callable[[PageRequest, int], Answer]) -> Callable[[PageRequest, int], Answer | HttpResponse]:
    """A decorator for views that send stored files: a page with status 503 while the store does not answer."""

    @wraps(view)
    def answer(request: PageRequest, pk: int) -> Answer | HttpResponse:
        try:
            return view(request, pk)
        except UnreachableError as reason:
            return render(request, "findings/evidence/evidence_unreachable.html", {"reason": reason}, status=503)

    return answer


@require_safe
def evidence_preview(request: PageRequest, pk: int) -> HttpResponse:
    """The page of one piece of evidence: its preview, the measures it proves, and the neighbours in the catalogue."""
    evidence = get_object_or_404(visible_evidence(request), pk=pk)
    measures = Measure.objects.visible_to(request.user).filter(finding=evidence.finding).select_related("facet")
    # With ``?measure=`` the neighbours are those of one measure.
    among = measures.filter(pk=parse_pk(request.GET.get("measure", ""))).first()
    neighbours = [one.pk for one in EvidenceList(evidence.finding, request.user, among).live]
    withheld = withheld_reason(evidence.file)
    pages, unshown = (0, withheld) if withheld else _preview_pages(evidence)
    context = {
        "inspection": evidence.inspection,
        "tab": "evidence",
        "crumbs": evidence_crumbs(evidence),
        "evidence": evidence,
        "measures": measures.filter(evidence=evidence).order_by(*MEASURE_ORDER),
        "may_change": EvidenceList(evidence.finding, request.user).may_change(evidence),
        "among": among,
        "query": f"?measure={among.pk}" if among else "",
        "neighbours": _around(evidence.pk, neighbours),
        "pages": range(1, min(pages, MOST_PAGES) + 1),
        "page_total": pages,
        "unshown": unshown,
        "withheld": withheld,
    }
    return render(request, "findings/evidence/evidence_preview.html", context)


def _preview_pages(evidence: Evidence) -> tuple[int, str]:
    """The number of pictures that show a file and, when it is 0, the sentence (Chinese) why."""
    if evidence.file.extension not in SHOWN:
        return 0, NOT_SHOWN
    try:
        if evidence.file.extension in PICTURES:
            open_stored(evidence.file).close()
            return 1, ""
        return pages_of(evidence.file), ""
    except (PreviewUnavailable, MissingFileError, UnreachableError) as reason:
        return 0, str(reason)


def _around(pk: int, order: list[int]) -> dict[str, int | None]:
    """The place of a key in the order, and the keys before and after; None where there is none."""
    if pk not in order:
        return {"place": None, "total": len(order), "before": None, "after": None}
    at = order.index(pk)
    before, after = order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None
    return {"place": at + 1, "total": len(order), "before": before, "after": after}


@require_safe
@with_the_store
def evidence_inline(request: PageRequest, pk: int) -> FileResponse:
    """A picture for the preview: the file itself if it is one, or the page ``?page=`` of a PDF."""
    evidence = _readable(request, pk)
    if evidence.file.extension not in SHOWN:
        # Other kinds are never sent for display, whatever their content.
        raise Http404
    number = _asked_page(request, evidence)
    if evidence.file.extension in PICTURES:
        return _shown_inline(evidence, _open_recorded(evidence, evidence.file), evidence.name)
    try:
        with _open_recorded(evidence, evidence.file) as stored:
            picture = page_picture(stored.read(), number)
    except PreviewUnavailable as reason:
        record(Action.READ_FILE, evidence, result=Result.FAILED, reason=f"第 {number} 页：{reason}")
        raise NotFoundError(str(reason)) from reason
    return _shown_inline(evidence, io.BytesIO(picture), f"{evidence.name}-{number}.png")


@require_safe
@with_the_store
def evidence_download(request: PageRequest, pk: int) -> FileResponse:
    """The file as it was uploaded, as a download."""
    evidence = get_object_or_404(visible_evidence(request), pk=pk)
    return download_stored(evidence, evidence.file, evidence.name)


def download_stored(subject: Model, file: StoredFile, name: str) -> FileResponse:
    """A stored file as a download; the trail says of ``subject`` that it was read.

    403 with the reason when the file is withheld, 404 when it is gone, else UnreachableError (``with_the_store``).
    """
    _check_not_withheld(subject, file)
    content = _open_recorded(subject, file)
    _write_down(subject, file, "下载")  # before sending: without a row of the trail no content goes out
    # No browser opens this type by itself, whatever the file contains.
    kind = "application/octet-stream"
    return FileResponse(content, as_attachment=True, filename=name, content_type=kind, headers=SANDBOX)


@require_safe
@with_the_store
def evidence_thumbnail(request: PageRequest, pk: int) -> HttpResponse:
    """A small picture of the page ``?page=`` of a PDF, or of a picture; no text can be read on it: it is no reading."""
    evidence = _readable(request, pk)
    if evidence.file.extension not in SHOWN:
        raise Http404
    number = _asked_page(request, evidence)
    try:
        picture = thumbnail_of(evidence.file, number)
    except MissingPageError as reason:
        raise NotFoundError(str(reason)) from reason
    except MissingFileError as reason:
        raise Http404 from reason
    except PreviewUnavailable:
        return redirect(static("unreadable.svg"))
    # The file of a piece of evidence never changes: its newer version is another piece.
    return HttpResponse(picture, "image/jpeg", headers=SANDBOX | {"Cache-Control": FOREVER})


def _asked_page(request: PageRequest, evidence: Evidence) -> int:
    """The page ``?page=`` of a file, 1 without; NotFoundError for what is no number, and above 1 for a picture."""
    asked = request.GET.get("page", "")
    number = page_number(asked)
    if page_problems(asked):
        raise NotFoundError(invalid_value("页码", asked, "请写从 1 起的数字。"))
    if evidence.file.extension in PICTURES and number != 1:
        raise NotFoundError(str(MissingPageError(number, 1)))
    return number


def _readable(request: PageRequest, pk: int) -> Evidence:
    """The evidence, if the user may see it and its file may be read: 404, or 403 with the reason when withheld."""
    evidence = get_object_or_404(visible_evidence(request), pk=pk)
    _check_not_withheld(evidence, evidence.file)
    return evidence


def _check_not_withheld(subject: Model, file: StoredFile) -> None:
    if reason := withheld_reason(file):
        record(Action.READ_FILE, subject, result=Result.REFUSED, reason=reason)
        # The row above has the reason; the middleware would add one without it.
        skip_response_audit()
        raise PermissionDenied(reason)


def _open_recorded(subject: Model, file: StoredFile) -> BinaryIO:
    """The content of the file; a failure is recorded in the trail. Http404 when it is gone, else UnreachableError."""
    try:
        return open_stored(file)
    except (MissingFileError, UnreachableError) as reason:
        record(Action.READ_FILE, subject, result=Result.FAILED, reason=str(reason))
        if isinstance(reason, MissingFileError):
            raise Http404 from reason
        raise


def _shown_inline(evidence: Evidence, content: BinaryIO, name: str) -> FileResponse:
    """The response with a picture, once the trail records that the user has the file open."""
    # Looked up without the lock first: of many pictures only the first one writes.
    if not _is_open(evidence):
        with transaction.atomic():
            wait_for_turn()  # a page loads many pictures at once, only one may write the row
            if not _is_open(evidence):
                _write_down(evidence, evidence.file, LOOKED_AT)
    kind = TYPES.get(evidence.file.extension, "image/png")
    return FileResponse(content, filename=name, content_type=kind, headers=SANDBOX)


def _is_open(evidence: Evidence) -> bool:
    """Whether the trail has a preview of this file by the user from the same address within the last hour."""
    origin, opened = current_context(), timezone.now() - OPEN
    looks = Event.objects.filter(record_type=evidence._meta.label_lower, record_id=evidence.pk, at__gt=opened)
    own = looks.filter(user=origin.user, address=origin.address, action=Action.READ_FILE, result=Result.DONE)
    return own.filter(reason__startswith=LOOKED_AT).exists()


def _write_down(subject: Model, file: StoredFile, how: str) -> None:
    record(Action.READ_FILE, subject, reason=f"{how}（SHA-256 {file.digest[:16]}…）")
