"""The stages of review of an inspection: none to three, each by any one or by all."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.roles import ROLES, Right
from findings.choices import Status
from findings.models import Finding, Inspection, ReviewStage
from findings.models.signoffs import MOST_STAGES
from findings.stage_forms import StageForm
from findings.views.pages import PageRequest, counted, delete_page, editable, form_page, next_order, saved


def stage_list(request: PageRequest, pk: int) -> HttpResponse:
    """How findings of this inspection are reviewed before they are signed off."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    stages = [(stage, ROLES[stage.role].label) for stage in inspection.stages.prefetch_related("reviewers")]
    may_edit = inspection.allows(request.user, Right.EDIT_RECORDS)
    context = {"inspection": inspection, "tab": "stages", "stages": stages, "may_edit": may_edit}
    return render(request, "findings/stage_list.html", context | {"may_add": may_edit and len(stages) < MOST_STAGES})


def stage_create(request: PageRequest, pk: int) -> HttpResponse:
    """The next stage."""
    inspection = editable(request, Inspection.objects.visible_to(request.user), pk)
    stage = ReviewStage(inspection=inspection, order=next_order(inspection.stages.all()))
    form = StageForm(request.POST or None, instance=stage, user=request.user)
    if request.method == "POST" and form.stored():
        return saved(request, "已增加审核级。", reverse("findings:stage_list", args=[pk]))
    back = reverse("findings:stage_list", args=[pk])
    return form_page(
        request, form, inspection, title="增加审核级", back=back, tab="stages", crumbs=crumbs(inspection, "增加")
    )


def stage_edit(request: PageRequest, pk: int) -> HttpResponse:
    """One stage."""
    stage = editable(request, ReviewStage.objects.visible_to(request.user).select_related("inspection"), pk)
    form = StageForm(request.POST or None, instance=stage, user=request.user)
    back = reverse("findings:stage_list", args=[stage.inspection_id])
    if request.method == "POST" and form.stored():
        return saved(request, form.said("已保存审核级。"), back)
    context = {"title": "修改审核级", "back": back, "delete_address": reverse("findings:stage_delete", args=[pk])}
    return form_page(request, form, stage.inspection, tab="stages", crumbs=crumbs(stage.inspection, "修改"), **context)


def stage_delete(request: PageRequest, pk: int) -> HttpResponse:
    """Not while a finding waits for its review."""
    stage = editable(request, ReviewStage.objects.visible_to(request.user).select_related("inspection"), pk)
    waiting = Finding.objects.of(stage.inspection).filter(status=Status.SUBMITTED)
    back = reverse("findings:stage_list", args=[stage.inspection_id])
    return delete_page(
        request,
        stage,
        reasons=lambda: counted(waiting.count(), "有 {} 个问题正在审核，请等办完再删除审核级。"),
        sentence="将删除这一级审核，以后的销号申请不再经过它。已经完成的审核不受影响。",
        back=back,
        done=back,
        inspection=stage.inspection,
        tab="stages",
    )


def crumbs(inspection: Inspection, words: str) -> list[tuple[str, str]]:
    """The trail from the stages on."""
    return [("审核设置", reverse("findings:stage_list", args=[inspection.pk])), (words, "")]
