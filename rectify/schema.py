"""The check that the database has this program's schema, made at every start in a few milliseconds.

Three things are compared, without importing a migration: the migrations in the packages, those recorded in the
database, and the columns it really has. The last finds databases whose migrations were edited after they had run.
"""

from __future__ import annotations

import pkgutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from accounts.outages import is_outage

NAMES_SHOWN = 3
OLDER = (
    "数据库的结构比程序旧：有 {count} 个迁移没有执行（{names}）。请先备份数据库，再运行 python manage.py migrate。\n"
    "The database is older than this program: {count} migrations are not applied ({names}). "
    "Back up the database, then run: python manage.py migrate"
)
NEWER = (
    "程序比数据库旧：数据库执行过本程序没有的 {count} 个迁移（{names}）。"
    "请安装与数据库相符的程序，或恢复升级前的备份。\n"
    "This program is older than the database, which has {count} migrations it does not know ({names}). "
    "Install the version that belongs to the database, or restore the back-up made before the upgrade."
)
FOREIGN = (
    "数据库的结构不是本程序的：迁移都已执行，表的列却有 {count} 处不符（{names}）。"
    "这样的数据库（例如 0.2.0 以前的开发版建立的）不能升级，请恢复备份，或换一个新数据库。\n"
    "The database does not have the schema of this program: all migrations are applied, but {count} columns differ "
    "({names}). A database like this (made by a development version before 0.2.0, for example) cannot be upgraded: "
    "restore a back-up or use a new database."
)

# Table, column, and whether an INSERT must give the column a value: it is NOT NULL and has no default.
COLUMNS = {
    "sqlite": 'SELECT t.name, c.name, c."notnull" AND c.dflt_value IS NULL AND NOT c.pk'
    " FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
    "postgresql": "SELECT t.relname, c.attname, c.attnotnull AND NOT c.atthasdef AND c.attidentity = ''"
    " FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid"
    " WHERE t.relkind IN ('r', 'p') AND pg_table_is_visible(t.oid) AND c.attnum > 0 AND NOT c.attisdropped",
}
Migration = tuple[str, str]  # the label of the app, the name


class SchemaMismatchError(Exception):
    """The database does not have the schema of this program; the message says in Chinese and English what to do."""


def require_own_schema(connection: BaseDatabaseWrapper) -> None:
    """Raise SchemaMismatchError when the database has another schema than this program.

    A database that cannot be reached passes: the product then starts and reconnects when it can.
    """
    try:
        complaint = find_mismatch(connection)
    except DatabaseError as error:
        if not is_outage(error):
            raise
        return
    if complaint:
        raise SchemaMismatchError(complaint)


def find_mismatch(connection: BaseDatabaseWrapper) -> str:
    """The difference and what to do, in Chinese and on a second line in English; "" when there is none."""
    known, applied = known_migrations(), set(MigrationRecorder(connection).applied_migrations())
    own = {config.label for config in apps.get_app_configs() if is_own(config)}
    # Unknown migrations of other packages do not count: a package may drop those it has squashed.
    for template, migrations in (
        (NEWER, {migration for migration in applied - known if migration[0] in own}),
        (OLDER, known - applied),
    ):
        if migrations:
            return complain(template, (".".join(migration) for migration in migrations))
    # Compared last: while migrations are missing the columns must differ.
    columns = differing_columns(connection)
    return complain(FOREIGN, columns) if columns else ""


def is_own(config: AppConfig) -> bool:
    """Whether an app is part of this program, not of an installed package."""
    return Path(config.path).parent == Path(settings.BASE_DIR)


def known_migrations() -> set[Migration]:
    """The migrations of all installed apps, by the file names of their modules."""
    return {
        (config.label, module.name)
        for config in apps.get_app_configs()
        for module in pkgutil.iter_modules([str(Path(config.path) / "migrations")])
    }


def differing_columns(connection: BaseDatabaseWrapper) -> list[str]:
    """The differing columns as ``table.column``, in one query.

    Those that models have and the database lacks, and those unknown to the program that need a value, so that it could
    not insert a row.
    """
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS[connection.vendor])
        for table, column, must_be_given in cursor.fetchall():
            found[table][column] = bool(must_be_given)
    differing = []
    for table, expected in expected_columns().items():
        # An unknown column with a default does no harm.
        unfillable = {column for column, must_be_given in found[table].items() if must_be_given} - expected
        differing += [f"{table}.{column}" for column in (expected - found[table].keys()) | unfillable]
    return differing


def expected_columns() -> dict[str, set[str]]:
    """The columns that the models of all installed apps have, by table."""
    expected: dict[str, set[str]] = defaultdict(set)
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            expected[model._meta.db_table] |= {
                field.column for field in model._meta.local_concrete_fields if field.column
            }
    return expected


def complain(template: str, names: Iterable[str]) -> str:
    """The message with the number of differences and the first ``NAMES_SHOWN`` of them."""
    names = sorted(names)
    shown = ", ".join(names[:NAMES_SHOWN]) + (" …" if len(names) > NAMES_SHOWN else "")
    return template.format(count=len(names), names=shown)
