"""``Record``, the base model of everything users edit: a version number, and the history of all versions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models.base import ModelBase
from simple_history.models import HistoricalRecords

from accounts.write_guard import CREATE, DELETE, LINK, SAVE, RecordQuerySet, require_writer

Linked = Mapping[str, Iterable[models.Model]]  # the records of many-to-many fields, by the names of the fields


class FieldHistory(HistoricalRecords):
    """The history of a model: one row with all values for each version, written by ``accounts.records.saving``.

    Indexed are only the columns that rows are looked up by: the record, and the parents on whose timelines it appears.
    """

    rows: Any  # the manager of the rows; ``history`` makes a new manager class at each access

    def __init__(self, *, excluded_fields: Sequence[str] = (), m2m_fields: Sequence[Any] = ()) -> None:
        super().__init__(excluded_fields=list(excluded_fields), m2m_fields=m2m_fields)

    def write(self, record: Record, kind: str, user: models.Model | None) -> None:
        """Add the history row of a record with its links; ``kind`` is "+" for a new record, "~" for a changed one."""
        record._history_user = user
        self.create_historical_record(record, kind)

    def write_new(self, records: Sequence[Record], user: models.Model | None, *, batch_size: int) -> None:
        """Add the first history rows of many new records of this model, which have no links yet."""
        for record in records:
            record._history_user = user
        self.cls.history.bulk_history_create(records, batch_size=batch_size, default_change_reason=None)

    def finalize(self, sender: Any, **kwargs: Any) -> None:
        """Set ``field_history`` on the model; django-simple-history keeps no reference to this object."""
        super().finalize(sender, **kwargs)
        if sender is self.cls:
            sender.field_history = self
            self.rows = vars(sender)[self.manager_name].model._base_manager

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        """The columns of the history of a model or of its table of links, indexed only where they are looked up by."""
        fields: dict[str, Any] = super().copy_fields(model)
        parents = model.timeline_parents if issubclass(model, Record) else _linked_parents(model)
        looked_up_by = {model._meta.pk.name, *parents}
        for name, field in fields.items():
            field.db_index = name in looked_up_by
        return fields

    def create_historical_record_m2ms(self, history_instance: Any, instance: Record) -> None:
        """Copy the keys of the linked records, without reading the linked records as django-simple-history does."""
        for field in history_instance._history_m2m_fields:
            own, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
            rows = field.remote_field.through._base_manager.filter(**{own: instance.pk}).values("id", own, other)
            kept = self.m2m_models[field]
            kept._base_manager.bulk_create(kept(history=history_instance, **row) for row in rows)

    def post_save(self, instance: Any, created: bool, using: str | None = None, **kwargs: Any) -> None:
        """Add no row for a save that leaves the version alone, such as the time of a sign-in or a password."""
        only = kwargs.get("update_fields")
        if only is None or "version" in only:
            super().post_save(instance, created, using=using, **kwargs)

    def m2m_changed(self, instance: Any, action: str, attr: str, *args: Any, **kwargs: Any) -> None:
        """Refuse changes of links outside the writers; writers set links before they write the history row."""
        if action.startswith("pre_"):
            require_writer(self.cls, f"a change of {attr}", LINK.format(name=attr))


class RecordBase(ModelBase):
    """The metaclass of records: ``_base_manager``, through which ``measures.add()`` writes, is guarded as well."""

    @property
    def _base_manager(self) -> Any:
        return _base_manager_of(self)


@functools.cache
def _base_manager_of(model: Any) -> Any:
    manager = RecordQuerySet.as_manager()
    manager.model, manager.name = model, "_base_manager"
    return manager


class Record(models.Model, metaclass=RecordBase):
    """The base of records that users edit; only its writer (``accounts.records.saving.RecordWriter``) writes it."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)

    # Fields that may be saved without the writer, by ``update_fields``: no version, history or sign-off contains them.
    unversioned_fields: ClassVar[frozenset[str]] = frozenset()
    # Names of foreign keys and many-to-many fields: this record appears on the timelines of the records they refer to.
    timeline_parents: ClassVar[tuple[str, ...]] = ()
    # Names of foreign keys: records that share their values are siblings; a new one without an ``order`` comes last.
    numbered_within: ClassVar[tuple[str, ...]] = ()
    history: ClassVar[Any]  # a FieldHistory in the class body; afterwards the manager of its rows
    field_history: ClassVar[FieldHistory]
    save_without_historical_record: Callable[..., None]  # from django-simple-history
    _history_user: Any = None  # read by django-simple-history
    stored_values: Mapping[str, Any] | None = None  # by column; set by a form while it validates, to find its changes
    new_links: Linked = MappingProxyType({})  # set by the writer for ``lock_parents``: the links it is about to store

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Django's ``save``; UncheckedWriteError outside the writers unless only unversioned fields are saved."""
        only = kwargs.get("update_fields")
        if only is None or not self.unversioned_fields.issuperset(only):
            require_writer(type(self), "save()", CREATE if self._state.adding else SAVE)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Django's ``delete``; raises UncheckedWriteError outside the writers."""
        require_writer(type(self), "delete()", DELETE)
        return super().delete(*args, **kwargs)

    def get_constraints(self) -> list[tuple[type[models.Model], Sequence[models.BaseConstraint]]]:
        """The constraints over changed columns: the stored values satisfy them all, and each check is a query."""
        constraints: list[tuple[type[models.Model], Sequence[models.BaseConstraint]]] = super().get_constraints()
        kept = self._unchanged_columns()
        return [(model, [each for each in some if not columns_of(each, model) <= kept]) for model, some in constraints]

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Django's ``clean_fields`` without the queries that look for the target of an unchanged foreign key."""
        kept = self._unchanged_columns()
        keys = [field for field in self._meta.concrete_fields if field.remote_field and field.attname in kept]
        there = {field.name for field in keys if getattr(self, field.attname) is not None}
        super().clean_fields(exclude=there.union(exclude or ()))

    def _unchanged_columns(self) -> set[str]:
        """The columns whose values equal ``stored_values``; empty when no form has set them."""
        stored = self.stored_values
        return {name for name, value in values_of(self).items() if value == stored[name]} if stored else set()

    @property
    def parents(self) -> list[Record]:
        """The records that this one hangs from: on whose timelines it appears, or within which it is numbered."""
        own = {field.name for field in self._meta.concrete_fields}
        names = own.intersection((*self.timeline_parents, *self.numbered_within))
        return [parent for name in sorted(names) if (parent := getattr(self, name)) is not None]

    def lock_parents(self) -> None:
        """Lock the records above this one; ``RecordWriter`` calls it before it writes.

        All writers lock in the same order to avoid deadlocks: the record above, this record, the trail.
        """


