"""Databases of a test's own, beside the test database on the same kind of server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The name of a new database without a table, until the end of the block; a file of SQLite lies in the folder."""
    if connection.vendor == "sqlite":
        yield str(folder / "beside.sqlite3")
        return
    name = f"rectify_beside_{os.getpid()}"
    execute_on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield name
    finally:
        execute_on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def execute_on_server(statement: str) -> None:
    """Execute what concerns whole databases, outside of any of ours (PostgreSQL)."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Have Django's connection lead to the database of that name until the end of the block."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def url_of(name: str) -> str:
    """The DATABASE_URL of that database, for another process."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(name)}"
    there = {key: quote(str(value or ""), safe="") for key, value in connection.settings_dict.items()}
    return f"postgres://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT'] or 5432}/{name}"
