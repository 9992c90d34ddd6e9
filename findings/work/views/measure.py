"""Views of the work on one measure: its page with plan, log, outcome and report, and its log entries."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from accounts.records.conflicts import VERSION_FIELD
from accounts.records.saving import ConflictError
from accounts.users.roles import Right
from accounts.web.back import back_query, list_address, returning
from accounts.web.http import PageRequest, redirect_with_message
from findings.inspections.due_status import DueStatus
from findings.inspections.models.measures import Measure
from findings.inspections.models.progress import Progress
from findings.work.comment_forms import COMMENT_TEXT
from findings.work.evidence_forms import OptionalFilesForm, UploadForm, files_fields
from findings.work.evidence_list import EvidenceList, measures_in_order
from findings.work.forms import ProgressForm
from findings.work.http import consequence_of, form_page, submitted, warn
from findings.work.measure_sheet import (
    EDIT,
    correction_menu,
    deadline_context,
    edit_warning,
    people_context,
    siblings_of,
    turn_context,
    work_form,
)
from findings.work.posting import post_typed_comment
from findings.work.reason_forms import MeasureSheetForm
from findings.work.report_preview import report_paragraph
from findings.work.signoff_panel import last_send_back
from findings.work.uploading import UploadResult, refused_outcomes, store_files, tell_outcomes
from findings.work.views.measures import crumbs_of, limit_scope_to_finding_of, visible_measures
from findings.workflow import (
    RefusedError,
    StepName,
    before_report,
    edit_lock_reason,
    permitted_steps,
    take_step,
)
from findings.workflow.checklists import STILL_GOING_ON, UNFINISHED, missing_nouns

FILES_FIRST = "有文件没有上传，所以没有报完成。请换成可以接受的文件，或者不再选它，然后再报完成。"
NOT_YOURS = "这条措施由其他单位负责，只有责任单位成员、责任人和整改办可以填报。"


def workable_measure(request: PageRequest, pk: int) -> Measure:
    """The measure, if the user may edit it; 404 when it is not visible, PermissionDenied when it is only visible."""
    measure = get_object_or_404(visible_measures(request), pk=pk)
    if not measure.is_editable_by(request.user):
        raise PermissionDenied(NOT_YOURS)
    return measure


def shown_measure(request: PageRequest, pk: int) -> Measure:
    """The measure with the records that its own page names; its finding shares its inspection object."""
    named = visible_measures(request).select_related("reported_by", "verified_by")
    # Most measures were never urged; for them the page asks for no letters.
    letters = Measure.letters.through.objects.filter(measure=OuterRef("pk"))
    measure = get_object_or_404(named.annotate(has_letters=Exists(letters)), pk=pk)
    # The same object, which spares a query.
    measure.finding.inspection = measure.inspection
    prefetch_related_objects([measure], "supporting_units", "other_people_in_charge")
    return measure


def measure_detail(request: PageRequest, pk: int) -> HttpResponse:
    """The page of a measure, with its form for users who may edit it now."""
    limit_scope_to_finding_of(request, pk)
    if request.method != "POST":
        measure = shown_measure(request, pk)
        return work_sheet(request, measure, form_for(request, measure))
    measure = workable_measure(request, pk)
    if "comment" in request.POST:
        return post_comment_beside(request, measure)
    form = MeasureSheetForm(request.POST, instance=measure, user=request.user)
    is_saved = form.save()
    # After the text, whose version a file can change; also when the text is refused, as no page can keep chosen files.
    outcomes = store_chosen_files(request, pk)
    if is_saved:
        return answer_saved_sheet(request, form, outcomes)
    if is_script(request):
        return JsonResponse({"address": ""})  # the page sends the text once more, for the page that says what is wrong
    # The form has written its input to ``measure``; the page around it shows the stored values.
    if form.conflict:
        back, crumbs = measure.get_absolute_url(), crumbs_of(measure, ("填写", ""))
        unsent = {"name": COMMENT_TEXT, "text": request.POST.get(COMMENT_TEXT, ""), "label": "正在写的评论"}
        context: dict[str, Any] = {"title": "填写整改措施", "tab": "measures", "back": back, "crumbs": crumbs}
        return form_page(
            request, form, measure.inspection, unsent=unsent if unsent["text"].strip() else None, **context
        )
    return work_sheet(request, shown_measure(request, pk), form)


def is_script(request: PageRequest) -> bool:
    """Whether the page's script asks, which shows how far the files are and then goes where the answer says."""
    return request.headers.get("Accept") == "application/json"


def store_chosen_files(request: PageRequest, pk: int) -> list[UploadResult]:
    """Store the files chosen in the form, each with a message; the result of each, none when none was chosen."""
    if not request.FILES.getlist("uploads"):
        return []
    measure = workable_measure(request, pk)
    form = UploadForm(request.POST, request.FILES, dossier=EvidenceList(measure.finding, request.user, measure))
    outcomes = store_files(form) if form.is_valid() else refused_outcomes(form)
    tell_outcomes(request, outcomes)
    return outcomes


def post_comment_beside(request: PageRequest, measure: Measure) -> HttpResponse:
    """Post the comment of the page's form and store chosen files; the rest of the form is shown again as typed."""
    typed = post_typed_comment(request, measure)
    store_chosen_files(request, measure.pk)
    shown = shown_measure(request, measure.pk)
    kept = {name: request.POST.get(name, "") for name in (*MeasureSheetForm.base_fields, VERSION_FIELD)}
    form = MeasureSheetForm(instance=shown, user=request.user, initial=kept)  # unbound: it writes nothing to it
    return work_sheet(request, shown, None if edit_lock_reason(shown, request.user) else form, typed)


