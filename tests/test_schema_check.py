"""A database of another schema is told apart at once, and no command touches its records."""

from __future__ import annotations

import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from rectify import command_line, schema
from rectify.command_line import UNCHECKED, CommandLine
from rectify.schema import SchemaMismatchError, find_mismatch, require_own_schema

pytestmark = pytest.mark.django_db
OLDER, NEWER, FOREIGN = "数据库的结构比程序旧", "程序比数据库旧", "数据库的结构不是本程序的"


def execute(statement: str) -> None:
    """Change the test database until the end of the test."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def take_migration_back() -> None:
    """Make the database one of an older program, as far as it says itself."""
    MigrationRecorder(connection).record_unapplied("accounts", "0005_daily_mail")


def add_unknown_migration(app: str = "findings") -> None:
    """Make the database one of a newer program."""
    MigrationRecorder(connection).record_applied(app, "9999_from_the_future")


def test_the_own_schema_is_accepted() -> None:
    assert find_mismatch(connection) == ""
    require_own_schema(connection)
    out = StringIO()
    call_command("check_schema", stdout=out)
    assert "数据库的结构与程序相符" in out.getvalue()


def test_an_older_database_is_told_to_migrate() -> None:
    take_migration_back()
    with pytest.raises(SchemaMismatchError, match=OLDER) as caught:
        require_own_schema(connection)
    chinese, english = str(caught.value).splitlines()
    assert "有 1 个迁移没有执行（accounts.0005_daily_mail）。请先备份数据库，再运行" in chinese
    assert "1 migrations are not applied (accounts.0005_daily_mail). Back up the database, then run" in english


def test_an_empty_database_is_an_older_one() -> None:
    execute("DROP TABLE django_migrations")
    complaint = find_mismatch(connection)
    assert complaint.startswith(OLDER)
    assert "（accounts.0001_initial, accounts.0002_grants, accounts.0003_the_audit_chain …）" in complaint


def test_a_newer_database_is_told_from_an_older_one() -> None:
    take_migration_back()
    add_unknown_migration()
    complaint = find_mismatch(connection)
    assert complaint.startswith(NEWER)
    assert "findings.9999_from_the_future" in complaint
    assert "This program is older than the database" in complaint


def test_migrations_that_a_package_has_dropped_are_no_matter() -> None:
    add_unknown_migration("axes")
    add_unknown_migration("an_app_of_another_product")
    assert find_mismatch(connection) == ""


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("ALTER TABLE ledgers_export DROP COLUMN words", "ledgers_export.words"),
        ("DROP TABLE findings_digest", "findings_digest.id"),
        ("ALTER TABLE ledgers_export RENAME COLUMN words TO said", "ledgers_export.said, ledgers_export.words"),
    ],
    ids=["a column is missing", "a table is missing", "a column must be given that the program does not know"],
)
def test_a_database_whose_migrations_were_edited_is_refused(statement: str, names: str) -> None:
    execute(statement)
    complaint = find_mismatch(connection)
    assert complaint.startswith(FOREIGN)
    assert names in complaint
    assert "restore a back-up or use a new database" in complaint


def test_a_column_of_somebody_else_is_no_matter_when_it_may_be_empty() -> None:
    execute("ALTER TABLE ledgers_export ADD COLUMN remark varchar(20)")
    execute("ALTER TABLE ledgers_export ADD COLUMN marked integer DEFAULT 0 NOT NULL")
    assert find_mismatch(connection) == ""


def seconds_of_check() -> float:
    """How long one check takes."""
    started = time.perf_counter()
    require_own_schema(connection)
    return time.perf_counter() - started


def test_the_check_is_quick() -> None:
    assert min(seconds_of_check() for _ in range(10)) < 0.1  # of every start; others may use the processor meanwhile


def failing(error: DatabaseError) -> Any:
    """A search that ends in an error of the database."""

    def find(*_: object) -> str:
        raise error

    return find


def test_a_database_that_cannot_be_reached_is_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    error = OperationalError("connection refused")
    error.__cause__ = DriverError()
    monkeypatch.setattr(schema, "find_mismatch", failing(error))
    require_own_schema(connection)


class DriverError(Exception):
    """The driver's own error, which no server has given a code."""

    pgcode = None


def test_any_other_error_of_the_database_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "find_mismatch", failing(DatabaseError("file is not a database")))
    with pytest.raises(DatabaseError, match="not a database"):
        require_own_schema(connection)


@pytest.mark.parametrize("command", ["load_demo", "send_reminders", "import_report", "verify_audit", "runserver"])
def test_a_command_that_touches_records_is_refused(command: str) -> None:
    take_migration_back()
    with pytest.raises(SystemExit, match=OLDER):  # with words: printed to standard error, and 1 as the exit code
        command_line.run(["manage.py", command])


@pytest.mark.parametrize("arguments", [["migrate"], ["showmigrations"], ["help", "load_demo"], ["load_demo", "--help"]])
def test_what_touches_no_record_runs_on_any_schema(arguments: list[str]) -> None:
    take_migration_back()
    assert CommandLine(["manage.py", *arguments]).fetch_command("load_demo")


def test_the_unchecked_commands_exist() -> None:
    assert UNCHECKED - {"help", "version"} <= set(get_commands())


def test_the_command_says_what_differs() -> None:
    add_unknown_migration()
    with pytest.raises(CommandError, match=NEWER):
        call_command("check_schema")
