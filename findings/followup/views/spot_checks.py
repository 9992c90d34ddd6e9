"""Views of spot checks: the samples, the proof of each draw, and the results."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.users.roles import Right
from accounts.web.http import PageRequest, redirect_with_message
from accounts.web.listing import Listing
from accounts.web.text import shorten
from findings.choices import CheckResult
from findings.followup.filters import SpotCheckFilter
from findings.followup.forms import SpotCheckForm, SpotCheckItemForm
from findings.followup.models.reviews import SpotCheck, SpotCheckItem
from findings.followup.sampling import rank
from findings.followup.tables import SpotCheckTable
from findings.followup.views.supervision import TAB, subtabs
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.work.http import form_page, get_editable_or_403


def spot_check_list(request: PageRequest, pk: int) -> HttpResponse:
    """The samples of one inspection, each with the counts of the results that the user may see."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    visible = SpotCheck.objects.visible_to(request.user)
    seen = Q(items__in=SpotCheckItem.objects.visible_to(request.user))
    listing = Listing(
        request,
        rows=visible.select_related("unit").annotate(
            drawn_count=Count("items", filter=seen),
            waiting_count=Count("items", filter=seen & Q(items__result=CheckResult.WAITING)),
            untrue_count=Count("items", filter=seen & Q(items__result=CheckResult.UNTRUE)),
        ),
        filter=SpotCheckFilter(request.GET, visible.filter(inspection=inspection)),
        table=SpotCheckTable,
        default_sort="-name",
    )
    context = {
        "inspection": inspection,
        "tab": TAB,
        "subtabs": subtabs(inspection, "spot_check_list"),
        "listing": listing,
    }
    return render(request, "findings/followup/spot_check_list.html", context)


def crumbs_to(check: SpotCheck, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumbs from the list of samples to one sample, followed by ``more``."""
    page = reverse("findings:spot_check_list", args=[check.inspection_id])
    return [("反向核查", page), (shorten(str(check)), check.get_absolute_url() if more else ""), *more]


def spot_check_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form that draws a new sample, which is final, so that nobody can draw until the result suits them."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.SUPERVISE)
    check = SpotCheck(inspection=inspection, drawn_by=request.user)
    form = SpotCheckForm(request.POST or None, instance=check, user=request.user)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, f"已抽中 {check.items.count()} 个问题。", check)
    page = reverse("findings:spot_check_list", args=[pk])
    context = {
        "title": "抽取反向核查样本",
        "save_word": "抽样",
        "note": "从已销号的问题中随机抽取。抽样结果立即保存，不能撤销或重抽；再抽一次会另存一份。",
        "crumbs": [("反向核查", page), ("抽样", "")],
    }
    return form_page(request, form, inspection, tab=TAB, back=page, **context)


def spot_check_detail(request: PageRequest, pk: int) -> HttpResponse:
    """One sample with its results and, for users who see the whole inspection, the proof of the draw."""
    visible = SpotCheck.objects.visible_to(request.user)
    check = get_object_or_404(visible.select_related("inspection", "unit", "drawn_by"), pk=pk)
    items = SpotCheckItem.objects.visible_to(request.user).filter(spot_check=check).order_by("place")
    # Repeated at every display: the page proves the draw instead of asserting it.
    drawn_again = check.drawn_again()
    sees_all = check.inspection.allows(request.user, Right.SEE_ALL)
    context = {
        "inspection": check.inspection,
        "tab": TAB,
        "crumbs": crumbs_to(check),
        "check": check,
        "items": items.select_related("finding__aspect", "finding__parent"),
        "is_proved": drawn_again == list(check.items.order_by("place").values_list("finding", flat=True)),
        "population": rank_population(check, set(drawn_again)) if sees_all else [],
    }
    return render(request, "findings/followup/spot_check_detail.html", context)


def rank_population(check: SpotCheck, drawn: set[int]) -> list[tuple[Finding, str, bool]]:
    """The findings drawn from in the order of their ranks, each with its rank and whether it was drawn."""
    findings = check.population.select_related("aspect", "parent")
    rows = [(finding, rank(check.seed, finding.pk), finding.pk in drawn) for finding in findings]
    return sorted(rows, key=lambda row: row[1])


def visible_items(request: PageRequest) -> QuerySet[SpotCheckItem]:
    """The drawn findings that the user may see, with the records their pages name."""
    return SpotCheckItem.objects.visible_to(request.user).select_related("spot_check__inspection", "finding")


def spot_check_item_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of the result of one drawn finding."""
    item = get_editable_or_403(request, visible_items(request), pk, Right.SUPERVISE)
    form = SpotCheckItemForm(request.POST or None, instance=item, user=request.user)
    if request.method == "POST" and form.save():
        words = "已登记核查结果。"
        if item.result == CheckResult.UNTRUE:
            words = "已登记核查结果：不实的问题不再计入已完成，需要重新整改。"
        return redirect_with_message(request, form.success_message(words), item.spot_check)
    context = {
        "title": "登记核查结果",
        "note": f"问题“{item.finding}”。结果登记后不能改动；结果为不实的，问题随即转为重新整改。",
        "back": item.spot_check.get_absolute_url(),
        "crumbs": crumbs_to(item.spot_check, ("登记核查结果", "")),
    }
    return form_page(request, form, item.inspection, tab=TAB, **context)
