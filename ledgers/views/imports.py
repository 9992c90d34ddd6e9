"""The import of a list: template, upload, preview, confirmation."""

from __future__ import annotations

import io
import tempfile
from dataclasses import asdict
from typing import IO, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.audit.events import record
from accounts.models import Action, Result, User
from accounts.request_context import skip_response_audit
from accounts.web.http import PageRequest, redirect_with_message
from documents.excel.reading import UnreadableError, mark_workbook
from documents.filenames import safe_name
from findings.models import Inspection
from findings.work.assignee_forms import AssigneeForm, check_assignees
from findings.work.http import warn
from ledgers.catalogue import LISTS, ListDefinition
from ledgers.column_help import help_of
from ledgers.column_mapping import column_sentences
from ledgers.exporting import write_template
from ledgers.import_forms import ListImportForm
from ledgers.import_plan import list_consequences
from ledgers.import_rights import OFFICE, can_import, can_map_columns, rights_for
from ledgers.import_saving import NotStoredError, store
from ledgers.importing import Plan
from ledgers.job_progress import progress_of
from ledgers.models import ListImport
from ledgers.models.imports import KEPT_DAYS
from ledgers.sheet_matching import FileList
from ledgers.views.downloads import file_response
from ledgers.views.lists import IN_MEMORY, get_list, tab_of

SHOWN = 200  # rows of each kind shown on the page; all rows are imported
SHOWN_WARNINGS = 10


def get_importable_list(request: PageRequest, pk: int, key: str) -> tuple[Inspection, ListDefinition]:
    """The inspection and the list, if the user may import it; 404 if they may not see it, 403 if only that."""
    inspection, listed = get_list(request, pk, key)
    check_right(request, inspection, listed)
    return inspection, listed


def check_right(request: PageRequest, inspection: Inspection, listed: ListDefinition) -> None:
    """Raise 404 for lists that cannot be imported, PermissionDenied for users who may change nothing in the list."""
    model = listed.import_model(request.user)
    if model not in OFFICE:
        raise Http404
    if not can_import(model, inspection, request.user):
        raise PermissionDenied(rights_for(model))


@require_safe
def list_template(request: PageRequest, pk: int, key: str) -> FileResponse:
    """Download the empty list, to be filled in."""
    inspection, listed = get_importable_list(request, pk, key)
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- the answer closes it
    write_template(listed, inspection, request.user, cast("IO[bytes]", file))
    file.seek(0)
    record(Action.EXPORT, inspection, reason=f"{listed.title}（模板）")
    return file_response(file, f"{listed.title}-模板.xlsx")


def list_import(request: PageRequest, pk: int, key: str) -> HttpResponse:
    """Upload a workbook; its rows become a draft beside the user's earlier unconfirmed ones, which are listed."""
    inspection, listed = get_importable_list(request, pk, key)
    form = ListImportForm(request.POST or None, request.FILES or None, listed=listed, inspection=inspection)
    if request.method == "POST" and form.is_valid():
        return redirect("ledgers:import_preview", pk=save_draft(form, inspection, listed, request.user).pk)
    if "file" in form.errors:
        record(Action.UPLOAD, inspection, result=Result.REFUSED, reason=f"{listed.title}：文件不能导入")
    back = reverse("ledgers:list", args=[pk, key])
    context = {
        "inspection": inspection,
        "tab": tab_of(listed),
        "crumbs": [(listed.title, back), ("导入", "")],
        "listed": listed,
        "form": form,
        "back": back,
        "template": reverse("ledgers:list_template", args=[pk, key]),
        "kept_days": KEPT_DAYS,
        "drafts": ListImport.objects.of(inspection, listed.key, request.user),
        "columns": [(column.heading, help_of(column)) for column in listed.columns],
    }
    return render(request, "ledgers/list_import.html", context)


def save_draft(form: ListImportForm, inspection: Inspection, listed: ListDefinition, user: User) -> ListImport:
    """Store the rows and the file as a draft, with an event in the trail."""
    name = safe_name(form.cleaned_data["file"].name, 200)
    with transaction.atomic():
        # Drafts hold whole files; clearing them here needs no scheduled job.
        ListImport.objects.expired().delete()
        draft = ListImport.objects.create(
            inspection=inspection,
            key=listed.key,
            name=name,
            user=user,
            rows=form.read.as_json(),
            content=form.content,
        )
        record(Action.UPLOAD, inspection, reason=f"{listed.title}：{name}，待核对")
    return draft


@require_safe
def import_progress(request: PageRequest) -> JsonResponse:
    """The progress of the user's running import as JSON, polled by the page."""
    return JsonResponse(asdict(progress_of(request.user)))


def get_own_draft(request: PageRequest, pk: int) -> tuple[ListImport, Inspection, ListDefinition]:
    """The user's own unconfirmed draft, with inspection and list; the right is checked again.

    404 for drafts of others.
    """
    draft = get_object_or_404(ListImport.objects.waiting(), pk=pk, user=request.user)
    visible = Inspection.objects.visible_to(request.user).prefetch_related("aspects")
    inspection, listed = get_object_or_404(visible, pk=draft.inspection_id), LISTS[draft.key]
    check_right(request, inspection, listed)
    return draft, inspection, listed


