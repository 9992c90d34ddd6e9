"""What only the owner of the database can do, and only tests do: put the trail's triggers out of the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

from accounts.audit import triggers

KEPT = {"django_content_type", "auth_permission"}  # what migrating has filled


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


def flush(_case: TransactionTestCase, *_arguments: Any) -> None:
    """Empty the test database after a test with transactions, the trail included.

    Row by row: PostgreSQL takes more than a second to truncate all tables, and most of them are empty. They are locked
    as by truncating, so that a request a browser has under way ends first and writes nothing in between.
    """
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - KEPT)
    names = [connection.ops.quote_name(table) for table in tables]
    with without_triggers(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
        for name in names:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608 -- the name of a table
