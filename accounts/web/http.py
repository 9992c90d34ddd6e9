"""Functions that views share: redirect with a message, delete and move a record, read a key from an address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, Protocol

from django.contrib import messages
from django.db import IntegrityError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.audit import events
from accounts.records.ordering import move
from accounts.records.saving import ConflictError, RecordWriter, record_conflict
from accounts.users.models.users import User
from accounts.versions import Record, model_of
from accounts.web.forms import BUSY
from accounts.web.text import shorten

P = ParamSpec("P")
Crumbs = Sequence[tuple[str, str]]


class NotFoundError(Http404):
    """A page that does not exist, with a sentence (Chinese) which the 404 page shows."""


class PageRequest(HttpRequest):
    """A request that has passed the sign-in middleware, so that its user is a ``User``."""

    user: User


class SupportsGetAbsoluteUrl(Protocol):
    """A record with a page of its own."""

    def get_absolute_url(self) -> str:
        """The address of the record's page."""
        ...


View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def redirect_with_message(request: HttpRequest, words: str, address: str | SupportsGetAbsoluteUrl) -> HttpResponse:
    """Redirect to an address or to a record's page, with ``words`` as the success message there."""
    messages.success(request, words)
    return redirect(address)


def delete_checked(
    writer: RecordWriter, record: Record, seen: int | None, reasons: Callable[[], list[str]]
) -> tuple[list[str], ConflictError | None]:
    """Delete the record that was read as version ``seen``, unless ``reasons`` gives any.

    Gives the reasons (empty when deleted) and the conflict with another user, which is in the trail already.
    """
    try:
        with transaction.atomic():
            # PostgreSQL adds no child below a locked record; SQLite has one writer at a time. The trail's lock comes
            # first: a transaction that adds a child waits for it before it needs the row locked here.
            record.lock_parents()
            events.wait_for_turn()
            model_of(record)._base_manager.select_for_update().filter(pk=record.pk).order_by("pk").first()
            against = reasons()
            if not against:
                writer.delete(record, seen=seen)
    except ConflictError as conflict:
        record_conflict(conflict)
        return [], conflict
    return against, None


def blocking_reason(number: int, words: str) -> list[str]:
    """The reason against a deletion, with the number put into ``words``; an empty list when the number is 0."""
    return [words.format(number)] if number else []


def parse_pk(text: str) -> int:
    """The key of a record in a query parameter; 0, which no record has, when the text is not a number."""
    # 18 digits fit into a big integer; a larger number is an error of the database, not an empty result.
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def next_order(siblings: models.QuerySet[Any]) -> int:
    """The ``order`` after that of the last sibling; 1 without siblings. One query."""
    last: int | None = siblings.aggregate(last=models.Max("order"))["last"]
    return (last or 0) + 1


@require_POST
def move_view(
    request: HttpRequest, writer: RecordWriter, record: models.Model, siblings: models.QuerySet[Any], address: str
) -> HttpResponse:
    """Move the record up or down as the posted ``step`` says, and redirect to ``address`` with a message."""
    steps = {"up": -1, "down": 1}
    step = steps.get(request.POST.get("step", ""))
    try:
        is_moved = step is not None and move(writer, record, siblings, step)
    except ConflictError as conflict:
        record_conflict(conflict)
        messages.error(request, f"顺序没有变：{conflict}请核对后再调整。")
    except IntegrityError:
        messages.error(request, BUSY)
    else:
        if is_moved:
            messages.success(request, f"已调整“{shorten(str(record))}”的顺序。")
        else:
            messages.info(request, "已经在最前或最后，顺序没有变。")
    return redirect(address)
