"""Views of facets, under which the measures of a finding are grouped."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse

from accounts.web.http import PageRequest, blocking_reason, redirect_with_message
from findings.inspections.models.facets import Facet
from findings.work.http import consequence_of, delete_page, form_page, get_editable_or_403
from findings.work.reason_forms import FacetPageForm
from findings.work.views.findings import crumbs_to, with_aspect


def visible_facets(request: PageRequest) -> QuerySet[Facet]:
    """The facets of findings that the user may see, with the records their pages name."""
    return Facet.objects.visible_to(request.user).select_related(
        "finding__inspection", "finding__aspect", "finding__parent"
    )


def facet_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a new facet, after the last one."""
    finding = get_editable_or_403(request, with_aspect(request), pk)
    facet = Facet(finding=finding)
    form = FacetPageForm(request.POST or None, instance=facet)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, "已新建分面。", finding)
    context = {
        "title": "新建分面",
        "back": finding.get_absolute_url(),
        "crumbs": crumbs_to(finding, ("新建分面", "")),
        "consequence": consequence_of(finding),
    }
    return form_page(request, form, finding.inspection, tab="findings", **context)


def facet_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a facet."""
    facet = get_editable_or_403(request, visible_facets(request), pk)
    finding = facet.finding
    form = FacetPageForm(request.POST or None, instance=facet)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已保存分面。"), finding)
    context = {
        "title": "修改分面",
        "back": finding.get_absolute_url(),
        "crumbs": crumbs_to(finding, ("修改分面", "")),
        "consequence": consequence_of(finding),
    }
    delete_address = reverse("findings:facet_delete", args=[pk])
    return form_page(request, form, finding.inspection, tab="findings", delete_address=delete_address, **context)


def facet_delete(request: PageRequest, pk: int) -> HttpResponse:
    """The deletion of a facet without measures."""
    facet = get_editable_or_403(request, visible_facets(request), pk)
    return delete_page(
        request,
        facet,
        reasons=lambda: blocking_reason(
            facet.measures.count(), "这个分面下还有 {} 条整改措施，请先删除它们或改为不分面。"
        ),
        sentence=f"将删除这个分面的标题和引言。删除后不能恢复。{consequence_of(facet.finding)}",
        back=reverse("findings:facet_edit", args=[pk]),
        done=facet.finding.get_absolute_url(),
        inspection=facet.finding.inspection,
        tab="findings",
    )
