"""Views of the first page: the page of an officer's work, or the dashboard."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.users.roles import Right
from accounts.web.filters import invalid_value
from accounts.web.http import PageRequest, parse_pk
from findings.inspections.models.inspections import Inspection
from findings.units.scopes import user_scope
from findings.work.dashboard import inspection_counters, my_work
from findings.work.progress import inspection_progress
from findings.work.progress_table import ProgressTable

OFFICERS_PAGES = {
    Right.MANAGE_PEOPLE: "findings:person_list",
    Right.GRANT_ROLES: "findings:person_list",
    Right.READ_TRAIL: "accounts:event_list",
}


def home(request: PageRequest) -> HttpResponse:
    """Redirect to the first page after signing in: for officers that of their work, for others the dashboard."""
    # Officers have no rights over records, so that the dashboard would be empty.
    for right, page in OFFICERS_PAGES.items():
        if user_scope(request.user).has_right(right):
            return redirect(page)
    return redirect("findings:desk")


def desk(request: PageRequest) -> HttpResponse:
    """The dashboard: what waits for the user and, for those who see whole inspections, the progress of one."""
    scope = user_scope(request.user)
    bodies = scope.bodies(Right.SEE_ALL)
    whole = list(Inspection.objects.filter(bodies.condition("unit"))) if bodies else []
    asked = request.GET.get("inspection", "")
    # The parameter selects among visible inspections only; anything else falls back to the first, and is reported.
    named = next((one for one in whole if one.pk == parse_pk(asked)), None)
    chosen = named or (whole[0] if whole else None)
    if asked and named is None and chosen:
        messages.error(request, invalid_value("巡察", asked, f"下面是“{chosen}”的进度，请在那里重新选择。"))
    standing = inspection_progress(chosen, request.user, scope.tree) if chosen else None
    context = {
        "own": my_work(request.user) if scope.has_right(Right.REPORT_WORK) else None,
        "dockets": inspection_counters(request.user, whole),
        "whole": whole,
        "standing": standing,
        "tables": [
            ProgressTable(tallies, standing.inspection, first)
            for tallies, first in ((standing.by_aspect, "方面"), (standing.by_unit, "牵头单位"))
            if tallies
        ]
        if standing
        else [],
        "has_role": bool(scope.active_roles),
    }
    return render(request, "findings/work/dashboard.html", context)