def import_preview(request: PageRequest, pk: int) -> HttpResponse:
    """Show what a draft would change, or on POST store all of it or nothing; unknown columns are asked about before."""
    draft, inspection, listed = get_own_draft(request, pk)
    file = FileList.from_json(draft.rows)
    if request.method != "POST":
        if file.extra and can_map_columns(listed.import_model(request.user), inspection, request.user):
            return redirect("ledgers:import_columns", pk=pk)
        return preview(request, draft, listed, Plan(file, listed, inspection, request.user))
    taken = {name for name, value in request.POST.items() if name.startswith("take-") and value == "theirs"}
    try:
        # "-" equals no digest: a POST without one has confirmed nothing and must not be stored.
        digest, reason = request.POST.get("digest", "-"), request.POST.get("reason", "")
        plan = store(file, listed, inspection, request.user, taken, digest, reason)
    except NotStoredError as error:
        record(Action.IMPORT, inspection, result=Result.REFUSED, reason=f"{listed.title}：{error}")
        # The refusal is recorded above; the 409 would add a second event.
        skip_response_audit()
        return preview(request, draft, listed, error.plan, str(error), status=409)
    # The rows are records now; the draft keeps only who imported what and when.
    draft.state, draft.content, draft.rows = ListImport.State.STORED, b"", {}
    draft.save()
    changed = sum(not row.is_new for row in plan.rows_to_save)
    words = f"已导入{listed.title}：新增 {len(plan.rows_to_create)} {listed.noun}，修改 {changed} {listed.noun}。"
    answer = redirect_with_message(request, words, reverse("ledgers:list", args=[inspection.pk, listed.key]))
    warn(request, import_warnings(plan))
    return answer


def import_warnings(plan: Plan) -> list[str]:
    """Whom, of those named in the stored rows, nothing reaches; the first sentences and how many more there are."""
    forms = [row.form for row in plan.rows_to_save if isinstance(row.form, AssigneeForm)]
    found = check_assignees(forms, plan.user, plan.inspection.unit_id).warnings()
    more = len(found) - SHOWN_WARNINGS
    return found if more <= 0 else [*found[:SHOWN_WARNINGS], f"还有 {more} 个这样的人员或单位，收不到通知。"]


def preview(  # noqa: PLR0913, PLR0917 -- each is a part of the page
    request: PageRequest, draft: ListImport, listed: ListDefinition, plan: Plan, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The page of a draft: new, changed and clashing rows, problems, and consequences."""
    back = reverse("ledgers:list_import", args=[draft.inspection_id, draft.key])
    groups = [
        ("新增", plan.rows_to_create[:SHOWN], len(plan.rows_to_create)),
        ("修改", plan.rows_to_change[:SHOWN], len(plan.rows_to_change)),
    ]
    context = {
        "inspection": plan.inspection,
        "tab": tab_of(listed),
        "crumbs": [(listed.title, reverse("ledgers:list", args=[draft.inspection_id, draft.key])), ("核对", "")],
        "draft": draft,
        "listed": listed,
        "plan": plan,
        "refusal": refusal,
        "groups": groups,
        "choices": [
            (row, [(change, change.name(row.number), change.name(row.number) in plan.taken) for change in row.clashes])
            for row in plan.clashing
        ],
        "problems": plan.problems[:SHOWN],
        "undone": list_consequences(plan.rows, plan.user),
        "readings": plan.readings[:SHOWN],
        "moves": plan.moves[:SHOWN],
        "does_something": bool(plan.rows),
        "column_sentences": column_sentences(plan.file),
        "maps_columns": plan.file.foreign
        and can_map_columns(listed.import_model(request.user), plan.inspection, request.user),
        "back": back,
    }
    return render(request, "ledgers/import_preview.html", context, status=status)


@require_POST
def import_discard(request: PageRequest, pk: int) -> HttpResponse:
    """Delete a draft that is not wanted any more; no record changes."""
    draft, inspection, listed = get_own_draft(request, pk)
    with transaction.atomic():
        draft.delete()
        record(Action.DELETE, inspection, reason=f"{listed.title}：{draft.name}，待核对的导入")
    words = f"已放弃“{draft.name}”的导入，系统里的记录没有变化。"
    return redirect_with_message(request, words, reverse("ledgers:list_import", args=[inspection.pk, listed.key]))


@require_safe
def import_errors(request: PageRequest, pk: int) -> HttpResponseBase:
    """Download the uploaded file with its wrong cells coloured and commented."""
    draft, inspection, listed = get_own_draft(request, pk)
    file = FileList.from_json(draft.rows)
    plan = Plan(file, listed, inspection, request.user)
    wrong = [(file.sheet, problem.row, problem.place, problem.words) for problem in plan.problems]
    try:
        marked = mark_workbook(bytes(draft.content), wrong)
    except UnreadableError as error:
        return preview(request, draft, listed, plan, str(error), status=409)
    name = f"{draft.name.removesuffix('.xlsx')}-标注.xlsx"
    record(Action.EXPORT, inspection, reason=f"{listed.title}（标注了错误的文件）")
    return file_response(io.BytesIO(marked), name)
