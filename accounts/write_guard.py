"""The guard on records: whatever would write one past its writer raises, and says which function to call instead.

Versions, histories, the trail and sign-offs hold only if every write passes a ``RecordWriter``. Django has many
other ways (``save()``, ``update()``, ``bulk_create()``, ``related.add()``); all of them ask ``require_writer`` first.
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
    """A record was about to be written without its version, history, trail and consequences."""


class RecordsConfig(AppConfig):
    """The configuration of an app with records: it names the writer of all of them, as a dotted path."""

    record_writer: str


_is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)


@contextmanager
def allow_writes() -> Iterator[None]:
    """Let records be written directly; for the writers' own statements, which take care of everything else.

    It holds for the present thread or task only.
    """
    token = _is_writing.set(True)
    try:
        yield
    finally:
        _is_writing.reset(token)


def writer_of(model: type[models.Model]) -> str:
    """The dotted path of the writer of a kind of record."""
    config = apps.get_app_config(model._meta.app_label)
    if not isinstance(config, RecordsConfig):
        raise UncheckedWriteError(f"the app of {model._meta.label} names no writer of its records")
    return config.record_writer


def require_writer(model: type[models.Model], attempt: str, call: str) -> None:
    """Raise UncheckedWriteError outside the writers; ``attempt`` is what was called, ``call`` what is to be called."""
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
    """A method of Django's querysets that asks for the writer first; its asynchronous twin calls it."""
    method = getattr(models.QuerySet, name)

    @functools.wraps(method)
    def guarded(self: models.QuerySet[Any], *args: Any, **kwargs: Any) -> Any:
        require_writer(self.model, f"{name}()", call)
        return method(self, *args, **kwargs)

    return guarded


class RecordQuerySet(models.QuerySet[M]):
    """Reads records; every method that would write them raises UncheckedWriteError."""

    create = _guard_method("create", CREATE)
    get_or_create = _guard_method("get_or_create", CREATE)
    update_or_create = _guard_method("update_or_create", SAVE)
    bulk_create = _guard_method("bulk_create", CREATE)
    bulk_update = _guard_method("bulk_update", SAVE)
    update = _guard_method("update", SAVE)
    delete = _guard_method("delete", DELETE)
