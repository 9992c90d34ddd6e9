"""The SQL of the kinds of work, built once for all users whose rights reach equally far.

Building takes longer than running. What is kept depends on ``Viewer.reach`` alone: the key of the user stands in it as
that of ``ANYONE``, and is put in for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection

from findings.desk.sources import Records, WorkSource
from findings.desk.viewer import ANYONE, Viewer

KEPT = 1_000  # statements in memory, with 40 inspections about 10 kB each
Build = Callable[[Viewer, WorkSource], Records]


class Statement(NamedTuple):
    """A part of a query with its values."""

    sql: str
    values: tuple[Any, ...]


_kept: dict[tuple[Any, ...], Statement | None] = {}


def find_statement(viewer: Viewer, source: WorkSource, build: Build) -> Statement | None:
    """The statement of the records that ``build`` makes of a source for this user; None when there can be none."""
    place = (viewer.reach, source.code, build)
    try:
        found = _kept[place]
    except KeyError:
        if len(_kept) >= KEPT:
            _kept.clear()
        found = _kept[place] = compile_records(build(viewer.as_anyone(), source))
    own = viewer.user.pk
    return found and Statement(found.sql, tuple(own if value == ANYONE else value for value in found.values))


def compile_records(records: Records) -> Statement | None:
    """The statement of these records; None when its conditions exclude each other."""
    try:
        return Statement(*records.query.sql_with_params())
    except EmptyResultSet:
        return None


def read_together(statements: Iterable[Statement | None]) -> list[tuple[Any, ...]]:
    """The rows of all statements, in one query.

    They are put together here: a union of Django copies each part, and allows none to be limited on SQLite.
    """
    found = [one for one in statements if one]
    if not found:
        return []
    union = " UNION ALL ".join(f"SELECT * FROM ({one.sql}) part" for one in found)  # noqa: S608 -- as Django wrote it
    with connection.cursor() as cursor:
        cursor.execute(union, [value for one in found for value in one.values])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
