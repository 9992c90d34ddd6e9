"""The view of the desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.users.roles import Right
from accounts.web.http import PageRequest, parse_pk
from findings.desk.desk_filter import OVERSEERS, REPORTERS, read_filter
from findings.desk.page import Desk
from findings.desk.side import inspection_progress, last_steps, own_progress
from findings.desk.viewer import Viewer
from findings.units.scopes import user_scope


def desk(request: PageRequest) -> HttpResponse:
    """Everything that waits for the user over all inspections, by deadline, and how far these are."""
    scope = user_scope(request.user)
    if not (scope.has_right(Right.SEE_ALL) or scope.has_right(Right.REPORT_WORK)):
        # A post that has ended is told apart from never having had a role.
        had_role = bool(scope.active_roles) or request.user.grants.exists()
        roles = {"has_role": bool(scope.active_roles), "had_role": had_role}
        return render(request, "findings/desk/no_work.html", roles)
    viewer = Viewer(request.user)
    shows = OVERSEERS if viewer.sees_whole else REPORTERS
    seen = {one.pk for one in viewer.whole} if viewer.sees_whole else None
    desk_filter = read_filter(request.GET, shows, seen)
    viewer.chosen = parse_pk(desk_filter.inspection) or None
    page = Desk(viewer, desk_filter)
    context = {
        "desk": page,
        "problems": desk_filter.problems,
        "tiles": list(page.tiles()),
        "tiles_label": "按情形筛选",
        "kinds": page.kinds(),
        "inspections": page.inspections(),
        "whose": page.whose(),
        "groups": page.groups(),
        "handed_in": page.handed_in_rows(),
        "days": page.days(),
        "blanks": range(viewer.today.weekday()),
        "progress": inspection_progress(viewer) if viewer.sees_whole else [own_progress(page.lists)],
        "last_steps": last_steps(viewer),
    }
    return render(request, "findings/desk/desk.html", context)
