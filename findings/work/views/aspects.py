"""Aspects: the headings of the feedback."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from findings.inspections.models.aspects import Aspect
from findings.inspections.models.inspections import Inspection
from findings.work.forms import AspectForm
from findings.work.http import PageRequest, counted, delete_page, editable, form_page, moved, next_order, saved


def aspect_create(request: PageRequest, pk: int) -> HttpResponse:
    """A new aspect of an inspection, after the last."""
    inspection = editable(request, Inspection.objects.visible_to(request.user), pk)
    aspect = Aspect(inspection=inspection, order=next_order(inspection.aspects.all()))
    form = AspectForm(request.POST or None, instance=aspect)
    back = inspection.get_absolute_url()
    if request.method == "POST" and form.save():
        return saved(request, "已新建方面。", back)
    return form_page(request, form, inspection, title="新建方面", tab="overview", back=back, crumbs=[("新建方面", "")])


def aspect_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The words and the number of an aspect."""
    aspect = editable(request, Aspect.objects.visible_to(request.user).select_related("inspection"), pk)
    form = AspectForm(request.POST or None, instance=aspect)
    back = aspect.inspection.get_absolute_url()
    if request.method == "POST" and form.save():
        return saved(request, form.success_message("已保存方面。"), back)
    context = {
        "title": "修改方面",
        "tab": "overview",
        "back": back,
        "delete_address": reverse("findings:aspect_delete", args=[aspect.pk]),
    }
    return form_page(request, form, aspect.inspection, crumbs=[("修改方面", "")], **context)


def aspect_move(request: PageRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    aspect = editable(request, Aspect.objects.visible_to(request.user).select_related("inspection"), pk)
    return moved(request, aspect, aspect.inspection.aspects.all(), aspect.inspection.get_absolute_url())


def aspect_delete(request: PageRequest, pk: int) -> HttpResponse:
    """Only an aspect without findings."""
    aspect = editable(request, Aspect.objects.visible_to(request.user).select_related("inspection"), pk)
    return delete_page(
        request,
        aspect,
        reasons=lambda: counted(aspect.findings.count(), "这个方面下还有 {} 个问题，请先删除或移走它们。"),
        sentence="将删除这个方面的标题，此外不会丢失任何内容。删除后不能恢复。",
        back=reverse("findings:aspect_edit", args=[aspect.pk]),
        done=aspect.inspection.get_absolute_url(),
        inspection=aspect.inspection,
        tab="overview",
    )
