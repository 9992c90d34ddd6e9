"""What the forms of an outcome have in common: it may quote totals, and only those that there are."""

from __future__ import annotations

from django import forms

from findings.inspections.totals import objections
from findings.workflow.forms import WorkflowModelForm


class QuotingForm(WorkflowModelForm):
    """A form with an outcome, which may quote totals."""

    def clean_outcome(self) -> str:
        """Refuse the name of a total that there is not, and say which are like it."""
        outcome: str = self.cleaned_data["outcome"]
        if found := objections(outcome):
            raise forms.ValidationError(found)
        return outcome
