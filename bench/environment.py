"""A folder, keys and a database of a bench's own, for its server too. Imported before Django, whose settings it sets.

With a PostgreSQL in DATABASE_URL the database is a new one on that server; otherwise it is a SQLite file.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import django

_FOLDER = tempfile.TemporaryDirectory(prefix="rectify-bench-")
FOLDER = Path(_FOLDER.name)
NAME = f"rectify_bench_{os.getpid()}"
_given = urlsplit(os.environ.get("DATABASE_URL", ""))
IS_POSTGRES = _given.scheme.startswith("postgres")

os.environ.pop("PYTEST_VERSION", None)  # nothing here is to behave as in a test
os.environ |= {
    "DATABASE_URL": _given._replace(path=f"/{NAME}").geturl() if IS_POSTGRES else f"sqlite:///{FOLDER / NAME}.sqlite3",
    "DJANGO_SETTINGS_MODULE": "rectify.settings",
    "RECTIFY_DEBUG": "0",
    "RECTIFY_HTTPS": "0",
    "RECTIFY_SECRET_KEY": secrets.token_urlsafe(50),
    "RECTIFY_AUDIT_KEY": secrets.token_urlsafe(50),
    "RECTIFY_AUDIT_ANCHORS": str(FOLDER / "anchors.jsonl"),
    "RECTIFY_EVIDENCE": str(FOLDER / "evidence"),
    "ALLOWED_HOSTS": "127.0.0.1",
}
django.setup()

from django.db import connection  # noqa: E402 -- after its settings


@contextmanager
def database() -> Iterator[None]:
    """Have the database, and leave nothing of it behind."""
    try:
        if IS_POSTGRES:
            _say(f'CREATE DATABASE "{NAME}"')
        yield
    finally:
        connection.close()
        if IS_POSTGRES:
            _say(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
        _FOLDER.cleanup()


def _say(words: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(words)


def sessions() -> set[int]:
    """The other sessions the database has, by number; those of a killed server end as soon as they notice."""
    if not IS_POSTGRES:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [NAME])
        return {pid for (pid,) in cursor.fetchall()}
