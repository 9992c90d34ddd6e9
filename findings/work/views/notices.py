"""Views of the user's notices."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.web.filters import invalid_value
from accounts.web.http import PageRequest, redirect_with_message
from accounts.web.listing import page_number, page_problems, page_remarks
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.notifications.models.notices import Notice

PER_PAGE = 30


def notice_list(request: PageRequest) -> HttpResponse:
    """The user's notices, newest first; with ``?unread=1`` those not opened yet."""
    notices = Notice.objects.visible_to(request.user)
    unread, number = request.GET.get("unread", ""), request.GET.get("page", "")
    problems = page_problems(number)
    if unread not in {"", "1"}:
        problems.append(invalid_value("未读", unread, "请用上面的“全部”和“未读”选择。"))
    notices = notices.none() if problems else notices.unread() if unread else notices
    page = Paginator(notices, PER_PAGE).get_page(page_number(number))
    shown = list(page)
    # Rights may have changed since the notice; links that would lead to a 404 are not shown.
    findings = Finding.objects.visible_to(request.user).filter(pk__in=[one.finding_id for one in shown])
    measures = Measure.objects.visible_to(request.user).filter(pk__in=[one.measure_id for one in shown])
    context = {
        "page": page,
        "notices": shown,
        "only_unread": bool(unread),
        "problems": problems,
        "remarks": page_remarks(page_number(number), page.number) if shown else [],
        "findings": set(findings.values_list("pk", flat=True)) | {None},
        "measures": set(measures.values_list("pk", flat=True)) | {None},
    }
    return render(request, "findings/notifications/notice_list.html", context)


@require_POST
def notice_open(request: PageRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and redirect to its record."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    Notice.objects.visible_to(request.user).filter(pk=pk).mark_read()
    return redirect(notice.get_absolute_url())


@require_POST
def notices_read(request: PageRequest) -> HttpResponse:
    """Mark all of the user's notices as read."""
    number = Notice.objects.visible_to(request.user).mark_read()
    return redirect_with_message(
        request, f"已把 {number} 条通知标为已读。" if number else "没有未读的通知。", "findings:notice_list"
    )
