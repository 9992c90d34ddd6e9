"""Views of the stages of review of an inspection."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.web.http import PageRequest, next_order, redirect_with_message
from findings.inspections.models.inspections import Inspection
from findings.work.http import delete_page, form_page, get_editable_or_403
from findings.work.stage_forms import ReviewStageForm
from findings.workflow import against_other_stages
from findings.workflow.models.signoffs import MOST_STAGES, ReviewStage


def stage_list(request: PageRequest, pk: int) -> HttpResponse:
    """The stages in their order, and whether they can be changed now."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk)
    # A list, since it is counted and shown.
    stages = list(inspection.stages.prefetch_related("reviewers"))
    context = {
        "inspection": inspection,
        "tab": "stages",
        "crumbs": crumbs_to(inspection),
        "stages": stages,
        "may_add": len(stages) < MOST_STAGES,
        "against": against_other_stages(inspection),
    }
    return render(request, "findings/workflow/stage_list.html", context)


def crumbs_to(inspection: Inspection, *more: str) -> list[tuple[str, str]]:
    """The breadcrumbs from the settings to the stages, followed by ``more``."""
    settings = reverse("findings:inspection_edit", args=[inspection.pk])
    stages = reverse("findings:stage_list", args=[inspection.pk])
    return [("设置", settings), ("审核级", stages if more else ""), *((words, "") for words in more)]


def stage_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a new stage, after the last one."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk)
    stage = ReviewStage(inspection=inspection, order=next_order(inspection.stages.all()))
    form = ReviewStageForm(request.POST or None, instance=stage)
    back = reverse("findings:stage_list", args=[pk])
    if request.method == "POST" and form.save():
        return redirect_with_message(request, "已新建审核级。", back)
    context = {"title": "新建审核级", "crumbs": crumbs_to(inspection, "新建")}
    more = {"tab": "stages", "back": back, "consequence": _lock_warning(form)}
    return form_page(request, form, inspection, **context, **more)


def _lock_warning(form: ReviewStageForm) -> str:
    """The warning that the stage cannot be changed now; empty on a submitted form, which reports it itself."""
    return "" if form.is_bound else against_other_stages(form.instance.inspection)


def own_stage(request: PageRequest, pk: int) -> ReviewStage:
    """The stage, if the user may edit the records of its inspection; otherwise 404 or 403."""
    seen = Inspection.objects.visible_to(request.user)
    return get_editable_or_403(
        request, ReviewStage.objects.filter(inspection__in=seen).select_related("inspection"), pk
    )


def stage_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a stage."""
    stage = own_stage(request, pk)
    inspection = stage.inspection
    form = ReviewStageForm(request.POST or None, instance=stage)
    back = reverse("findings:stage_list", args=[inspection.pk])
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已保存审核级。"), back)
    context = {
        "title": "修改审核级",
        "tab": "stages",
        "back": back,
        "crumbs": crumbs_to(inspection, "修改"),
        "consequence": _lock_warning(form),
        "delete_address": reverse("findings:stage_delete", args=[pk]),
    }
    return form_page(request, form, inspection, **context)


def stage_delete(request: PageRequest, pk: int) -> HttpResponse:
    """The deletion of a stage, refused while findings are in review."""
    stage = own_stage(request, pk)
    back = reverse("findings:stage_list", args=[stage.inspection_id])
    return delete_page(
        request,
        stage,
        reasons=lambda: [reason] if (reason := against_other_stages(stage.inspection)) else [],
        sentence="将删除这一级审核；以后申请销号的问题不再经过它。",
        back=reverse("findings:stage_edit", args=[pk]),
        done=back,
        inspection=stage.inspection,
        tab="settings",
    )
