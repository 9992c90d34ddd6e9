"""Views of the queue 审核: the records that wait for the user, one open, several at once where that is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.records.saving import ConflictError
from accounts.web.forms import PageForm
from accounts.web.http import PageRequest, parse_pk
from accounts.web.listing import page_number
from accounts.web.text import shorten
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.units.scopes import user_scope
from findings.work.http import filter_units, requires
from findings.work.queue import PER_PAGE, RIGHTS, Queue, QueueRow, build_queue, load_record
from findings.work.queue_forms import BackForm, ForwardForm, QueueFilterForm
from findings.work.signoff_panel import voided_signoff
from findings.work.step_forms import completion_choices
from findings.workflow import RefusedError, StepInput, StepName, WorkflowRecord, find_transition, perform, take_step
from findings.workflow.models.signoffs import digest_of
from findings.workflow.signed_content import SignedContent
from findings.workflow.stages import open_stage

SIGN_ONE_BY_ONE = "销号要逐个看过内容再签，请打开这个问题单独销号。"
NOTHING_CHOSEN = "没有选中要办理的事项。"
KEPT = ("kind", "inspection", "unit", "page")


@dataclass(frozen=True)
class ActionResult:
    """The result of one row."""

    words: str
    is_done: bool


@requires(*RIGHTS)
def queue(request: PageRequest) -> HttpResponse:
    """The list of waiting records, with the open one beside it."""
    return _page(request)


@requires(*RIGHTS)
@require_POST
def queue_forward(request: PageRequest) -> HttpResponse:
    """Verify, consent or close; each row in a transaction of its own."""
    form = ForwardForm(request.POST)
    if not form.is_valid():
        return _page(request, _errors(form))
    entered = form.cleaned_data

    def forward(record: WorkflowRecord, seen: int) -> str:
        transition = find_transition(record, next_step(record))
        # A signature covers the content on the signer's page, and only the open record is shown with it (ADR 11).
        if transition.is_sign_off and record_key(record) != request.POST.get("open"):
            raise RefusedError([SIGN_ONE_BY_ONE])
        comment = entered["opinion"] if transition.needs_comment else ""
        step_input = StepInput(comment, entered["completion"], entered["seen_digest"])
        perform(transition, record, request.user, seen, step_input)
        return f"{transition.after.removesuffix('。')}：{shorten(str(record))}"

    return _answer(request, [_act_on_row(request, value, forward) for value in _chosen(request)])


@requires(*RIGHTS)
@require_POST
def queue_back(request: PageRequest) -> HttpResponse:
    """Send back with one reason; each row in a transaction of its own."""
    form = BackForm(request.POST)
    if not form.is_valid():
        return _page(request, _errors(form))

    def back(record: WorkflowRecord, seen: int) -> str:
        take_step(StepName.SEND_BACK, record, request.user, seen, StepInput(form.cleaned_data["reason"]))
        return f"已退回：{shorten(str(record))}"

    return _answer(request, [_act_on_row(request, value, back) for value in _chosen(request)])


def next_step(record: WorkflowRecord) -> StepName:
    """The step that takes a reported measure or a submitted finding forward."""
    if isinstance(record, Measure):
        return StepName.VERIFY
    return StepName.REVIEW if open_stage(record) else StepName.CLOSE


def record_key(record: WorkflowRecord) -> str:
    """The record as rows and forms name it: model name and key."""
    return f"{record._meta.model_name}-{record.pk}"


def _chosen(request: PageRequest) -> list[str]:
    """The values of the ticked rows or, without any, of the open one."""
    ticked = request.POST.getlist("row")[:PER_PAGE]
    current = request.POST.get("current", "")
    return ticked or ([current] if current else [])


def _act_on_row(request: PageRequest, value: str, act: Callable[[WorkflowRecord, int], str]) -> ActionResult:
    """Act on one row and return the result; refusals and conflicts of it do not affect other rows."""
    kind, _, rest = value.partition("-")
    pk, _, seen = rest.partition("-")
    records: dict[str, Any] = {"finding": Finding.objects, "measure": Measure.objects}
    record = records[kind].visible_to(request.user).filter(pk=parse_pk(pk)).first() if kind in records else None
    if record is None:
        return ActionResult("有一项已不存在或不在您的范围内，没有办理。", is_done=False)
    try:
        return ActionResult(act(record, parse_pk(seen)), is_done=True)
    except RefusedError as refused:
        why = str(refused)
    except ConflictError as conflict:
        why = f"{conflict}请看过现在的内容再办理。"
    return ActionResult(f"没有办理“{shorten(str(record))}”：{why}", is_done=False)


def _errors(form: PageForm) -> list[ActionResult]:
    return [ActionResult(str(error), is_done=False) for errors in form.errors.values() for error in errors]


def _answer(request: PageRequest, results: list[ActionResult]) -> HttpResponse:
    """Redirect to the record now at the same place or, when a row failed, the page with the results and input."""
    results = results or [ActionResult(NOTHING_CHOSEN, is_done=False)]
    if not all(result.is_done for result in results):
        return _page(request, results)
    for result in results:
        messages.success(request, result.words)
    kept = {name: request.POST.get(name, "") for name in (*KEPT, "place")}
    return redirect(f"{reverse('findings:queue')}?{urlencode({name: value for name, value in kept.items() if value})}")


def _page(request: PageRequest, results: list[ActionResult] | None = None) -> HttpResponse:
    """The page; after a POST with failures with status 409, the results and the input."""
    asked = request.POST if request.method == "POST" else request.GET
    scope = user_scope(request.user)
    filters = QueueFilterForm(asked, request.user, filter_units(scope))
    found = build_queue(request.user, filters.wish, page_number(asked.get("page", "")))
    kept = {name: asked.get(name, "") for name in KEPT if asked.get(name) and "\0" not in asked.get(name, "")}
    place = _place(found, asked.get("open", ""), asked.get("place", ""))
    current = load_record(found.rows[place]) if found.rows else None
    context = {
        "queue": found,
        "filters": filters,
        "kept": kept,
        "query": urlencode(kept),
        "unpaged": urlencode({name: value for name, value in kept.items() if name != "page"}),
        "place": place,
        "current": current,
        "results": results or [],
        "ticked": request.POST.getlist("row"),
        "opinion": request.POST.get("opinion", "同意。"),
        "reason": request.POST.get("reason", ""),
        "crumbs": [("审核", "")],
    } | (_pane_context(request, current) if current else {})
    return render(request, "findings/work/queue.html", context, status=409 if results else 200)


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


def _pane_context(request: PageRequest, row: QueueRow) -> dict[str, Any]:
    """The context of the open row."""
    record = row.record
    finding = record if isinstance(record, Finding) else record.finding
    shown: dict[str, Any] = {"finding": finding, "may_act": not row.own and may_act(request, row)}
    if isinstance(record, Measure):
        return shown | {
            "measure": record,
            "evidence": list(record.evidence.live().select_related("file").order_by("number")),
            "progress": list(record.progress.select_related("logged_by")[:5]),
        }
    content = SignedContent(finding)
    return shown | {
        "signed": content,
        "ended": voided_signoff(finding),
        "steps": list(finding.steps.filter(measure=None).select_related("taken_by", "measure")[:5]),
        "digest": digest_of(content.payload) if row.transition.is_sign_off else "",
        "completions": completion_choices(finding) if row.transition.is_sign_off else [],
        "completion": request.POST.get("completion", ""),
    }


def may_act(request: PageRequest, row: QueueRow) -> bool:
    """Whether the user has the right for the step; objections are reported when it is taken."""
    return row.transition.is_permitted(row.record, request.user)
