"""The room of lists, special ledgers and archives."""

from importlib import import_module

from accounts import write_guard
from findings.inspections.totals import offer


class LedgersConfig(write_guard.RecordsConfig):
    """What is handed out as files and comes back, and the special ledgers."""

    name = "ledgers"
    verbose_name = "清单台账"
    record_writer = "findings.workflow.saving.workflow_writer"

    def ready(self) -> None:
        """Let outcomes quote the totals of the ledgers."""
        special = import_module("ledgers.special_ledgers")  # here at the earliest: it needs the models
        entries = import_module("ledgers.models.entries")
        quotables = [total.quotable for ledger in special.LEDGERS.values() for total in ledger.totals]
        offer(quotables, entries.count_entries)
