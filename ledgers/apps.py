"""The room of lists and archives."""

from django.apps import AppConfig


class LedgersConfig(AppConfig):
    """What is handed out as files, and comes back."""

    name = "ledgers"
    verbose_name = "清单台账"
