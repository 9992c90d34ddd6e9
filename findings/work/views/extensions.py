"""Views of extension requests: the form, the list, the decision."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.records.conflicts import submitted_version
from accounts.records.saving import ConflictError
from accounts.users.roles import Right, refusal
from accounts.web.http import PageRequest, redirect_with_message
from accounts.web.listing import Listing
from documents.numerals import full_date
from findings.choices import Decision
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.work.extension_tables import ExtensionFilter, ExtensionTable
from findings.work.http import form_page
from findings.work.measure_forms import DecisionForm, ExtensionForm
from findings.work.views.findings import crumbs_to, with_aspect
from findings.work.views.measure import workable_measure
from findings.work.views.measures import crumbs_of
from findings.workflow import (
    RefusedError,
    StepInput,
    has_right_on,
    perform,
    reasons_against,
    recipient_names,
    recipients_sentence,
)
from findings.workflow.deadlines import deciders_label, exceeded_limits
from findings.workflow.extensions import (
    GRANT,
    REFUSE,
    REQUEST,
    granting_objections,
    request_objections,
)
from findings.workflow.models.extensions import Extension, ExtensionQuerySet

PARTS = (
    "requested_by",
    "decided_by",
    "finding__inspection",
    "finding__aspect",
    "finding__lead_unit",
    "finding__parent__lead_unit",
    "measure__lead_unit",
    "measure__facet",
)


def visible_extensions(request: PageRequest) -> ExtensionQuerySet:
    """The requests that the user may see, with the records their pages name."""
    return Extension.objects.visible_to(request.user).select_related(*PARTS)


def extension_list(request: PageRequest, pk: int) -> HttpResponse:
    """The extension requests of one inspection."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    listing = Listing(
        request,
        rows=visible_extensions(request),
        filter=ExtensionFilter(request.GET, Extension.objects.visible_to(request.user).of(inspection), request.user),
        table=ExtensionTable,
        default_sort="-requested",
    )
    context = {"inspection": inspection, "tab": "extensions", "listing": listing}
    return render(request, "findings/workflow/extension_list.html", context)


def extension_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a request for a measure the user works on; redirects with the reasons when none can be made."""
    measure = workable_measure(request, pk)
    return request_page(request, measure, "measures", lambda words: crumbs_of(measure, (words, "")))


def finding_extension_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a request for the deadline of a finding itself."""
    finding = get_object_or_404(with_aspect(request), pk=pk)
    if not has_right_on(request.user, Right.REPORT_WORK, finding):
        raise PermissionDenied(refusal(Right.REPORT_WORK))
    return request_page(request, finding, "findings", lambda words: crumbs_to(finding, (words, "")))


def request_page(
    request: PageRequest, record: Finding | Measure, tab: str, crumbs: Callable[[str], list[tuple[str, str]]]
) -> HttpResponse:
    """The form of a request for a later deadline, which after the old one states the reason of the delay (逾期说明)."""
    against = request_objections(record)
    if record.due_on is None or against:
        for sentence in against:
            messages.warning(request, sentence)
        return redirect(record)
    extension = Extension.for_record(record, requested_by=request.user)
    form = ExtensionForm(request.POST or None, instance=extension)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, REQUEST.after.format(what=extension.label), record)
    told = recipient_names(REQUEST, extension, request.user)
    deciders = deciders_label(extension.inspection)
    late = (timezone.localdate() - record.due_on).days
    state = f"已逾期{late}天，请写明没有按期完成的原因和下一步的措施" if late > 0 else "请写明延期的理由"
    context = {
        "title": extension.label if late > 0 else "申请延期",
        "note": f"完成时限是{full_date(record.due_on)}，{state}，由{deciders}审批。{recipients_sentence(told)}",
        "save_word": "提交说明" if late > 0 else "提交申请",
        "back": record.get_absolute_url(),
        "crumbs": crumbs(extension.label if late > 0 else "申请延期"),
    }
    return form_page(request, form, extension.inspection, tab=tab, **context)


def extension_detail(request: PageRequest, pk: int) -> HttpResponse:
    """The page of one request, with the form of the decision for users who may decide."""
    extension = get_object_or_404(visible_extensions(request), pk=pk)
    # Refusing has no objection of its own, so that these are the reasons against any decision.
    against = reasons_against(REFUSE, extension, request.user)
    if request.method == "POST" and against:
        raise PermissionDenied("".join(against))
    form = DecisionForm(request.POST or None, initial={"seen": extension.version})
    if request.method == "POST" and form.is_valid() and _decide(request, extension, form):
        return redirect_with_message(request, REFUSE.after, extension)
    extension = get_object_or_404(visible_extensions(request), pk=pk)  # a refused step has changed the object
    inspection = extension.inspection
    context = {
        "inspection": inspection,
        "tab": "extensions",
        "crumbs": [("延期", reverse("findings:extension_list", args=[inspection.pk])), (str(extension), "")],
        "extension": extension,
        "record": extension.record,
        "unit": extension.answering_unit,
        "form": None if against else form,
        "told": "" if against else recipients_sentence(recipient_names(REFUSE, extension, request.user)),
        "against": against if extension.decision == Decision.WAITING else [],
        "warnings": [] if against else [*granting_objections(extension), *limit_warnings(extension)],
    }
    return render(request, "findings/workflow/extension_detail.html", context)


def limit_warnings(extension: Extension) -> list[str]:
    """What the decider should know (Chinese): the limits that the requested day exceeds."""
    exceeded = exceeded_limits(extension.record, extension.new_due_on)
    return [f"申请的时限超过{'、'.join(exceeded)}。"] if exceeded else []


def _decide(request: PageRequest, extension: Extension, form: DecisionForm) -> bool:
    """Store the decision; False when it is refused, with the reasons on the form."""
    entered = form.cleaned_data
    transition = GRANT if entered["decision"] == Decision.GRANTED else REFUSE
    try:
        perform(transition, extension, request.user, submitted_version(request.POST), StepInput(entered["opinion"]))
    except RefusedError as refused:
        form.add_error(None, refused.sentences)
    except ConflictError as conflict:
        form.add_error(None, f"{conflict}请核对后再审批。")
    else:
        return True
    return False
