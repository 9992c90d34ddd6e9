"""What leaves the house as files: lists, archives and forms."""

from django.apps import AppConfig


class LedgersConfig(AppConfig):
    """Lists, archives and forms."""

    name = "ledgers"
    verbose_name = "清单台账"