R = TypeVar("R", bound=Record)


def values_of(record: Record) -> dict[str, Any]:
    """The values of a record by column."""
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


def columns_of(constraint: models.BaseConstraint, model: type[models.Model]) -> set[str]:
    """The columns that a constraint reads, in its fields or its condition."""
    names = {*getattr(constraint, "fields", ())}
    if condition := getattr(constraint, "condition", None):
        names |= condition.referenced_base_fields
    return {field.attname for field in model._meta.concrete_fields if names & {field.name, field.attname}}


def _linked_parents(through: type[models.Model]) -> list[str]:
    """The columns of a table of links that refer to a timeline parent (``Record.timeline_parents``)."""
    owner: Any = through._meta.auto_created
    links = owner._meta.local_many_to_many if owner and issubclass(owner, Record) else ()
    own = [link for link in links if link.remote_field.through is through]
    named = {link.remote_field.model for link in own if link.name in owner.timeline_parents}
    return [field.name for field in through._meta.fields if field.remote_field and field.remote_field.model in named]


def model_of(record: R) -> type[R]:
    """The model of a record, also of a lazy object such as ``request.user``, whose ``type()`` is the wrapper."""
    kind: type[R] = record._meta.model  # type: ignore[assignment]  # of the record it was asked for
    return kind
