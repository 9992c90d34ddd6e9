"""Measures: the list, the work sheet of one with its log, their forms."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.roles import Right
from accounts.timelines import timeline
from findings.deadlines import Lights
from findings.filters import MeasureFilter
from findings.forms import MeasureForm, MeasureWorkForm, ProgressForm
from findings.models import Inspection, Measure, Progress
from findings.models.measures import MeasureQuerySet
from findings.models.scopes import scope_of
from findings.tables import MeasureTable
from findings.views.findings import crumbs_to, with_aspect
from findings.views.listing import Listing
from findings.views.pages import (
    PageRequest,
    counted,
    delete_page,
    editable,
    filter_units,
    form_page,
    key_in,
    moved,
    next_order,
    saved,
)

NOT_YOURS = "这条措施由其他单位负责，只有责任单位成员、责任人和整改办可以填报。"
PARTS = (
    "finding__aspect",
    "finding__parent",
    "finding__lead_unit",
    "facet",
    "lead_unit",
    "person_in_charge",
)
LAST_PROGRESS = Progress.objects.filter(measure=OuterRef("pk")).order_by("-reported_on").values("reported_on")[:1]


def measure_list(request: PageRequest, pk: int) -> HttpResponse:
    """The measures of one inspection."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    visible = Measure.objects.visible_to(request.user)
    scope = scope_of(request.user)
    listing = Listing(
        request,
        rows=visible.select_related("finding__aspect", "finding__parent", "facet", "person_in_charge")
        .annotate(progress_on=Subquery(LAST_PROGRESS))
        .only(*MeasureTable.shown),
        filter=MeasureFilter(request.GET, visible.of(inspection), request.user, filter_units(scope)),
        table=MeasureTable,
        default_sort="due",
        table_arguments={"inspection": inspection, "units": scope.tree},
    )
    return render(
        request, "findings/measure_list.html", {"inspection": inspection, "tab": "measures", "listing": listing}
    )


def visible_measures(request: PageRequest) -> MeasureQuerySet:
    """Measures with what their pages name."""
    return Measure.objects.visible_to(request.user).select_related("inspection", *PARTS)


def editable_measure(request: PageRequest, pk: int) -> Measure:
    """The measure if this person may work on it: 404 when it cannot be seen, 403 when it can only be seen."""
    measure = get_object_or_404(visible_measures(request), pk=pk)
    if not may_edit(request, measure):
        raise PermissionDenied(NOT_YOURS)
    return measure


def may_edit(request: PageRequest, measure: Measure) -> bool:
    """Whether this person may work on the measure."""
    return Measure.objects.editable_by(request.user).filter(pk=measure.pk).exists()


def may_change(request: PageRequest, measure: Measure) -> bool:
    """Whether this person may change the whole measure, not only report on it."""
    return measure.inspection.allows(request.user, Right.EDIT_RECORDS)


