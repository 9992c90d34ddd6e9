"""The views of a report's style: choosing one, changing one with its effect beside it, saving it for the office."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.records.saving import ConflictError
from accounts.text import LINE
from accounts.users.roles import Right
from accounts.web.forms import PageForm
from accounts.web.http import PageRequest, redirect_with_message
from documents.html import html_blocks
from findings.models import Inspection
from findings.work.http import delete_page, get_editable_or_403
from findings.workflow.saving import workflow_writer
from reports.gathering import details_of
from reports.models import ReportDetails, SavedStyle
from reports.publishing import draft
from reports.sources import source_addresses
from reports.style_choice import ReportChoiceForm, save_details, saved_styles
from reports.style_forms import StyleForm
from reports.styles.style import ReportStyle

TOO_LATE = "刚才有人改过这份报告的要素，这一次没有保存。请看过现在的内容再选。"


def _editable(request: PageRequest, pk: int) -> Inspection:
    return get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.EDIT_REPORT)


def _save(request: PageRequest, details: ReportDetails) -> bool:
    """Store the details; False with a message when somebody else was faster."""
    try:
        save_details(details)
    except ConflictError:
        messages.error(request, TOO_LATE)
        return False
    return True


def choice_save(request: PageRequest, pk: int) -> HttpResponse:
    """Keep the chosen style and annexes with the report; only by POST."""
    inspection = _editable(request, pk)
    if request.method != "POST":  # asked after the right, as on every other page
        return HttpResponseNotAllowed(["POST"])
    choice = ReportChoiceForm(request.POST, details=details_of(inspection), inspection=inspection)
    back = reverse("reports:report_preview", args=[pk])
    edition = choice.values["edition"]
    if reasons := choice.reasons():
        for reason in reasons:
            messages.error(request, reason)
    elif _save(request, choice.chosen_details()):
        messages.success(request, "已定下报告的体例和附件。")
    return redirect(f"{back}?edition={edition}")


class SaveStyleForm(PageForm):
    """The name under which a style is saved for the office."""

    style_name = forms.CharField(
        label="存为本单位的体例，名称",
        max_length=60,
        required=False,
        validators=LINE,
        help_text="以后本单位的报告都能选它。",
    )


def style_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change the style of a report part by part; what it makes of the real report stands beside the form."""
    inspection = _editable(request, pk)
    details = details_of(inspection)
    choice = ReportChoiceForm(request.GET, details=details, inspection=inspection)
    form = StyleForm(request.POST or None, base=choice.chosen_style)
    naming = SaveStyleForm(request.POST or None)
    shown = choice.chosen_style
    if request.method == "POST" and form.is_valid() and naming.is_valid():
        shown = form.style
        if "save" in request.POST:
            details.use_style(shown)
            if _save(request, details):
                back = reverse("reports:report_preview", args=[pk])
                return redirect_with_message(request, "已保存这份报告的体例。", back)
        elif "save_as" in request.POST and _save_for_office(inspection, shown, naming):
            messages.success(request, f"已存为本单位的体例“{naming.cleaned_data['style_name']}”，报告页上可以选用。")
    details.use_style(shown)
    return _style_page(request, inspection, details, form, naming)


def _style_page(
    request: PageRequest, inspection: Inspection, details: ReportDetails, form: StyleForm, naming: SaveStyleForm
) -> HttpResponse:
    """The form beside the report that ``details`` make."""
    document = draft(inspection, details=details)
    back = reverse("reports:report_preview", args=[inspection.pk])
    context = {
        "inspection": inspection,
        "tab": "report",
        "form": form,
        "naming": naming,
        "saved": saved_styles(inspection),
        "blocks": html_blocks(document, source_addresses(inspection, request.user)),
        "crumbs": [("报告", back), ("体例", "")],
        "back": back,
    }
    return render(request, "reports/style_edit.html", context)


def _save_for_office(inspection: Inspection, style: ReportStyle, naming: SaveStyleForm) -> bool:
    """Save a style for the body under the name in the form; False with an error at the name."""
    name = naming.cleaned_data["style_name"]
    if not name:
        naming.add_error("style_name", "请给体例起个名称。")
        return False
    saved = SavedStyle(body=inspection.unit, name=name, style=style.as_dict() | {"name": name})
    try:
        saved.full_clean()
    except ValidationError as error:
        naming.add_error("style_name", error.messages)
        return False
    workflow_writer.create(saved)
    return True


def saved_style_delete(request: PageRequest, pk: int, style: int) -> HttpResponse:
    """Delete a style that the body of an inspection has saved; reports that use it keep their copy."""
    inspection = _editable(request, pk)
    saved = get_object_or_404(SavedStyle, pk=style, body=inspection.unit_id)
    back = reverse("reports:style_edit", args=[pk])
    sentence = "已经用了这种体例的报告不受影响，它们各有一份。"
    return delete_page(
        request, saved, reasons=list, sentence=sentence, back=back, done=back, inspection=inspection, tab="report"
    )
