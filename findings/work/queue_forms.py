"""The forms of the queue: its filters, and the input when acting on several records at once."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.text import PROSE
from accounts.web.filters import PlainSelect
from accounts.web.forms import PageForm
from findings.choices import Completion
from findings.inspections.models.inspections import Inspection
from findings.units.fields import unit_choices
from findings.units.models import Unit
from findings.work.queue import QueueFilter
from findings.work.step_forms import LONGEST_COMMENT

KINDS = {"": "全部", "measure": "措施", "finding": "问题", "extension": "延期"}


class QueueFilterForm(PageForm):
    """The filters above the queue."""

    kind = forms.ChoiceField(label="类别", choices=list(KINDS.items()), required=False, widget=PlainSelect)
    inspection = forms.ChoiceField(label="巡察", required=False, widget=PlainSelect)
    unit = forms.ChoiceField(label="责任单位", required=False, widget=PlainSelect)

    def __init__(self, data: Any, user: User, units: list[Unit]) -> None:
        super().__init__(data)
        inspections = Inspection.objects.visible_to(user).values_list("pk", "name")
        every = [("", "全部")]
        chosen = {"inspection": [(str(key), name) for key, name in inspections], "unit": unit_choices(units)}
        for name, pairs in chosen.items():
            self.fields[name].choices = every + pairs  # type: ignore[attr-defined]  # a field of choices

    def chosen_label(self, name: str) -> str:
        """The label of the chosen value of a filter, or the value itself when there is none."""
        value = str(self[name].data)
        choices: list[tuple[str, str]] = self.fields[name].choices  # type: ignore[attr-defined]  # a field of choices
        return str(dict(choices).get(value, value))

    @property
    def wish(self) -> QueueFilter:
        """The filters of a valid form."""
        self.full_clean()
        values = self.cleaned_data
        return QueueFilter(values.get("kind", ""), _number(values.get("inspection")), _number(values.get("unit")))


def _number(text: str | None) -> int | None:
    return int(text) if text else None


class ForwardForm(PageForm):
    """The opinion for verifying, consenting or closing; completion and digest are for a sign-off."""

    opinion = forms.CharField(label="意见", validators=PROSE, max_length=LONGEST_COMMENT, required=False)
    completion = forms.ChoiceField(label="完成程度", choices=Completion.choices, required=False)
    seen_digest = forms.CharField(label="签署内容的摘要", required=False, max_length=128)


class BackForm(PageForm):
    """The reason for sending back."""

    opinion = forms.CharField(label="退回理由", validators=PROSE, max_length=LONGEST_COMMENT)
