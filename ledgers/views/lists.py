"""The lists of an inspection: as a table, and as a file with the same records in the same order."""

from __future__ import annotations

import io
import tempfile
from typing import IO, Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.audit import record
from accounts.models import Action, Result, User
from accounts.roles import Right
from findings.models import Inspection
from findings.views.listing import Listing, known_sort
from findings.views.pages import PageRequest, Subtab
from ledgers.catalogue import LISTS, Listed
from ledgers.exporting import write_csv, write_workbook
from ledgers.names import safe_name
from ledgers.tables import TABLES
from ledgers.workbook import TooLongError

IN_MEMORY = 1 << 22  # bytes; a larger file waits on the disk while it is sent
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def asked_list(request: PageRequest, pk: int, key: str) -> tuple[Inspection, Listed]:
    """The inspection and the list that an address names; 404 for those this person does not see."""
    if key not in LISTS:
        raise Http404
    visible = Inspection.objects.visible_to(request.user).prefetch_related("aspects")
    return get_object_or_404(visible, pk=pk), LISTS[key]


def own_records(request: PageRequest, listed: Listed, inspection: Inspection) -> QuerySet[Any]:
    """The records of the list that this person sees."""
    return listed.records(request.user).filter(inspection=inspection)


@require_safe
def list_page(request: PageRequest, pk: int, key: str) -> HttpResponse:
    """A list as a table, with its filters, and the ways to take it out."""
    inspection, listed = asked_list(request, pk, key)
    records = own_records(request, listed, inspection)
    listing = Listing(
        request,
        rows=listed.records(request.user),
        filter=listed.filter(request.GET, records.order_by(), inspection, request.user),
        table=TABLES[key],
        default_sort=listed.own_order,
    )
    export = reverse("ledgers:list_export", args=[pk, key, "xlsx"])
    context = {
        "inspection": inspection,
        "tab": "lists",
        "listed": listed,
        "subtabs": subtabs(inspection, request.user, key),
        "listing": listing,
        "query": listing.address().partition("?")[2],
        "workbook": export,
        "csv": reverse("ledgers:list_export", args=[pk, key, "csv"]),
        "crumbs": [("清单台账", ""), (listed.title, "")],
    }
    return render(request, "ledgers/list.html", context)


def subtabs(inspection: Inspection, user: User, shown: str) -> list[Subtab]:
    """The lists of the tab, and the letters for those who see the whole inspection."""
    lists = [
        (one.title, reverse("ledgers:list", args=[inspection.pk, key]), key == shown) for key, one in LISTS.items()
    ]
    if not inspection.allows(user, Right.SEE_ALL):
        return lists
    return [*lists, ("督办文书", reverse("ledgers:letter_list", args=[inspection.pk]), shown == "letters")]


@require_safe
def list_export(request: PageRequest, pk: int, key: str, form: str) -> HttpResponseBase:
    """The list as a file: the records of the page with the same filters, all of them, in the same order."""
    inspection, listed = asked_list(request, pk, key)
    if form not in FORMATS:
        raise Http404
    filter = listed.filter(request.GET, own_records(request, listed, inspection).order_by(), inspection, request.user)
    chosen = own_records(request, listed, inspection).filter(pk__in=filter.qs.values("pk"))
    records = in_order(chosen, listed, known_sort(request.GET.get("sort", ""), TABLES[key], listed.own_order))
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- the answer closes it
    try:
        number = _written(listed, inspection, request, records, cast("IO[bytes]", file), form)
    except TooLongError as error:
        file.close()
        record(Action.EXPORT, inspection, result=Result.FAILED, reason=f"{listed.title}：{error}")
        messages.error(request, f"没有导出：{error}请先把这一格的内容改短，或者导出 CSV。")
        return redirect(reverse("ledgers:list", args=[pk, key]))
    record(Action.EXPORT, inspection, reason=f"{listed.title}（{form}），共 {number} {listed.noun}")
    file.seek(0)
    day = timezone.localdate().strftime("%Y%m%d")
    name = f"{safe_name(inspection.name, 40)}-{listed.title}-{day}.{form}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS[form])


def _written(  # noqa: PLR0913, PLR0917 -- what, of what, for whom, which, where and how
    listed: Listed, inspection: Inspection, request: PageRequest, records: QuerySet[Any], file: IO[bytes], form: str
) -> int:
    if form == "xlsx":
        return write_workbook(listed, inspection, request.user, records, file)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    number = write_csv(listed, records, text)
    text.flush()
    text.detach()
    return number


def in_order(records: QuerySet[Any], listed: Listed, sort: str) -> QuerySet[Any]:
    """Records in the order of a column, turned round with a minus before it."""
    ordered = records.order_by(*listed.orderings[sort.lstrip("-")])
    return ordered.reverse() if sort.startswith("-") else ordered
