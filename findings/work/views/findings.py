"""Views of findings: the list and the forms."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.users.roles import Right
from accounts.web.http import PageRequest, blocking_reason, move_view, parse_pk
from accounts.web.listing import Listing
from accounts.web.text import shorten
from findings.choices import DONE_STATUSES
from findings.inspections.models.aspects import Aspect
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.units.scopes import user_scope
from findings.work.filters import FindingFilter
from findings.work.http import (
    consequence_of,
    delete_page,
    filter_units,
    form_page,
    get_editable_or_403,
    redirect_after_save,
)
from findings.work.reason_forms import FindingPageForm
from findings.work.tables import FindingTable
from findings.workflow.saving import workflow_writer

VOIDS = "问题已经销号。改动文字、类型、时限，保存以后销号即失效，需要重新申请销号；只改责任单位和人员的不影响。"
# Counted in subqueries: a join would group by every column of every joined table.
OWN_MEASURES = Measure.objects.filter(finding=OuterRef("pk")).order_by().values("finding")
DONE_MEASURES = OWN_MEASURES.filter(status__in=DONE_STATUSES)
MEASURES = {
    "measures_count": Coalesce(Subquery(OWN_MEASURES.annotate(number=Count("pk")).values("number")), 0),
    "measures_done_count": Coalesce(Subquery(DONE_MEASURES.annotate(number=Count("pk")).values("number")), 0),
}


def finding_list(request: PageRequest, pk: int) -> HttpResponse:
    """The findings of one inspection."""
    # This page shows nothing of other inspections, so that the user's part in them need not be looked up.
    Inspection.objects.limit_scope(request.user, pk)
    aspects = Prefetch("aspects", Aspect.objects.visible_to(request.user))
    seen = Inspection.objects.visible_to(request.user).prefetch_related(aspects)
    inspection = get_object_or_404(seen, pk=pk)
    visible = Finding.objects.visible_to(request.user)
    scope = user_scope(request.user)
    picks = "pick" if inspection.allows(request.user, Right.EDIT_RECORDS) else ""
    listing = Listing(
        request,
        rows=visible.select_related("parent").annotate(**MEASURES).only(*FindingTable.shown),
        filter=FindingFilter(request.GET, visible.of(inspection), inspection, request.user, filter_units(scope)),
        table=FindingTable,
        default_sort="number",
        table_arguments={"inspection": inspection, "units": scope.tree, "picks": picks},
    )
    # Which of the two ways of counting the number of the list is in.
    noun = f"个问题（{inspection.counting_note}）" if "counted" in request.GET else "个问题（含分项问题）"
    context = {"inspection": inspection, "tab": "findings", "listing": listing, "noun": noun}
    return render(request, "findings/inspections/finding_list.html", context)


def with_aspect(request: PageRequest) -> FindingQuerySet:
    """The findings that the user may see, with the records their pages name."""
    return Finding.objects.visible_to(request.user).select_related(
        "inspection", "aspect", "parent", "lead_unit", "responsible_leader", "person_in_charge", "closed_by"
    )


def crumbs_to(finding: Finding, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumbs from the list of findings to a finding, followed by ``more``."""
    inspection = finding.inspection
    trail = [("问题", reverse("findings:finding_list", args=[inspection.pk]))]
    if finding.parent:
        trail.append((shorten(finding.parent.title), finding.parent.get_absolute_url()))
    return [*trail, (shorten(finding.title), finding.get_absolute_url() if more else ""), *more]


