"""Taking a step: one page that says what will happen, asks once, and keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.changes import ConflictError
from accounts.models import User
from accounts.roles import refusal
from findings import workflow
from findings.models import Finding, Measure
from findings.models.signoffs import content_of, digest_of
from findings.signed import differences
from findings.step_forms import StepForm
from findings.views.findings import crumbs_to
from findings.views.measures import crumbs_of
from findings.views.pages import PageRequest, layout, saved, shortened

MEASURES = ("inspection", "finding__parent", "finding__aspect")
KINDS: dict[str, tuple[type[workflow.Workpiece], Callable[[User], QuerySet[Any]]]] = {
    "finding": (Finding, lambda user: Finding.objects.visible_to(user).select_related("inspection", "parent")),
    "measure": (Measure, lambda user: Measure.objects.visible_to(user).select_related(*MEASURES)),
}


def step(request: PageRequest, kind: str, pk: int, name: str) -> HttpResponse:
    """Ask once and take the step; what is against it is said in words, and what was typed stays."""
    if kind not in KINDS or (KINDS[kind][0], name) not in workflow.BY_NAME:
        raise Http404
    model, visible_to = KINDS[kind]
    record = get_object_or_404(visible_to(request.user), pk=pk)
    transition = workflow.BY_NAME[model, name]
    if not workflow.holds(request.user, transition.right, record):
        raise PermissionDenied(refusal(transition.right))
    form = StepForm(request.POST or None, step=transition, inspection=record.inspection)
    if request.method != "POST":
        return step_page(request, record, transition, form)
    if not form.is_valid():
        return step_page(request, record, transition, form)
    try:
        workflow.perform(name, record, request.user, form.version, form.given)
    except workflow.RefusedError as refused:
        return step_page(request, record, transition, form, against=refused.sentences, status=409)
    except ConflictError as conflict:
        if conflict.is_gone:
            return saved(request, str(conflict), record.inspection)
        record = get_object_or_404(visible_to(request.user), pk=pk)
        return step_page(request, record, transition, form, conflict=str(conflict), status=409)
    return saved(request, f"{transition.label}：“{shortened(str(record))}”，已办理。", record)


def step_page(  # noqa: PLR0913 -- each is one part of the page
    request: PageRequest,
    record: workflow.Workpiece,
    transition: workflow.Transition,
    form: StepForm,
    *,
    against: list[str] | None = None,
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of one step around its form, for the record as it is now."""
    words = (transition.label, "")
    context: dict[str, Any] = {
        "record": record,
        "step": transition,
        "form": form,
        "against": against_now(request, record, transition) if against is None else against,
        "conflict": conflict,
        "now": workflow.word_of(record),
        "then": workflow.word_for(record, transition.target),
        "inspection": record.inspection,
        "layout": layout(record.inspection),
        "back": record.get_absolute_url(),
        "history": reverse("findings:history", args=[record._meta.model_name, record.pk]),
    }
    if isinstance(record, Finding):
        context |= {"kind": "问题", "tab": "findings", "crumbs": crumbs_to(record, words)}
        context |= parts_of(record, transition, request.user)
    else:
        context |= {"kind": "措施", "tab": "measures", "crumbs": crumbs_of(record, words)}
    return render(request, "findings/step.html", context, status=status)


def parts_of(finding: Finding, transition: workflow.Transition, user: User) -> dict[str, Any]:
    """What has changed since the last sign-off and, where it is signed again, everything the signature covers."""
    last = finding.signoffs.first()
    since = {"since": differences(last, finding) if last else []}
    if transition.name != "close":
        return since
    return since | {"signs": True, "seen_digest": digest_of(content_of(finding))} | signed_parts(finding, user)


def against_now(request: PageRequest, record: workflow.Workpiece, transition: workflow.Transition) -> list[str]:
    """What is against a step in the present state, before anything is typed."""
    for offer in workflow.offers(record, request.user):
        if offer.transition is transition:
            return list(offer.against)
    return [f"现在是“{workflow.word_of(record)}”，不能{transition.label}。"]


def signed_parts(finding: Finding, user: User) -> dict[str, Any]:
    """What a signature covers, as the signer is to see it."""
    evidence = finding.evidence.live().select_related("file").prefetch_related("measures").order_by("number")
    measures = finding.measures.select_related("facet").order_by("facet__order", "order")
    proofs: dict[int, list[Any]] = {}
    for one in evidence:
        for measure in one.measures.all():
            proofs.setdefault(measure.pk, []).append(one)
    return {
        "measures": [(measure, proofs.get(measure.pk, [])) for measure in measures],
        "other_evidence": [one for one in evidence if not one.measures.all()],
        "sub_findings": Finding.objects.visible_to(user).filter(parent=finding).order_by("order"),
    }


def signoff(request: PageRequest, pk: int) -> HttpResponse:
    """The last sign-off of a finding: what was signed by whom, whether it holds, and what has changed since."""
    visible = Finding.objects.visible_to(request.user).select_related("inspection", "parent", "aspect")
    finding = get_object_or_404(visible, pk=pk)
    last = get_object_or_404(finding.signoffs.select_related("signed_by", "voided_by"), pk=last_number(finding))
    context = {
        "finding": finding,
        "signoff": last,
        "completion": finding.inspection.completion_word(last.completion),
        "differences": differences(last, finding) if last.is_intact else [],
        "earlier": finding.signoffs.exclude(pk=last.pk).select_related("signed_by", "voided_by"),
        "inspection": finding.inspection,
        "tab": "findings",
        "crumbs": crumbs_to(finding, ("销号记录", "")),
    }
    return render(request, "findings/signoff.html", context)


def last_number(finding: Finding) -> int:
    """The key of a finding's last sign-off, or 0, which none has."""
    last: int | None = finding.signoffs.order_by("-pk").values_list("pk", flat=True).first()
    return last or 0
