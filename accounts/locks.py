"""Doing one thing at a time, whichever thread or process it is asked of."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection, transaction


class BusyError(Exception):
    """Others have been at the same thing for so long that waiting was given up."""


@contextmanager
def serialised(name: str) -> Iterator[None]:
    """Let nobody else do the thing of this name meanwhile; what was written inside is visible to the next.

    PostgreSQL: an advisory lock and a transaction of its own, so not inside another one. SQLite: a locked file, for all
    processes of this machine; a transaction would keep out every other writer as well. Names may share a lock, so one
    must not be taken inside another. Raises BusyError when the database's ``lock_timeout`` (PostgreSQL) has passed.
    """
    digest = hashlib.sha256(name.encode()).digest()
    with _advisory(digest) if connection.vendor == "postgresql" else _file(digest):
        yield


@contextmanager
def try_exclusive(name: str) -> Iterator[None]:
    """The same for what writes nothing to the database: it may take long and stand inside a transaction.

    PostgreSQL: an advisory lock of the connection, which a transaction left idle meanwhile would end.
    """
    digest = hashlib.sha256(name.encode()).digest()
    with _advisory_lock_connection(digest) if connection.vendor == "postgresql" else _file(digest):
        yield


def hold(name: str) -> None:
    """Inside a transaction: wait for others at the thing of this name, and keep them out until the transaction ends.

    To be called before what it is about is read. On SQLite beginning to write has kept all others out.
    """
    if connection.vendor == "postgresql":
        _lock(hashlib.sha256(name.encode()).digest())


def _lock(digest: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])


@contextmanager
def _advisory(digest: bytes) -> Iterator[None]:
    with transaction.atomic(durable=True):
        try:
            _lock(digest)
        except OperationalError as error:
            raise BusyError from error
        yield


@contextmanager
def _advisory_lock_connection(digest: bytes) -> Iterator[None]:
    key = [int.from_bytes(digest[:8], signed=True)]
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT pg_advisory_lock(%s)", key)
        except OperationalError as error:
            raise BusyError from error
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", key)


@contextmanager
def _file(digest: bytes) -> Iterator[None]:
    folder = Path(settings.VAR_DIR) / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # 256 files at most: names are what strangers type, so there cannot be a file for each.
    handle = os.open(folder / digest[:1].hex(), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # and with it the lock
