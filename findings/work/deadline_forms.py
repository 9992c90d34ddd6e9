"""The part of the forms of findings and measures that moves a deadline, with the reason where one is needed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db import transaction

from accounts.models import User
from accounts.text import PROSE
from findings.workflow.deadlines import deciders_label, decides_on, emptied_too_late, reason_needed
from findings.workflow.extensions import record_move
from findings.workflow.forms import WorkflowModelForm

REASON_FIELD = "extension_reason"


def reason_field() -> forms.CharField:
    """The field of the reason for a later deadline, optional until the deadline needs one."""
    return forms.CharField(
        label="延期理由",
        required=False,
        validators=PROSE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="原来的时限已过，或者新的时限超过问题的完成时限、集中整改期限时必须填写，会记为一次延期。",
    )


class DeadlineForm(WorkflowModelForm):
    """A form with ``due_on``; a move that needs a reason is stored as an extension together with the record."""

    extension_reason = reason_field()
    move_needs = ""  # after ``clean``: why the move of the deadline needs a reason (Chinese)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)  # of ``ScopedForm``, which the forms derive from as well
        self.user = user
        self.moved_from: dt.date | None = None  # set by ``clean`` when the move needs an extension
        self._old_due_on = self.instance.due_on
        if self.instance._state.adding:
            del self.fields["extension_reason"]

    def clean(self) -> dict[str, Any]:
        """Require the reason and the right to decide where the deadline moves beyond what it may."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "extension_reason" not in self.fields or "due_on" not in cleaned:
            return cleaned
        if sentence := emptied_too_late(self._old_due_on, cleaned["due_on"]):
            self.add_error("due_on", sentence)
        self.move_needs = why = reason_needed(self.instance, self._old_due_on, cleaned["due_on"])
        if not why:
            return cleaned
        if not decides_on(self.user, self.instance.inspection):
            label = deciders_label(self.instance.inspection)
            self.add_error("due_on", f"{why}，改动由{label}决定；请保留原来的时限，另行申请延期。")
        elif not cleaned.get("extension_reason"):
            self.add_error("extension_reason", f"{why}，请写明延期理由。")
        else:
            self.moved_from = self._old_due_on
        return cleaned

    def _write(self) -> bool:
        with transaction.atomic():
            # First, because the record writer asks for the extension.
            if self.moved_from is not None:
                record_move(self.instance, self.moved_from, self.user, self.cleaned_data["extension_reason"])
            return super()._write()
