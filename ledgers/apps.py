"""The room of lists, special ledgers and archives."""

from importlib import import_module

from django.apps import AppConfig

from findings.inspections.totals import offer


class LedgersConfig(AppConfig):
    """What is handed out as files and comes back, and the special ledgers."""

    name = "ledgers"
    verbose_name = "清单台账"

    def ready(self) -> None:
        """Let outcomes quote the totals of the ledgers."""
        special = import_module("ledgers.special_ledgers")  # here at the earliest: it needs the models
        entries = import_module("ledgers.models.entries")
        quotables = [total.quotable for ledger in special.LEDGERS.values() for total in ledger.totals]
        offer(quotables, entries.count_entries)
