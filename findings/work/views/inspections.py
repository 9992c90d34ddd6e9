"""Views of inspections: the list, the overview of one, its settings."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.users.roles import Right
from accounts.web.http import PageRequest, parse_pk, redirect_with_message
from accounts.web.listing import Listing
from findings.inspections.models.inspections import Inspection
from findings.work.filters import InspectionFilter
from findings.work.http import form_page, get_editable_or_403, requires
from findings.work.inspection_forms import InspectionForm, NewInspectionForm, asks_for_proposals
from findings.work.inspection_tables import InspectionTable
from findings.work.overview import overview_of, with_counts


def inspection_list(request: PageRequest) -> HttpResponse:
    """The inspections that the user may see, with their numbers of findings."""
    visible = Inspection.objects.visible_to(request.user)
    listing = Listing(
        request,
        rows=with_counts(visible, request.user),
        filter=InspectionFilter(request.GET, visible),
        table=InspectionTable,
        default_sort="-feedback",
    )
    return render(request, "findings/inspections/inspection_list.html", {"listing": listing})


@requires(Right.EDIT_RECORDS)
def inspection_create(request: PageRequest) -> HttpResponse:
    """The form of a new inspection."""
    if asks_for_proposals(request):
        form = NewInspectionForm.with_proposals(request.POST, user=request.user)
    else:
        form = NewInspectionForm(request.POST or None, user=request.user)
        if request.method == "POST" and form.save():
            words = f"已新建巡察。{form.taken_words}请接着录入方面和问题。"
            return redirect_with_message(request, words, form.instance)
    back = reverse("findings:inspection_list")
    return form_page(request, form, title="新建巡察", back=back, crumbs=[("巡察整改", back), ("新建巡察", "")])


def inspection_detail(request: PageRequest, pk: int) -> HttpResponse:
    """The overview of an inspection: numbers, deadlines, and the tree of aspects, findings and measures."""
    # As in ``finding_list``.
    Inspection.objects.limit_scope(request.user, pk)
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user).select_related("unit"), pk=pk)
    overview = overview_of(inspection, request.user, parse_pk(request.GET.get("aspect", "")))
    context = {"inspection": inspection, "tab": "overview", "overview": overview}
    return render(request, "findings/inspections/inspection_detail.html", context)


def inspection_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of an inspection's settings."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk)
    shown = Inspection.objects.get(pk=pk)  # the form writes its input to ``inspection``
    if asks_for_proposals(request):
        form = InspectionForm.with_proposals(request.POST, instance=inspection, user=request.user)
    else:
        form = InspectionForm(request.POST or None, instance=inspection, user=request.user)
        if request.method == "POST" and form.save():
            return redirect_with_message(request, form.success_message("已保存巡察设置。"), inspection)
    context = {
        "title": "巡察设置",
        "tab": "settings",
        "back": shown.get_absolute_url(),
    }
    return form_page(request, form, shown, **context)
