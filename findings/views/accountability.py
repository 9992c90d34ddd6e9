"""People held to account and money that came back: two lists with their sums, and their forms."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.roles import Right
from findings.filed_filters import AccountabilityFilter, RecoveryFilter
from findings.filed_forms import AccountabilityForm, RecoveryForm
from findings.filed_tables import AccountabilityTable, RecoveryTable
from findings.models import Accountability, Inspection, Recovery
from findings.views.listing import Listing
from findings.views.pages import (
    PageRequest,
    Subtab,
    asked_finding,
    delete_page,
    editable,
    form_page,
    saved,
    subtabs_of,
)

PAGES = {"accountability_list": "处理情况", "recovery_list": "资金情况"}


def subtabs(inspection: Inspection, shown: str) -> list[Subtab]:
    """The two lists of the tab."""
    return subtabs_of(inspection, PAGES, shown)


def accountability_list(request: PageRequest, pk: int) -> HttpResponse:
    """The people held to account of one inspection, with the sums by kind."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    visible = Accountability.objects.visible_to(request.user)
    own = visible.of(inspection)
    listing = Listing(
        request,
        rows=visible.select_related("finding"),
        filter=AccountabilityFilter(request.GET, own),
        table=AccountabilityTable,
        default_sort="kind",
        table_arguments={"editable": inspection.allows(request.user, Right.EDIT_RECORDS)},
    )
    context = {
        "inspection": inspection,
        "tab": "accountability",
        "subtabs": subtabs(inspection, "accountability_list"),
        "listing": listing,
        "sums": own.sums(),
        "person_times": own.person_times(),
    }
    return render(request, "findings/accountability_list.html", context)


def accountability_create(request: PageRequest, pk: int) -> HttpResponse:
    """An entry about people held to account of an inspection, filled in for the finding of ``?finding=``."""
    inspection = editable(request, Inspection.objects.visible_to(request.user), pk)
    finding = asked_finding(request, inspection)
    form = AccountabilityForm(
        request.POST or None, instance=Accountability(inspection=inspection, finding=finding), user=request.user
    )
    page = reverse("findings:accountability_list", args=[pk])
    back = finding.get_absolute_url() if finding else page
    if request.method == "POST" and form.stored():
        return saved(request, f"已登记：{form.instance}。", back)
    context = {"title": "登记处理情况", "back": back, "crumbs": [("处理情况", page), ("登记处理情况", "")]}
    return form_page(request, form, inspection, tab="accountability", **context)


def accountability_edit(request: PageRequest, pk: int) -> HttpResponse:
    """An entry about people held to account as it is registered."""
    record = editable(request, Accountability.objects.visible_to(request.user).select_related("inspection"), pk)
    form = AccountabilityForm(request.POST or None, instance=record, user=request.user)
    back = reverse("findings:accountability_list", args=[record.inspection_id])
    if request.method == "POST" and form.stored():
        return saved(request, form.said(f"已保存：{record}。"), back)
    context = {
        "title": "修改处理情况",
        "back": back,
        "crumbs": [("处理情况", back), ("修改处理情况", "")],
        "history_address": reverse("findings:history", args=["accountability", pk]),
        "delete_address": reverse("findings:accountability_delete", args=[pk]),
    }
    return form_page(request, form, record.inspection, tab="accountability", **context)


def accountability_delete(request: PageRequest, pk: int) -> HttpResponse:
    """Nothing hangs on it."""
    record = editable(request, Accountability.objects.visible_to(request.user).select_related("inspection"), pk)
    return delete_page(
        request,
        record,
        reasons=list,
        sentence="将删除这条处理情况，人数和人次的统计随之减少。删除后不能恢复。",
        back=reverse("findings:accountability_edit", args=[pk]),
        done=reverse("findings:accountability_list", args=[record.inspection_id]),
        inspection=record.inspection,
        tab="accountability",
    )


def recovery_list(request: PageRequest, pk: int) -> HttpResponse:
    """The money that came back of one inspection, with the sums by kind."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    visible = Recovery.objects.visible_to(request.user)
    own = visible.of(inspection)
    listing = Listing(
        request,
        rows=visible.select_related("finding"),
        filter=RecoveryFilter(request.GET, own),
        table=RecoveryTable,
        default_sort="kind",
        table_arguments={"editable": inspection.allows(request.user, Right.EDIT_RECORDS)},
    )
    context = {
        "inspection": inspection,
        "tab": "accountability",
        "subtabs": subtabs(inspection, "recovery_list"),
        "listing": listing,
        "sums": own.sums(),
    }
    return render(request, "findings/recovery_list.html", context)


def recovery_create(request: PageRequest, pk: int) -> HttpResponse:
    """An entry about money of an inspection, filled in for the finding of ``?finding=``."""
    inspection = editable(request, Inspection.objects.visible_to(request.user), pk)
    finding = asked_finding(request, inspection)
    form = RecoveryForm(
        request.POST or None, instance=Recovery(inspection=inspection, finding=finding), user=request.user
    )
    page = reverse("findings:recovery_list", args=[pk])
    back = finding.get_absolute_url() if finding else page
    if request.method == "POST" and form.stored():
        return saved(request, f"已登记：{form.instance}。", back)
    context = {"title": "登记资金情况", "back": back, "crumbs": [("资金情况", page), ("登记资金情况", "")]}
    return form_page(request, form, inspection, tab="accountability", **context)


def recovery_edit(request: PageRequest, pk: int) -> HttpResponse:
    """An entry about money as it is registered."""
    record = editable(request, Recovery.objects.visible_to(request.user).select_related("inspection"), pk)
    form = RecoveryForm(request.POST or None, instance=record, user=request.user)
    back = reverse("findings:recovery_list", args=[record.inspection_id])
    if request.method == "POST" and form.stored():
        return saved(request, form.said(f"已保存：{record}。"), back)
    context = {
        "title": "修改资金情况",
        "back": back,
        "crumbs": [("资金情况", back), ("修改资金情况", "")],
        "history_address": reverse("findings:history", args=["recovery", pk]),
        "delete_address": reverse("findings:recovery_delete", args=[pk]),
    }
    return form_page(request, form, record.inspection, tab="accountability", **context)


def recovery_delete(request: PageRequest, pk: int) -> HttpResponse:
    """Nothing hangs on it."""
    record = editable(request, Recovery.objects.visible_to(request.user).select_related("inspection"), pk)
    return delete_page(
        request,
        record,
        reasons=list,
        sentence="将删除这条资金情况，同类款项的统计随之减少。删除后不能恢复。",
        back=reverse("findings:recovery_edit", args=[pk]),
        done=reverse("findings:recovery_list", args=[record.inspection_id]),
        inspection=record.inspection,
        tab="accountability",
    )
