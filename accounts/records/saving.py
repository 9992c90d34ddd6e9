"""The one way records are written: version, values, history, trail and consequences, together or not at all.

Whoever changes or removes a record says which version was seen. One conditional update on (pk, version) decides who was
first; it works alike on SQLite and PostgreSQL, where ``select_for_update`` would guard the latter only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from accounts.audit.events import Subject, wait_for_turn
from accounts.audit.events import record as record_event
from accounts.audit.models import Action, Event, Result
from accounts.request_context import current_context, skip_response_audit
from accounts.versions import Record, model_of
from accounts.write_guard import UncheckedWriteError, allow_writes, writer_of

Linked = Mapping[str, Iterable[models.Model]]  # the records of many-to-many fields, by the names of the fields
R = TypeVar("R", bound=Record)


class ConflictError(Exception):
    """Somebody was faster. ``stored`` is the record as it is now, None once it was removed; the message is Chinese."""

    def __init__(self, record: Record, seen: int | None, action: Action) -> None:
        self.refused, self.seen, self.action = record, seen, action
        self.stored = stored_record(record)
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


def record_conflict(conflict: ConflictError) -> Event:
    """Write down that somebody was too late; to be called outside of the transaction that failed."""
    skip_response_audit()
    return record_event(
        conflict.action,
        conflict.stored or conflict.refused,
        result=Result.CONFLICT,
        before=conflict.seen,
        after=conflict.stored.version if conflict.stored else None,
        reason=str(conflict),
    )


class RecordWriter:
    """Writes the records of the apps that name it (``RecordsConfig.record_writer``), each in one transaction.

    This one is for records whose change has no consequence for others.
    """

    def __init__(self, path: str) -> None:
        self.path = path  # where it is, as the apps name it

    def create(self, record: R, linked: Linked | None = None) -> R:
        """Store a new record as its version 1; the very record, for convenience.

        IntegrityError when the database refuses it, also when its key is taken: nothing is overwritten.
        """
        self._require_own(record)
        with transaction.atomic():
            record.lock_parents()
            record.version = 1
            with allow_writes():
                record.save_without_historical_record(force_insert=True)
                _set_links(record, {name: others for name, others in (linked or {}).items() if others})
            record.field_history.write(record, "+", current_context().user)
            record_event(Action.CREATE, record, after=1)
            self.apply_consequences(record)
        return record

    def save(self, record: Record, *, seen: int | None, linked: Linked | None = None) -> bool:
        """Store what was changed in a record that was read as version ``seen``; False when nothing was.

        ConflictError when the record has another version by now or is gone, IntegrityError when the database refuses.
        """
        self._require_own(record)
        linked = {name: list(others) for name, others in (linked or {}).items()}
        with transaction.atomic():
            record.lock_parents()
            before = stored_record(record)
            if before is None or not before.version == record.version == seen:
                raise ConflictError(record, seen, Action.CHANGE)
            if not _differ(before, record, linked):
                return False
            bump_version(record, Action.CHANGE)
            write_version(record, Action.CHANGE, linked=linked)
            self.apply_consequences(record, before)
        return True

    def delete(self, record: Record, *, seen: int | None) -> None:
        """Delete a record that was read as version ``seen``; its last values stay in its history.

        ConflictError when the record has another version by now or is gone, ProtectedError while others refer to it.
        """
        self._require_own(record)
        with transaction.atomic():
            record.lock_parents()
            if record.version != seen:
                raise ConflictError(record, seen, Action.DELETE)
            bump_version(record, Action.DELETE)
            wait_for_turn()  # for the reason given in ``write_version``
            deleted = Subject.of(record)
            record._history_user = current_context().user
            with allow_writes():
                record.delete()
            record_event(Action.DELETE, deleted, before=seen, after=record.version)
            self.apply_consequences(record, before=record)

    def save_version(self, record: Record, action: Action, *, linked: Linked | None = None, reason: str = "") -> None:
        """Store the values of a version taken by ``bump_version``, in its transaction, with all that follows from it.

        For acts that are more than a change, such as a step of the workflow: they lock, look and bump by themselves.
        """
        self._require_own(record)
        write_version(record, action, linked=linked, reason=reason)
        self.apply_consequences(record)

    def apply_consequences(self, record: Record, before: Record | None = None) -> None:
        """What must hold for other records once this one was written and is in the trail; in the same transaction.

        ``before`` is the record as it was stored until now; None for a new one and for a step of the workflow. A
        deleted record comes without its key.
        """

    def _require_own(self, record: Record) -> None:
        writer = writer_of(model_of(record))
        if writer != self.path:
            raise UncheckedWriteError(f"{record._meta.label} is written by {writer}, not by {self.path}")


account_writer = RecordWriter("accounts.records.saving.account_writer")


def bump_version(record: Record, action: Action) -> None:
    """Take the next version of a record for this transaction, if it still has the version it was read with.

    ConflictError when it has not. The caller has locked the parents, and goes on to ``save_version`` or to the deletion
    in the same transaction.
    """
    same = model_of(record)._base_manager.filter(pk=record.pk, version=record.version)
    with allow_writes():
        is_first = same.update(version=models.F("version") + 1)
    if not is_first:
        raise ConflictError(record, record.version, action)
    record.version += 1


def write_version(record: Record, action: Action, *, linked: Linked | None = None, reason: str = "") -> None:
    """Store the values of a version that was taken, with its history and its row in the trail, and nothing else.

    Called by writers, and by consequences that write a record themselves; everybody else calls ``save_version``.

    The trail's turn comes first: a changed number that others may refer to locks them out on PostgreSQL, and who refers
    to it asks for it at his commit, when he has the trail already.
    """
    wait_for_turn()
    with allow_writes():
        record.save_without_historical_record(force_update=True)
        _set_links(record, linked or {})
    record.field_history.write(record, "~", current_context().user)  # after the links, which it copies
    record_event(action, record, before=record.version - 1, after=record.version, reason=reason)


def stored_record(record: R) -> R | None:
    """A record as it is stored now, None when it is gone."""
    found: R | None = model_of(record)._base_manager.filter(pk=record.pk).order_by("pk").first()
    return found


def _set_links(record: Record, linked: Linked) -> None:
    for name, others in linked.items():
        getattr(record, name).set(others)


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
