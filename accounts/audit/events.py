"""``record``, the only function that writes the audit trail.

For a successful action call it inside the transaction of the change, so that neither exists without the other; for a
refusal or failure outside of it, so that the event survives the rollback. From the call to the end of its transaction
all other writers of the trail wait: call it as late in the transaction as possible.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.audit import anchors
from accounts.audit.models import CONTENT, Action, Event, Result
from accounts.audit.sealing import digest_of, seal_of
from accounts.request_context import current_context
from accounts.text import one_line
from accounts.users.models.users import User

logger = logging.getLogger(__name__)
BATCH = 1000  # rows of one statement; SQLite takes fewer and makes several
LOCK = 0x7472_6169_6C  # the key of PostgreSQL's advisory lock for the trail


@dataclass(frozen=True)
class Subject:
    """The object of an event when there is no record: type (app_label.model), key and name, each if known."""

    type: str = ""
    id: int | None = None
    words: str = ""

    @classmethod
    def of(cls, record: models.Model) -> Subject:
        """The subject that describes a record by its present key and ``str()``."""
        return cls(record._meta.label_lower, record.pk, str(record))


def record(  # noqa: PLR0913 -- each is a column
    action: Action,
    on: models.Model | Subject | None = None,
    *,
    result: Result = Result.DONE,
    before: int | None = None,
    after: int | None = None,
    reason: str = "",
    user: User | None = None,
) -> Event:
    """Append an event: the action, its object, the versions before and after, by ``user`` or the context's user.

    Errors of the database are raised: an action that cannot be recorded must not take place.
    """
    [event] = _append([_actor(user) | _act(action, on, result=result, before=before, after=after, reason=reason)])
    return event


def record_all(action: Action, records: Iterable[models.Model], *, after: int) -> None:
    """Append an event for each of many records, in their order, as ``record`` does with few queries for each thousand.

    ``after`` is the version that all of them have now.
    """
    actor = _actor(None)  # looked up once: it is the same for all
    _append(actor | _act(action, record, after=after) for record in records)


def _actor(user: User | None) -> dict[str, Any]:
    """The columns that say who acts, from where: ``user``, or the context's user."""
    origin = current_context()
    user = user or origin.user
    # Roles and units as text: the event must keep what they were at this moment.
    role, unit = roles_and_units(user)
    return {
        "user_id": user.pk if user else None,
        "who": one_line(origin.who if user == origin.user else str(user), 120),
        "role": one_line(role, 200),
        "unit": one_line(unit, 300),
        "address": origin.address,
        "request_id": origin.request_id,
    }


def _act(  # noqa: PLR0913 -- each is a column
    action: Action,
    on: models.Model | Subject | None,
    *,
    result: Result = Result.DONE,
    before: int | None = None,
    after: int | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """The columns that say what was done to what."""
    subject = Subject.of(on) if isinstance(on, models.Model) else on or Subject()
    return {
        "action": str(action),
        "result": str(result),
        "record_type": subject.type,
        "record_id": subject.id,
        "record_words": one_line(subject.words, 200),
        "version_before": before,
        "version_after": after,
        "reason": one_line(reason, 500),
        "algorithm": settings.AUDIT_ALGORITHM,
    }


def _append(rows: Iterable[Mapping[str, Any]]) -> list[Event]:
    """Store events after the last one; the first event of a day is anchored when its transaction commits."""
    with transaction.atomic():
        wait_for_turn()
        last = Event.objects.order_by("-number").values_list("number", "seal", "at").first()
        number, previous, day = (last[0], last[1], timezone.localdate(last[2])) if last else (0, "", None)
        events = []
        for row in rows:
            # The time under the lock, so that times follow the order of the numbers.
            event = _seal_event(number + 1, previous, {**row, "at": timezone.now()})
            events.append(event)
            number, previous = event.number, event.seal
            if day != timezone.localdate(event.at):
                day = timezone.localdate(event.at)
                transaction.on_commit(partial(_anchor, number, previous))
        Event.objects.bulk_create(events, batch_size=BATCH)
    return events


def _seal_event(number: int, previous: str, columns: dict[str, Any]) -> Event:
    """The event of that number, after the one with the seal ``previous``."""
    digest = digest_of({name: columns[name] for name in CONTENT}, columns["algorithm"])
    seal = seal_of(number, previous, digest, columns["algorithm"])
    return Event(number=number, previous=previous, digest=digest, seal=seal, **columns)


def _anchor(number: int, seal: str) -> None:
    """Write the anchor of an event; an OSError is logged only, because the action is already committed."""
    try:
        anchors.write(number, seal)
    except OSError:
        logger.exception("The audit trail's row %d could not be anchored", number)


def wait_for_turn() -> None:
    """Lock the trail against other writers until this transaction ends; SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def roles_and_units(user: User | None) -> tuple[str, str]:
    """The labels of the roles and the names of the units that a user holds now; "" for None. One query."""
    if user is None:
        return "", ""
    grants = list(user.grants.select_related("unit"))
    roles = dict.fromkeys(grant.role_definition.label for grant in grants)
    units = dict.fromkeys(str(grant.unit) for grant in grants if grant.unit)
    return "、".join(roles), "、".join(units)
