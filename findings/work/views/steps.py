"""The page that describes a step of the workflow before it is taken, and takes or refuses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.records.conflicts import submitted_version
from accounts.records.saving import ConflictError
from accounts.records.timelines import timeline
from accounts.users.roles import Right, refusal
from accounts.web.http import PageRequest, redirect_with_message
from findings.inspections.models.findings import Finding
from findings.work.signoff_panel import voided_signoff
from findings.work.step_forms import StepForm
from findings.work.views.findings import crumbs_to, with_aspect
from findings.work.views.measures import crumbs_of, visible_measures
from findings.workflow import BY_NAME, RefusedError, Transition, WorkflowRecord, has_right_on, perform, reasons_against
from findings.workflow.wording import describe_step

RECORDS: dict[str, Callable[[PageRequest], QuerySet[Any]]] = {"finding": with_aspect, "measure": visible_measures}
CHANGES_SHOWN = 5


def step(request: PageRequest, kind: str, pk: int, name: str) -> HttpResponse:
    """Ask once, then take the step with the version that was shown; the input stays when it is refused."""
    record, transition = _record_and_transition(request, kind, pk, name)
    if request.method != "POST":
        return _render_step(request, record, transition, StepForm(None, transition, record))
    form = StepForm(request.POST, transition, record)
    if not form.is_valid():
        return _render_step(request, record, transition, form)
    try:
        perform(transition, record, request.user, submitted_version(request.POST), form.step_input)
    except RefusedError as refused:
        return _render_refusal(request, kind, pk, name, reasons=refused.sentences)
    except ConflictError as conflict:
        return _render_refusal(request, kind, pk, name, conflict=conflict)
    return redirect_with_message(request, transition.after, record)


def _record_and_transition(
    request: PageRequest, kind: str, pk: int, name: str
) -> tuple[WorkflowRecord, Transition[Any]]:
    """The record and the row of the table: 404 when there is none or it is not visible, 403 without the right."""
    if kind not in RECORDS:
        raise Http404
    record = get_object_or_404(RECORDS[kind](request), pk=pk)
    transition = BY_NAME.get((type(record), name))
    # Steps without a right are the system's and have no page.
    if transition is None or transition.right is None:
        raise Http404
    if not has_right_on(request.user, transition.right, record):
        raise PermissionDenied(refusal(transition.right))
    return record, transition


def _render_refusal(request: PageRequest, kind: str, pk: int, name: str, **why: Any) -> HttpResponse:
    """The page with the record as it is now, the input, and the reasons why the step was not taken."""
    record, transition = _record_and_transition(request, kind, pk, name)
    # Not version and digest, which are those of the page now shown.
    typed = {field: request.POST.get(field, "") for field in ("comment", "completion")}
    return _render_step(request, record, transition, StepForm(None, transition, record, typed), **why)


def _render_step(
    request: PageRequest, record: WorkflowRecord, transition: Transition[Any], form: StepForm, **why: Any
) -> HttpResponse:
    inspection = record.inspection
    finding = record if isinstance(record, Finding) else record.finding
    conflict = why.get("conflict")
    shown: dict[str, Any] = {}
    if conflict:
        whole = inspection.allows(request.user, Right.SEE_ALL)
        # After a conflict the user decides anew, and needs to know what changed.
        shown["timeline"] = timeline(finding, request.user, whole=whole, limit=CHANGES_SHOWN)
    crumb = (transition.label, "")
    context = {
        "title": transition.label,
        "inspection": inspection,
        "tab": "findings" if record is finding else "measures",
        "crumbs": crumbs_to(finding, crumb) if isinstance(record, Finding) else crumbs_of(record, crumb),
        "record": record,
        "finding": finding,
        "transition": transition,
        "sentence": describe_step(transition, record),
        "reasons": why.get("reasons") or reasons_against(transition, record, request.user),
        "conflict": conflict,
        "form": form,
        "signed": form.signed_content,
        "ended": voided_signoff(record) if isinstance(record, Finding) else None,
        "back": record.get_absolute_url(),
    } | shown
    return render(request, "findings/workflow/step.html", context, status=409 if why else 200)
