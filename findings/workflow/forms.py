"""The base class of the forms that edit records of findings, ledgers and reports."""

from __future__ import annotations

from accounts.web.forms import PageModelForm
from findings.workflow.definitions import RefusedError
from findings.workflow.saving import workflow_writer


class WorkflowModelForm(PageModelForm):
    """A form over a record that sign-offs may cover; ``save`` voids those that it makes stale.

    A refusal by the workflow appears above the fields; by then it is in the trail (``engine.record_refusals``).
    """

    writer = workflow_writer

    def save(self, commit: bool = True) -> bool:
        """Save as ``PageModelForm`` does; False when the workflow refuses, and nothing is stored then."""
        try:
            return super().save(commit)
        except RefusedError as refused:
            for sentence in refused.sentences:
                self.add_error(None, sentence)
            return False
