"""The Django app of the lists, special ledgers, Word forms and archives."""

from accounts import write_guard


class LedgersConfig(write_guard.RecordsConfig):
    """Records of the special ledgers, imports, exports and templates; records are written by ``workflow_writer``."""

    name = "ledgers"
    verbose_name = "清单台账"
    # An entry is quoted in outcomes by its ledger's totals, so that its changes can void sign-offs, as those of
    # findings can.
    record_writer = "findings.workflow.saving.workflow_writer"
