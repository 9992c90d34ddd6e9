"""The views of the report: import of a text, preview, downloads, and the texts an office writes."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.audit.events import record
from accounts.models import Action, Result
from accounts.users.roles import Right
from accounts.web.http import PageRequest, redirect_with_message
from accounts.web.pagination import PER_PAGE, page_size_for
from documents.document import Document
from documents.html import html_blocks
from documents.pdf.client import PdfUnavailable, render_pdf
from documents.text import render_text
from findings.evidence.store import RejectedError
from findings.models import Inspection
from findings.work.http import form_page, get_editable_or_403, requires
from findings.work.views.evidence_files import SANDBOX, download_stored, with_the_store
from reports.forms import DetailsForm, TextImportForm
from reports.gathering import details_of
from reports.import_sources import keep_text
from reports.importing import Imported, ImportRefusedError, store
from reports.masking import EDITIONS
from reports.matching_views import comparison_page
from reports.models import SOURCE_KEPT_DAYS, ImportSource
from reports.publishing import draft
from reports.reading.corrections import read_corrections
from reports.review import OFFERED, source_rows
from reports.sources import source_addresses
from reports.style_choice import ReportChoiceForm
from reports.styles.description import describe_style


@requires(Right.IMPORT_TEXT)
def text_import(request: PageRequest) -> HttpResponse:
    """The page to paste or upload a report text; a valid one is shown as the tree that would be stored."""
    form = TextImportForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        return _read_page(request, form, form.as_read())
    return _import_page(request, form)


def _import_page(request: PageRequest, form: TextImportForm) -> HttpResponse:
    return render(request, "reports/text_import.html", {"form": form, "kept_days": SOURCE_KEPT_DAYS})


def _read_page(request: PageRequest, read: TextImportForm, shown: TextImportForm) -> HttpResponse:
    """The page of what was read: ``read`` holds the result, ``shown`` the fields."""
    corrections = read_corrections(read.cleaned_data["corrections"])
    style = read.recognised.parsed.style
    context = {
        "form": shown,
        "recognised": read.recognised,
        "rows": source_rows(read.recognised, corrections, request.POST.get("chosen", "")),
        "offered": OFFERED,
        "corrections": corrections,
        "described": describe_style(style) if style else (),
        "source": read.cleaned_data["source"],
    }
    return render(request, "reports/text_read.html", context)


@requires(Right.IMPORT_TEXT)
@require_POST
def text_store(request: PageRequest) -> HttpResponse:
    """Store the text shown by ``text_import`` as an inspection and redirect to it; one that is chosen is compared."""
    form = TextImportForm(request.POST, user=request.user)
    if form.is_valid() and form.cleaned_data["target"]:
        return comparison_page(request, form)
    if form.is_valid():
        try:
            values = form.cleaned_data
            source = values["source"] or keep_text(values["text"], f"{values['name']}-原文", request.user)
            parsed, takes = form.recognised.parsed, form.recognised.is_letter and values["take_proposals"]
            made = store(parsed, values["text"], values["name"], values["unit"], source, takes_proposals=takes)
        except RejectedError as rejected:
            form.add_error(None, str(rejected))
            return _read_page(request, form, form)
        except ImportRefusedError as refusal:
            # ``message_for``: the earlier import may belong to an inspection the user must not see.
            form.add_error(None, refusal.message_for(request.user))
            return _read_page(request, form, form)
        else:
            return _redirect_after_import(request, made, is_letter=form.recognised.is_letter)
    return _import_page(request, form)


def _redirect_after_import(request: PageRequest, made: Imported, *, is_letter: bool) -> HttpResponse:
    """To where the work goes on: for a letter the findings to be assigned, for a report the overview."""
    words = f"已导入 {made.aspects} 个方面、{made.findings} 个问题"
    if not is_letter:
        words = f"{words}、{made.measures} 条措施。请接着补填日期、责任单位和状态。"
        return redirect_with_message(request, words, made.inspection)
    # On one page, so that one tick chooses all of them.
    size = f"&per_page={page_size_for(made.findings)}" if made.findings > PER_PAGE[0] else ""
    address = f"{reverse('findings:finding_list', args=[made.inspection.pk])}?gap=unit{size}"
    return redirect_with_message(request, f"{words}。{made.deadlines}请勾选问题，批量指定牵头单位和完成时限。", address)


@require_safe
@with_the_store
def import_source(request: PageRequest, pk: int) -> FileResponse:
    """A file that an inspection was imported from, as a download; 403 for users who see only a part of it."""
    stored = ImportSource.objects.filter(inspection__in=Inspection.objects.visible_to(request.user))
    source = get_editable_or_403(request, stored.select_related("file", "inspection"), pk, Right.SEE_ALL)
    return download_stored(source, source.file, source.name)


def reportable(request: PageRequest, pk: int) -> Inspection:
    """The inspection of that key; 404 if it is not visible to the user, 403 without the right to make its report."""
    return get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.MAKE_REPORT)


@require_GET
def report_preview(request: PageRequest, pk: int) -> HttpResponse:
    """The preview of the report, with every sentence linked to its source."""
    inspection = reportable(request, pk)
    return _preview(request, inspection, read_choice(request, inspection))


def read_choice(request: PageRequest, inspection: Inspection) -> ReportChoiceForm:
    """The style, edition and annexes in the address, those of the report where it names none."""
    choice = ReportChoiceForm(request.GET, details=details_of(inspection), inspection=inspection)
    for error in choice.reasons():
        messages.error(request, error)
    return choice


def compose_chosen(inspection: Inspection, choice: ReportChoiceForm) -> Document:
    """The report as it is chosen."""
    return draft(inspection, choice.values["edition"], choice.chosen_details())


def _preview(request: PageRequest, inspection: Inspection, choice: ReportChoiceForm, status: int = 200) -> HttpResponse:
    document = compose_chosen(inspection, choice)
    context = {
        "inspection": inspection,
        "tab": "report",
        "choice": choice,
        "blocks": html_blocks(document, source_addresses(inspection, request.user)),
        "missing": document.missing(),
    }
    return render(request, "reports/report_preview.html", context, status=status)


@require_GET
def report_pdf(request: PageRequest, pk: int) -> HttpResponse:
    """The report as a PDF; when it cannot be made, the preview with the reason (503)."""
    inspection = reportable(request, pk)
    choice = read_choice(request, inspection)
    document = compose_chosen(inspection, choice)
    try:
        rendered = render_pdf(document)
    except PdfUnavailable as reason:
        # A failed attempt is an event as well.
        _record_export(inspection, choice, "PDF", Result.FAILED)
        messages.error(request, str(reason))
        return _preview(request, inspection, choice, status=503)
    _record_export(inspection, choice, "PDF")
    return _download(rendered.content, f"{document.name}.pdf", "application/pdf")


@require_GET
def report_text(request: PageRequest, pk: int) -> HttpResponse:
    """The report as a plain text file."""
    inspection = reportable(request, pk)
    choice = read_choice(request, inspection)
    document = compose_chosen(inspection, choice)
    _record_export(inspection, choice, "文本")
    return _download(render_text(document).encode(), f"{document.name}.txt", "text/plain; charset=utf-8")


def _record_export(
    inspection: Inspection, choice: ReportChoiceForm, format_name: str, result: Result = Result.DONE
) -> None:
    """Record the export; call it before the response is made, so that nothing is exported unrecorded."""
    label = EDITIONS[choice.values["edition"]].label
    record(Action.EXPORT, inspection, result=result, reason=f"报告 {format_name}（{label}）")


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    # The headers of evidence files: a browser that opens the download runs nothing of it.
    headers = {**SANDBOX, "Content-Disposition": disposition}
    return HttpResponse(content, content_type=content_type, headers=headers)


def details_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The page for the texts an office writes for this report; 403 without the right to edit it."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.EDIT_REPORT)
    back = reverse("reports:report_preview", args=[inspection.pk])
    form = DetailsForm(request.POST or None, instance=details_of(inspection))
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已保存报告要素。"), back)
    crumbs = [("报告", back), ("报告要素", "")]
    return form_page(request, form, inspection, title="报告要素", tab="report", back=back, crumbs=crumbs)
