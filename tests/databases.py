"""The test database of each process, and databases of a test's own, beside it on the same kind of server."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

COPY = "copied-database-"  # and the name of the process that may take it


def examples(most: int) -> int:
    """How many random examples of a property to try: on SQLite all, on another database a third."""
    return most if connection.vendor == "sqlite" else most // 3


def make_test_database(folder: Path, process: str, processes: Sequence[str]) -> None:
    """Give this process, one of those that share the folder, a migrated test database.

    Migrating takes ten seconds: the first process does it, and copies its database for the others.
    """
    copy = folder / f"{COPY}{process}"
    with alone_in(folder):
        if copy.exists():
            take_copy(copy)
            return
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()  # PostgreSQL copies no database in use; SQLite then has all of it in one file
        for other in processes:
            if other != process:
                make_copy(process, folder / f"{COPY}{other}")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep the other processes that share the folder out of the block."""
    with (folder / "databases-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_copy(process: str, copy: Path) -> None:
    """Copy the database of this process for another: into that file, which for PostgreSQL only has its name."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        shutil.copy(name, copy)
        return
    theirs = name.removesuffix(process) + copy.name.removeprefix(COPY)
    execute_on_server(f'DROP DATABASE IF EXISTS "{theirs}"')
    execute_on_server(f'CREATE DATABASE "{theirs}" TEMPLATE "{name}"')
    copy.write_text(theirs)


def take_copy(copy: Path) -> None:
    """Make what another process has copied the test database of this one."""
    name = connection.settings_dict["TEST"]["NAME"]
    if connection.vendor == "sqlite":
        shutil.copy(copy, name)
    copy.unlink()  # a process that is started in the place of this one migrates
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def drop_test_database(folder: Path, own: str) -> None:
    """Drop the test database and the copies nobody took; the connection leads to the one not for tests again."""
    if connection.vendor == "postgresql":
        # It drops none in use, and the threads that served a browser may keep theirs open.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    connection.creation.destroy_test_db(own, verbosity=0)
    with alone_in(folder):
        for copy in folder.glob(f"{COPY}*"):
            if connection.vendor == "postgresql":
                execute_on_server(f'DROP DATABASE "{copy.read_text()}"')
            copy.unlink()


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
