"""Views that act on several rows of the queue: the ticked ones, or all that match the filters."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.web.filters import invalid_values
from accounts.web.forms import PageForm
from accounts.web.http import PageRequest
from findings.units.scopes import user_scope
from findings.work.http import filter_units, requires
from findings.work.queue import RIGHTS, whole_queue
from findings.work.queue_actions import Act, ActionResult, act_on, dump_results, load_results, send_back, take_forward
from findings.work.queue_forms import BackForm, ForwardForm, QueueFilterForm
from findings.work.views.queue import errors_of, kept_filters, queue_page, results_answer, ticked_rows
from findings.work.views.queue_pane import queue_address

CHUNK = 50  # rows of one request
MOST_ROWS = 1000  # of one confirmation; their keys and results are carried from request to request
CHANGED_NUMBER = "没有办理：确认的是 {0} 项，收到的是 {1} 项。请回到审核页面重新确认。"


def input_for_several(request: PageRequest) -> dict[str, str]:
    """What was entered for several rows, as the forms name it: beside the list it stands under names of its own."""
    opinion = request.POST.get("several_opinion", request.POST.get("opinion", ""))
    return {"opinion": opinion}


@requires(*RIGHTS)
@require_POST
def queue_several_forward(request: PageRequest) -> HttpResponse:
    """Verify or consent to the ticked rows."""
    form = ForwardForm(input_for_several(request))
    if not form.is_valid():
        return queue_page(request, errors_of(form))
    return _act_on_ticked(request, take_forward(request.user, form.cleaned_data, alone=False))


@requires(*RIGHTS)
@require_POST
def queue_several_back(request: PageRequest) -> HttpResponse:
    """Send the ticked rows back with one reason."""
    form = BackForm(input_for_several(request))
    if not form.is_valid():
        return queue_page(request, errors_of(form))
    return _act_on_ticked(request, send_back(request.user, form.cleaned_data["opinion"], alone=False))


def _act_on_ticked(request: PageRequest, act: Act) -> HttpResponse:
    return results_answer(request, act_on(request.user, ticked_rows(request.POST), act), [])


@requires(*RIGHTS)
@require_POST
def queue_all_forward(request: PageRequest) -> HttpResponse:
    """Verify or consent to all rows that match the filters: asks once, then acts on those that were confirmed."""
    form = ForwardForm(input_for_several(request))
    if not form.is_valid():
        return queue_page(request, errors_of(form))
    if "confirmed" in request.POST:
        return _act_on_confirmed(request, take_forward(request.user, form.cleaned_data, alone=False), "办理", form)
    return _ask(request, "办理", form)


@requires(*RIGHTS)
@require_POST
def queue_all_back(request: PageRequest) -> HttpResponse:
    """Send back all rows that match the filters, with one reason: asks once, then acts on those confirmed."""
    form = BackForm(input_for_several(request))
    if not form.is_valid():
        return queue_page(request, errors_of(form))
    if "confirmed" in request.POST:
        act = send_back(request.user, form.cleaned_data["opinion"], alone=False)
        return _act_on_confirmed(request, act, "退回", form)
    return _ask(request, "退回", form)


def _ask(request: PageRequest, verb: str, form: PageForm) -> HttpResponse:
    """The page that says which rows would be acted on and which not, and carries those rows with their versions."""
    filters = QueueFilterForm(request.POST, request.user, filter_units(user_scope(request.user)))
    if invalid_values(filters):
        return queue_page(request, errors_of(filters))
    rows = whole_queue(request.user, filters.wish)
    # Alone go signatures and decisions on requests; what is sent back is signed by nobody.
    alone = {row.key for row in rows if not row.own and row.goes_alone and (verb == "办理" or row.kind == "extension")}
    free = [row for row in rows if not row.own and row.key not in alone]
    chosen = free[:MOST_ROWS]
    context = {
        "title": f"{verb}全部 {len(chosen)} 项",
        "layout": "base.html",
        "sentence": f"将{verb}上面列出的 {len(chosen)} 项，每一项单独记录结果；确认以后有改动的不办理，会列出来。",
        "reasons": [] if chosen else [f"符合筛选条件的事项里，没有可以一起{verb}的。"],
        "back": queue_address(kept_filters(request.POST)),
        "crumbs": [("审核", queue_address(kept_filters(request.POST))), (f"{verb}全部", "")],
        "kinds": list(Counter(row.label for row in chosen).items()),
        "rows": chosen,
        "left": [
            (len(alone), "项是销号或延期，要逐个看过再办"),
            (len(rows) - len(alone) - len(free), "项是您自己报送的，由另一个人办理"),
            (len(free) - len(chosen), f"项超出一次最多 {MOST_ROWS} 项，办完以后再办"),
        ],
        "entered": [(field.label, field.value()) for field in form if field.name == "opinion" and field.value()],
        "carried": _carry_fields(request, [row.value for row in chosen], form, results=""),
    }
    return render(request, "findings/work/queue_all.html", context)


def _carry_fields(request: PageRequest, rows: list[str], form: PageForm, *, results: str) -> list[tuple[str, Any]]:
    """The hidden inputs of the form that acts on these rows: filters, rows with their number, input, results so far."""
    entered = [(name, value) for name, value in form.cleaned_data.items() if value]
    own = [("confirmed", "on"), ("rows", " ".join(rows)), ("number", len(rows)), ("results", results)]
    return [*kept_filters(request.POST).items(), *entered, *own]


def _act_on_confirmed(request: PageRequest, act: Act, verb: str, form: PageForm) -> HttpResponse:
    """Act on the next ``CHUNK`` of the confirmed rows; the page shows the results and goes on with the rest."""
    rows, number = request.POST.get("rows", "").split(), request.POST.get("number", "")
    if str(len(rows)) != number or len(rows) > MOST_ROWS:  # a body that was cut off or edited
        return queue_page(request, [ActionResult(CHANGED_NUMBER.format(number, len(rows)), is_done=False)])
    rest = rows[CHUNK:]
    results = [*load_results(request.POST.get("results", "")), *act_on(request.user, rows[:CHUNK], act)]
    context = {
        "title": f"{verb}全部",
        "verb": verb,
        "results": results,
        "done_count": sum(result.is_done for result in results),
        "failed": [result for result in results if not result.is_done],
        "rest": len(rest),
        "carried": _carry_fields(request, rest, form, results=dump_results(results)),
        "back": queue_address(kept_filters(request.POST)),
        "crumbs": [("审核", queue_address(kept_filters(request.POST))), (f"{verb}全部", "")],
    }
    return render(request, "findings/work/queue_results.html", context)