def answer_saved_sheet(request: PageRequest, form: MeasureSheetForm, outcomes: list[UploadResult]) -> HttpResponse:
    """Redirect with a message after saving; with the other button also report the measure as done.

    A file that was refused stops the report.
    """
    measure = get_object_or_404(visible_measures(request), pk=form.instance.pk)
    against: list[str] = []
    words = form.success_message("已保存。")
    # The name of the pressed button.
    if StepName.REPORT in request.POST:
        is_complete = all(outcome.is_stored for outcome in outcomes)
        against = report_reasons(request, measure) if is_complete else [FILES_FIRST]
        words = "填写的内容已经保存，但没有报完成。" if against else "已保存，并报完成，等待督查员核实。"
    answer = redirect_with_message(request, words, measure)
    warn(request, against)
    if is_script(request):
        return JsonResponse({"address": returning(measure.get_absolute_url(), list_address(request))})
    if not request.POST.get(COMMENT_TEXT, "").strip():
        return answer
    # Without a redirect, so that the comment that is being written stays in its box.
    shown = shown_measure(request, measure.pk)
    return work_sheet(request, shown, form_for(request, shown))


def form_for(request: PageRequest, measure: Measure) -> MeasureSheetForm | None:
    """The form of a measure as it is stored, None for users who may not edit it now or only read it."""
    return work_form(measure, request.user, is_edit_asked=EDIT in request.GET)


def report_reasons(request: PageRequest, measure: Measure) -> list[str]:
    """Report the measure as done; the reasons (Chinese) against it, empty when it was reported."""
    try:
        take_step(StepName.REPORT, measure, request.user, measure.version)
    except RefusedError as refused:
        return refused.sentences
    except ConflictError as conflict:
        return [str(conflict)]
    return []


def work_sheet(
    request: PageRequest, measure: Measure, form: MeasureSheetForm | None, comment_typed: str | None = None
) -> HttpResponse:
    """The page of a measure, with its form if there is one; ``comment_typed`` is by default what was submitted."""
    user = request.user
    prefetch_related_objects([measure.finding], measures_in_order())  # for its paragraph, neighbours and evidence
    works = form is not None or measure.is_editable_by(user)
    extensions = list(measure.extensions.select_related("requested_by", "decided_by"))
    context: dict[str, Any] = {
        "inspection": measure.inspection,
        "tab": "measures",
        "crumbs": crumbs_of(measure),
        "measure": measure,
        "siblings": siblings_of(measure),
        "lights": DueStatus.of(measure.inspection),
        "form": form,
        "comment_typed": request.POST.get(COMMENT_TEXT, "") if comment_typed is None else comment_typed,
        "works": works,
        "lock_reason": edit_lock_reason(measure, user) if works else "",
        "steps": {one.name: one for one in permitted_steps(measure, user)} if works else {},
        "sent_back": last_send_back(measure, measure.steps.select_related("taken_by")),
        "paragraph": report_paragraph(measure, str(form["outcome"].value() or "") if form else measure.outcome),
        "progress": list(measure.progress.select_related("logged_by")),
        **people_context(measure),
        **turn_context(measure, user, extensions),
        **deadline_context(measure, extensions, works=works),
        **editing_context(request, measure, form, works=works),
        **evidence_context(request, measure, form),
    }
    return render(request, "findings/inspections/measure_detail.html", context)


def editing_context(
    request: PageRequest, measure: Measure, form: MeasureSheetForm | None, *, works: bool
) -> dict[str, Any]:
    """What may be corrected beside the work itself, and what an edit undoes."""
    undoes = edit_warning(measure, request.user, works=works)
    menu = correction_menu(measure, request.user, is_read=form is None, back=list_address(request))
    return {"undoes": undoes, "menu": menu, "menu_label": "修改", "is_correction": EDIT in request.GET}


def evidence_context(request: PageRequest, measure: Measure, form: MeasureSheetForm | None) -> dict[str, Any]:
    """The evidence, the fields of new files, and the checklist that counts it until the report."""
    dossier = EvidenceList(measure.finding, request.user, measure)
    live = dossier.live
    back = back_query(list_address(request)).replace("?", "&")
    # Files that the user does not see count as well, hence a query when none is seen.
    checks = [] if measure.reported_at else before_report(measure, is_proved=bool(live) or None)
    return {
        "files": files_fields(submitted(request), OptionalFilesForm) if form else "",
        "dossier": dossier,
        "thumb_query": f"?measure={measure.pk}{back}",
        "checks": checks,
        "lacks": missing_nouns(checks),
        "unfinished": json.dumps(UNFINISHED, ensure_ascii=False),
        "still_going_on": STILL_GOING_ON,
    }


def progress_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a log entry, for its author and the office, while the measure is not locked."""
    entry = get_object_or_404(Progress.objects.visible_to(request.user), pk=pk)
    measure = workable_measure(request, entry.measure_id)
    # Others of the unit may add entries, but not rewrite someone else's.
    if entry.logged_by_id != request.user.pk and not measure.inspection.allows(request.user, Right.EDIT_RECORDS):
        raise PermissionDenied("只有填报人本人和整改办可以修改这条整改进展。")
    if reason := edit_lock_reason(measure, request.user):
        raise PermissionDenied(reason)
    form = ProgressForm(request.POST or None, instance=entry)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已保存整改进展。"), measure)
    context = {
        "title": "修改整改进展",
        "back": measure.get_absolute_url(),
        "consequence": consequence_of(measure.finding),
        "crumbs": crumbs_of(measure, ("修改进展", "")),
    }
    return form_page(request, form, measure.inspection, tab="measures", **context)
