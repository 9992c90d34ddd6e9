"""The form of a step: what a person says with it, and which version of the record he saw."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.conflicts import SEEN
from accounts.forms import PageForm
from accounts.text import PROSE
from findings.choices import Completion
from findings.models import Finding, Inspection
from findings.workflow import Given, Transition

LONGEST = 2000


class StepForm(PageForm):
    """A comment, required where the table says so; with a sign-off how far it was rectified, and what was seen."""

    comment = forms.CharField(
        label="意见", required=False, max_length=LONGEST, validators=PROSE, widget=forms.Textarea(attrs={"rows": 3})
    )
    completion = forms.ChoiceField(label="完成程度", required=True)
    seen = forms.IntegerField(label="版本", widget=forms.HiddenInput, required=False)
    seen_digest = forms.CharField(label="摘要", widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, step: Transition, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        comment = self.fields["comment"]
        comment.label = "意见" if step.is_forward else "理由"
        comment.required = step.needs_comment
        comment.error_messages["required"] = f"请填写{comment.label}。"
        if step.kind is Finding and step.name == "close":
            words = [(one.value, inspection.completion_word(one.value)) for one in Completion]
            self.fields["completion"].choices = words  # type: ignore[attr-defined]  # a choice field
        else:
            del self.fields["completion"], self.fields["seen_digest"]

    @property
    def given(self) -> Given:
        """What was said."""
        said = self.cleaned_data
        return Given(said["comment"], said.get("completion", ""), said.get("seen_digest", ""))

    @property
    def version(self) -> int | None:
        """The version that was seen."""
        return self.cleaned_data.get(SEEN)
