"""The lists of an inspection, as tables and as exported files."""

from __future__ import annotations

import tempfile
from typing import IO, Any, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit.events import record
from accounts.models import Action, Result, User
from accounts.users.roles import Right
from accounts.web.components import Chip
from accounts.web.http import PageRequest
from accounts.web.listing import Listing
from documents.excel.limits import TextTooLongError
from documents.filenames import safe_name
from findings.models import Inspection
from ledgers.catalogue import LISTS, ListDefinition
from ledgers.exporting import ExportQuery, InvalidFilterError, write
from ledgers.import_rights import can_import
from ledgers.jobs import start_export
from ledgers.models import Export, SuperiorForm
from ledgers.models.exports import ExportState
from ledgers.tables import TABLES
from ledgers.views.downloads import file_response

AT_ONCE = 2_000  # records; larger exports are written by a task
IN_MEMORY = 1 << 22  # bytes; larger files are spooled to the disk
TABS = {"lists": "清单", "special": "专项台账", "letters": "督办文书"}
FORMATS = {"xlsx": "导出 Excel", "csv": "导出 CSV"}


def get_list(request: PageRequest, pk: int, key: str) -> tuple[Inspection, ListDefinition]:
    """The inspection and the list of an address; 404 for unknown lists and inspections the user may not see."""
    if key not in LISTS:
        raise Http404
    visible = Inspection.objects.visible_to(request.user).prefetch_related("aspects")
    return get_object_or_404(visible, pk=pk), LISTS[key]


@require_safe
def list_page(request: PageRequest, pk: int, key: str) -> HttpResponse:
    """A list as a table, with its filters, exports and import."""
    inspection, listed = get_list(request, pk, key)
    asked = ExportQuery(listed, inspection, request.user, request.GET)
    shown = {column.key for column in asked.filled_list.columns}
    listing = Listing(
        request,
        rows=asked.filled_list.records(request.user),
        filter=asked.filter,
        table=TABLES[key],
        default_sort=listed.own_order,
        table_arguments={"exclude": tuple(column.key for column in listed.columns if column.key not in shown)},
    )
    query = listing.address().partition("?")[2]
    files = [(title, reverse("ledgers:list_export", args=[pk, key, form])) for form, title in FORMATS.items()]
    context = {
        "inspection": inspection,
        "tab": tab_of(listed),
        "listed": listed,
        "subtabs": subtabs(inspection, request.user, key),
        "listing": listing,
        "exports": [(title, f"{address}?{query}" if query else address) for title, address in files],
        "is_large": listing.page.total > AT_ONCE,
        "import": import_address(request, inspection, listed),
        "superior": [(name, f"{address}?{query}" if query else address) for name, address in forms_of(pk, key)],
        "crumbs": [(word, "") for word in dict.fromkeys((TABS[tab_of(listed)], listed.title))],
    }
    if listed.ledger:
        totals = [(one.key, one.render(inspection.saying.number(one.key))) for one in listed.ledger.totals]
        context |= {"totals": totals, "create": reverse("ledgers:entry_create", args=[pk, key])}
    return render(request, "ledgers/list.html", context)


def forms_of(pk: int, key: str) -> list[tuple[str, str]]:
    """Names and addresses of the superiors' templates in which the list can be exported."""
    forms = SuperiorForm.objects.offered(key).only("name")
    return [(form.name, reverse("ledgers:superior_export", args=[pk, key, form.pk])) for form in forms]


def import_address(request: PageRequest, inspection: Inspection, listed: ListDefinition) -> str:
    """The address of the list's import, "" if the user may not import it."""
    may = can_import(listed.import_model(request.user), inspection, request.user)
    return reverse("ledgers:list_import", args=[inspection.pk, listed.key]) if may else ""


def tab_of(listed: ListDefinition) -> str:
    """The key of the tab a list belongs to."""
    if listed.key == "letters":
        return "letters"
    return "special" if listed.ledger else "lists"


