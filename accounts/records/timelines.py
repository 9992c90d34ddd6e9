"""The timeline of a record: the events of the record and of the records below it, deleted ones included."""

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
FEW = 500  # records below one whose keys are looked up before the events


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event with its text and its field changes (empty for a creation)."""

    event: Event
    words: str
    changes: list[FieldChange]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries, newest first; ``more`` is the key of the event after which older ones follow, None at the end."""

    entries: list[TimelineEntry]
    more: int | None


def timeline(record: Record, user: User, *, whole: bool = True, limit: int, before: int | None = None) -> Timeline:
    """At most ``limit`` entries of a record the user may see, from the newest or from before the event of that key.

    Unless ``whole``, records below are limited to those visible to the user; deleted ones are left out then, because
    their visibility cannot be told any more.
    """
    events = _events(record, None if whole else user)
    if before is not None:
        events = events.filter(pk__lt=before)
    found = list(events[: limit + 1])  # one more tells whether there are older ones, without counting
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
    # An import may have created hundreds of records in one request: its own event stands for all of them.
    imports = Event.objects.filter(own, action=Action.IMPORT)
    return events.filter(Q(version_after__isnull=False) | Q(action=Action.IMPORT)).exclude(
        action=Action.CREATE, request_id__in=imports.values("request_id")
    )


def _below(record: Record, user: User | None) -> Iterable[tuple[str, Any]]:
    """The models of the records below this one (as app_label.model), each with the keys of present and former ones.

    Up to ``FEW`` keys in all come as lists, more as subqueries.
    """
    # PostgreSQL finds the events of listed keys by an index, those of a subquery only by reading the whole trail. With
    # many keys, as below an inspection, it reads the trail from its end and soon has enough events.
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
    """The keys of the records that are or were below this one; with a user, only of those they see now."""
    column, field = model._meta.pk.attname, model._meta.get_field(name)
    if user is None and isinstance(field, ManyToManyField):
        rows, linked = FieldHistory.m2m_models[field]._base_manager, field.m2m_reverse_field_name()
        return rows.filter(**{linked: record.pk}).values(key=F(f"history__{column}"))
    if user is None:
        return model.field_history.rows.filter(**{name: record.pk}).values(key=F(column))
    records: Any = model._default_manager.all()
    visible = records.visible_to(user) if hasattr(records, "visible_to") else records.none()
    return visible.filter(**{name: record.pk}).values(key=F(column))


def _words(event: Event, record: Record, *, whole: bool) -> str:
    """The text of an entry, such as 修改问题“…”; without the name for the record whose timeline it is."""
    action = Action(event.action)
    if action == Action.IMPORT:
        return f"导入反馈和报告：{event.reason}" if whole else "导入反馈和报告"
    model = model_of_event(event)
    kind = str(model._meta.verbose_name) if model else ""
    if model is model_of(record) and event.record_id == record.pk:
        return f"{action.label}{kind}"
    name = event.record_words if len(event.record_words) <= NAMED else f"{event.record_words[: NAMED - 1]}…"
    return f"{action.label}{kind}“{name}”"
