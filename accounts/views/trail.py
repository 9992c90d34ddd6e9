"""The pages of the audit trail, for the audit officer only."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.audit import csv_export
from accounts.audit.events import record
from accounts.audit.models import Action, Event
from accounts.audit_search import Found, TrailFilter, matching, search
from accounts.records.history import changes_in, changes_of
from accounts.users.models.users import User
from accounts.users.rights import has_right
from accounts.users.roles import Right, refusal
from accounts.web.back import back_query
from accounts.web.filters import invalid_value

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
TITLE = "审计日志"
LONGEST_NUMBER = 18  # digits, the most that always fit into a big integer


def trail_reader(view: View[P]) -> View[P]:
    """The view restricted to users with READ_TRAIL; PermissionDenied for others names the roles that have it."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not has_right(cast("User", request.user), Right.READ_TRAIL):
            raise PermissionDenied(refusal(Right.READ_TRAIL))
        return view(request, *args, **kwargs)

    return guarded


@trail_reader
@require_GET
def event_list(request: HttpRequest) -> HttpResponseBase:
    """One page of the matching events, newest first."""
    form = TrailFilter(request.GET)
    before = request.GET.get("before", "")
    is_number = before.isdecimal() and len(before) <= LONGEST_NUMBER
    problems = form.problems
    if before and not is_number:
        problems = [*problems, invalid_value("起点", before, "请用列表下面的链接往前查。")]
    before_number = int(before) if is_number else None
    found = Found() if problems else search(form.values, before_number)
    changes = changes_in(found.events)
    context = {
        "form": form,
        "problems": problems,
        "found": found,
        "rows": [(event, changes[event.pk]) for event in found.events],
        "chips": [(*chip, address(request, chip[0])) for chip in form.chips()],
        "newest": address(request) if before_number else "",
        "older": address(request, before=str(found.older)) if found.older else "",
        "export": address(request, path=reverse("accounts:event_export")),
        "crumbs": [(TITLE, "")],
        "back_here": back_query(request.get_full_path() if request.GET else ""),
    }
    return render(request, "accounts/audit/event_list.html", context)


def address(request: HttpRequest, *without: str, path: str = "", before: str = "") -> str:
    """The address of this list, or of ``path``, without some parameters; ``before`` is the number to continue from."""
    params = request.GET.copy()
    for name in ("before", *without):
        params.pop(name, None)
    if before:
        params["before"] = before
    query = params.urlencode()
    return f"{path or request.path}?{query}" if query else path or request.path


@trail_reader
@require_GET
def event_detail(request: HttpRequest, number: int) -> HttpResponseBase:
    """One event with all columns and its field changes."""
    event = get_object_or_404(Event.objects.select_related("user"), number=number)
    crumbs = [(TITLE, reverse("accounts:event_list")), (f"第 {number} 条", "")]
    context = {"event": event, "changes": changes_of(event), "crumbs": crumbs}
    return render(request, "accounts/audit/event_detail.html", context)


@trail_reader
@require_GET
def event_export(request: HttpRequest) -> HttpResponseBase:
    """All matching events as a streamed CSV file; back to the list when a filter is not valid."""
    form = TrailFilter(request.GET)
    if form.problems:
        messages.error(request, f"没有导出：筛选条件{''.join(form.problems)}")
        return redirect(address(request, path=reverse("accounts:event_list")))
    # Recorded here, because the file is streamed after this function has returned.
    record(Action.EXPORT, reason=f"审计记录（{form.summary() or '全部'}）")
    name = f"审计记录-{timezone.localtime():%Y%m%d-%H%M}.csv"
    return StreamingHttpResponse(
        csv_export.lines(matching(form.values)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"},
    )
