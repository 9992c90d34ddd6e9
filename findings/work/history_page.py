"""The page with the whole history of a record and of the records below it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import Record
from accounts.records.timelines import LONG, SHORT, timeline
from accounts.users.roles import Right
from accounts.web.filters import invalid_value
from accounts.web.http import Crumbs, PageRequest, parse_pk
from findings.inspections.models.inspections import Inspection
from findings.work.http import base_template


def history_page(request: PageRequest, record: Record, crumbs: Crumbs, tab: str = "") -> HttpResponse:
    """The history of a record, newest first; older entries with ``?before=``. The view has checked its visibility.

    ``?newest=`` returns only the newest entries without the page around them. The record's own page fetches them when
    they are scrolled into view, because they cost as much as the rest of that page.
    """
    inspection = record if isinstance(record, Inspection) else getattr(record, "inspection", None)
    # Units belong to no inspection; their view has checked the right.
    whole = inspection is None or inspection.allows(request.user, Right.SEE_ALL)
    if "newest" in request.GET:
        newest = timeline(record, request.user, whole=whole, limit=SHORT)
        return render(request, "accounts/records/timeline.html", {"timeline": newest})
    asked = request.GET.get("before", "")
    before = parse_pk(asked) or None
    problems = [invalid_value("起点", asked, "请用下面的“更早的改动”往前翻。")] if asked and before is None else []
    context = {
        "record": record,
        "address": request.path,
        "inspection": inspection,
        "layout": base_template(inspection),
        "tab": tab,
        "crumbs": [*crumbs, ("历史", "")],
        "timeline": None if problems else timeline(record, request.user, whole=whole, limit=LONG, before=before),
        "before": before,
        "problems": problems,
    }
    return render(request, "findings/work/history.html", context)
