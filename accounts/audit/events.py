"""The audit trail: the one function that writes it.

For what succeeded ``record`` is called inside the transaction of the change, so that neither exists without the other;
for what was refused or failed, outside of it, so that the row survives the rollback. Writers wait for each other from
the call to the end of their transaction: call it as late in the transaction as can be.
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
LOCK = 0x7472_6169_6C  # the number of PostgreSQL's advisory lock for the trail


@dataclass(frozen=True)
class Subject:
    """What an event is about where no record is at hand: its type (app_label.model), number and words, if known."""

    type: str = ""
    id: int | None = None
    words: str = ""

    @classmethod
    def of(cls, record: models.Model) -> Subject:
        """A record in the words of its own."""
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
    """Write down what is done now, on which record, from which of its versions to which; by ``user`` or the request's.

    Raises what the database raises: an action that cannot be written down must not take place.
    """
    origin = current_context()
    user = user or origin.user
    role, unit = standing(user)
    subject = Subject.of(on) if isinstance(on, models.Model) else on or Subject()
    return _append(
        user_id=user.pk if user else None,
        who=one_line(str(user) if user else origin.who, 120),
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


def _append(**said: Any) -> Event:
    """Store the row after the last one; the first of a day is anchored as soon as it is committed."""
    with transaction.atomic():
        wait_for_turn()
        last = Event.objects.order_by("-number").values_list("number", "seal", "at").first()
        number, previous = (last[0] + 1, last[1]) if last else (1, "")
        said["at"] = timezone.now()
        digest = digest_of({name: said[name] for name in CONTENT}, said["algorithm"])
        seal = seal_of(number, previous, digest, said["algorithm"])
        event = Event.objects.create(number=number, previous=previous, digest=digest, seal=seal, **said)
        if not last or timezone.localdate(last[2]) != timezone.localdate(event.at):
            transaction.on_commit(lambda: _anchor(number, seal))
    return event


def _anchor(number: int, seal: str) -> None:
    """Anchor a row; the action is done by now, so that a full disk can only be told to the log."""
    try:
        anchors.write(number, seal)
    except OSError:
        logger.exception("The audit trail's row %d could not be anchored", number)


def wait_for_turn() -> None:
    """Let nobody else add a row until this transaction ends; on SQLite beginning to write has done so."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def standing(user: User | None) -> tuple[str, str]:
    """The roles and the units a person holds at this moment, in words."""
    if user is None:
        return "", ""
    grants = list(user.grants.select_related("unit"))
    roles = dict.fromkeys(grant.role_definition.label for grant in grants)
    units = dict.fromkeys(str(grant.unit) for grant in grants if grant.unit)
    return "、".join(roles), "、".join(units)
