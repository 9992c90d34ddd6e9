"""The trail becomes a chain that only grows."""

from django.db import migrations

from accounts.audit import triggers


def install(apps, schema_editor):
    """Create the triggers of this database."""
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    """Remove them again."""
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The triggers of the table of events."""

    dependencies = [("accounts", "0002_grants")]
    operations = [migrations.RunPython(install, remove)]
