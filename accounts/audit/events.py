"""``record``, the only function that writes the audit trail.

For a successful action call it inside the transaction of the change, so that neither exists without the other; for a
refusal or failure outside of it, so that the event survives the rollback. From the call to the end of its transaction
all other writers of the trail wait: call it as late in the transaction as possible.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
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
    origin = current_context()
    user = user or origin.user
    # Roles and units as text: the event must keep what they were at this moment.
    role, unit = roles_and_units(user)
    subject = Subject.of(on) if isinstance(on, models.Model) else on or Subject()
    return _append(
        user_id=user.pk if user else None,
        who=one_line(origin.who if user == origin.user else str(user), 120),
        role=one_line(role, 200),
        unit=one_line(unit, 300),
        address=origin.address,
        request_id=origin.request_id,
        action=str(action),
        result=str(result),
        record_type=subject.type,
        record_id=subject.id,
        record_words=one_line(subject.words, 200),
        version_before=before,
        version_after=after,
        reason=one_line(reason, 500),
        algorithm=settings.AUDIT_ALGORITHM,
    )


def _append(**columns: Any) -> Event:
    """Store the event after the last one; the first event of a day is anchored when its transaction commits."""
    with transaction.atomic():
        wait_for_turn()
        last = Event.objects.order_by("-number").values_list("number", "seal", "at").first()
        number, previous = (last[0] + 1, last[1]) if last else (1, "")
        columns["at"] = timezone.now()  # under the lock, so that times follow the order of the numbers
        digest = digest_of({name: columns[name] for name in CONTENT}, columns["algorithm"])
        seal = seal_of(number, previous, digest, columns["algorithm"])
        event = Event.objects.create(number=number, previous=previous, digest=digest, seal=seal, **columns)
        if not last or timezone.localdate(last[2]) != timezone.localdate(event.at):
            transaction.on_commit(lambda: _anchor(number, seal))
    return event


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
