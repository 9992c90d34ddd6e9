"""The triggers that make the audit trail append-only, for both databases, and the check that they are in force.

The minimum of 190 days is written into the triggers: no command, setting or session can delete a younger row. On
SQLite a migration that alters the table rebuilds it without triggers and must end with ``install``.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "accounts_event"
FLOOR = 190  # days
REFUSED = f"审计记录只能追加：不能修改、清空，也不能删除 {FLOOR} 天以内的记录。"

SQLITE = {
    f"{TABLE}_no_update": f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    # INSERT OR REPLACE fires no delete trigger in a connection without recursive_triggers, such as a shell's.
    f"{TABLE}_no_replace": f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} "  # noqa: S608 -- our own words
    f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE number = NEW.number) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    # julianday gives NULL for an invalid time: coalesce makes such a row too young to be deleted.
    f"{TABLE}_no_delete": f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} "
    f"WHEN coalesce(julianday('now') - julianday(OLD.at) <= {FLOOR}, 1) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
}
POSTGRESQL_BODY = f"""
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '{FLOOR} days' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'integrity_constraint_violation';
END
"""
# By name: when it fires, at which level, and PostgreSQL's number for both (pg_trigger.tgtype).
POSTGRESQL = {
    f"{TABLE}_no_update": ("BEFORE UPDATE", "STATEMENT", 18),
    f"{TABLE}_no_truncate": ("BEFORE TRUNCATE", "STATEMENT", 34),
    f"{TABLE}_no_delete": ("BEFORE DELETE", "ROW", 11),
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers, and on PostgreSQL their function; an error of the database when they exist."""
    if connection.vendor == "sqlite":
        statements = list(SQLITE.values())
    else:
        statements = [
            f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $body${POSTGRESQL_BODY}$body$"
        ]
        for name, (moment, level, _) in POSTGRESQL.items():
            statements += [
                f"CREATE TRIGGER {name} {moment} ON {TABLE} FOR EACH {level} EXECUTE FUNCTION {TABLE}_refuse()",
                # ALWAYS: also with session_replication_role = replica, where ordinary triggers do not fire.
                f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {name}",
            ]
    _execute(connection, statements)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers; for the reverse of the migration that installs them."""
    if connection.vendor == "sqlite":
        _execute(connection, [f"DROP TRIGGER {name}" for name in SQLITE])
    else:
        drops = [f"DROP TRIGGER {name} ON {TABLE}" for name in POSTGRESQL]
        _execute(connection, [*drops, f"DROP FUNCTION {TABLE}_refuse()"])


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """The faults of the triggers, in Chinese; empty when all are in force, unchanged, and the only ones."""
    found, expected = _sqlite(connection) if connection.vendor == "sqlite" else _postgresql(connection)
    wrong = [f"触发器 {name} 不存在" for name in expected if name not in found]
    wrong += [f"触发器 {name} 被停用或被改动" for name in expected if name in found and found[name] != expected[name]]
    wrong += [f"多出触发器 {name}" for name in found if name not in expected]
    return wrong


def _sqlite(connection: BaseDatabaseWrapper) -> tuple[dict[str, object], dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        return dict(cursor.fetchall()), dict(SQLITE)


def _postgresql(connection: BaseDatabaseWrapper) -> tuple[dict[str, object], dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, t.tgenabled::text, t.tgtype, t.tgqual IS NULL, p.prosrc"
            " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = %s::regclass AND NOT t.tgisinternal",
            [TABLE],
        )
        found: dict[str, object] = {name: tuple(rest) for name, *rest in cursor.fetchall()}
    return found, {name: ("A", kind, True, POSTGRESQL_BODY) for name, (_, _, kind) in POSTGRESQL.items()}


def _execute(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