def subtabs(inspection: Inspection, user: User, shown: str) -> list[Chip]:
    """The lists of the tab; beside the letters, for users who see the whole inspection, the page that sends them."""
    tab = tab_of(LISTS[shown]) if shown in LISTS else "letters"
    beside = [(key, one.title) for key, one in LISTS.items() if tab_of(one) == tab]
    found = [
        Chip(title, reverse("ledgers:list", args=[inspection.pk, key]), is_current=key == shown)
        for key, title in beside
    ]
    if tab == "letters" and inspection.allows(user, Right.SEE_ALL):
        found.append(
            Chip("催办发文", reverse("ledgers:letter_list", args=[inspection.pk]), is_current=shown == "chase")
        )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def list_export(request: PageRequest, pk: int, key: str, form: str) -> HttpResponseBase:
    """Export all filtered records of a list, in the order of its page.

    More than ``AT_ONCE`` records are written by a task. That stores an ``Export``, so it takes a POST; a GET goes back
    to the page.
    """
    inspection, listed = get_list(request, pk, key)
    if form not in FORMATS:
        raise Http404
    wanted = ExportQuery(listed, inspection, request.user, request.GET)
    try:
        total = wanted.chosen.count()
    except InvalidFilterError as error:
        return not_exported(request, inspection, listed, error)
    if total > AT_ONCE:
        if request.method != "POST":
            messages.info(request, f"这张清单有 {total} 条，在后台生成。请点“导出 Excel”或“导出 CSV”开始。")
            return redirect(list_address(request, inspection, listed))
        return redirect(start_export(wanted, form, request.GET.urlencode(), total))
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- the answer closes it
    try:
        number = write(wanted, wanted.records(), cast("IO[bytes]", file), form)
    except TextTooLongError as error:
        file.close()
        return not_exported(request, inspection, listed, error, remedy="请先把这一格的内容改短，或者导出 CSV。")
    record(Action.EXPORT, inspection, reason=f"{listed.title}（{form}），共 {number} {listed.noun}")
    file.seek(0)
    return as_file(file, inspection, listed, form)


def list_address(request: PageRequest, inspection: Inspection, listed: ListDefinition) -> str:
    """The address of a list's page with the filters and order of this request."""
    page, query = reverse("ledgers:list", args=[inspection.pk, listed.key]), request.GET.urlencode()
    return f"{page}?{query}" if query else page


def not_exported(  # noqa: PLR0913 -- the last two by name
    request: PageRequest,
    inspection: Inspection,
    listed: ListDefinition,
    error: Exception,
    *,
    title: str = "",
    remedy: str = "",
) -> HttpResponse:
    """Record a failed export and redirect to the list, which keeps its filters and says why."""
    # The trail never repeats what a user typed into a filter.
    why = "筛选条件无效" if isinstance(error, InvalidFilterError) else str(error)
    record(Action.EXPORT, inspection, result=Result.FAILED, reason=f"{title or listed.title}：{why}")
    messages.error(request, f"没有导出：{error}{remedy}")
    return redirect(list_address(request, inspection, listed))


def as_file(file: Any, inspection: Inspection, listed: ListDefinition, form: str) -> FileResponse:
    """The download of a list."""
    return file_response(file, f"{safe_name(inspection.name, 40)}-{listed.title}-{timezone.localdate():%Y%m%d}.{form}")


def get_own_export(request: PageRequest, pk: int) -> Export:
    """The user's own export; 404 for those of others."""
    return get_object_or_404(Export.objects.visible_to(request.user).select_related("inspection"), pk=pk)


@require_safe
def export_page(request: PageRequest, pk: int) -> HttpResponse:
    """The progress of an export; the page reloads itself until the export has ended."""
    export = get_own_export(request, pk)
    listed = LISTS[export.listed]
    again = reverse("ledgers:list_export", args=[export.inspection_id, export.listed, export.form])
    context = {
        "export": export,
        "listed": listed,
        "inspection": export.inspection,
        "tab": tab_of(listed),
        "again": f"{again}?{export.query}" if export.query else again,
        "has_file": export.state == ExportState.DONE and export.path.exists(),
        "crumbs": [(listed.title, reverse("ledgers:list", args=[export.inspection_id, export.listed])), ("导出", "")],
    }
    answer = render(request, "ledgers/export.html", context)
    if export.is_under_way:
        # A header instead of a script: the page works without JavaScript.
        answer["Refresh"] = "2"
    return answer


@require_safe
def export_file(request: PageRequest, pk: int) -> HttpResponseBase:
    """Download the file of an export; back to its page if there is none, or none any more."""
    export = get_own_export(request, pk)
    if export.state != ExportState.DONE or not export.path.exists():
        return redirect(export)
    listed = LISTS[export.listed]
    record(Action.EXPORT, export.inspection, reason=f"下载{listed.title}（{export.form}），{export.words}")
    return as_file(export.path.open("rb"), export.inspection, listed, export.form)