def finding_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a new finding of an aspect or, with ``?parent=``, of a sub-finding."""
    aspect = get_editable_or_403(request, Aspect.objects.visible_to(request.user).select_related("inspection"), pk)
    parent = None
    if asked := request.GET.get("parent"):
        # A sub-finding cannot have sub-findings.
        tops = aspect.findings.filter(parent=None)
        parent = get_object_or_404(tops, pk=parse_pk(asked))
    finding = Finding(inspection=aspect.inspection, aspect=aspect, parent=parent)
    form = FindingPageForm(request.POST or None, instance=finding, user=request.user)
    if request.method == "POST" and form.save():
        return redirect_after_save(request, form, "已新建问题。请接着填写整改措施。", finding)
    title = "新建分项问题" if parent else "新建问题"
    note = f"属于问题“{parent.title}”。" if parent else f"属于方面“{aspect.title}”。"
    back = parent.get_absolute_url() if parent else aspect.inspection.get_absolute_url()
    context = {"title": title, "note": note, "back": back, "tab": "findings", "crumbs": [(title, "")]}
    # A sign-off covers the sub-findings of its finding.
    consequence = consequence_of(parent) if parent else ""
    return form_page(request, form, aspect.inspection, consequence=consequence, **context)


def finding_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a finding."""
    finding = get_editable_or_403(request, with_aspect(request), pk)
    crumbs = crumbs_to(finding, ("修改", ""))
    form = FindingPageForm(request.POST or None, instance=finding, user=request.user)
    if request.method == "POST" and form.save():
        return redirect_after_save(request, form, form.success_message("已保存问题。"), finding)
    delete_address = reverse("findings:finding_delete", args=[pk])
    context = {
        "title": "修改问题",
        "back": finding.get_absolute_url(),
        "tab": "findings",
        "crumbs": crumbs,
        "consequence": consequence_of(finding, VOIDS),
    }
    return form_page(request, form, finding.inspection, delete_address=delete_address, **context)


def finding_move(request: PageRequest, pk: int) -> HttpResponse:
    """Move a finding one place up or down within its aspect or parent."""
    finding = get_editable_or_403(request, with_aspect(request), pk)
    siblings = Finding.objects.filter(aspect=finding.aspect, parent=finding.parent)
    page = finding.parent or finding.inspection
    return move_view(request, workflow_writer, finding, siblings, page.get_absolute_url())


def finding_delete(request: PageRequest, pk: int) -> HttpResponse:
    """The deletion of a finding to which no record refers."""
    finding = get_editable_or_403(request, with_aspect(request), pk)
    page = finding.parent or finding.inspection
    return delete_page(
        request,
        finding,
        reasons=lambda: reasons_to_keep(finding),
        sentence="将删除这个问题的标题、具体表现、引言和责任分工。删除后不能恢复。"
        f"{consequence_of(finding.parent) if finding.parent else ''}",
        back=finding.get_absolute_url(),
        done=page.get_absolute_url(),
        inspection=finding.inspection,
        tab="findings",
    )


def reasons_to_keep(finding: Finding) -> list[str]:
    """The reasons (Chinese) against deleting a finding: records that refer to it, and sign-offs."""
    # Also a former sign-off: what was signed once stays on record.
    against = ["问题已经销号，不能删除。"] if finding.closed_at or finding.signoffs.exists() else []
    against += blocking_reason(finding.evidence.count(), "这个问题的档案里有 {} 份佐证材料，不能删除。")
    against += blocking_reason(finding.measures.count(), "这个问题下还有 {} 条整改措施，请先删除它们。")
    against += blocking_reason(finding.sub_findings.count(), "这个问题下还有 {} 个分项问题，请先删除它们。")
    against += blocking_reason(finding.facets.count(), "这个问题下还有 {} 个分面，请先删除它们。")
    against += blocking_reason(finding.comments.count(), "这个问题和它的措施已有 {} 条评论，不能删除。")
    against += blocking_reason(finding.regulations.count(), "有 {} 项制度登记在这个问题上，请先改掉它们的“对应问题”。")
    against += blocking_reason(finding.accountability.count(), "有 {} 条处理情况登记在这个问题上。")
    against += blocking_reason(finding.recoveries.count(), "有 {} 条资金情况登记在这个问题上。")
    against += blocking_reason(finding.supervision.count(), "有 {} 条督查、通报或回访涉及这个问题。")
    against += blocking_reason(finding.sampled_in.count(), "这个问题参加过 {} 次反向核查抽样。")
    return against + blocking_reason(finding.reviews.count(), "这个问题已有 {} 次复查记录。")
