"""What the views of this app share: who may, the page around a form, the page before a deletion."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.audit import events
from accounts.models import Record, User, kind_of
from accounts.records import saving
from accounts.records.conflicts import seen_in
from accounts.records.ordering import move
from accounts.request_context import tell_reason
from accounts.users.roles import Right, refusal
from accounts.web.forms import BUSY
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.units.models import Unit
from findings.units.scopes import Scope, user_scope
from findings.workflow.editing import VOIDS

P = ParamSpec("P")
R = TypeVar("R", bound=models.Model)
Crumbs = Sequence[tuple[str, str]]
Subtab = tuple[str, str, bool]  # words, address, whether it is shown


class PageRequest(HttpRequest):
    """A request that has passed the sign-in middleware: the user is a person."""

    user: User


class SupportsGetAbsoluteUrl(Protocol):
    """A record with a page of its own."""

    def get_absolute_url(self) -> str:
        """The address of the page."""
        ...


View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def requires(*rights: Right) -> Callable[[View[P]], View[P]]:
    """Let in who holds one of the rights somewhere, and tell others who does; for a record at hand: ``editable``."""

    def guard(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            scope = user_scope(request.user)
            if not any(scope.has(right) for right in rights):
                raise PermissionDenied("".join(refusal(right) for right in rights))
            return view(request, *args, **kwargs)

        return guarded

    return guard


def editable(request: PageRequest, records: QuerySet[R], pk: int, right: Right = Right.EDIT_RECORDS) -> R:
    """The record if the person has the right within its inspection's body: 404 when it is not among ``records``,
    which are those he may see, and 403 when he may only see it.
    """
    record = get_object_or_404(records, pk=pk)
    inspection = record if isinstance(record, Inspection) else record.inspection  # type: ignore[attr-defined]  # all have
    if not inspection.allows(request.user, right):
        raise PermissionDenied(refusal(right))
    return record


def filter_units(scope: Scope) -> list[Unit]:
    """The units to filter a list by: all that can be responsible, but their own alone for those who see only a part."""
    area = scope.assignable if scope.has(Right.SEE_ALL) else scope.selectable
    return [unit for unit in scope.tree if unit.pk in area]


def layout(inspection: Inspection | None) -> str:
    """The template around a page: with the tabs of its inspection where it has one."""
    return "findings/inspections/inspection_base.html" if inspection is not None and inspection.pk else "base.html"


def subtabs_of(inspection: Inspection, pages: Mapping[str, str], shown: str) -> list[Subtab]:
    """The pages of one tab: each view with its words, and the one that is shown."""
    return [(words, reverse(f"findings:{view}", args=[inspection.pk]), view == shown) for view, words in pages.items()]


def form_page(
    request: HttpRequest, form: BaseForm, inspection: Inspection | None = None, **context: Any
) -> HttpResponse:
    """A page that is one form; give title, back, and where they apply tab, crumbs, note, consequence, history and
    delete addresses.

    When somebody else was faster it is the page of the conflict, with everything that was typed.
    """
    own = {"form": form, "inspection": inspection, "layout": layout(inspection), "save_word": "保存"}
    if getattr(form, "conflict", None):
        return render(request, "forms/conflict.html", own | context, status=409)
    return render(request, "forms/page.html", own | context)


def consequence_of(finding: Finding, words: str = VOIDS) -> str:
    """What storing a form does to the sign-off of this finding, said beforehand, or nothing."""
    return words if finding.is_signed_off else ""


def saved(request: HttpRequest, words: str, address: str | SupportsGetAbsoluteUrl) -> HttpResponse:
    """Say what was done and go on."""
    messages.success(request, words)
    return redirect(address)


def delete_page(  # noqa: PLR0913 -- each is one sentence of the page
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
    """Ask once, then delete the version that was seen, unless there are reasons against it.

    The reasons are looked at again while deleting. Who saw another version sees the present one and is asked again.
    """
    name = record._meta.verbose_name
    against: list[str] = []
    conflict = None
    if request.method == "POST":
        against, conflict = _removed(record, seen_in(request.POST), reasons)
        if conflict is None and not against:
            return saved(request, f"已删除{name}“{shortened(str(record))}”。", done)
        if conflict and conflict.stored is None:
            return saved(request, str(conflict), done)
        tell_reason("".join(against))
    context = {
        "title": f"删除{name}",
        "record": conflict.stored if conflict else record,
        "conflict": conflict,
        "reasons": against or reasons(),
        "sentence": sentence,
        "back": back,
        "inspection": inspection,
        "layout": layout(inspection),
        "tab": tab,
    }
    return render(
        request, "findings/work/confirm_delete.html", context, status=409 if request.method == "POST" else 200
    )


def _removed(
    record: Record, seen: int | None, reasons: Callable[[], list[str]]
) -> tuple[list[str], saving.ConflictError | None]:
    """Delete the record, or say what is against it and who was faster."""
    try:
        with transaction.atomic():
            # PostgreSQL lets no child be added below a locked record; SQLite lets nobody else write at all. The trail
            # first: who adds a child waits there, not yet holding what is locked here.
            record.hold()
            events.wait_for_turn()
            kind_of(record)._base_manager.select_for_update().filter(pk=record.pk).order_by("pk").first()
            against = reasons()
            if not against:
                saving.remove(record, seen=seen)
    except saving.ConflictError as conflict:
        saving.note(conflict)
        return [], conflict
    return against, None


def asked_finding(request: PageRequest, inspection: Inspection) -> Finding | None:
    """The finding ``?finding=`` names, from whose page a form was opened; 404 when this person does not see it."""
    asked = request.GET.get("finding", "")
    if not asked:
        return None
    return get_object_or_404(Finding.objects.visible_to(request.user).of(inspection), pk=key_in(asked))


def shortened(text: str, length: int = 30) -> str:
    """A long text for a message."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def counted(number: int, words: str) -> list[str]:
    """A reason against a deletion when there are any: the sentence with the number put in."""
    return [words.format(number)] if number else []


def key_in(text: str) -> int:
    """The number of a record in an address, or 0, which no record has."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def next_order(siblings: models.QuerySet[Any]) -> int:
    """The number after the last sibling's."""
    last: int | None = siblings.aggregate(last=models.Max("order"))["last"]
    return (last or 0) + 1


@require_POST
def moved(request: HttpRequest, record: models.Model, siblings: models.QuerySet[Any], address: str) -> HttpResponse:
    """Move the record one place as the button says and go back to the page it stands on."""
    steps = {"up": -1, "down": 1}
    step = steps.get(request.POST.get("step", ""))
    try:
        is_moved = step is not None and move(record, siblings, step)
    except saving.ConflictError as conflict:
        saving.note(conflict)
        messages.error(request, f"顺序没有变：{conflict}请核对后再调整。")
    except IntegrityError:
        messages.error(request, BUSY)
    else:
        if is_moved:
            messages.success(request, f"已调整“{shortened(str(record))}”的顺序。")
        else:
            messages.info(request, "已经在最前或最后，顺序没有变。")
    return redirect(address)
