"""The configuration of the app for the public report."""

from accounts import write_guard


class ReportsConfig(write_guard.RecordsConfig):
    """The app that composes, renders and imports reports; its records are written by the writer of findings."""

    name = "reports"
    verbose_name = "整改报告"
    record_writer = "findings.workflow.saving.workflow_writer"
