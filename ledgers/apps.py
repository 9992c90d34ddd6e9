"""The room of lists, special ledgers and archives."""

from accounts import write_guard


class LedgersConfig(write_guard.RecordsConfig):
    """What is handed out as files and comes back, and the special ledgers."""

    name = "ledgers"
    verbose_name = "清单台账"
    record_writer = "findings.workflow.saving.workflow_writer"