def crumbs_of(measure: Measure, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The trail to a measure and on."""
    words = f"措施 {measure.order}"
    return crumbs_to(measure.finding, (words, measure.get_absolute_url() if more else ""), *more)


def measure_detail(request: PageRequest, pk: int) -> HttpResponse:
    """The work sheet: plan, outcome, dates, and the log with a form for the next entry."""
    measure = get_object_or_404(visible_measures(request), pk=pk)
    return work_sheet(request, measure, ProgressForm(instance=Progress(measure=measure)))


def work_sheet(request: PageRequest, measure: Measure, form: ProgressForm) -> HttpResponse:
    """The page of a measure around a form for progress, filled in or not."""
    inspection = measure.inspection
    context: dict[str, Any] = {
        "inspection": inspection,
        "tab": "measures",
        "crumbs": crumbs_of(measure),
        "measure": measure,
        "lights": Lights.of(inspection),
        "may_edit": may_edit(request, measure),
        "progress": measure.progress.select_related("logged_by"),
        "form": form,
        "history": timeline(measure, request.user, whole=inspection.allows(request.user, Right.SEE_ALL)),
    }
    return render(request, "findings/measure_detail.html", context)


def measure_create(request: PageRequest, pk: int) -> HttpResponse:
    """A new measure of a finding, after the last."""
    finding = editable(request, with_aspect(request), pk)
    facet = finding.facets.filter(pk=key_in(request.GET.get("facet", ""))).first()
    measure = Measure(
        inspection=finding.inspection,
        finding=finding,
        facet=facet,
        order=next_order(finding.measures.filter(facet=facet)),
    )
    form = MeasureForm(request.POST or None, instance=measure, user=request.user)
    if request.method == "POST" and form.stored():
        return saved(request, "已新建整改措施。", measure)
    context = {
        "title": "新建整改措施",
        "back": finding.get_absolute_url(),
        "crumbs": crumbs_to(finding, ("新建措施", "")),
    }
    return form_page(request, form, finding.inspection, tab="findings", **context)


def measure_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The whole measure for the office; outcome and completion for those who carry it out."""
    measure = editable_measure(request, pk)
    crumbs, office = crumbs_of(measure, ("修改", "")), may_change(request, measure)
    form = (MeasureForm if office else MeasureWorkForm)(request.POST or None, instance=measure, user=request.user)
    if request.method == "POST" and form.stored():
        return saved(request, form.said("已保存整改措施。"), measure)
    context = {
        "title": "修改整改措施" if office else "填写整改成效",
        "note": "" if office else f"整改措施：{measure.plan}",
        "back": measure.get_absolute_url(),
        "delete_address": reverse("findings:measure_delete", args=[pk]) if office else "",
        "crumbs": crumbs,
    }
    return form_page(request, form, measure.inspection, tab="measures", **context)


def measure_move(request: PageRequest, pk: int) -> HttpResponse:
    """One place up or down within its facet or finding."""
    measure = editable(request, visible_measures(request), pk)
    siblings = measure.finding.measures.filter(facet=measure.facet)
    return moved(request, measure, siblings, measure.finding.get_absolute_url())


def measure_delete(request: PageRequest, pk: int) -> HttpResponse:
    """Only a measure nobody has reported on."""
    measure = editable(request, visible_measures(request), pk)
    return delete_page(
        request,
        measure,
        reasons=lambda: (
            counted(measure.progress.count(), "这条措施已有 {} 条整改进展，不能删除。")
            + counted(measure.comments.count(), "这条措施已有 {} 条评论，不能删除。")
        ),
        sentence="将删除这条措施的计划、公开成效和日期。删除后不能恢复。",
        back=measure.get_absolute_url(),
        done=measure.finding.get_absolute_url(),
        inspection=measure.inspection,
        tab="measures",
    )


def progress_create(request: PageRequest, pk: int) -> HttpResponse:
    """A new entry in the log of a measure; what was typed stays when it is refused."""
    measure = editable_measure(request, pk)
    entry = Progress(measure=measure, logged_by=request.user)
    form = ProgressForm(request.POST if request.method == "POST" else None, instance=entry)
    if request.method == "POST" and form.stored():
        return saved(request, "已填报整改进展。", measure)
    return work_sheet(request, measure, form)


def progress_edit(request: PageRequest, pk: int) -> HttpResponse:
    """An entry may be corrected by its writer or by the office."""
    entry = get_object_or_404(Progress.objects.visible_to(request.user), pk=pk)
    measure = editable_measure(request, entry.measure_id)
    if entry.logged_by_id != request.user.pk and not may_change(request, measure):
        raise PermissionDenied("只有填报人本人和整改办可以修改这条整改进展。")
    form = ProgressForm(request.POST or None, instance=entry)
    if request.method == "POST" and form.stored():
        return saved(request, form.said("已保存整改进展。"), measure)
    context = {
        "title": "修改整改进展",
        "back": measure.get_absolute_url(),
        "crumbs": crumbs_of(measure, ("修改进展", "")),
    }
    return form_page(request, form, measure.inspection, tab="measures", **context)
