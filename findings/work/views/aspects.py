"""Views of aspects, the headings of the feedback."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from accounts.web.http import PageRequest, blocking_reason, move_view, redirect_with_message
from findings.inspections.models.aspects import Aspect
from findings.inspections.models.inspections import Inspection
from findings.work.forms import AspectForm
from findings.work.http import delete_page, form_page, get_editable_or_403
from findings.workflow.saving import workflow_writer


def aspect_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a new aspect, after the last one."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk)
    aspect = Aspect(inspection=inspection)
    form = AspectForm(request.POST or None, instance=aspect)
    back = inspection.get_absolute_url()
    if request.method == "POST" and form.save():
        return redirect_with_message(request, "已新建方面。", back)
    return form_page(request, form, inspection, title="新建方面", tab="overview", back=back, crumbs=[("新建方面", "")])


def aspect_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of an aspect."""
    aspect = get_editable_or_403(request, Aspect.objects.visible_to(request.user).select_related("inspection"), pk)
    form = AspectForm(request.POST or None, instance=aspect)
    back = aspect.inspection.get_absolute_url()
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已保存方面。"), back)
    context = {
        "title": "修改方面",
        "tab": "overview",
        "back": back,
        "delete_address": reverse("findings:aspect_delete", args=[aspect.pk]),
    }
    return form_page(request, form, aspect.inspection, crumbs=[("修改方面", "")], **context)


def aspect_move(request: PageRequest, pk: int) -> HttpResponse:
    """Move an aspect one place up or down."""
    aspect = get_editable_or_403(request, Aspect.objects.visible_to(request.user).select_related("inspection"), pk)
    return move_view(
        request, workflow_writer, aspect, aspect.inspection.aspects.all(), aspect.inspection.get_absolute_url()
    )


def aspect_delete(request: PageRequest, pk: int) -> HttpResponse:
    """The deletion of an aspect without findings."""
    aspect = get_editable_or_403(request, Aspect.objects.visible_to(request.user).select_related("inspection"), pk)
    return delete_page(
        request,
        aspect,
        reasons=lambda: blocking_reason(aspect.findings.count(), "这个方面下还有 {} 个问题，请先删除或移走它们。"),
        sentence="将删除这个方面的标题，此外不会丢失任何内容。删除后不能恢复。",
        back=reverse("findings:aspect_edit", args=[aspect.pk]),
        done=aspect.inspection.get_absolute_url(),
        inspection=aspect.inspection,
        tab="overview",
    )
