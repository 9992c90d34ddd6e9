"""The form that takes a step: its input, and the version and content that the user saw."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.records.conflicts import VERSION_FIELD
from accounts.text import PROSE
from accounts.web.forms import PageForm
from findings.choices import Completion
from findings.inspections.models.findings import Finding
from findings.workflow import StepInput, Transition, WorkflowRecord
from findings.workflow.models.signoffs import digest_of
from findings.workflow.signed_content import SignedContent

LONGEST_COMMENT = 1000


def completion_choices(record: Finding) -> list[tuple[str, str]]:
    """The degrees of completion, labelled in the words of the finding's inspection."""
    return [(one.value, record.inspection.completion_word(one.value)) for one in Completion]


class StepForm(PageForm):
    """The form of one step with one record; a sign-off also carries the digest of the content shown."""

    refusal = "没有办理，请先补全下面的内容："
    completion = forms.ChoiceField(label="完成程度", widget=forms.RadioSelect)
    comment = forms.CharField(
        label="理由", validators=PROSE, max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 4})
    )
    seen = forms.CharField(label="版本", required=False, widget=forms.HiddenInput)
    seen_digest = forms.CharField(label="签署内容的摘要", required=False, max_length=128, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, transition: Transition[Any], record: WorkflowRecord, initial: dict[str, str] | None = None
    ):
        # Only findings are signed; the digest is of the content as it is shown on this page.
        signed = record if isinstance(record, Finding) and transition.is_sign_off else None
        self.signed_content = SignedContent(signed) if signed else None
        digest = digest_of(self.signed_content.payload) if self.signed_content else ""
        super().__init__(data, initial=(initial or {}) | {VERSION_FIELD: record.version, "seen_digest": digest})
        if signed is not None:
            self.fields["completion"].choices = completion_choices(signed)  # type: ignore[attr-defined]
        else:
            # Fields that the step does not have must not be required.
            del self.fields["completion"], self.fields["seen_digest"]
        comment = self.fields["comment"]
        comment.label = transition.rules.comment_label(transition)
        comment.error_messages["required"] = f"请填写{comment.label}。"
        if transition.needs_comment:
            comment.help_text = "记入办理记录，以后不能修改。"
        else:
            del self.fields["comment"]

    @property
    def step_input(self) -> StepInput:
        """The values of the form as a ``StepInput``."""
        values = {name: self.cleaned_data.get(name, "") for name in ("comment", "completion", "seen_digest")}
        return StepInput(**{name: words.replace("\r\n", "\n") for name, words in values.items()})
