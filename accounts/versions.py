"""What every record has that two people may edit: a version, and the values of all its versions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models.base import ModelBase
from simple_history.models import HistoricalRecords

from accounts.write_guard import CREATE, DELETE, LINK, SAVE, RecordQuerySet, require_writer


class FieldHistory(HistoricalRecords):
    """The values of every version of a record, one row for one version; ``accounts.records.saving`` writes them.

    Indexed are only what rows are looked up by: the record, and the parents under which its timeline appears too.
    """

    rows: Any  # their manager; ``history`` makes a new class of managers each time it is asked for

    def __init__(self, *, excluded_fields: Sequence[str] = (), m2m_fields: Sequence[Any] = ()) -> None:
        super().__init__(excluded_fields=list(excluded_fields), m2m_fields=m2m_fields)

    def write(self, record: Record, kind: str, user: models.Model | None) -> None:
        """Copy the values of a record and its links into a row: "+" for a new record, "~" for a changed one."""
        record._history_user = user
        self.create_historical_record(record, kind)

    def finalize(self, sender: Any, **kwargs: Any) -> None:
        """Let the model find its history again: django-simple-history itself forgets it."""
        super().finalize(sender, **kwargs)
        if sender is self.cls:
            sender.field_history = self
            self.rows = vars(sender)[self.manager_name].model._base_manager

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        """The columns of the history of a record, or of the links to other records that it had."""
        fields: dict[str, Any] = super().copy_fields(model)
        parents = model.timeline_parents if issubclass(model, Record) else _linked_parents(model)
        looked_up_by = {model._meta.pk.name, *parents}
        for name, field in fields.items():
            field.db_index = name in looked_up_by
        return fields

    def create_historical_record_m2ms(self, history_instance: Any, instance: Record) -> None:
        """Copy the keys of the linked records as they are, without fetching those records one joins to."""
        for field in history_instance._history_m2m_fields:
            own, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
            rows = field.remote_field.through._base_manager.filter(**{own: instance.pk}).values("id", own, other)
            kept = self.m2m_models[field]
            kept._base_manager.bulk_create(kept(history=history_instance, **row) for row in rows)

    def post_save(self, instance: Any, created: bool, using: str | None = None, **kwargs: Any) -> None:
        """A save that leaves the version alone (the time of a sign-in, a password) is no new version."""
        only = kwargs.get("update_fields")
        if only is None or "version" in only:
            super().post_save(instance, created, using=using, **kwargs)

    def m2m_changed(self, instance: Any, action: str, attr: str, *args: Any, **kwargs: Any) -> None:
        """Linked records belong to the version being written, whose row is made after them; nobody else links any."""
        if action.startswith("pre_"):
            require_writer(self.cls, f"a change of {attr}", LINK.format(name=attr))


class RecordBase(ModelBase):
    """The metaclass of records: the manager that Django writes through, as in ``measures.add()``, is guarded too."""

    @property
    def _base_manager(self) -> Any:
        return _base_manager_of(self)


@functools.cache
def _base_manager_of(model: Any) -> Any:
    manager = RecordQuerySet.as_manager()
    manager.model, manager.name = model, "_base_manager"
    return manager


class Record(models.Model, metaclass=RecordBase):
    """A row that two people may edit. Its writer (``accounts.records.saving.RecordWriter``) alone writes it."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)

    # What may be stored past the writer, with ``update_fields``: no version, no history and nobody's sign-off has it.
    unversioned_fields: ClassVar[frozenset[str]] = frozenset()
    # Foreign keys and links to many: on the timelines of these records this one appears too.
    timeline_parents: ClassVar[tuple[str, ...]] = ()
    history: ClassVar[Any]  # a FieldHistory; once the class is complete, the manager of its rows
    field_history: ClassVar[FieldHistory]
    save_without_historical_record: Callable[..., None]  # from django-simple-history
    _history_user: Any = None  # read by it
    stored_values: Mapping[str, Any] | None = None  # by column, where a form keeps them to tell what it changes

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Django's, for the writer alone; UncheckedWriteError for others, unless only unversioned fields are stored."""
        only = kwargs.get("update_fields")
        if only is None or not self.unversioned_fields.issuperset(only):
            require_writer(type(self), "save()", CREATE if self._state.adding else SAVE)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Django's, for the writer alone; UncheckedWriteError for others."""
        require_writer(type(self), "delete()", DELETE)
        return super().delete(*args, **kwargs)

    def get_constraints(self) -> list[tuple[type[models.Model], Sequence[models.BaseConstraint]]]:
        """Those that a change can break: what is stored breaks none, and looking at one is a query."""
        constraints: list[tuple[type[models.Model], Sequence[models.BaseConstraint]]] = super().get_constraints()
        kept = self._unchanged_columns()
        return [(model, [each for each in some if not columns_of(each, model) <= kept]) for model, some in constraints]

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """As Django's, but what a stored record refers to is there, and looking for it is a query."""
        kept = self._unchanged_columns()
        keys = [field for field in self._meta.concrete_fields if field.remote_field and field.attname in kept]
        there = {field.name for field in keys if getattr(self, field.attname) is not None}
        super().clean_fields(exclude=there.union(exclude or ()))

    def _unchanged_columns(self) -> set[str]:
        """The columns that a form leaves as they are stored."""
        stored = self.stored_values
        return {name for name, value in values_of(self).items() if value == stored[name]} if stored else set()

    def lock_parents(self) -> None:
        """Lock what stands above this record before anything of it is written; ``RecordWriter`` calls it.

        Everybody locks in one order, or they would wait for each other: the record above, this one, the trail.
        """


R = TypeVar("R", bound=Record)


def values_of(record: Record) -> dict[str, Any]:
    """The values of a record by column."""
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


def columns_of(constraint: models.BaseConstraint, model: type[models.Model]) -> set[str]:
    """The columns that a constraint is over."""
    names = {*getattr(constraint, "fields", ())}
    if condition := getattr(constraint, "condition", None):
        names |= condition.referenced_base_fields
    return {field.attname for field in model._meta.concrete_fields if names & {field.name, field.attname}}


def _linked_parents(through: type[models.Model]) -> list[str]:
    """The column of a table of links that names the records on whose timelines the linking one appears."""
    owner: Any = through._meta.auto_created
    links = owner._meta.local_many_to_many if owner and issubclass(owner, Record) else ()
    own = [link for link in links if link.remote_field.through is through]
    named = {link.remote_field.model for link in own if link.name in owner.timeline_parents}
    return [field.name for field in through._meta.fields if field.remote_field and field.remote_field.model in named]


def model_of(record: R) -> type[R]:
    """The model of a record, also of one that comes wrapped, as the request's user does."""
    kind: type[R] = record._meta.model  # type: ignore[assignment]  # of the record it was asked for
    return kind
