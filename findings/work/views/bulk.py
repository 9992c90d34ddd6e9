"""Views that assign many findings or measures at once, ticked in their list, with a result for each row."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.users.roles import Right
from accounts.web.http import PageRequest
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.work.bulk import (
    MOST_ROWS,
    AssignForm,
    ExceedingRow,
    FindingAssignForm,
    MeasureAssignForm,
    assign,
    assignee_warnings,
    exceeding_rows,
    parse_selection,
)
from findings.work.http import get_editable_or_403, warn

PARTS = ("aspect", "parent", "inspection")


def measures_assign(request: PageRequest, pk: int) -> HttpResponse:
    """Assign unit, person and deadline of many measures."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.EDIT_RECORDS)
    related = ("inspection", "facet", *(f"finding__{part}" for part in PARTS))
    measures = Measure.objects.visible_to(request.user).of(inspection).select_related(*related)
    return assign_page(request, inspection, measures, MeasureAssignForm, "measures", "批量指定措施的责任和时限")


def findings_assign(request: PageRequest, pk: int) -> HttpResponse:
    """Assign unit, leader, person and deadline of many findings."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.EDIT_RECORDS)
    findings = Finding.objects.visible_to(request.user).of(inspection).select_related(*PARTS)
    return assign_page(request, inspection, findings, FindingAssignForm, "findings", "批量指定问题的责任和时限")


def may_write(request: PageRequest, form: AssignForm, exceeding: list[ExceedingRow]) -> bool:
    """Whether the rows beyond a limit, if any, were shown and confirmed, with a reason where one is needed."""
    if any(row.needs_reason for row in exceeding) and not form.cleaned_data["extension_reason"]:
        form.add_error("extension_reason", "下面有记录的时限需要写明延期理由才能改。")
        return False
    return not exceeding or "confirmed" in request.POST


def assign_page(  # noqa: PLR0913, PLR0917 -- the parts of the page
    request: PageRequest, inspection: Inspection, records: QuerySet[Any], kind: type[AssignForm], tab: str, title: str
) -> HttpResponse:
    """The ticked rows with the form for all of them; after a POST with the result of each row."""
    # GET comes from the list with its ticked rows, POST from this page.
    rows = parse_selection((request.POST if request.method == "POST" else request.GET).getlist("row"))
    chosen = {record.pk: record for record in records.filter(pk__in=[row.pk for row in rows])}
    form = kind(request.POST or None, user=request.user, body=inspection.unit_id, chosen=chosen.values())
    results, exceeding = None, []
    if rows and request.method == "POST" and form.is_valid():
        exceeding = exceeding_rows(chosen.values(), form.values_for)
        if may_write(request, form, exceeding):
            # Each row has a transaction of its own, see ``bulk.assign``.
            reason = form.cleaned_data["extension_reason"]
            results = assign(records, rows, form.values_for, request.user, reason)
            warn(request, assignee_warnings(form, request.user, inspection.unit_id))
    back = reverse(f"findings:{tab.removesuffix('s')}_list", args=[inspection.pk])
    context = {
        "inspection": inspection,
        "tab": tab,
        "title": title,
        "crumbs": [(title, "")],
        "form": form,
        "rows": [(row, chosen[row.pk]) for row in rows if row.pk in chosen],
        "picked": rows,
        "results": results,
        "exceeding": exceeding,
        "done_count": sum(result.is_done for result in results or ()),
        "most": MOST_ROWS,
        "back": back,
    }
    return render(request, "findings/work/assign.html", context)
