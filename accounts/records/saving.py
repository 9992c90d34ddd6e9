"""The only code that writes records: version, values, history, trail and consequences in one transaction.

Every change and deletion states the version that the user saw. One conditional update on (pk, version) decides which
of two writers is first; it works on SQLite and PostgreSQL alike, while ``select_for_update`` has no effect on SQLite.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from accounts.audit.events import BATCH, Subject, record_all, wait_for_turn
from accounts.audit.events import record as record_event
from accounts.audit.models import Action, Event, Result
from accounts.records.numbering import take_number
from accounts.request_context import current_context, skip_response_audit
from accounts.versions import Linked, Record, model_of
from accounts.write_guard import UncheckedWriteError, allow_writes, writer_of

R = TypeVar("R", bound=Record)


class ConflictError(Exception):
    """Another user changed or deleted the record first.

    ``stored`` is the record as it is now, None when it was deleted; ``seen`` the version the user saw. The message is
    Chinese and names the other user and the time.
    """

    def __init__(self, record: Record, seen: int | None, action: Action) -> None:
        self.refused, self.seen, self.action = record, seen, action
        self.stored = stored_record(record)
        self.last = last_event(record)
        super().__init__(self._words())

    @property
    def is_gone(self) -> bool:
        """Whether the record was deleted."""
        return self.stored is None

    def _words(self) -> str:
        # Some verbose names end in 记录 themselves; the sentence adds the word.
        name = str(self.refused._meta.verbose_name).removesuffix("记录")
        did = "删除" if self.is_gone else "修改"
        if self.last is None:
            return f"这条{name}记录已经被{did}。"
        at = timezone.localtime(self.last.at)
        return f"这条{name}记录已由{self.last.who}于{at.year}年{at.month}月{at.day}日 {at:%H:%M} {did}。"


def last_event(record: Record) -> Event | None:
    """The last event that made a version of the record, None when there is none."""
    done = Event.objects.filter(record_type=record._meta.label_lower, record_id=record.pk, result=Result.DONE)
    return done.exclude(version_after=None).first()


def record_conflict(conflict: ConflictError) -> Event:
    """Write the conflict to the trail; call it outside the failed transaction, whose rollback would undo the event."""
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

    This base class is for records whose change has no consequence for other records.
    """

    def __init__(self, path: str) -> None:
        self.path = path  # the dotted path of this writer, as in ``record_writer``

    def create(self, record: R, linked: Linked | None = None, *, reason: str = "") -> R:
        """Store a new record as version 1 and return it; one without a number takes the next (``numbered_within``).

        ``reason`` is kept in its event of the trail.

        Raises IntegrityError when the database refuses it, also when its key exists: nothing is overwritten.
        """
        self._require_own(record)
        record.new_links = {name: list(others) for name, others in (linked or {}).items()}
        with transaction.atomic():
            record.lock_parents()
            take_number(record)
            record.version = 1
            with allow_writes():
                record.save_without_historical_record(force_insert=True)
                # Links before the history row, which copies them.
                _set_links(record, {name: others for name, others in record.new_links.items() if others})
            record.field_history.write(record, "+", current_context().user)
            record_event(Action.CREATE, record, after=1, reason=reason)
            self.apply_consequences(record)
        return record

    def create_tree(self, layers: Iterable[Sequence[Record]]) -> None:
        """Store new records that hang from nothing but each other, with few queries for each thousand.

        A layer has records of one model, whose parents are in earlier layers. It is asked for when those are stored, so
        that it can be validated with their keys. The records bring their numbers and have no links.

        Each record becomes version 1 with its row of history and of the trail, as by ``create``. What else ``create``
        does cannot be needed: the parents are as new as the record, so that no other transaction sees them to be kept
        out, and nothing that was signed, verified or counted before rests on them.

        Raises ValueError for a record with a parent that was stored before, IntegrityError when the database refuses
        one; nothing is stored then.
        """
        made: dict[Record, None] = {}  # a set that keeps the order, in which the trail tells of them
        with transaction.atomic():
            for records in layers:
                self._create_layer(records, made)
                made.update(dict.fromkeys(records))
            record_all(Action.CREATE, made, after=1)

    def _create_layer(self, records: Sequence[Record], parents: Collection[Record]) -> None:
        for record in records:
            self._require_own(record)
            if any(parent not in parents for parent in record.parents):
                raise ValueError(f"{record} hangs from a record that was stored before: call create(), which locks it")
            record.version = 1
        if records:
            with allow_writes():
                model_of(records[0])._base_manager.bulk_create(records, batch_size=BATCH)
            records[0].field_history.write_new(records, current_context().user, batch_size=BATCH)

    def save(self, record: Record, *, seen: int | None, linked: Linked | None = None, reason: str = "") -> bool:
        """Store the changes of a record that was read as version ``seen``; False when nothing differs.

        ``reason`` is kept in their event of the trail.

        Raises ConflictError when the record has another version by now or is gone, IntegrityError when the database
        refuses the values, ValidationError when ``check_change`` does.
        """
        self._require_own(record)
        linked = record.new_links = {name: list(others) for name, others in (linked or {}).items()}
        with transaction.atomic():
            record.lock_parents()
            # Compared with the database, not with the instance: a form has already written into the instance.
            before = stored_record(record)
            if before is None or not before.version == record.version == seen:
                raise ConflictError(record, seen, Action.CHANGE)
            if not _differ(before, record, linked):
                return False
            self.check_change(record, before)
            dependents = self.find_dependents(before)
            bump_version(record, Action.CHANGE)
            write_version(record, Action.CHANGE, linked=linked, reason=reason)
            self.apply_consequences(record, dependents)
        return True

    def delete(self, record: Record, *, seen: int | None) -> None:
        """Delete a record that was read as version ``seen``; its last values stay in its history.

        Raises ConflictError when the record has another version by now or is gone, ProtectedError while other records
        refer to it.
        """
        self._require_own(record)
        with transaction.atomic():
            record.lock_parents()
            if record.version != seen:
                raise ConflictError(record, seen, Action.DELETE)
            dependents = self.find_dependents(record)
            bump_version(record, Action.DELETE)
            wait_for_turn()  # for the reason given in ``write_version``
            deleted = Subject.of(record)  # before the deletion, which sets the key to None
            record._history_user = current_context().user
            with allow_writes():
                record.delete()
            record_event(Action.DELETE, deleted, before=seen, after=record.version)
            self.apply_consequences(record, dependents)

    def save_version(self, record: Record, action: Action, *, linked: Linked | None = None, reason: str = "") -> None:
        """Store the values of a version taken by ``bump_version``, in its transaction, and apply the consequences.

        For actions that are more than a change, such as a step of the workflow: their callers lock the parents, check
        and call ``bump_version`` themselves.
        """
        self._require_own(record)
        write_version(record, action, linked=linked, reason=reason)
        self.apply_consequences(record)

    def check_change(self, record: Record, before: Record) -> None:
        """Raise ValidationError for a change that takes more than a save; ``before`` is the record as it is stored."""

    def find_dependents(self, record: Record) -> list[int]:
        """The keys of the records that rest on a record as it is stored; a deleted record has no key any more."""
        return []

    def apply_consequences(self, record: Record, dependents: Iterable[int] = ()) -> None:
        """Bring other records in line with this one; called after its event is written, in the same transaction.

        ``dependents`` rested on the record as it was before a change or deletion (``find_dependents``).
        """

    def _require_own(self, record: Record) -> None:
        writer = writer_of(model_of(record))
        if writer != self.path:
            raise UncheckedWriteError(f"{record._meta.label} is written by {writer}, not by {self.path}")


