"""What the queue shows of the open record: a measure to verify, a finding to review, a request for more time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.urls import reverse

from accounts.web.back import back_query
from accounts.web.http import PageRequest
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.work.evidence_viewer import EvidenceViewer
from findings.work.queue_actions import NO_WORDS
from findings.work.queue_review import review_measure
from findings.work.queue_rows import QueueRow, back_transition
from findings.work.signoff_panel import voided_signoff
from findings.work.step_forms import completion_choices
from findings.work.views.extensions import limit_warnings
from findings.workflow.extensions import granting_objections
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import digest_of
from findings.workflow.signed_content import SignedContent

MOST_ENTRIES = 20  # of the log of a measure; all of them are on its page


def queue_address(parameters: Mapping[str, Any]) -> str:
    """The address of the queue with these parameters; lists are repeated."""
    query = urlencode(parameters, doseq=True)
    return f"{reverse('findings:queue')}?{query}" if query else reverse("findings:queue")


def pane_context(request: PageRequest, row: QueueRow, kept: Mapping[str, str]) -> dict[str, Any]:
    """The context of the open row; ``kept`` are the filters of the queue."""
    here = {**kept, "open": row.key}
    shown: dict[str, Any] = {
        "finding": row.finding,
        "against": [],  # what a finding or request still lacks before it can be taken forward
        "may_act": not row.own and row.transition.is_permitted(row.record, request.user),
        "back_label": back_transition(row.record).label,
        "no_words": NO_WORDS,
        "back_here": back_query(queue_address(here)),
    }
    if isinstance(row.record, Extension):
        return shown | _extension_context(row.record)
    view = partial(EvidenceViewer, asked=request.GET.get("shown", ""), address=partial(_page_address, here))
    if isinstance(row.record, Measure):
        return shown | _measure_context(row.record, view)
    return shown | _finding_context(request, row, row.record, view)


def _measure_context(measure: Measure, view: Callable[..., EvidenceViewer]) -> dict[str, Any]:
    review = review_measure(measure)
    evidence = list(measure.evidence.live().select_related("file", "uploaded_by").order_by("number"))
    return {
        "measure": measure,
        "review": review,
        "viewer": view(evidence, since=review.since),
        "progress": list(measure.progress.select_related("logged_by")[:MOST_ENTRIES]),
    }


def _page_address(here: Mapping[str, str], key: str) -> str:
    return f"{queue_address({**here, 'shown': key})}#viewer"


def _finding_context(
    request: PageRequest, row: QueueRow, finding: Finding, view: Callable[..., EvidenceViewer]
) -> dict[str, Any]:
    content = SignedContent(finding)
    is_sign_off = row.transition.is_sign_off
    prefetch_related_objects([finding], "measures", "sub_findings")  # which several of the objections look through
    return {
        "signed": content,
        "ended": voided_signoff(finding),
        "steps": list(finding.steps.filter(measure=None).select_related("taken_by", "measure")[:5]),
        "viewer": view(content.evidence),
        "against": row.transition.objections_to(finding, request.user),
        "digest": digest_of(content.payload) if is_sign_off else "",
        "completions": completion_choices(finding) if is_sign_off else [],
        "completion": request.POST.get("completion", ""),
    }


def _extension_context(extension: Extension) -> dict[str, Any]:
    against = granting_objections(extension)
    return {"extension": extension, "against": against, "warnings": limit_warnings(extension)}
