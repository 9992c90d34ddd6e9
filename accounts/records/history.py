"""Field changes of records, for the timeline of a record and for the pages of the audit trail.

An event of the trail (type, id, version after) and a row of the history (id, version) identify the same change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from accounts.audit.models import Action, Event
from accounts.records.display import EMPTY, diff_excerpt, display_value
from accounts.users.models.users import User
from accounts.versions import FieldHistory, Record, model_of

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:
    Field = models.Field
HIDDEN_LABEL = "（其他记录）"
Values = dict[Field, Any]  # of one version; linked records as the frozenset of their keys
Versions = dict[tuple[type[Record], int, int], Values]  # by model, key and version


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one change: its label and both values as displayed."""

    label: str
    before: str
    after: str


def changes_of(event: Event) -> list[FieldChange]:
    """The field changes of one event; empty for an event that is not about a version of a record."""
    return changes_in([event])[event.pk]


def changes_in(events: Sequence[Event], viewer: User | None = None) -> dict[int, list[FieldChange]]:
    """The field changes of many events by their keys; the number of queries depends on the models, not on the events.

    With a ``viewer``, linked records that this user may not see are shown as ``HIDDEN_LABEL``.
    """
    versions = _versions(events)
    differing = {event.pk: _differing(event, versions) for event in events}
    name = RelatedLabels(differing.values(), viewer)
    return {
        key: [_change(field, before, after, name) for field, before, after in fields]
        for key, fields in differing.items()
    }


def values_of(record: Record, version: int) -> Values | None:
    """The values a record had in that version, None when the history has no such row."""
    return _read(model_of(record), {record.pk}, {version}).get((model_of(record), record.pk, version))


def model_of_event(event: Event) -> type[Record] | None:
    """The model of the record an event is about; None for other objects and for models that no longer exist."""
    return _records_by_label().get(event.record_type)


def record_models() -> list[type[Record]]:
    """All installed models that derive from ``Record``."""
    return [model for model in apps.get_models() if issubclass(model, Record)]


def _records_by_label() -> dict[str, type[Record]]:
    return {model._meta.label_lower: model for model in record_models()}


def _versions(events: Iterable[Event]) -> Versions:
    """All versions that these events name: one query for each model, and one more for each many-to-many field."""
    models_by_label = _records_by_label()
    keys: dict[type[Record], set[int]] = defaultdict(set)
    numbers: dict[type[Record], set[int]] = defaultdict(set)
    for event in events:
        model = models_by_label.get(event.record_type)
        if model is not None and event.record_id is not None and event.version_after is not None:
            keys[model].add(event.record_id)
            numbers[model] |= {event.version_after, event.version_before or event.version_after}
    found: Versions = {}
    for model, ids in keys.items():
        found |= _read(model, ids, numbers[model])
    return found


def _read(model: type[Record], keys: set[int], versions: set[int]) -> Versions:
    key = model._meta.pk.attname
    history = model.field_history.rows
    # Crossed: this may read versions of one record that only another is asked for, in exchange for a single query.
    rows = list(history.filter(**{f"{key}__in": keys, "version__in": versions}).order_by("history_id"))
    links = {field: _links(field, rows) for field in history.model._history_m2m_fields}
    tracked = [field for field in history.model.tracked_fields if not field.primary_key and field.name != "version"]
    return {
        (model, getattr(row, key), row.version): {field: getattr(row, field.attname) for field in tracked}
        | {field: linked.get(row.pk, frozenset()) for field, linked in links.items()}
        for row in rows
    }


def _links(field: models.ManyToManyField[Any, Any], rows: Iterable[Any]) -> dict[int, frozenset[int]]:
    other = f"{field.m2m_reverse_field_name()}_id"
    linked: dict[int, set[int]] = defaultdict(set)
    pairs = FieldHistory.m2m_models[field].objects.filter(history__in=[row.pk for row in rows])
    for row, key in pairs.values_list("history_id", other):
        linked[row].add(key)
    return {row: frozenset(keys) for row, keys in linked.items()}


def _differing(event: Event, versions: Versions) -> list[tuple[Field, Any, Any]]:
    model = model_of_event(event)
    if model is None or event.record_id is None or event.version_after is None:
        return []
    after = versions.get((model, event.record_id, event.version_after))
    before = versions.get((model, event.record_id, event.version_before)) if event.version_before else None
    # A deletion has a version of its own whose row holds the last values: compare them with nothing.
    if event.action == Action.CREATE:
        before = dict.fromkeys(after or {})
    elif event.action == Action.DELETE:
        after = dict.fromkeys(before or {})
    return _pairs(before, after) if before is not None and after is not None else []


def _pairs(before: Values, after: Values) -> list[tuple[Field, Any, Any]]:
    pairs = [(field, before.get(field), after.get(field)) for field in before]
    return [(field, old, new) for field, old, new in pairs if _unify_empty(old) != _unify_empty(new)]


def _unify_empty(value: Any) -> Any:
    """The value, or None for the empty values of all field types, so that "" and None count as equal."""
    return None if value in ("", frozenset()) else value


def _change(field: Field, before: Any, after: Any, name: RelatedLabels) -> FieldChange:
    old, new = display_value(field, before, name), display_value(field, after, name)
    if EMPTY not in {old, new}:
        old, new = diff_excerpt(old, new)
    return FieldChange(str(field.verbose_name), old, new)


class RelatedLabels:
    """Labels of the linked records in some changes; deleted ones by their last label. At most two queries a model."""

    def __init__(self, changed: Iterable[list[tuple[Field, Any, Any]]], viewer: User | None) -> None:
        keys: dict[type[models.Model], set[int]] = defaultdict(set)
        for fields in changed:
            for field, before, after in fields:
                for value in (before, after):
                    if isinstance(value, frozenset):
                        keys[field.related_model] |= value  # type: ignore[index]  # of a many-to-many field
                    elif isinstance(field, models.ForeignKey) and value is not None:
                        keys[field.related_model].add(value)
        self.found = {
            (model, key): word for model, ids in keys.items() for key, word in _labels_of(model, ids, viewer).items()
        }

    def __call__(self, model: type[models.Model], key: int) -> str:
        return self.found.get((model, key), "（已删除）")


def _labels_of(model: type[models.Model], keys: set[int], viewer: User | None) -> dict[int, str]:
    records: Any = model._default_manager.all()
    if viewer is not None and hasattr(records, "visible_to"):
        visible = records.visible_to(viewer).in_bulk(keys)
        # Deleted records are hidden too: their visibility cannot be told any more.
        return {key: str(visible[key]) if key in visible else HIDDEN_LABEL for key in keys}
    names = {key: str(record) for key, record in model._base_manager.in_bulk(keys).items()}
    gone = keys - names.keys()
    if gone and issubclass(model, Record):
        for row in model.field_history.rows.filter(**{f"{model._meta.pk.attname}__in": gone}).order_by("history_id"):
            last = row.history_object
            names[last.pk] = f"{last}（已删除）"
    return names
