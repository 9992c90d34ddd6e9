"""View of the dashboard 看板: how far one inspection is, for those who see whole inspections."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.users.roles import Right
from accounts.web.filters import invalid_value
from accounts.web.http import PageRequest, parse_pk
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.units.scopes import user_scope
from findings.work.approvals import approvals
from findings.work.burn_up import burn_up
from findings.work.burn_up_chart import draw
from findings.work.http import requires
from findings.work.inspection_dashboard import inspection_dashboard
from findings.work.outstanding import outstanding_findings

DRAWINGS = {"wide": (560, 250), "narrow": (340, 220)}  # pixels, at which labels are as large as they say


@requires(Right.SEE_ALL)
def dashboard(request: PageRequest) -> HttpResponse:
    """The numbers, the course and the outstanding findings of one inspection, and what waits there for the user."""
    scope = user_scope(request.user)
    has_findings = Exists(Finding.objects.filter(inspection=OuterRef("pk")).order_by())
    seen = Inspection.objects.filter(scope.bodies(Right.SEE_ALL).condition("unit"))
    whole = list(seen.annotate(has_findings=has_findings))
    chosen = choose_inspection(request, whole)
    if chosen is None:
        return render(request, "findings/work/inspection_dashboard.html", {"board": None})
    # All findings of the inspection: it is one of those that the user sees as a whole.
    findings = Finding.objects.of(chosen)
    board = inspection_dashboard(findings, chosen, scope.tree)
    course = burn_up(findings, chosen, board.counts)
    context = {
        "board": board,
        "whole": whole,
        "now": timezone.localtime(),
        "approvals": approvals(request.user, chosen),
        "late": outstanding_findings(findings, chosen),
        "late_with_parts": findings.outstanding().count(),
        "course": course,
        "charts": [draw(course, name, *size) for name, size in DRAWINGS.items()],
    }
    return render(request, "findings/work/inspection_dashboard.html", context)


def choose_inspection(request: PageRequest, whole: list[Inspection]) -> Inspection | None:
    """The inspection of ``?inspection=`` among these, else the first; another value is reported. None without any.

    One that has just been made says nothing yet: the first with findings comes before it.
    """
    asked = request.GET.get("inspection", "")
    named = next((one for one in whole if one.pk == parse_pk(asked)), None)
    filled = (one for one in whole if one.has_findings)  # type: ignore[attr-defined]  # annotated
    chosen = named or next(filled, whole[0] if whole else None)
    if asked and named is None and chosen:
        messages.error(request, invalid_value("巡察", asked, f"下面是“{chosen}”的进度，请在那里重新选择。"))
    return chosen
