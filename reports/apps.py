"""The room of the public report."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """The report: composed from records, rendered, published."""

    name = "reports"
    verbose_name = "整改报告"
