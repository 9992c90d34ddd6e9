"""The forms of an inspection: its settings, and a new one, which asks first only for what is needed."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, QueryDict

from accounts.models import User
from accounts.users.roles import ROLES
from accounts.web.forms import Sections, named_in
from findings.choices import Counting
from findings.inspections.models.inspections import DATES_IN_ORDER, Inspection, label_of
from findings.inspections.proposed_dates import RULES, proposed_dates, taken_words
from findings.units.fields import UnitField, offer_bodies
from findings.work.assignee_forms import ScopedForm

PROPOSE = "propose"  # the name of the button that fills in the proposals and saves nothing
DEADLINES = ("plan_due_on", "rectification_due_on", "report_due_on")
LIMITS = ("notice_days", "warning_days", "letter_days", "extensions_by")
COUNTING = ("counting", "substantially_counts", "staged_counts")
WORDS = (
    "open_word",
    "in_progress_word",
    "submitted_word",
    "closed_word",
    "complete_word",
    "substantially_word",
    "staged_word",
)
# The headings of the form, with the fields below each.
INSPECTION_SECTIONS: Sections = (
    ("基本情况", ("name", "term", "kind", "level", "round", "commissioner", "team", "body", "unit")),
    ("日期和期限", ("started_on", "ended_on", "feedback_on", *DEADLINES)),
    ("提醒和审核", LIMITS),
    ("统计口径", COUNTING),
    ("状态用词", WORDS),
)
TAKE = "take_proposals"
NEW_SECTIONS: Sections = (
    ("", ("name", "term", "level", "commissioner", "team", "body", "unit", "feedback_on", TAKE)),
    ("期限", DEADLINES),
    ("轮次和进驻日期", ("kind", "round", "started_on", "ended_on")),
    ("提醒和审核", LIMITS),
    ("统计口径", COUNTING),
    ("状态用词", WORDS),
)


def _default_of(name: str) -> Any:
    field = Inspection._meta.get_field(name)
    return field.get_default() if isinstance(field, models.Field) else None


FOLD_NOTES = {
    "期限": "不填则按反馈日期推算",
    "轮次和进驻日期": "可以以后再填",
    "提醒和审核": f"到期前{_default_of('notice_days')}天提醒、{_default_of('warning_days')}天预警，"
    f"延期由{ROLES[_default_of('extensions_by')].label}批准",
    "统计口径": Counting(_default_of("counting")).label,
    "状态用词": "、".join(_default_of(name) for name in WORDS[:4]),
}


def proposals_field() -> forms.BooleanField:
    """The field by which a new inspection takes the proposals for the deadlines that it lacks."""
    return forms.BooleanField(
        label="没有填的期限，按反馈日期推算",
        required=False,
        initial=True,
        help_text=f"{'；'.join(f'{label_of(Inspection, rule.field)}为{rule.words}' for rule in RULES)}。"
        "逢休息日顺延到下一个工作日；以后可以改。",
    )


def asks_for_proposals(request: HttpRequest) -> bool:
    """Whether the form was sent by the button that fills in the proposed dates."""
    return request.method == "POST" and PROPOSE in request.POST


class InspectionForm(ScopedForm):
    """The form of an inspection with its deadlines, limits and words."""

    unit = UnitField("被巡察单位")
    constraint_fields = {
        "inspection_warning_within_notice": "warning_days",
    }
    sections = INSPECTION_SECTIONS
    more_submits = ((PROPOSE, "按反馈日期推算期限"),)

    class Meta:
        model = Inspection
        fields = named_in(INSPECTION_SECTIONS)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        offer_bodies(self.fields["unit"], user)
        for name, proposal in proposed_dates(self.known_dates).items():
            self.fields[name].help_text = proposal.words

    @property
    def known_dates(self) -> dict[str, dt.date | None]:
        """The dates in the fields of the form, by field; None where it is empty or no date."""
        return {name: self._date_in(name) for name in DATES_IN_ORDER}

    def _date_in(self, name: str) -> dt.date | None:
        # Not by the bound field, which would keep the help text and the value of now.
        field = self.fields[name]
        value = self.data.get(name) if self.is_bound else self.get_initial_for_field(field, name)
        try:
            day: dt.date | None = field.to_python(value)
        except ValidationError:
            return None
        return day

    @classmethod
    def with_proposals(cls, submitted: QueryDict, **how: Any) -> Self:
        """The form with all that was submitted, unchecked, and with the proposals in the deadlines left empty."""
        form = cls(initial=submitted.dict(), **how)
        ticks = [name for name, field in form.fields.items() if isinstance(field, forms.BooleanField)]
        form.initial.update(
            {name: name in submitted for name in ticks}
        )  # browsers do not submit those that are not ticked
        for name, proposal in proposed_dates(form.known_dates).items():
            if not submitted.get(name):
                form.initial[name] = proposal.day
        return form


class NewInspectionForm(InspectionForm):
    """The form of a new inspection: what is needed, then the rest, folded, with the values that mostly fit."""

    take_proposals = proposals_field()
    sections = NEW_SECTIONS
    folded_sections = tuple(title for title, _ in NEW_SECTIONS if title)
    fold_notes = FOLD_NOTES

    class Meta(InspectionForm.Meta):
        fields = [name for name in named_in(NEW_SECTIONS) if name != TAKE]

    def clean(self) -> dict[str, Any]:
        """Fill in the proposals for the deadlines left empty, when that is ticked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.taken_proposals = {}
        if cleaned.get(TAKE):
            known = {name: cleaned.get(name) for name in DATES_IN_ORDER}
            proposals = proposed_dates(known).items()
            self.taken_proposals = {
                name: one for name, one in proposals if known[name] is None and name not in self.errors
            }
            cleaned |= {name: one.day for name, one in self.taken_proposals.items()}
        return cleaned

    @property
    def taken_words(self) -> str:
        """After ``save``: the deadlines that were filled in, as a sentence (Chinese); empty when there are none."""
        return taken_words(self.taken_proposals)
