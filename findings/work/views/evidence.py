"""Views of evidence: the list of an inspection, uploads, description, newer version, withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.audit import events
from accounts.models import Action, Result
from accounts.records.conflicts import submitted_version
from accounts.records.saving import ConflictError, record_conflict
from accounts.users.roles import Right
from accounts.web.http import PageRequest, redirect_with_message
from accounts.web.listing import Listing
from findings.evidence.models import Evidence, EvidenceQuerySet
from findings.evidence.store import RejectedError, receive, usage_of
from findings.inspections.models.inspections import Inspection
from findings.units.scopes import user_scope
from findings.work.comment_forms import COMMENT_TEXT
from findings.work.evidence_filters import EvidenceFilter
from findings.work.evidence_forms import EvidenceForm, ReplacementForm, UploadForm, WithdrawalForm
from findings.work.evidence_list import EvidenceList
from findings.work.evidence_tables import EvidenceTable
from findings.work.http import filter_units, form_page
from findings.work.posting import post_typed_comment
from findings.work.uploading import refused_outcomes, store_files, tell_outcomes
from findings.work.views.finding import finding_page
from findings.work.views.findings import crumbs_to, with_aspect
from findings.work.views.measure import form_for, is_script, shown_measure, work_sheet, workable_measure
from findings.work.views.measures import crumbs_of
from findings.workflow.evidence import add_evidence, already_at, withdraw

NOT_YOURS = "只有问题的牵头单位、措施的责任单位成员、责任人和整改办可以上传、修改和作废这里的佐证材料。"
PAST = "这份佐证材料已经作废或已有新版，不能再改。"


def evidence_list(request: PageRequest, pk: int) -> HttpResponse:
    """The evidence of one inspection; the use of the quota only for users who see all of it."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    visible = Evidence.objects.visible_to(request.user)
    listing = Listing(
        request,
        rows=visible.select_related("file", "uploaded_by", "replacement", "finding__aspect", "finding__parent"),
        filter=EvidenceFilter(request.GET, visible.of(inspection), filter_units(user_scope(request.user))),
        table=EvidenceTable,
        default_sort="-uploaded",
    )
    # The quota is of the body as a whole, which users of one part do not see.
    body = inspection.unit if inspection.allows(request.user, Right.SEE_ALL) else None
    context = {
        "inspection": inspection,
        "tab": "evidence",
        "listing": listing,
        "usage": usage_of(body) if body else None,
    }
    return render(request, "findings/evidence/evidence_list.html", context)


def finding_evidence(request: PageRequest, pk: int) -> HttpResponse:
    """Upload files for a finding and those of its measures that they prove."""
    finding = get_object_or_404(with_aspect(request), pk=pk)
    dossier = EvidenceList(finding, request.user)
    if not dossier.may_add:
        raise PermissionDenied(NOT_YOURS)
    crumbs = crumbs_to(finding, ("上传佐证材料", ""))
    return _upload_page(request, dossier, crumbs, lambda typed: finding_page(request, pk, typed))


def measure_evidence(request: PageRequest, pk: int) -> HttpResponse:
    """Upload files that prove one measure."""
    measure = workable_measure(request, pk)
    dossier = EvidenceList(measure.finding, request.user, measure)

    def show(typed: str) -> HttpResponse:
        shown = shown_measure(request, pk)
        return work_sheet(request, shown, form_for(request, shown), typed)

    return _upload_page(request, dossier, crumbs_of(measure, ("上传佐证材料", "")), show)


def _upload_page(
    request: PageRequest, dossier: EvidenceList, crumbs: list[tuple[str, str]], show: Callable[[str], HttpResponse]
) -> HttpResponse:
    """Store each file by itself; the script of the page sends one at a time and gets the result as JSON.

    The box of a comment belongs to the same form of the record's page. What is typed in it, or beside it when it is
    posted, is shown again by ``show``, which takes what stays in the box.
    """
    back = (dossier.measure or dossier.finding).get_absolute_url()
    form = UploadForm(request.POST or None, request.FILES or None, dossier=dossier)
    if request.method == "POST" and not is_script(request) and COMMENT_TEXT in request.POST:
        return _upload_beside_comment(request, dossier, form, show)
    if request.method == "POST" and form.is_valid():
        outcomes = store_files(form)
        if is_script(request):
            return JsonResponse({"outcomes": [asdict(outcome) for outcome in outcomes]})
        tell_outcomes(request, outcomes)
        return redirect(f"{back}#evidence")
    if request.method == "POST" and is_script(request):
        return JsonResponse({"outcomes": [asdict(outcome) for outcome in refused_outcomes(form)]})
    inspection, title = dossier.finding.inspection, "上传佐证材料"
    more = {"tab": "evidence", "crumbs": crumbs, "consequence": dossier.consequence, "save_word": "上传"}
    return form_page(request, form, inspection, title=title, back=back, **more)


