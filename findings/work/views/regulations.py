"""Views of regulations issued or revised in the course of rectification."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.users.roles import Right
from accounts.web.http import PageRequest, redirect_with_message
from accounts.web.listing import Listing
from findings.evidence.regulations import Regulation
from findings.inspections.models.inspections import Inspection
from findings.work.filed_tables import RegulationTable
from findings.work.filters import RegulationFilter
from findings.work.forms import RegulationForm
from findings.work.http import delete_page, finding_from_query, form_page, get_editable_or_403
from findings.workflow.void_warnings import form_warning, void_warning

DELETED = "将删除这项制度的登记，报告里的制度数随之减少。删除后不能恢复。"


def list_address(inspection: Inspection) -> str:
    """The URL of the list of regulations."""
    return reverse("findings:regulation_list", args=[inspection.pk])


def regulation_list(request: PageRequest, pk: int) -> HttpResponse:
    """The regulations of one inspection."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    visible = Regulation.objects.visible_to(request.user)
    listing = Listing(
        request,
        rows=visible.select_related("finding", "evidence"),
        filter=RegulationFilter(request.GET, visible.filter(inspection=inspection)),
        table=RegulationTable,
        default_sort="issued",
        table_arguments={"editable": inspection.allows(request.user, Right.EDIT_RECORDS)},
    )
    context = {"inspection": inspection, "tab": "regulations", "listing": listing}
    return render(request, "findings/inspections/regulation_list.html", context)


def regulation_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a new regulation, with the finding of ``?finding=`` preselected."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk)
    finding = finding_from_query(request, inspection)
    regulation = Regulation(inspection=inspection, finding=finding)
    form = RegulationForm(request.POST or None, instance=regulation, user=request.user)
    back = finding.get_absolute_url() if finding else list_address(inspection)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, "已登记制度。", back)
    context = {"title": "登记制度", "back": back, "crumbs": [("制度", list_address(inspection)), ("登记制度", "")]}
    context["consequence"] = form_warning(regulation)
    return form_page(request, form, inspection, tab="regulations", **context)


def regulation_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a regulation."""
    regulation = get_editable_or_403(
        request, Regulation.objects.visible_to(request.user).select_related("inspection"), pk
    )
    form = RegulationForm(request.POST or None, instance=regulation, user=request.user)
    back = list_address(regulation.inspection)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已保存制度。"), back)
    context = {"title": "修改制度", "back": back, "crumbs": [("制度", back), ("修改制度", "")]}
    context["consequence"] = form_warning(regulation)
    context["history_address"] = reverse("findings:history", args=["regulation", pk])
    delete_address = reverse("findings:regulation_delete", args=[pk])
    return form_page(request, form, regulation.inspection, tab="regulations", delete_address=delete_address, **context)


def regulation_delete(request: PageRequest, pk: int) -> HttpResponse:
    """The deletion of a regulation, to which no other record refers."""
    regulation = get_editable_or_403(
        request, Regulation.objects.visible_to(request.user).select_related("inspection"), pk
    )
    return delete_page(
        request,
        regulation,
        reasons=list,
        sentence=f"{DELETED}{void_warning(regulation)}",
        back=reverse("findings:regulation_edit", args=[pk]),
        done=list_address(regulation.inspection),
        inspection=regulation.inspection,
        tab="regulations",
    )
