"""Superiors' templates: managed with the right to manage forms, used by everybody who may export the list."""

from __future__ import annotations

import io
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.audit.events import record
from accounts.models import Action
from accounts.records.conflicts import submitted_version
from accounts.records.saving import ConflictError, record_conflict
from accounts.users.roles import Right
from accounts.web.forms import VersionedForm
from accounts.web.http import PageRequest, parse_pk, redirect_with_message
from accounts.web.text import shorten
from documents.excel.reading import UnreadableError
from documents.excel.templates.client import TemplateNotFilledError, read_template
from documents.excel.templates.mapping import TemplateMapping, placeholder
from documents.excel.templates.snapshot import MOST_ROWS, SheetSnapshot, find_sheet
from documents.filenames import safe_name
from findings.work.history_page import history_page
from findings.work.http import delete_page, form_page, requires
from findings.workflow.saving import workflow_writer
from ledgers.catalogue import LISTS
from ledgers.exporting import ExportQuery, InvalidFilterError
from ledgers.external_templates.filling import fill_from_list, fill_with_sample, mapping_of, names_of, set_mapping
from ledgers.external_templates.forms import (
    SuperiorCreateForm,
    SuperiorMappingForm,
    SuperiorNameForm,
    SuperiorWorkbookForm,
)
from ledgers.external_templates.locate import propose_placeholders
from ledgers.models import SuperiorForm
from ledgers.views.downloads import file_response
from ledgers.views.lists import get_list, not_exported


def get_template(pk: int) -> SuperiorForm:
    """The template with this key, without the content of its workbook; 404 if there is none."""
    return get_object_or_404(SuperiorForm.objects.select_related("workbook__put_by").defer("workbook__content"), pk=pk)


