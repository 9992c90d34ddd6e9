"""The one way records are written: version, values, history and trail, together or not at all.

Whoever changes or removes a record says which version was seen. One conditional update on (pk, version) decides who was
first; it works alike on SQLite and PostgreSQL, where ``select_for_update`` would guard the latter only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from accounts.audit.events import Subject, wait_for_turn
from accounts.audit.events import record as write_down
from accounts.audit.models import Action, Event, Result
from accounts.request_context import current, mark_noted
from accounts.versions import Record, kind_of

Linked = Mapping[str, Iterable[models.Model]]  # the records of many-to-many fields, by the names of the fields
R = TypeVar("R", bound=Record)
Follower = Callable[[Any], None]
FOLLOWERS: dict[type[Record], list[Follower]] = {}


def follows(*kinds: type[Record]) -> Callable[[Follower], Follower]:
    """Have a function called with each record of these kinds once it was written, in the same transaction.

    For what stands above the record's own module, which ``written`` cannot know.
    """

    def enter(follower: Follower) -> Follower:
        for kind in kinds:
            FOLLOWERS.setdefault(kind, []).append(follower)
        return follower

    return enter


class ConflictError(Exception):
    """Somebody was faster. ``stored`` is the record as it is now, None once it was removed; the message is Chinese."""

    def __init__(self, record: Record, seen: int | None, action: Action) -> None:
        self.refused, self.seen, self.action = record, seen, action
        self.stored = kind_of(record)._base_manager.filter(pk=record.pk).order_by("pk").first()
        self.last = last_event(record)
        super().__init__(self._words())

    @property
    def is_gone(self) -> bool:
        """Whether the record was removed."""
        return self.stored is None

    def _words(self) -> str:
        name = str(self.refused._meta.verbose_name).removesuffix("记录")  # some kinds are called records themselves
        did = "删除" if self.is_gone else "修改"
        if self.last is None:
            return f"这条{name}记录已经被{did}。"
        at = timezone.localtime(self.last.at)
        return f"这条{name}记录已由{self.last.who}于{at.year}年{at.month}月{at.day}日 {at:%H:%M} {did}。"


def last_event(record: Record) -> Event | None:
    """What was last done to a record."""
    done = Event.objects.filter(record_type=record._meta.label_lower, record_id=record.pk, result=Result.DONE)
    return done.exclude(version_after=None).first()


def note(conflict: ConflictError) -> Event:
    """Write down that somebody was too late; to be called outside of the transaction that failed."""
    mark_noted()
    return write_down(
        conflict.action,
        conflict.stored or conflict.refused,
        result=Result.CONFLICT,
        before=conflict.seen,
        after=conflict.stored.version if conflict.stored else None,
        reason=str(conflict),
    )


def create(record: R, linked: Linked | None = None) -> R:
    """Store a new record as its version 1; the very record, for convenience.

    IntegrityError when the database refuses it, also when its key is taken: nothing is overwritten.
    """
    with transaction.atomic():
        record.hold()
        record.version = 1
        record.save_without_historical_record(force_insert=True)
        _keep(record, "+", {name: others for name, others in (linked or {}).items() if others})
        write_down(Action.CREATE, record, after=1)
        _written(record)
    return record


def change(record: Record, *, seen: int | None, linked: Linked | None = None) -> bool:
    """Store what was changed in a record that was read as version ``seen``; False when nothing was.

    ConflictError when the record has another version by now or is gone, IntegrityError when the database refuses it.
    """
    linked = {name: list(others) for name, others in (linked or {}).items()}
    with transaction.atomic():
        record.hold()
        stored = kind_of(record)._base_manager.filter(pk=record.pk).order_by("pk").first()
        if stored is None or not stored.version == record.version == seen:
            raise ConflictError(record, seen, Action.CHANGE)
        if not _differ(stored, record, linked):
            return False
        claim(record, Action.CHANGE)
        keep(record, Action.CHANGE, linked=linked)
    return True


def remove(record: Record, *, seen: int | None) -> None:
    """Delete a record that was read as version ``seen``; its last values stay in its history.

    ConflictError when the record has another version by now or is gone, ProtectedError while others refer to it.
    """
    with transaction.atomic():
        if record.version != seen:
            raise ConflictError(record, seen, Action.DELETE)
        record.hold()
        claim(record, Action.DELETE)
        wait_for_turn()  # for the reason given in ``keep``
        removed = Subject.of(record)
        record._history_user = current().user
        record.delete()
        write_down(Action.DELETE, removed, before=seen, after=record.version)
        _written(record)


def claim(record: Record, action: Action) -> None:
    """Take the next version of a record for this transaction, if it still has the version it was read with.

    ConflictError when it has not. The caller holds what stands above, and goes on to ``keep`` or to the removal in the
    same transaction.
    """
    same = kind_of(record)._base_manager.filter(pk=record.pk, version=record.version)
    if not same.update(version=models.F("version") + 1):
        raise ConflictError(record, record.version, action)
    record.version += 1


def keep(record: Record, action: Action, *, linked: Linked | None = None, reason: str = "") -> None:
    """Store the values of a version that has been claimed, with its history and its row in the trail.

    The trail's turn comes first: a changed number that others may refer to locks them out on PostgreSQL, and who refers
    to it asks for it at his commit, when he has the trail already.
    """
    wait_for_turn()
    record.save_without_historical_record(force_update=True)
    _keep(record, "~", linked or {})
    write_down(action, record, before=record.version - 1, after=record.version, reason=reason)
    _written(record)


def _written(record: Record) -> None:
    record.written()
    for follower in FOLLOWERS.get(kind_of(record), ()):
        follower(record)


def _keep(record: Record, kind: str, linked: Linked) -> None:
    """Link the records and write the row of history, which copies the links."""
    for name, others in linked.items():
        getattr(record, name).set(others)
    record.field_history.write(record, kind, current().user)


def _differ(stored: Record, record: Record, linked: Linked) -> bool:
    fields = [field for field in record._meta.concrete_fields if not field.primary_key and field.name != "version"]
    if any(_value(stored, field) != _value(record, field) for field in fields):
        return True
    return any(
        set(getattr(stored, name).values_list("pk", flat=True)) != {other.pk for other in others}
        for name, others in linked.items()
    )


def _value(record: Record, field: models.Field[Any, Any]) -> Any:
    return field.to_python(getattr(record, field.attname))
