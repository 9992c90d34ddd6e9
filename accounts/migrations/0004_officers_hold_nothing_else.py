"""Officers hold nothing else: a rule over several rows, which only a trigger can keep on both databases."""

from django.db import migrations

MESSAGE = "officers hold no other role"
OFFICERS = "('system_officer', 'security_officer', 'audit_officer')"
# Whether the new row stands beside one it excludes: an officer's excludes all others, all others exclude an officer's.
CLASH = f"""
    EXISTS (
        SELECT 1 FROM accounts_grant other
        WHERE other.user_id = NEW.user_id AND other.id <> COALESCE(NEW.id, -1)
        AND (NEW.role IN {OFFICERS} OR other.role IN {OFFICERS})
    )
"""
SQLITE = [
    f"""
    CREATE TRIGGER grant_excludes_{event.lower()} BEFORE {event} ON accounts_grant
    WHEN {CLASH} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END
    """
    for event in ("INSERT", "UPDATE")
]
POSTGRESQL = [
    # The person's row is locked first: two grants at the same moment would not see each other.
    # NO KEY: what the person is doing meanwhile refers to the row and need not wait.
    f"""
    CREATE FUNCTION grant_excludes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
        IF {CLASH} THEN
            RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER grant_excludes BEFORE INSERT OR UPDATE ON accounts_grant
    FOR EACH ROW EXECUTE FUNCTION grant_excludes()
    """,
]


def create(apps, schema_editor):
    """Create the triggers of this database."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Remove them again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER grant_excludes ON accounts_grant")
        schema_editor.execute("DROP FUNCTION grant_excludes()")
    else:
        for event in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER grant_excludes_{event}")


class Migration(migrations.Migration):
    """The triggers of the table of grants."""

    dependencies = [("accounts", "0003_the_audit_chain")]
    operations = [migrations.RunPython(create, drop)]
