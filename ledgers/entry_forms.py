"""The forms of an entry of a special ledger; the ledger's columns decide which fields they have and their labels."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.text import PROSE
from accounts.web.forms import PageForm, localise_fields, named_in
from findings.inspections.fields import FindingsField
from findings.models import Evidence, Finding, Measure
from findings.units.fields import PersonField, TickedField, UnitsField, set_choices
from findings.work.assignee_forms import AssigneeForm
from findings.work.forms import LONG, SHORT
from findings.workflow import StepInput, Transition
from findings.workflow.forms import WorkflowModelForm
from ledgers.models import Entry

LINKED = ("findings", "measures", "evidence")
SECTIONS = (
    ("事项", ("number", "kind", "title", "party", "content", "received_on", "due_on", "amount")),
    ("责任", ("units", "person_in_charge")),
    ("办理", ("handled", "quantity", "revisited_on", "result", "note")),
    ("关联的问题、措施和佐证材料", LINKED),
)
FILLED_IN = ("handled", "quantity", "revisited_on", "result", "evidence")


class _EntryForm(WorkflowModelForm):
    """Base of the forms of an entry: adapts fields to the ledger and offers evidence."""

    evidence = TickedField(
        Evidence.objects.none(), "佐证材料", "从所关联问题的档案里勾选；先关联问题并保存，再来勾选材料。"
    )
    preset_fields = ("inspection", "ledger")
    constraint_fields = {"entry_due_after_received": "due_on"}

    def adapt_to_ledger(self, user: User) -> None:
        """Remove fields the ledger does not have, label the others, and set the choices of evidence."""
        ledger = self.instance.definition
        for name in [name for name in self.fields if name in named_in(SECTIONS) and name not in LINKED]:
            if ledger.has_field(name):
                self.fields[name].label = ledger.column(name).heading
            else:
                del self.fields[name]
        if "kind" in self.fields:
            column = ledger.column("kind")
            choices = [("", "请选择"), *((word, word) for word in column.choices)]
            self.fields["kind"] = forms.ChoiceField(label=column.heading, choices=choices)
        linked = self.instance.findings.values("pk") if self.instance.pk else ()
        chosen = self.instance.evidence.values("pk") if self.instance.pk else ()
        files = Evidence.objects.visible_to(user).of(self.instance.inspection)
        # What is chosen now stays on offer, or saving an untouched form would silently unlink a withdrawn file.
        live = Q(withdrawn_at=None, replacement=None, finding__in=linked)
        set_choices(self.fields["evidence"], files.filter(live | Q(pk__in=chosen)).order_by("finding", "number"))
        localise_fields(self.fields)


class EntryForm(_EntryForm, AssigneeForm):
    """All fields of an entry, for users of the office."""

    units = UnitsField("承办单位")
    person_in_charge = PersonField("责任人")
    findings = FindingsField("对应问题")
    measures = TickedField(Measure.objects.none(), "对应措施")
    sections = SECTIONS

    class Meta:
        model = Entry
        fields = named_in(SECTIONS)
        widgets = {"content": SHORT, "handled": LONG, "result": SHORT}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        inspection = self.instance.inspection
        # Choices are limited to what the user sees in this inspection.
        findings = Finding.objects.visible_to(user).of(inspection)
        measures = Measure.objects.visible_to(user).of(inspection)
        set_choices(self.fields["findings"], findings.order_by("aspect__order", "parent", "order"))
        set_choices(self.fields["measures"], measures.order_by("finding__aspect__order", "finding__order", "order"))
        self.adapt_to_ledger(user)

    def clean(self) -> dict[str, Any]:
        """Set the deadline by the ledger's ``due_days`` when none was typed."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        days, start = self.instance.definition.due_days, cleaned.get("received_on")
        if "due_on" in cleaned and cleaned["due_on"] is None and days is not None and start is not None:
            cleaned["due_on"] = start + dt.timedelta(days=days)
        return cleaned


class FillForm(_EntryForm):
    """The fields by which the units of an entry report what was done."""

    class Meta:
        model = Entry
        fields = FILLED_IN
        widgets = {"handled": LONG, "result": SHORT}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.adapt_to_ledger(user)


class TakeForm(PageForm):
    """The input of a step: the date if the step ends the work, and a comment, mandatory for a step back."""

    on = forms.DateField(label="日期", initial=timezone.localdate)
    why = forms.CharField(label="说明", max_length=200, required=False, validators=PROSE, widget=SHORT)
    seen = forms.CharField(label="版本", required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, transition: Transition[Entry], entry: Entry) -> None:
        super().__init__(data, initial={"seen": entry.version})
        # Only the step from an open into a final state writes ``done_on``.
        if not entry.definition.state(transition.target).final or entry.state.final:
            del self.fields["on"]
        elif entry.definition.has_field("done_on"):
            self.fields["on"].label = entry.definition.column("done_on").heading
        self.fields["why"].required = transition.needs_comment
        localise_fields(self.fields)

    def clean_on(self) -> dt.date:
        """Refuse a date in the future."""
        day: dt.date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("日期不能在今天之后。")
        return day

    @property
    def step_input(self) -> StepInput:
        """The values of the valid form as a ``StepInput``."""
        return StepInput(comment=self.cleaned_data["why"], day=self.cleaned_data.get("on"))
