"""Conflicts between two edits of one record: what the later user is shown, and how their choices are read back.

Every field has three values: the one the user saw, the one stored now, and the one they typed. Where the last two
differ the user chooses; preselected is the typed value if the user changed the field, else the stored one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.http import QueryDict

from accounts.audit.models import Event, Result
from accounts.records.display import display_value
from accounts.records.history import FieldChange, Values, changes_in, values_of
from accounts.records.saving import ConflictError
from accounts.versions import Record

VERSION_FIELD = "seen"  # the input that carries the version a form was filled in for
TAKE = "take-"  # before the name of a field: which of the two values to store
MINE, THEIRS = "mine", "theirs"
LISTED = 5  # changes of others that the conflict page lists, at most


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One field whose stored value (``theirs``, as displayed) differs from the typed one."""

    field: forms.BoundField
    theirs: str
    takes_mine: bool
    both_changed: bool

    @property
    def name(self) -> str:
        """The name of the input that carries the choice."""
        return f"{TAKE}{self.field.html_name}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """The content of the conflict page: a message, the changes of others, the choices and the version they apply to.

    ``version`` is None when the record was deleted; then ``typed`` holds the (label, text) pairs to copy elsewhere.
    """

    words: str
    version: int | None
    events: list[tuple[Event, list[FieldChange]]]
    choices: list[FieldChoice]
    typed: list[tuple[str, str]]

    @property
    def is_gone(self) -> bool:
        """Whether the record was deleted, so that nothing can be stored any more."""
        return self.version is None


def submitted_version(data: Any) -> int | None:
    """The version that the submitted form carries; None when it is missing or not a number of at most 9 digits."""
    text = str(data.get(VERSION_FIELD, ""))
    # isdecimal() alone is true of full-width digits; ten digits would overflow a 32-bit column.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def conflict_of(form: forms.ModelForm[Any], error: ConflictError) -> Conflict:
    """The conflict between a valid form and the record as it is stored now."""
    stored = error.stored
    if stored is None:
        return Conflict(str(error), None, [], [], list(_typed_texts(form)))
    base = _values_seen(stored, error.seen)
    choices = list(_choices(form, stored, base))
    return Conflict(str(error), stored.version, changes_since(stored, error.seen), choices, [])


def with_their_values(form: forms.ModelForm[Any]) -> Any:
    """The submitted data, with the stored value in every field for which the user chose it."""
    chosen = [name for name in form.fields if name != VERSION_FIELD and form.data.get(f"{TAKE}{name}") == THEIRS]
    if not chosen:
        return form.data
    data = QueryDict(mutable=True)
    data.update(form.data)
    for name in chosen:
        data.setlist(name, as_sent(form.fields[name], form.get_initial_for_field(form.fields[name], name)))
    return data


def as_sent(field: forms.Field, value: Any) -> list[str]:
    """A value as the list of strings that a browser would submit for the field."""
    if isinstance(value, bool):
        return ["on"] if value else []  # browsers leave an unticked box out
    shown = field.widget.format_value(field.prepare_value(value))
    return [str(part) for part in shown] if isinstance(shown, list) else ["" if shown is None else str(shown)]


def _values_seen(stored: Record, seen: int | None) -> Values | None:
    """The values of the version the user saw; for version 0 those of a blank record, None when they are unknown."""
    if seen == 0:
        blank = type(stored)()
        links: Values = dict.fromkeys(blank._meta.many_to_many, frozenset())
        return {field: field.value_from_object(blank) for field in blank._meta.concrete_fields} | links
    return values_of(stored, seen) if seen is not None else None


def changes_since(stored: Record, seen: int | None) -> list[tuple[Event, list[FieldChange]]]:
    """The changes of a record since version ``seen``, the newest first, at most ``LISTED``; only the last for None."""
    events = Event.objects.filter(record_type=stored._meta.label_lower, record_id=stored.pk, result=Result.DONE)
    since = list(events.filter(version_after__gt=seen)[:LISTED]) if seen is not None else list(events[:1])
    changes = changes_in(since)
    return [(event, changes[event.pk]) for event in since]


def _choices(form: forms.ModelForm[Any], stored: Record, base: Values | None) -> Iterator[FieldChoice]:
    fields: dict[str, models.Field[Any, Any]] = {
        field.name: field for field in (*stored._meta.concrete_fields, *stored._meta.many_to_many)
    }
    for bound in form:
        field = fields.get(bound.name)
        if field is None or bound.name not in form.cleaned_data:
            continue  # a field that is stored in another record cannot conflict with this one
        mine, theirs = _comparable(form.cleaned_data[bound.name]), _current(stored, field)
        if mine == theirs:
            continue
        # Without the version the user saw, the stored value is preselected: nothing of others is overwritten unasked.
        before = base.get(field) if base is not None else mine
        mine_changed, theirs_changed = mine != before, theirs != before
        words = display_value(field, theirs, lambda model, key: str(model._base_manager.get(pk=key)))
        yield FieldChoice(bound, words, mine_changed, mine_changed and theirs_changed)


def _current(stored: Record, field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.ManyToManyField):
        return frozenset(getattr(stored, field.name).values_list("pk", flat=True))
    return field.value_from_object(stored)


def _comparable(value: Any) -> Any:
    """A cleaned form value as the history stores it: the key of a record, the frozenset of keys of a queryset."""
    if isinstance(value, models.Model):
        return value.pk
    return frozenset(record.pk for record in value) if isinstance(value, models.QuerySet) else value


def _typed_texts(form: forms.ModelForm[Any]) -> Iterator[tuple[str, str]]:
    """The texts the user typed as (label, text), shown so that they can be copied when there is no record any more."""
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        if isinstance(value, str) and value and not bound.is_hidden and not hasattr(bound.field, "choices"):
            yield str(bound.label), value
