"""Views of reviews of long-term findings: the list of planned ones, and the form that records one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.users.roles import Right
from accounts.web.components import Tile
from accounts.web.http import PageRequest, redirect_with_message
from accounts.web.listing import Listing
from accounts.web.text import shorten
from findings.choices import ReviewResult
from findings.followup.filters import ReviewFilter, due_soon
from findings.followup.forms import FollowUpReviewForm
from findings.followup.models.reviews import FollowUpReview
from findings.followup.tables import ReviewTable
from findings.followup.views.supervision import TAB, subtabs
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.work.http import form_page, get_editable_or_403
from findings.work.views.findings import with_aspect


def review_list(request: PageRequest, pk: int) -> HttpResponse:
    """The planned reviews of one inspection, by their day."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    visible = Finding.objects.visible_to(request.user)
    planned = visible.of(inspection).exclude(next_review_on=None)
    listing = Listing(
        request,
        rows=visible.select_related("aspect", "lead_unit", "parent__lead_unit"),
        filter=ReviewFilter(request.GET, planned),
        table=ReviewTable,
        default_sort="due",
        table_arguments={
            "inspection": inspection,
            "editable": inspection.allows(request.user, Right.SUPERVISE),
        },
    )
    missed = planned.review_missed().count()
    context = {
        "inspection": inspection,
        "tab": TAB,
        "subtabs": subtabs(inspection, "review_list"),
        "listing": listing,
        "missed": missed,
        "tiles": [
            Tile("需要复查（含分项问题）", planned.count(), listing.path),
            Tile("已过复查日期", missed, f"{listing.path}?missed=on", "late"),
            Tile("30 天内到期", due_soon(planned).count(), f"{listing.path}?soon=on", "warn"),
        ],
    }
    return render(request, "findings/followup/review_list.html", context)


def review_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form that records a review of a long-term finding."""
    finding = get_editable_or_403(request, with_aspect(request), pk, Right.SUPERVISE)
    review = FollowUpReview(finding=finding, recorded_by=request.user)
    form = FollowUpReviewForm(request.POST or None, instance=review, user=request.user)
    if request.method == "POST" and form.save():
        if review.result == ReviewResult.RELAPSED:
            return redirect_with_message(request, "已登记复查：问题反弹，已转为重新整改。", finding)
        return redirect_with_message(request, "已登记复查：整改成果保持，下次复查日期已顺延。", finding)
    due = finding.next_review_on
    plan = f"应在 {due.year}年{due.month}月{due.day}日以前复查。" if due else "现在没有复查安排。"
    page = reverse("findings:review_list", args=[finding.inspection_id])
    context = {
        "title": "登记复查",
        "note": f"问题“{finding}”。{plan}",
        "back": finding.get_absolute_url(),
        "crumbs": [("复查", page), (shorten(str(finding)), finding.get_absolute_url()), ("登记复查", "")],
    }
    return form_page(request, form, finding.inspection, tab=TAB, **context)
