"""The room of the domain: what was found and what is done about it."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """Inspections, findings, measures and units."""

    name = "findings"
    verbose_name = "巡察整改"
