"""Helpers of the views of this app: rights, the page around a form, the page before a deletion."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.models import Record
from accounts.records.conflicts import submitted_version
from accounts.request_context import set_refusal_reason
from accounts.users.roles import Right, refusal
from accounts.web.components import Chip
from accounts.web.http import PageRequest, View, delete_checked, parse_pk, redirect_with_message
from accounts.web.text import shorten
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.units.models import Unit
from findings.units.scopes import Scope, user_scope
from findings.work.assignee_forms import AssigneeForm
from findings.workflow.editing import VOIDS
from findings.workflow.saving import workflow_writer

P = ParamSpec("P")
R = TypeVar("R", bound=models.Model)


def requires(*rights: Right) -> Callable[[View[P]], View[P]]:
    """A decorator for views: PermissionDenied unless the user holds one of the rights anywhere.

    For the right over one record see ``get_editable_or_403``.
    """

    def guard(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded_view(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            scope = user_scope(request.user)
            if not any(scope.has_right(right) for right in rights):
                # The refusal names the roles that have the right, so that the user knows whom to ask.
                raise PermissionDenied("".join(refusal(right) for right in rights))
            return view(request, *args, **kwargs)

        return guarded_view

    return guard


def get_editable_or_403(request: PageRequest, records: QuerySet[R], pk: int, right: Right = Right.EDIT_RECORDS) -> R:
    """The record if the user has the right within its inspection's body.

    ``records`` are those the user may see: 404 when the record is not among them, PermissionDenied without the right.
    """
    record = get_object_or_404(records, pk=pk)
    inspection = record if isinstance(record, Inspection) else record.inspection  # type: ignore[attr-defined]
    if not inspection.allows(request.user, right):
        raise PermissionDenied(refusal(right))
    return record


def submitted(request: HttpRequest) -> QueryDict | None:
    """What was submitted to the page that is shown again, None for a page that was opened."""
    return request.POST if request.method == "POST" else None


def filter_units(scope: Scope) -> list[Unit]:
    """The units to filter a list by: all that can be responsible, or the user's own if they see only a part."""
    # The filter does not name other units to users who see only a part.
    area = scope.assignable if scope.has_right(Right.SEE_ALL) else scope.selectable
    return [unit for unit in scope.tree if unit.pk in area]


def base_template(inspection: Inspection | None) -> str:
    """The template around a page: with the tabs of the inspection if it is a stored one."""
    return "findings/inspections/inspection_base.html" if inspection is not None and inspection.pk else "base.html"


def build_subtabs(inspection: Inspection, pages: Mapping[str, str], shown: str) -> list[Chip]:
    """The pages of one place, from view names to labels, with the one shown."""
    return [
        Chip(words, reverse(f"findings:{view}", args=[inspection.pk]), is_current=view == shown)
        for view, words in pages.items()
    ]


def form_page(
    request: HttpRequest, form: BaseForm, inspection: Inspection | None = None, **context: Any
) -> HttpResponse:
    """A page that is one form; a conflict of versions is answered by its page with status 409 and all input.

    ``context`` has ``title`` and ``back`` and, where they apply, ``tab``, ``crumbs``, ``note``, ``consequence``,
    ``history_address``, ``delete_address`` and ``unsent``: name, label and text of an input of the page that was not
    part of the form, kept through a conflict.
    """
    own = {"form": form, "inspection": inspection, "layout": base_template(inspection), "save_word": "保存"}
    if getattr(form, "conflict", None):
        return render(request, "forms/conflict.html", own | context, status=409)
    return render(request, "forms/page.html", own | context)


def warn(request: HttpRequest, sentences: Iterable[str]) -> None:
    """Show sentences as warnings on the next page."""
    for sentence in sentences:
        messages.warning(request, sentence)


def redirect_after_save(request: HttpRequest, form: AssigneeForm, words: str, record: Any) -> HttpResponse:
    """Redirect to a saved record's page with a message, and a warning for each of those named whom nothing reaches."""
    answer = redirect_with_message(request, words, record)
    warn(request, form.assignee_check.warnings())
    return answer


def consequence_of(finding: Finding, words: str = VOIDS) -> str:
    """The warning that saving a form voids the sign-off of the finding, or an empty string."""
    return words if finding.is_signed_off else ""


def delete_page(  # noqa: PLR0913 -- each is a part of the page
    request: HttpRequest,
    record: Record,
    *,
    reasons: Callable[[], list[str]],
    sentence: str,
    back: str,
    done: str,
    inspection: Inspection | None = None,
    tab: str = "",
) -> HttpResponse:
    """Ask once, then delete the version that was shown, unless there are reasons against it.

    The reasons are checked again while deleting. After a change by others the present version is shown and asked about
    again.
    """
    name = record._meta.verbose_name
    against: list[str] = []
    conflict = None
    if request.method == "POST":
        against, conflict = delete_checked(workflow_writer, record, submitted_version(request.POST), reasons)
        if conflict is None and not against:
            return redirect_with_message(request, f"已删除{name}“{shorten(str(record))}”。", done)
        if conflict and conflict.stored is None:  # deleted by another user, as this one wanted
            return redirect_with_message(request, str(conflict), done)
        set_refusal_reason("".join(against))  # for the row of the trail about this response
    context = {
        "title": f"删除{name}",
        "record": conflict.stored if conflict else record,
        "conflict": conflict,
        "reasons": against or reasons(),  # also before the first POST
        "sentence": sentence,
        "back": back,
        "inspection": inspection,
        "layout": base_template(inspection),
        "tab": tab,
    }
    return render(
        request, "findings/work/confirm_delete.html", context, status=409 if request.method == "POST" else 200
    )


def finding_from_query(request: PageRequest, inspection: Inspection) -> Finding | None:
    """The finding of ``?finding=``, from whose page a form was opened, or None; 404 when it is not visible."""
    asked = request.GET.get("finding", "")
    if not asked:
        return None
    return get_object_or_404(Finding.objects.visible_to(request.user).of(inspection), pk=parse_pk(asked))
