"""What only the owner of the database can do, and only tests do: put the trail's triggers out of the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

from accounts import triggers

_flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # unknown to the stubs


@contextmanager
def without_triggers() -> Iterator[None]:
    """Drop the triggers, and create them again afterwards as the migration does."""
    settle()
    triggers.remove(connection)
    try:
        yield
    finally:
        settle()
        triggers.install(connection)


def settle() -> None:
    """Have foreign keys checked now: PostgreSQL alters and truncates no table while some are still to be checked."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


def flush(case: TransactionTestCase, *arguments: Any) -> None:
    """Empty the test database after a test with transactions, the trail included."""
    with without_triggers():
        _flush(case, *arguments)
