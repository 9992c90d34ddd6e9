"""The form that sends letters to the ticked units: which kind, on which day, until when, from which number on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils import timezone

from accounts.web.forms import PageForm
from findings.choices import LetterKind
from ledgers.word_documents.letters import LETTERS

LARGEST_NUMBER = 9999


class LetterForm(PageForm):
    """The choices of a sending; blank fields take today, the days of the kind, and the next free number."""

    letter = forms.ChoiceField(label="文书")
    sent_on = forms.DateField(
        label="发文日期",
        required=False,
        help_text="不填为今天。补登以前发出的纸质文书，填原来的日期；所列事项为其中现在仍未完成的。",
    )
    due = forms.DateField(label="完成或回复期限", required=False, help_text="不填则按文书的种类，发文后 5 到 15 天。")
    first = forms.IntegerField(
        label="起始序号",
        required=False,
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="第一份的序号，以后各份依次加一。不填则接着这种文书今年的最后一个文号。",
    )

    def __init__(self, data: Mapping[str, Any] | None, kinds: Collection[LetterKind]) -> None:
        super().__init__(data)
        choices = [("", "请选择"), *((kind.value, kind.label) for kind in kinds)]
        self.fields["letter"].choices = choices  # type: ignore[attr-defined]  # the stubs know a plain field

    def clean_sent_on(self) -> dt.date | None:
        """Refuse a day in the future."""
        sent_on: dt.date | None = self.cleaned_data["sent_on"]
        if sent_on and sent_on > timezone.localdate():
            raise forms.ValidationError("发文日期不能在今天之后。")
        return sent_on

    def clean(self) -> dict[str, Any]:
        """Refuse a deadline that is not after the day of sending."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and cleaned.get("due") and cleaned["due"] <= self.day:
            self.add_error("due", "期限应在发文日期之后。")
        return cleaned

    @property
    def kind(self) -> LetterKind:
        """The chosen kind, of a valid form."""
        return LetterKind(self.cleaned_data["letter"])

    @property
    def day(self) -> dt.date:
        """The day of sending, of a valid form."""
        return self.cleaned_data["sent_on"] or timezone.localdate()

    @property
    def due_on(self) -> dt.date:
        """The deadline, of a valid form."""
        return self.cleaned_data["due"] or self.day + dt.timedelta(days=LETTERS[self.kind].days)
