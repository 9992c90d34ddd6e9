"""The base of the forms of outcomes, which may quote existing totals."""

from __future__ import annotations

from django import forms

from findings.inspections.totals import objections
from findings.workflow.forms import WorkflowModelForm


class QuotingForm(WorkflowModelForm):
    """A form with an outcome that may quote totals."""

    def clean_outcome(self) -> str:
        """Refuse quoted totals that do not exist, with suggestions of similar ones."""
        outcome: str = self.cleaned_data["outcome"]
        if found := objections(outcome):
            raise forms.ValidationError(found)
        return outcome
