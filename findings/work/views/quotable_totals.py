"""View of the totals that texts for the report may quote."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.web.http import PageRequest
from findings.inspections.models.inspections import Inspection


def quotable_totals(request: PageRequest, pk: int) -> HttpResponse:
    """The totals of an inspection with their present numbers; with ``?texts=signed`` those that signed texts may quote.

    ``?list=`` returns the list alone, which the form of a text fetches when it is needed: counting all totals takes as
    long as the rest of the form.
    """
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    is_signed = request.GET.get("texts") == "signed"
    totals = inspection.saying.signable_totals() if is_signed else inspection.saying.available_totals()
    if "list" in request.GET:
        return render(request, "findings/work/quotable_total_list.html", {"totals": totals})
    context = {
        "inspection": inspection,
        "tab": "report",
        "crumbs": [("可以引用的统计数", "")],
        "totals": totals,
        "signed": is_signed,
    }
    return render(request, "findings/work/quotable_total_page.html", context)
