"""The room of the public report."""

from accounts import write_guard


class ReportsConfig(write_guard.RecordsConfig):
    """The report: composed from records, rendered, published."""

    name = "reports"
    verbose_name = "整改报告"
    record_writer = "findings.workflow.saving.workflow_writer"
