"""The page that asks how the headings of an office's own file are read."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.users.roles import refusal
from accounts.web.http import PageRequest, redirect_with_message
from documents.excel.reading import UnreadableError
from findings.models import Inspection
from findings.work.http import submitted
from ledgers.catalogue import ListDefinition, other_lists_of
from ledgers.column_mapping import ColumnMappingForm, mapping_of
from ledgers.import_forms import read_list
from ledgers.import_rights import OFFICE, can_map_columns
from ledgers.lookups import Lookup
from ledgers.models import ListImport
from ledgers.sheet_matching import FileList
from ledgers.views.imports import get_own_draft
from ledgers.views.lists import tab_of


def import_columns(request: PageRequest, pk: int) -> HttpResponse:
    """Ask how the foreign headings of a draft are read; on POST remember it for the body and read the file anew."""
    draft, inspection, listed = get_own_draft(request, pk)
    model = listed.import_model(request.user)
    if not can_map_columns(model, inspection, request.user):
        raise PermissionDenied(refusal(OFFICE[model][0]) if model in OFFICE else "")
    form = ColumnMappingForm(
        submitted(request),
        file=FileList.from_json(draft.rows),
        columns=listed.columns,
        inspection=inspection,
        key=listed.key,
        known=Lookup(inspection, request.user),
        other_lists=other_lists_of(listed),
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        if _read_anew(form, draft, listed, inspection):
            words = "已记住列的对应，以后上传同样表头的文件不用再选。"
            return redirect_with_message(request, words, reverse("ledgers:import_preview", args=[pk]))
        status = 409
    context = {
        "inspection": inspection,
        "tab": tab_of(listed),
        "crumbs": [(listed.title, reverse("ledgers:list", args=[inspection.pk, listed.key])), ("列的对应", "")],
        "draft": draft,
        "listed": listed,
        "form": form,
        "back": reverse("ledgers:list_import", args=[inspection.pk, listed.key]),
    }
    return render(request, "ledgers/import_columns.html", context, status=status)


def _read_anew(form: ColumnMappingForm, draft: ListImport, listed: ListDefinition, inspection: Inspection) -> bool:
    """Read the draft's file by the mapping that was chosen and remember it; False, with an error, if it cannot be."""
    mapping = mapping_of(inspection, listed.key) | form.mapping
    try:
        file = read_list(bytes(draft.content), listed, inspection, mapping)
    except UnreadableError as error:
        form.add_error(None, str(error))
        return False
    if not form.save():
        return False
    draft.rows = file.as_json()
    draft.save(update_fields=["rows"])
    return True