def crumbs_of(form: SuperiorForm | None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumbs to a template's page and on."""
    own = [(form.name, form.get_absolute_url() if more else "")] if form else []
    return [("上级表样", reverse("ledgers:superior_list")), *own, *more]


@require_safe
@requires(Right.MANAGE_FORMS)
def superior_history(request: PageRequest, pk: int) -> HttpResponse:
    """The history of a template, newest first."""
    form = get_template(pk)
    return history_page(request, form, [(shorten(form.name), form.get_absolute_url())])


@require_safe
@requires(Right.MANAGE_FORMS)
def superior_list(request: PageRequest) -> HttpResponse:
    """All templates with their lists, and the placeholders each list knows."""
    forms = SuperiorForm.objects.select_related("workbook__put_by").defer("workbook__content")
    rows = [(form, LISTS[form.listed].title) for form in forms]
    known = [(listed.title, names_of(listed)) for listed in LISTS.values()]
    return render(request, "ledgers/external_template_list.html", {"rows": rows, "known": known})


@requires(Right.MANAGE_FORMS)
def superior_create(request: PageRequest) -> HttpResponse:
    """Upload a template; one with placeholders can be used at once, another needs its columns confirmed."""
    form = SuperiorCreateForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.save():
        return _redirect_after_upload(request, form.instance)
    back = reverse("ledgers:superior_list")
    return form_page(
        request, form, title="上传上级表样", back=back, crumbs=crumbs_of(None, ("上传", "")), save_word="上传并核对"
    )


def _redirect_after_upload(request: PageRequest, form: SuperiorForm) -> HttpResponse:
    """To the template's page if its mapping is certain, else to the page that confirms it."""
    if form.is_confirmed:
        return redirect_with_message(request, f"已保存“{form}”，用示例数据试填成功，可以使用了。", form)
    words = "已保存表样，并按表头提出了各列的对应关系。请逐列核对，确认后才会启用。"
    return redirect_with_message(request, words, reverse("ledgers:superior_mapping", args=[form.pk]))


@requires(Right.MANAGE_FORMS)
def superior_form(request: PageRequest, pk: int) -> HttpResponse:
    """The page of a template: its name to be changed, its workbook and its mapping."""
    form = get_template(pk)
    shown = form.name  # the form changes the instance even when it is invalid
    naming = SuperiorNameForm(request.POST or None, instance=form)
    if request.method == "POST" and naming.save():
        return redirect_with_message(request, naming.success_message("已保存名称。"), form)
    crumbs = [*crumbs_of(None), (shown, "")]
    if naming.conflict:
        return form_page(request, naming, title="上级表样", back=request.path, crumbs=crumbs)
    places = mapping_of(form)
    context = {
        "form": naming,
        "shown": shown,
        "record": form,
        "listed": LISTS[form.listed],
        "columns": list(places.columns.items()),
        "cells": sorted(places.cells.items()),
        "crumbs": crumbs,
    }
    return render(request, "ledgers/external_template_form.html", context)


@requires(Right.MANAGE_FORMS)
def superior_workbook(request: PageRequest, pk: int) -> HttpResponse:
    """Replace the workbook of a template."""
    form = get_template(pk)
    upload = SuperiorWorkbookForm(
        request.POST or None, request.FILES or None, version=form.version, listed=LISTS[form.listed]
    )
    status = 200
    if request.method == "POST" and upload.is_valid():
        # The new workbook stays stored after a conflict; workbooks are never deleted.
        upload.read.replace_workbook(form, request.user)
        if _save_form(request, form, upload):
            return _redirect_after_upload(request, form)
        status = 409
    crumbs, back = crumbs_of(form, ("更换文件", "")), form.get_absolute_url()
    answer = form_page(request, upload, title="更换表样文件", back=back, crumbs=crumbs, save_word="上传并核对")
    answer.status_code = status
    return answer


def _save_form(request: PageRequest, form: SuperiorForm, sent_in: VersionedForm) -> bool:
    """Save the template and return True; on a conflict, report it on the form and return False."""
    try:
        workflow_writer.save(form, seen=submitted_version(request.POST))
    except ConflictError as conflict:
        record_conflict(conflict)
        sent_in.rebase(conflict.stored)
        sent_in.add_error(None, f"{conflict}这一次没有保存，请核对后再提交；文件要重新选择。")
        return False
    return True


@requires(Right.MANAGE_FORMS)
def superior_mapping(request: PageRequest, pk: int) -> HttpResponse:
    """Edit and confirm the mapping: the stored one, or a proposal for the sheet and row in the query string."""
    form = get_template(pk)
    try:
        pages = read_template(bytes(form.workbook.content))
    except UnreadableError as error:
        messages.error(request, str(error))
        return redirect(form)
    places = _asked_places(request, form, pages)
    mapping = SuperiorMappingForm(request.POST or None, form=form, pages=pages, places=places)
    status, shown = 200, form.name
    if request.method == "POST" and mapping.is_valid():
        set_mapping(form, mapping.places)
        form.is_confirmed = True
        if _save_form(request, form, mapping):
            return redirect_with_message(request, f"已保存“{form}”的对应关系，可以使用了。", form)
        status = 409
        # After a conflict the page shows the stored mapping beside what was typed.
        mapping.record = SuperiorForm.objects.filter(pk=pk).first() or form
    context = {
        "form": mapping,
        "record": mapping.record,
        "listed": LISTS[form.listed],
        "example": placeholder(LISTS[form.listed].columns[0].heading),
        "places": places,
        "pages": pages,
        "is_conflict": status == 409,
        "is_moved": (places.sheet, places.row) != (mapping.record.sheet, mapping.record.row),
        "crumbs": [*crumbs_of(None), (shown, form.get_absolute_url()), ("对应关系", "")],
    }
    return render(request, "ledgers/external_template_mapping.html", context, status=status)


def _asked_places(request: PageRequest, form: SuperiorForm, pages: list[SheetSnapshot]) -> TemplateMapping:
    """The stored mapping, or one proposed from the headings above the requested sheet and row."""
    stored = mapping_of(form)
    page = find_sheet(pages, request.GET.get("sheet", stored.sheet))
    row = parse_pk(request.GET.get("row", str(stored.row)))
    if page is None or not 1 < row <= MOST_ROWS or (page.name, row) == (stored.sheet, stored.row):
        return stored
    headings = [column.heading for column in LISTS[form.listed].columns]
    return replace(stored, sheet=page.name, row=row, columns=propose_placeholders(page, row, headings))


@require_safe
@requires(Right.MANAGE_FORMS)
def superior_file(_request: PageRequest, pk: int) -> HttpResponseBase:
    """Download the workbook as it was uploaded."""
    form = get_template(pk)
    record(Action.EXPORT, form, reason="上级表样（原件）")
    return file_response(io.BytesIO(bytes(form.workbook.content)), f"{safe_name(form.name, 60)}.xlsx")


@require_safe
@requires(Right.MANAGE_FORMS)
def superior_sample(request: PageRequest, pk: int) -> HttpResponseBase:
    """Download the template filled with sample data, since users who manage forms may see no records."""
    form = get_template(pk)
    try:
        content = fill_with_sample(bytes(form.workbook.content), mapping_of(form), LISTS[form.listed])
    except TemplateNotFilledError as error:
        messages.error(request, str(error))
        return redirect(form)
    record(Action.EXPORT, form, reason="上级表样（示例）")
    return file_response(io.BytesIO(content), f"{safe_name(form.name, 60)}-示例.xlsx")


@requires(Right.MANAGE_FORMS)
def superior_delete(request: PageRequest, pk: int) -> HttpResponse:
    """Delete a template; files exported with it are not affected."""
    form = get_template(pk)
    return delete_page(
        request,
        form,
        reasons=list,
        sentence="删除后，清单页面不再提供这份表样。已经导出的文件不受影响。",
        back=form.get_absolute_url(),
        done=reverse("ledgers:superior_list"),
    )


@require_safe
def superior_export(request: PageRequest, pk: int, key: str, form: int) -> HttpResponseBase:
    """Export a list in a superior's template, with the filters and order of the list's page."""
    inspection, listed = get_list(request, pk, key)
    chosen = get_object_or_404(SuperiorForm.objects.offered(key).select_related("workbook"), pk=form)
    title = f"{listed.title}（上级表样：{chosen.name}）"
    try:
        content, number = fill_from_list(chosen, ExportQuery(listed, inspection, request.user, request.GET))
    except (TemplateNotFilledError, InvalidFilterError) as error:
        return not_exported(request, inspection, listed, error, title=title)
    record(Action.EXPORT, inspection, reason=f"{title}，共 {number} {listed.noun}")
    name = f"{safe_name(inspection.name, 40)}-{safe_name(chosen.name, 40)}-{timezone.localdate():%Y%m%d}.xlsx"
    return file_response(io.BytesIO(content), name)
