"""The base of the forms that edit the records of findings, ledgers and reports."""

from __future__ import annotations

from accounts.web.forms import PageModelForm
from findings.workflow.definitions import RefusedError
from findings.workflow.saving import workflow_writer


class WorkflowModelForm(PageModelForm):
    """A form over a record on which sign-offs may rest; ``save`` ends those that it makes stale.

    Why the workflow refused stands on top of the form; it is in the trail by then (``engine.record_refusals``).
    """

    writer = workflow_writer

    def save(self, commit: bool = True) -> bool:
        """As for every form, and nothing is stored when the workflow refuses."""
        try:
            return super().save(commit)
        except RefusedError as refused:
            for sentence in refused.sentences:
                self.add_error(None, sentence)
            return False
