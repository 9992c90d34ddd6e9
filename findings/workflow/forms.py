"""The base of the forms that edit the records of findings, ledgers and reports."""

from __future__ import annotations

from accounts.web.forms import PageModelForm
from findings.workflow.saving import workflow_writer


class WorkflowModelForm(PageModelForm):
    """A form over a record on which sign-offs may rest; ``save`` ends those that it makes stale."""

    writer = workflow_writer
