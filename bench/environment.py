"""A folder, keys and a database for one benchmark and the server it starts.

Must be imported before Django reads its settings, since it sets the environment. With a PostgreSQL in DATABASE_URL the
database is a new one on that server; otherwise it is a SQLite file.
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
_url = urlsplit(os.environ.get("DATABASE_URL", ""))
IS_POSTGRES = _url.scheme.startswith("postgres")

os.environ.pop("PYTEST_VERSION", None)  # it would make the settings those of a test run
os.environ |= {
    "DATABASE_URL": _url._replace(path=f"/{NAME}").geturl() if IS_POSTGRES else f"sqlite:///{FOLDER / NAME}.sqlite3",
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

from django.db import connection  # noqa: E402 -- needs django.setup()


@contextmanager
def database() -> Iterator[None]:
    """Create the database, and remove it and the folder on leaving."""
    try:
        if IS_POSTGRES:
            _execute(f'CREATE DATABASE "{NAME}"')
        yield
    finally:
        connection.close()
        if IS_POSTGRES:
            # FORCE ends the sessions that a killed server has left.
            _execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
        _FOLDER.cleanup()


def _execute(words: str) -> None:
    """Execute a statement outside of the benchmark's own database, which cannot create or drop itself."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(words)


def sessions() -> set[int]:
    """The process ids of the database's other sessions; always empty on SQLite.

    PostgreSQL ends those of a killed server only when it notices.
    """
    if not IS_POSTGRES:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [NAME])
        return {pid for (pid,) in cursor.fetchall()}
