"""The room of the domain: what was found and what is done about it."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def gather_statistics(using: str, **_: Any) -> None:
    """Count what the indexes hold, so that SQLite chooses well between them; PostgreSQL does this by itself."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class FindingsConfig(AppConfig):
    """Inspections, findings, measures and units."""

    name = "findings"
    verbose_name = "巡察整改"

    def ready(self) -> None:
        """Have the statistics renewed whenever the database is brought up to date, and the workflow follow changes."""
        import_module("findings.workflow")  # here at the earliest: it needs the models; commands may not ask for it
        post_migrate.connect(gather_statistics, sender=self)
