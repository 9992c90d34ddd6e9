"""The guard on records: whatever would write one past its writer raises, and says which function to call instead.

Versions, histories, the trail and sign-offs hold only if every write passes a ``RecordWriter``. Django offers many
ways around it (``save()``, ``update()``, ``bulk_create()``, ``related.add()``); each asks ``require_writer`` first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import AppConfig, apps
from django.db import models


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
        writer = writer_of(model)
        raise UncheckedWriteError(
            f"{attempt} of {model._meta.label} would write neither version nor history nor trail, and leave sign-offs "
            f"in force that it makes stale; call {writer}.{call}"
        )
