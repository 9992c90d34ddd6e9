"""The timeline of a record: what was done to it and to what stands below it, also to what is gone, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, ManyToManyField, Q, Value

from accounts.audit.models import Action, Event, Result
from accounts.records.history import FieldChange, changes_in, model_of_event, record_models
from accounts.users.models.users import User
from accounts.versions import FieldHistory, Record, model_of

SHORT = 8  # entries at the foot of a page of the record
LONG = 50  # entries on a page of their own
NAMED = 40  # characters of a record's name
FEW = 500  # records below one


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that was done."""

    event: Event
    words: str
    changes: list[FieldChange]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Some entries, and the key of the event before which there are more, or None."""

    entries: list[TimelineEntry]
    more: int | None


def timeline(record: Record, user: User, *, whole: bool = True, limit: int, before: int | None = None) -> Timeline:
    """What was done to a record this person may see, from the newest or from before an event.

    Unless he may know the whole, what is said of the records below is limited to those he sees; of those that are gone
    nobody can say any more whose they were.
    """
    events = _events(record, None if whole else user)
    if before is not None:
        events = events.filter(pk__lt=before)
    found = list(events[: limit + 1])
    shown = found[:limit]
    changes = changes_in([event for event in shown if event.action != Action.CREATE], None if whole else user)
    entries = [TimelineEntry(event, _words(event, record, whole=whole), changes.get(event.pk, [])) for event in shown]
    return Timeline(entries, shown[-1].pk if len(found) > limit else None)


def _events(record: Record, user: User | None) -> Any:
    own = Q(record_type=record._meta.label_lower, record_id=record.pk)
    about = own
    for kind, keys in _below(record, user):
        about |= Q(record_type=kind, record_id__in=keys)
    events = Event.objects.filter(about, result=Result.DONE)
    imports = Event.objects.filter(own, action=Action.IMPORT)  # one line for all they made
    return events.filter(Q(version_after__isnull=False) | Q(action=Action.IMPORT)).exclude(
        action=Action.CREATE, request_id__in=imports.values("request_id")
    )


def _below(record: Record, user: User | None) -> Iterable[tuple[str, Any]]:
    """The kinds of records below this one, each with the keys of those that are or were there.

    A few keys are looked up first: PostgreSQL finds the events of given keys in an index, those of the keys of a query
    only by reading the whole trail. Many, as below an inspection, are left to it: then it soon meets some of them.
    """
    found = [
        (model._meta.label_lower, _keys_below(model, name, record, user))
        for model in record_models()
        for name in model.timeline_parents
        if model._meta.get_field(name).related_model is model_of(record)
    ]
    named = [keys.order_by().annotate(kind=Value(kind, CharField())).values_list("kind", "key") for kind, keys in found]
    rows = list(named[0].union(*named[1:])[: FEW + 1]) if named else []
    if len(rows) > FEW:
        return found
    few: dict[str, list[int]] = {}
    for kind, key in rows:
        few.setdefault(kind, []).append(key)
    return few.items()


def _keys_below(model: type[Record], name: str, record: Record, user: User | None) -> Any:
    """The keys of the records that are or were below this one; for a given person, of those he sees."""
    column, field = model._meta.pk.attname, model._meta.get_field(name)
    if user is None and isinstance(field, ManyToManyField):
        rows, linked = FieldHistory.m2m_models[field]._base_manager, field.m2m_reverse_field_name()
        return rows.filter(**{linked: record.pk}).values(key=F(f"history__{column}"))
    if user is None:
        return model.field_history.rows.filter(**{name: record.pk}).values(key=F(column))
    records: Any = model._default_manager.all()
    seen = records.visible_to(user) if hasattr(records, "visible_to") else records.none()
    return seen.filter(**{name: record.pk}).values(key=F(column))


def _words(event: Event, record: Record, *, whole: bool) -> str:
    """修改问题“…”; the name is left out for the record whose timeline it is."""
    action = Action(event.action)
    if action == Action.IMPORT:
        return f"导入报告文本：{event.reason}" if whole else "导入报告文本"
    model = model_of_event(event)
    kind = str(model._meta.verbose_name) if model else ""
    if model is model_of(record) and event.record_id == record.pk:
        return f"{action.label}{kind}"
    name = event.record_words if len(event.record_words) <= NAMED else f"{event.record_words[: NAMED - 1]}…"
    return f"{action.label}{kind}“{name}”"