account_writer = RecordWriter("accounts.records.saving.account_writer")


def bump_version(record: Record, action: Action) -> None:
    """Increase the version of a record if the database still has the version it was read with, else ConflictError.

    The caller has locked the parents and calls ``save_version`` or deletes the record in the same transaction.
    """
    same = model_of(record)._base_manager.filter(pk=record.pk, version=record.version)
    with allow_writes():
        is_first = same.update(version=models.F("version") + 1)
    if not is_first:
        raise ConflictError(record, record.version, action)
    record.version += 1


def write_version(record: Record, action: Action, *, linked: Linked | None = None, reason: str = "") -> None:
    """Store the values of a version taken by ``bump_version``, its history row and its event, without consequences.

    Called by writers and by consequences that write another record; all other code calls ``save_version``.
    """
    # The trail's lock first. On PostgreSQL an update of a unique number that foreign keys may refer to locks out the
    # transactions referring to it; they need that row at their commit, when they hold the trail's lock already.
    wait_for_turn()
    with allow_writes():
        record.save_without_historical_record(force_update=True)
        _set_links(record, linked or {})
    record.field_history.write(record, "~", current_context().user)  # after the links, which it copies
    record_event(action, record, before=record.version - 1, after=record.version, reason=reason)


def stored_record(record: R) -> R | None:
    """The record as it is stored now, in a new instance; None when it is gone."""
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
    # An attribute that was assigned may still be a string where the stored one is a date or a number.
    return field.to_python(getattr(record, field.attname))
