"""Configuration of the app of inspections, findings, measures, evidence and their workflow."""

from typing import Any

from django.db import connections
from django.db.models.signals import post_migrate

from accounts import write_guard


def gather_statistics(using: str, **_: Any) -> None:
    """Run ``ANALYZE`` on SQLite, whose planner chooses indexes by its statistics; PostgreSQL does this by itself."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class FindingsConfig(write_guard.RecordsConfig):
    """The app of inspections, findings, measures, evidence and units, whose records ``workflow_writer`` writes."""

    name = "findings"
    verbose_name = "巡察整改"
    # A dotted path: the writer imports models, which do not exist while apps are being configured.
    record_writer = "findings.workflow.saving.workflow_writer"

    def ready(self) -> None:
        """Renew the statistics of SQLite after every ``migrate``."""
        post_migrate.connect(gather_statistics, sender=self)
