"""The whole history of a record: everything that was done to it and below it, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.models import Record, User
from accounts.roles import Right
from accounts.timelines import LONG, timeline
from findings.models import Finding, Inspection, Measure, Regulation, Unit
from findings.models.scopes import scope_of
from findings.views.pages import PageRequest, key_in, layout, shortened

# The records that have a history of their own, and the tab it belongs to; all others appear on that of their parent.
KINDS: dict[str, tuple[Callable[[User], QuerySet[Any]], str]] = {
    "inspection": (Inspection.objects.visible_to, "history"),
    "finding": (Finding.objects.visible_to, "findings"),
    "measure": (Measure.objects.visible_to, "measures"),
    "regulation": (Regulation.objects.visible_to, "regulations"),
    "unit": (lambda user: Unit.objects.within(scope_of(user).offered), ""),
}


def history(request: PageRequest, kind: str, pk: int) -> HttpResponse:
    """What was done to one record this person may see, newest first; older entries with ``?before=``."""
    if kind not in KINDS:
        raise Http404
    visible_to, tab = KINDS[kind]
    record = get_object_or_404(visible_to(request.user), pk=pk)
    inspection = record if isinstance(record, Inspection) else getattr(record, "inspection", None)
    whole = inspection is None or inspection.allows(request.user, Right.SEE_ALL)
    before = key_in(request.GET.get("before", "")) or None
    context = {
        "record": record,
        "kind": kind,
        "inspection": inspection,
        "layout": layout(inspection),
        "tab": tab,
        "crumbs": [*_crumbs(record), ("历史", "")],
        "timeline": timeline(record, request.user, whole=whole, limit=LONG, before=before),
        "before": before,
    }
    return render(request, "findings/history.html", context)


def _crumbs(record: Record) -> list[tuple[str, str]]:
    if isinstance(record, Finding | Measure):
        return [(shortened(str(record)), record.get_absolute_url())]
    if isinstance(record, Regulation):
        back = reverse("findings:regulation_list", args=[record.inspection_id])
        return [("制度", back), (shortened(str(record)), "")]
    return [("单位与成员", reverse("findings:unit_list")), (str(record), "")] if isinstance(record, Unit) else []
