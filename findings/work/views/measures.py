"""Views of measures for the office: the list and the forms; the work on one measure is in ``measure``."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.users.roles import Right
from accounts.web.http import PageRequest, blocking_reason, move_view, parse_pk
from accounts.web.listing import Listing
from findings.inspections.display import measure_number
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure, MeasureQuerySet
from findings.inspections.models.progress import Progress
from findings.units.scopes import user_scope
from findings.work.filters import MeasureFilter
from findings.work.http import (
    consequence_of,
    delete_page,
    filter_units,
    form_page,
    get_editable_or_403,
    redirect_after_save,
)
from findings.work.reason_forms import MeasurePageForm
from findings.work.tables import MeasureTable
from findings.work.views.findings import crumbs_to, with_aspect
from findings.workflow import edit_consequence
from findings.workflow.saving import workflow_writer

PARTS = (
    "finding__aspect",
    "finding__parent__lead_unit",
    "finding__lead_unit",
    "facet",
    "lead_unit",
    "person_in_charge",
)
LAST_PROGRESS = Progress.objects.filter(measure=OuterRef("pk")).order_by("-reported_on").values("reported_on")[:1]


def measure_list(request: PageRequest, pk: int) -> HttpResponse:
    """The measures of one inspection."""
    Inspection.objects.limit_scope(request.user, pk)
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    visible = Measure.objects.visible_to(request.user)
    scope = user_scope(request.user)
    picks = "pick" if inspection.allows(request.user, Right.EDIT_RECORDS) else ""
    listing = Listing(
        request,
        rows=visible.select_related("finding__aspect", "finding__parent", "facet", "person_in_charge")
        .annotate(progress_on=Subquery(LAST_PROGRESS))
        .only(*MeasureTable.shown),
        filter=MeasureFilter(request.GET, visible.of(inspection), inspection, request.user, filter_units(scope)),
        table=MeasureTable,
        default_sort="due",
        table_arguments={"inspection": inspection, "units": scope.tree, "picks": picks},
    )
    return render(
        request,
        "findings/inspections/measure_list.html",
        {"inspection": inspection, "tab": "measures", "listing": listing},
    )


def visible_measures(request: PageRequest) -> MeasureQuerySet:
    """The measures that the user may see, with the records their pages name."""
    return Measure.objects.visible_to(request.user).select_related("inspection", *PARTS)


def limit_scope_to_finding_of(request: PageRequest, pk: int) -> None:
    """Limit the lookup of the user's part to the finding of a measure, for a page that shows nothing else."""
    # Users who see everything have no part to look up, which spares the query.
    if not user_scope(request.user).bodies(Right.SEE_ALL).everywhere:
        for finding in Measure.objects.filter(pk=pk).order_by().values_list("finding", flat=True):
            Finding.objects.limit_scope(request.user, finding)


def crumbs_of(measure: Measure, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumbs to a measure, followed by ``more``."""
    words = f"措施 {measure_number(measure)}"
    return crumbs_to(measure.finding, (words, measure.get_absolute_url() if more else ""), *more)


def measure_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a new measure of a finding, after the last one."""
    finding = get_editable_or_403(request, with_aspect(request), pk)
    facet = finding.facets.filter(pk=parse_pk(request.GET.get("facet", ""))).first()
    measure = Measure(inspection=finding.inspection, finding=finding, facet=facet)
    form = MeasurePageForm(request.POST or None, instance=measure, user=request.user)
    if request.method == "POST" and form.save():
        return redirect_after_save(request, form, "已新建整改措施。", measure)
    context = {
        "title": "新建整改措施",
        "consequence": consequence_of(finding),
        "back": finding.get_absolute_url(),
        "crumbs": crumbs_to(finding, ("新建措施", "")),
    }
    return form_page(request, form, finding.inspection, tab="findings", **context)


def measure_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of the whole measure for the office; its own unit works on the page in ``measure``."""
    measure = get_editable_or_403(request, visible_measures(request), pk)
    crumbs = crumbs_of(measure, ("修改", ""))
    form = MeasurePageForm(request.POST or None, instance=measure, user=request.user)
    if request.method == "POST" and form.save():
        return redirect_after_save(request, form, form.success_message("已保存整改措施。"), measure)
    context = {
        "title": "修改整改措施",
        "consequence": edit_consequence(measure, request.user),
        "back": measure.get_absolute_url(),
        "delete_address": reverse("findings:measure_delete", args=[pk]),
        "crumbs": crumbs,
    }
    return form_page(request, form, measure.inspection, tab="measures", **context)


def measure_move(request: PageRequest, pk: int) -> HttpResponse:
    """Move a measure one place up or down within its facet or finding."""
    measure = get_editable_or_403(request, visible_measures(request), pk)
    siblings = measure.finding.measures.filter(facet=measure.facet)
    return move_view(request, workflow_writer, measure, siblings, measure.finding.get_absolute_url())


def measure_delete(request: PageRequest, pk: int) -> HttpResponse:
    """The deletion of a measure on which no work is recorded."""
    measure = get_editable_or_403(request, visible_measures(request), pk)
    return delete_page(
        request,
        measure,
        reasons=lambda: reasons_to_keep(measure),
        sentence="将删除这条措施的计划、公开成效和日期。删除后不能恢复。",
        back=measure.get_absolute_url(),
        done=measure.finding.get_absolute_url(),
        inspection=measure.inspection,
        tab="measures",
    )


def reasons_to_keep(measure: Measure) -> list[str]:
    """The reasons (Chinese) against deleting a measure: the work recorded on it."""
    return [
        *blocking_reason(measure.progress.count(), "这条措施已有 {} 条整改进展，不能删除。"),
        *blocking_reason(measure.evidence.count(), "这条措施已有 {} 份佐证材料，不能删除。"),
        *blocking_reason(measure.comments.count(), "这条措施已有 {} 条评论，不能删除。"),
        *blocking_reason(measure.steps.count(), "这条措施已有 {} 条办理记录，不能删除。"),
    ]
