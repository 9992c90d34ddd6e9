"""The room of the domain: what was found and what is done about it."""

from typing import Any

from django.db import connections
from django.db.models.signals import post_migrate

from accounts import write_guard


def gather_statistics(using: str, **_: Any) -> None:
    """Count what the indexes hold, so that SQLite chooses well between them; PostgreSQL does this by itself."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class FindingsConfig(write_guard.RecordsConfig):
    """Inspections, findings, measures and units."""

    name = "findings"
    verbose_name = "巡察整改"
    record_writer = "findings.workflow.saving.workflow_writer"

    def ready(self) -> None:
        """Have the statistics renewed whenever the database is brought up to date."""
        post_migrate.connect(gather_statistics, sender=self)
