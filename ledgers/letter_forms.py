"""The form of a letter to a unit that is late: which letter, to which unit, until when, and from whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from accounts.text import LINE
from accounts.web.forms import PageForm
from findings.models import Inspection
from ledgers.word_documents.letters import LETTERS, Letter, issuer_of
from ledgers.word_documents.overdue import Late


class LetterForm(PageForm):
    """The choice of a letter; blank fields take the letter's own deadline and sender.

    Only units that are late now can be chosen.
    """

    unit = forms.TypedChoiceField(label="单位", coerce=int)
    letter = forms.ChoiceField(label="文书", choices=[(key, one.form.title) for key, one in LETTERS.items()])
    due = forms.DateField(
        label="完成或回复期限",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不填则按文书的种类，从今天起 5 到 15 天。",
    )
    issuer = forms.CharField(
        label="落款",
        required=False,
        max_length=60,
        validators=LINE,
        help_text="不填则为整改办或巡察工作领导小组办公室。",
    )

    def __init__(self, data: Mapping[str, Any] | None, inspection: Inspection, late: Sequence[Late]) -> None:
        super().__init__(data)
        self.inspection, self.late = inspection, {one.unit.pk: one for one in late}
        choices = [(pk, f"{one.unit.name}（最长逾期 {one.days} 天）") for pk, one in self.late.items()]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]  # the stubs know a plain field

    def clean_due(self) -> dt.date | None:
        """Refuse a deadline that is not in the future."""
        due: dt.date | None = self.cleaned_data["due"]
        if due and due <= timezone.localdate():
            raise forms.ValidationError("期限应在今天之后。")
        return due

    @property
    def chosen(self) -> tuple[Letter, Late, dt.date, str]:
        """The letter, the unit with its overdue items, the deadline and the sender, of a valid form."""
        cleaned = self.cleaned_data
        letter = LETTERS[cleaned["letter"]]
        due = cleaned["due"] or timezone.localdate() + dt.timedelta(days=letter.days)
        return letter, self.late[cleaned["unit"]], due, cleaned["issuer"] or issuer_of(letter, self.inspection)
