"""Views of the queue 审核: the records that wait for the user, and acting on the open one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.web.components import Chip
from accounts.web.filters import invalid_values
from accounts.web.forms import PageForm
from accounts.web.http import PageRequest, parse_pk
from accounts.web.listing import page_number, page_problems, page_remarks
from accounts.web.pagination import page_links
from findings.units.scopes import user_scope
from findings.work.http import filter_units, requires
from findings.work.queue import PER_PAGE, RIGHTS, Queue, build_queue, load_record
from findings.work.queue_actions import ActionResult, act_on, find_row, is_sign_off, send_back, take_forward
from findings.work.queue_forms import KINDS, BackForm, ForwardForm, QueueFilterForm
from findings.work.views.queue_pane import pane_context, queue_address

NOTHING_CHOSEN = "没有选中要办理的事项。"
SCOPES = ("inspection", "unit")
KEPT = ("kind", *SCOPES, "page")
CARRIED = (*KEPT, "current", "open", "place", "opinion", "completion", "seen_digest", "row")


@requires(*RIGHTS)
def queue(request: PageRequest) -> HttpResponse:
    """The list of waiting records, with the open one beside it."""
    return queue_page(request)


@requires(*RIGHTS)
@require_POST
def queue_forward(request: PageRequest) -> HttpResponse:
    """Verify, consent to or close the open record, whatever is ticked; a signature is asked about once."""
    form = ForwardForm(request.POST)
    if not form.is_valid():
        return queue_page(request, errors_of(form))
    current = request.POST.get("current", "")
    record, _ = find_row(request.user, current)
    if record is not None and is_sign_off(record) and "confirmed" not in request.POST:
        context = {
            "title": "同意销号",
            "sentence": f"将同意“{record}”销号，即签署刚才看过的内容；以后内容有变，这次销号即失效。",
            "layout": "base.html",
            "reasons": [],
            "crumbs": [("审核", queue_address(kept_filters(request.POST))), ("同意销号", "")],
            "back": queue_address(kept_filters(request.POST) | {"open": record_key(current)}),
            "carried": [(name, value) for name in CARRIED for value in request.POST.getlist(name)],
        }
        return render(request, "findings/work/queue_confirm.html", context)
    act = take_forward(request.user, form.cleaned_data, alone=record_key(current) == request.POST.get("open"))
    return _answer(request, act_on(request.user, [current] if current else [], act), record_key(current))


@requires(*RIGHTS)
@require_POST
def queue_back(request: PageRequest) -> HttpResponse:
    """Send the open record back with a reason, whatever is ticked."""
    form = BackForm(request.POST)
    if not form.is_valid():
        return queue_page(request, errors_of(form))
    current = request.POST.get("current", "")
    act = send_back(request.user, form.cleaned_data["opinion"], alone=True)
    return _answer(request, act_on(request.user, [current] if current else [], act), record_key(current))


def record_key(value: str) -> str:
    """The key of a row, without the version: model name and key of the record."""
    return value.rpartition("-")[0]


def ticked_rows(asked: QueryDict) -> list[str]:
    """The values of the ticked rows, at most those of one page."""
    return asked.getlist("row")[:PER_PAGE]


def errors_of(form: PageForm) -> list[ActionResult]:
    """What is wrong with the input, as results."""
    return [ActionResult(f"没有办理：{error}", is_done=False) for errors in form.errors.values() for error in errors]


def kept_filters(asked: QueryDict) -> dict[str, str]:
    """The filters and the page of the queue, as they were asked for."""
    return {name: asked.get(name, "") for name in KEPT if asked.get(name) and "\0" not in asked.get(name, "")}


def _answer(request: PageRequest, results: list[ActionResult], key: str = "") -> HttpResponse:
    """Redirect to the record now at the same place, with the other ticks, or show the page with what was against it."""
    others = [value for value in ticked_rows(request.POST) if record_key(value) != key]
    return results_answer(request, results, others)


def results_answer(request: PageRequest, results: list[ActionResult], ticks: list[str]) -> HttpResponse:
    """Redirect to the queue with a message for each row or, when a row failed, the page with the results and input."""
    results = results or [ActionResult(NOTHING_CHOSEN, is_done=False)]
    if not all(result.is_done for result in results):
        return queue_page(request, results)
    for result in results:
        messages.success(request, result.words)
    kept: dict[str, Any] = kept_filters(request.POST) | {"place": request.POST.get("place", ""), "row": ticks}
    return redirect(queue_address({name: value for name, value in kept.items() if value}))


def queue_page(request: PageRequest, results: list[ActionResult] | None = None) -> HttpResponse:
    """The page; after a POST with failures with status 409, the results and the input."""
    asked = request.POST if request.method == "POST" else request.GET
    filters = QueueFilterForm(asked, request.user, filter_units(user_scope(request.user)))
    problems = [*invalid_values(filters), *page_problems(asked.get("page", ""))]
    number = page_number(asked.get("page", ""))
    found = Queue([], 0) if problems else build_queue(request.user, filters.wish, number)
    kept = kept_filters(asked)
    # Without script a button opens a row, so that ticks are sent along; the form has the row that was open before.
    opened = asked.get("opened", "")
    place = _place(found, opened or asked.get("open", ""), asked.get("place", ""))
    current = load_record(found.rows[place]) if found.rows else None
    ticked = [row.value for row in found.rows if not row.own] if "tick" in asked else ticked_rows(asked)
    context = {
        "queue": found,
        "filters": filters,
        "problems": problems,
        "remarks": page_remarks(number, found.number) if found.rows else [],
        "chips": _kind_chips(found, kept),
        "set_filters": [
            (filters.chosen_label(name), queue_address(without(kept, name, "page"))) for name in SCOPES if name in kept
        ],
        "kept": kept,
        # Ticks that the server knows of stay when another record is opened by a link.
        "query": urlencode([*kept.items(), *(("row", value) for value in ticked)]),
        "pages": page_links(found.number, found.last, lambda page: queue_address({**kept, "page": page})),
        "place": place,
        "current": current,
        "following": found.rows[place + 1] if place + 1 < len(found.rows) else None,
        "results": results or [],
        "ticked": ticked,
        "opinion": "" if opened else request.POST.get("opinion", ""),
        "several_opinion": request.POST.get("several_opinion", ""),
        "crumbs": [("审核", "")],
    } | (pane_context(request, current, kept) if current else {})
    return render(request, "findings/work/queue.html", context, status=409 if results else 200)


def without(kept: Mapping[str, str], *names: str) -> dict[str, str]:
    """The filters without some of them."""
    return {name: value for name, value in kept.items() if name not in names}


def _kind_chips(found: Queue, kept: Mapping[str, str]) -> list[Chip]:
    """The kinds of records with their numbers."""
    numbers = {"": sum(found.counts.values())} | found.counts
    others = without(kept, "kind", "page")
    return [
        Chip(label, queue_address(others | ({"kind": kind} if kind else {})), numbers.get(kind, 0), is_current)
        for kind, label in KINDS.items()
        if (is_current := kind == kept.get("kind", "")) or not kind or numbers.get(kind)
    ]


def _place(found: Queue, key: str, place: str) -> int:
    """The index of the open row: the named one or, when it is gone, the next row the user may act on."""
    # The open record may have moved or gone since the page was shown.
    named = next((index for index, row in enumerate(found.rows) if row.key == key), None)
    if named is not None:
        return named
    start = min(parse_pk(place), max(0, len(found.rows) - 1))
    # On from the present place, then from the top.
    order = [*range(start, len(found.rows)), *range(start)]
    return next((index for index in order if not found.rows[index].own), start)
