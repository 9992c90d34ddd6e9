"""The histories of the records of this app, in its topmost package, which can import all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import Record, User
from accounts.web.http import Crumbs, PageRequest
from accounts.web.text import shorten
from findings.evidence.regulations import Regulation
from findings.followup.models.reviews import SpotCheck
from findings.followup.models.supervision import Supervision
from findings.inspections.models.accountability import Accountability, Recovery
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.units.models import Unit
from findings.units.scopes import user_scope
from findings.work.history_page import history_page

# The kinds with a history page, and the tab of each; other records appear in the history of their parent.
# Apps above have views of their own that end in ``history_page``.
KINDS: dict[str, tuple[Callable[[User], QuerySet[Any]], str]] = {
    "inspection": (Inspection.objects.visible_to, "history"),
    "finding": (Finding.objects.visible_to, "findings"),
    "measure": (Measure.objects.visible_to, "measures"),
    "regulation": (Regulation.objects.visible_to, "regulations"),
    "accountability": (Accountability.objects.visible_to, "accountability"),
    "recovery": (Recovery.objects.visible_to, "accountability"),
    "supervision": (Supervision.objects.visible_to, "supervision"),
    "spot_check": (SpotCheck.objects.visible_to, "supervision"),
    "unit": (lambda user: Unit.objects.within(user_scope(user).selectable), ""),
}
# The lists that contain the records without a page of their own.
LISTS: dict[type[Record], tuple[str, str]] = {
    Regulation: ("制度", "findings:regulation_list"),
    Accountability: ("处理情况", "findings:accountability_list"),
    Recovery: ("资金情况", "findings:recovery_list"),
    Supervision: ("督查回访", "findings:supervision_list"),
    SpotCheck: ("反向核查", "findings:spot_check_list"),
}


def history(request: PageRequest, kind: str, pk: int) -> HttpResponse:
    """The history of one record that the user may see; 404 for other kinds."""
    if kind not in KINDS:
        raise Http404
    visible_to, tab = KINDS[kind]
    record = get_object_or_404(visible_to(request.user), pk=pk)
    return history_page(request, record, _crumbs(record), tab)


def _crumbs(record: Record) -> Crumbs:
    if isinstance(record, Finding | Measure):
        return [(shorten(str(record)), record.get_absolute_url())]
    if type(record) in LISTS:
        words, view = LISTS[type(record)]
        back = reverse(view, args=[record.inspection_id])  # type: ignore[attr-defined]  # all of these have one
        return [(words, back), (shorten(str(record)), "")]
    return [("单位与成员", reverse("findings:unit_list")), (str(record), "")] if isinstance(record, Unit) else []
