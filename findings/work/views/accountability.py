"""Views of accountability entries and recovered money: two lists with their sums, and their forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.users.roles import Right
from accounts.web.components import Chip
from accounts.web.http import PageRequest, redirect_with_message
from accounts.web.listing import Listing
from findings.inspections.models.accountability import Accountability, Recovery
from findings.inspections.models.inspections import Inspection
from findings.work.accountability_filters import AccountabilityFilter, RecoveryFilter
from findings.work.accountability_forms import AccountabilityForm, RecoveryForm
from findings.work.filed_tables import AccountabilityTable, RecoveryTable
from findings.work.http import build_subtabs, delete_page, finding_from_query, form_page, get_editable_or_403
from findings.workflow.void_warnings import form_warning, void_warning

PAGES = {"accountability_list": "处理情况", "recovery_list": "资金情况"}


def subtabs(inspection: Inspection, shown: str) -> list[Chip]:
    """The two lists of the tab, with the one shown."""
    return build_subtabs(inspection, PAGES, shown)


def accountability_list(request: PageRequest, pk: int) -> HttpResponse:
    """The accountability entries of one inspection, with their sums by kind."""
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
    return render(request, "findings/inspections/accountability_list.html", context)


def recovery_list(request: PageRequest, pk: int) -> HttpResponse:
    """The recovered money of one inspection, with its sums by kind."""
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
    sums = own.sums()
    context = {
        "inspection": inspection,
        "tab": "accountability",
        "subtabs": subtabs(inspection, "recovery_list"),
        "listing": listing,
        "sums": sums,
        "entries": sum(row["entries"] for row in sums),
    }
    return render(request, "findings/inspections/recovery_list.html", context)


@dataclass(frozen=True)
class Entries:
    """One of the two kinds of entries: its model, its form, and its words."""

    model: type[Accountability | Recovery]
    form: type[AccountabilityForm | RecoveryForm]
    noun: str
    falls: str  # the numbers that a deletion reduces

    def address(self, page: str, pk: int) -> str:
        """The URL of a page of this kind: the list of an inspection, or an action on an entry."""
        return reverse(f"findings:{self.model._meta.model_name}_{page}", args=[pk])


ACCOUNTABILITY = Entries(Accountability, AccountabilityForm, "处理情况", "人数和人次的统计")
RECOVERY = Entries(Recovery, RecoveryForm, "资金情况", "同类款项的统计")


def accountability_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a new accountability entry."""
    return create_page(request, pk, ACCOUNTABILITY)


def accountability_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of an accountability entry."""
    return edit_page(request, pk, ACCOUNTABILITY)


def accountability_delete(request: PageRequest, pk: int) -> HttpResponse:
    """The deletion of an accountability entry."""
    return remove_page(request, pk, ACCOUNTABILITY)


def recovery_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of new recovered money."""
    return create_page(request, pk, RECOVERY)


def recovery_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of recovered money."""
    return edit_page(request, pk, RECOVERY)


def recovery_delete(request: PageRequest, pk: int) -> HttpResponse:
    """The deletion of recovered money."""
    return remove_page(request, pk, RECOVERY)


def create_page(request: PageRequest, pk: int, entries: Entries) -> HttpResponse:
    """The form of a new entry of an inspection, with the finding of ``?finding=`` preselected."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk)
    # The form was opened from the page of this finding, to which it returns.
    finding = finding_from_query(request, inspection)
    record = entries.model(inspection=inspection, finding=finding)
    form = entries.form(request.POST or None, instance=record, user=request.user)
    page, title = entries.address("list", pk), f"登记{entries.noun}"
    back = finding.get_absolute_url() if finding else page
    if request.method == "POST" and form.save():
        return redirect_with_message(request, f"已登记：{form.instance}。", back)
    context = {
        "title": title,
        "back": back,
        "consequence": form_warning(record),
        "crumbs": [(entries.noun, page), (title, "")],
    }
    return form_page(request, form, inspection, tab="accountability", **context)


def editable_entry(request: PageRequest, pk: int, entries: Entries) -> Accountability | Recovery:
    """The entry, if the user may edit it; otherwise 404 or 403."""
    visible: Any = entries.model.objects.visible_to(request.user).select_related("inspection")
    record: Accountability | Recovery = get_editable_or_403(request, visible, pk)
    return record


def edit_page(request: PageRequest, pk: int, entries: Entries) -> HttpResponse:
    """The form of an entry."""
    record = editable_entry(request, pk, entries)
    form = entries.form(request.POST or None, instance=record, user=request.user)
    back, title = entries.address("list", record.inspection_id), f"修改{entries.noun}"
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message(f"已保存：{record}。"), back)
    context = {
        "title": title,
        "back": back,
        "consequence": form_warning(record),
        "crumbs": [(entries.noun, back), (title, "")],
        "history_address": reverse("findings:history", args=[entries.model._meta.model_name, pk]),
        "delete_address": entries.address("delete", pk),
    }
    return form_page(request, form, record.inspection, tab="accountability", **context)


def remove_page(request: PageRequest, pk: int, entries: Entries) -> HttpResponse:
    """The deletion of an entry, to which no other record refers."""
    record = editable_entry(request, pk, entries)
    return delete_page(
        request,
        record,
        reasons=list,
        sentence=f"将删除这条{entries.noun}，{entries.falls}随之减少。删除后不能恢复。{void_warning(record)}",
        back=entries.address("edit", pk),
        done=entries.address("list", record.inspection_id),
        inspection=record.inspection,
        tab="accountability",
    )
