"""The guard on records: every write outside a ``RecordWriter`` raises an error that names the function to call.

Versions, histories, the trail and sign-offs are right only if every write goes through a ``RecordWriter`` (ADR 18).
Django's other ways to write (``save()``, ``update()``, ``bulk_create()``, ``related.add()``) call ``require_writer``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.apps import AppConfig, apps
from django.db import models

M = TypeVar("M", bound=models.Model)


class UncheckedWriteError(RuntimeError):
    """A record would have been written without its version, history, trail and consequences."""


class RecordsConfig(AppConfig):
    """The base configuration of apps with records; ``record_writer`` is the dotted path of their writer."""

    record_writer: str


# A context variable, so that other threads and tasks stay guarded meanwhile.
_is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)


@contextmanager
def allow_writes() -> Iterator[None]:
    """Allow direct writes of records in the block, in this thread or task only; for the statements of writers."""
    token = _is_writing.set(True)
    try:
        yield
    finally:
        _is_writing.reset(token)


def writer_of(model: type[models.Model]) -> str:
    """The dotted path of the writer of a model; UncheckedWriteError when its app names none."""
    config = apps.get_app_config(model._meta.app_label)
    if not isinstance(config, RecordsConfig):
        raise UncheckedWriteError(f"the app of {model._meta.label} names no writer of its records")
    return config.record_writer


def require_writer(model: type[models.Model], attempt: str, call: str) -> None:
    """Raise UncheckedWriteError outside the writers; the message names the ``attempt`` and the ``call`` to use."""
    if not _is_writing.get():
        raise UncheckedWriteError(
            f"{attempt} of {model._meta.label} would write neither version nor history nor trail, and leave sign-offs "
            f"in force that it makes stale; call {writer_of(model)}.{call}"
        )


CREATE = "create(record)"
SAVE = "save(record, seen=version)"
DELETE = "delete(record, seen=version)"
LINK = "save(record, seen=version, linked={{{name!r}: others}})"


def _guard_method(name: str, call: str) -> Any:
    """A method of Django's QuerySet that calls ``require_writer`` first; its asynchronous variant calls this one."""
    method = getattr(models.QuerySet, name)

    @functools.wraps(method)
    def guarded(self: models.QuerySet[Any], *args: Any, **kwargs: Any) -> Any:
        require_writer(self.model, f"{name}()", call)
        return method(self, *args, **kwargs)

    return guarded


class RecordQuerySet(models.QuerySet[M]):
    """A queryset of records whose writing methods raise UncheckedWriteError outside the writers."""

    create = _guard_method("create", CREATE)
    get_or_create = _guard_method("get_or_create", CREATE)
    update_or_create = _guard_method("update_or_create", SAVE)
    bulk_create = _guard_method("bulk_create", CREATE)
    bulk_update = _guard_method("bulk_update", SAVE)
    update = _guard_method("update", SAVE)
    delete = _guard_method("delete", DELETE)