def _upload_beside_comment(
    request: PageRequest, dossier: EvidenceList, form: UploadForm, show: Callable[[str], HttpResponse]
) -> HttpResponse:
    """Post the comment when its button was pressed, store the chosen files, and lose nothing else that was typed."""
    is_comment, typed = "comment" in request.POST, request.POST[COMMENT_TEXT]
    if is_comment:
        typed = post_typed_comment(request, dossier.measure or dossier.finding)
    if request.FILES or not is_comment:
        outcomes = store_files(form) if form.is_valid() else refused_outcomes(form)
        tell_outcomes(request, outcomes)
        if not typed.strip() and all(outcome.is_stored for outcome in outcomes):
            return redirect(f"{(dossier.measure or dossier.finding).get_absolute_url()}#evidence")
    elif not typed and not request.POST.get("caption") and not request.POST.getlist("measures"):
        return redirect(f"{(dossier.measure or dossier.finding).get_absolute_url()}#comments")
    return show(typed)


def visible_evidence(request: PageRequest) -> EvidenceQuerySet:
    """The evidence that the user may see, with the records its pages name."""
    return Evidence.objects.visible_to(request.user).select_related(
        "inspection",
        "finding__inspection",
        "finding__aspect",
        "finding__parent",
        "file",
        "uploaded_by",
        "withdrawn_by",
        "replaces",
        "replacement",
    )


def changeable(request: PageRequest, pk: int) -> tuple[Evidence, EvidenceList]:
    """The evidence, if it counts and the user may change it; 404 when not visible, PermissionDenied otherwise."""
    evidence = get_object_or_404(visible_evidence(request), pk=pk)
    dossier = EvidenceList(evidence.finding, request.user)
    if not evidence.is_live:
        raise PermissionDenied(PAST)
    if not dossier.may_change(evidence):
        raise PermissionDenied(NOT_YOURS)
    return evidence, dossier


def address_of(evidence: Evidence) -> str:
    """The URL of one piece of evidence."""
    return reverse("findings:evidence_preview", args=[evidence.pk])


def evidence_crumbs(evidence: Evidence, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumbs to one piece of evidence, followed by ``more``."""
    return crumbs_to(evidence.finding, (f"佐证材料 {evidence.number}", address_of(evidence) if more else ""), *more)


def evidence_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of the kind, caption and measures of a piece of evidence."""
    evidence, dossier = changeable(request, pk)
    form = EvidenceForm(request.POST or None, instance=evidence, dossier=dossier)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已保存佐证材料的说明。"), address_of(evidence))
    context = {
        "title": "修改佐证材料",
        "consequence": dossier.consequence,
        "crumbs": evidence_crumbs(evidence, ("修改", "")),
    }
    return form_page(request, form, evidence.inspection, tab="evidence", back=address_of(evidence), **context)


def evidence_replace(request: PageRequest, pk: int) -> HttpResponse:
    """The form that uploads a newer version; the old one stays readable."""
    evidence, dossier = changeable(request, pk)
    form = ReplacementForm(request.POST or None, request.FILES or None, initial={"caption": evidence.caption})
    if request.method == "POST" and form.is_valid():
        try:
            newer = _store_replacement(evidence, form, dossier)
        except RejectedError as rejected:
            events.record(Action.UPLOAD, evidence, result=Result.REFUSED, reason=str(rejected))
            form.add_error("file", str(rejected))
        else:
            return redirect_with_message(
                request, f"已上传新版，目录号 {newer.number}；旧版仍可查看。", address_of(newer)
            )
    crumbs = evidence_crumbs(evidence, ("上传新版", ""))
    context = {"title": "上传新版", "consequence": dossier.consequence, "crumbs": crumbs, "save_word": "上传新版"}
    return form_page(request, form, evidence.inspection, tab="evidence", back=address_of(evidence), **context)


def _store_replacement(evidence: Evidence, form: ReplacementForm, dossier: EvidenceList) -> Evidence:
    upload: UploadedFile[Any] = form.cleaned_data["file"]
    # Before the transaction, as above.
    received = receive(upload, upload.name or "", dossier.user, evidence.inspection.unit)
    with transaction.atomic():
        evidence.lock_parents()
        # Checked again under the lock, since the view looked before it.
        if not Evidence.objects.live().filter(pk=evidence.pk).exists():
            raise RejectedError("刚才有人作废了这份材料，或者上传了它的新版。")
        for present in already_at(evidence.finding, received.file.digest):
            raise RejectedError(f"这份文件已在本问题的档案里（目录号 {present.number}），不能作为新版再传一次。")
        values = {"kind": evidence.kind, "caption": form.cleaned_data["caption"]}
        measures = evidence.measures.all()
        return add_evidence(evidence.finding, measures, received, dossier.user, replaces=evidence, **values)


def evidence_withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """The form that withdraws a piece of evidence with a reason; it stays readable."""
    evidence, dossier = changeable(request, pk)
    form = WithdrawalForm(request.POST or None, version=evidence.version)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            withdraw(evidence, form.cleaned_data["reason"], request.user, submitted_version(request.POST))
        except ConflictError as conflict:
            record_conflict(conflict)
            form.rebase(conflict.stored)
            form.add_error(None, f"{conflict}请看过现在的内容以后再决定。")
            status = 409
        else:
            return redirect_with_message(
                request, f"已作废佐证材料“{evidence}”，它和作废理由仍可查看。", address_of(evidence)
            )
    context = {
        "form": form,
        "evidence": evidence,
        "consequence": dossier.consequence,
        "inspection": evidence.inspection,
        "tab": "evidence",
        "crumbs": evidence_crumbs(evidence, ("作废", "")),
        "back": address_of(evidence),
    }
    return render(request, "findings/evidence/evidence_withdraw.html", context, status=status)
