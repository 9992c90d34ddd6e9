"""Locks by name across threads and processes: advisory locks on PostgreSQL, locked files on SQLite."""

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
    """The lock was not free within the database's ``lock_timeout``."""


@contextmanager
def serialise(name: str) -> Iterator[None]:
    """Hold the lock of this name for the block; the next holder sees everything the block has written.

    PostgreSQL: an advisory lock in a transaction of its own, so never inside another transaction. SQLite: a locked
    file, for all processes of this machine. Two names may share a lock: do not take one inside another. Raises
    BusyError when the database's ``lock_timeout`` has passed (PostgreSQL only).
    """
    # No transaction on SQLite: it would keep out all other writers as well.
    digest = hashlib.sha256(name.encode()).digest()
    with _advisory(digest) if connection.vendor == "postgresql" else _file(digest):
        yield


@contextmanager
def exclusive_lock(name: str) -> Iterator[None]:
    """Hold the lock of this name for a block that writes nothing; it may be slow, and inside a transaction.

    PostgreSQL: an advisory lock of the connection; it is lost if a transaction left idle ends the connection. Raises
    BusyError as ``serialise`` does.
    """
    digest = hashlib.sha256(name.encode()).digest()
    with _advisory_lock_connection(digest) if connection.vendor == "postgresql" else _file(digest):
        yield


def lock_until_commit(name: str) -> None:
    """Take the lock of this name until the present transaction ends, waiting for its holder.

    Call it before reading what it protects. Does nothing on SQLite, where a transaction that writes is alone already.
    """
    if connection.vendor == "postgresql":
        _lock(hashlib.sha256(name.encode()).digest())


def _lock(digest: bytes) -> None:
    with connection.cursor() as cursor:
        # The key of an advisory lock is a signed 64-bit number: the first 8 bytes of the digest.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])


@contextmanager
def _advisory(digest: bytes) -> Iterator[None]:
    # durable=True raises inside another transaction, where the lock would last until that one ends.
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
    # At most 256 files: names come from what strangers type, so there cannot be a file for each.
    handle = os.open(folder / digest[:1].hex(), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # releases the lock as well
