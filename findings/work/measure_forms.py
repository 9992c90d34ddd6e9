"""The forms of a measure: the whole of it, the page of its work, an extension request, the decision on one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from accounts.models import Action, User
from accounts.records.conflicts import submitted_version
from accounts.records.saving import ConflictError
from accounts.text import PROSE
from accounts.web.forms import PageForm, named_in
from findings.choices import Decision
from findings.inspections.models.measures import Measure
from findings.inspections.models.progress import Progress
from findings.units.fields import PeopleField, PersonField, UnitField, UnitsField, set_choices
from findings.work.assignee_forms import AssigneeForm
from findings.work.deadline_forms import DeadlineForm
from findings.work.quoting_forms import QuotingForm
from findings.workflow import RefusedError, edit_lock_reason, log_progress, perform, record_refusals, start_measure
from findings.workflow.extensions import REQUEST, request_objections
from findings.workflow.forms import WorkflowModelForm
from findings.workflow.models.extensions import Extension
from findings.workflow.saving import workflow_writer

LONG = forms.Textarea(attrs={"rows": 5})
SHORT = forms.Textarea(attrs={"rows": 2})

PLAN_DETAILS, WORK_DETAILS = "目标、开始日期、配合单位和其他责任人", "进度、未完成原因和下一步"
MEASURE_SECTIONS = (
    (
        "",
        (
            "order",
            "facet",
            "plan",
            "outcome",
            "lead_unit",
            "person_in_charge",
            "due_on",
            "extension_reason",
            "completed_on",
        ),
    ),
    (PLAN_DETAILS, ("goal", "started_on", "supporting_units", "other_people_in_charge")),
)


class MeasureForm(DeadlineForm, AssigneeForm, QuotingForm):
    """The form of a whole measure, for the office."""

    quoting_fields = ("outcome",)
    lead_unit = UnitField("责任单位", "不填则为问题的牵头单位。")
    person_in_charge = PersonField("责任人")
    supporting_units = UnitsField("配合单位", "它们的填报员也看得到这个问题。")
    other_people_in_charge = PeopleField("其他责任人", "除责任人以外一起负责的人，同样收到通知、可以填报。")
    preset_fields = ("finding", "facet")
    constraint_fields = {
        "measure_order_unique_within_finding": "order",
        "measure_order_unique_within_facet": "order",
        "measure_says_something": "plan",
    }
    sections = MEASURE_SECTIONS
    folded_sections = (PLAN_DETAILS,)

    class Meta:
        model = Measure
        fields = named_in(MEASURE_SECTIONS)
        widgets = {"plan": LONG, "outcome": LONG, "goal": SHORT}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        # Without facets the field would have no choices.
        facets = self.instance.finding.facets.all()
        if facets.exists():
            set_choices(self.fields["facet"], facets, "（不分面）")
        else:
            del self.fields["facet"]

    def clean(self) -> dict[str, Any]:
        """Refuse a unit or person that is named twice."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("lead_unit") and cleaned["lead_unit"] in cleaned.get("supporting_units", ()):
            self.add_error("supporting_units", "责任单位不必再列为配合单位，请去掉其中一个。")
        if cleaned.get("person_in_charge") and cleaned["person_in_charge"] in cleaned.get("other_people_in_charge", ()):
            self.add_error("other_people_in_charge", "责任人不必再列为其他责任人，请去掉其中一个。")
        return cleaned

    def _write(self) -> bool:
        """Save the measure; a day of completion also starts it, once it exists."""
        was_there = not self.instance._state.adding
        with transaction.atomic():
            is_changed = super()._write()
            if was_there and self.instance.completed_on is not None:
                start_measure(self.instance, self.user)
        return is_changed


class MeasureWorkForm(QuotingForm):
    """The outcome and day of completion of a measure and, if typed, a new entry in its log, saved together."""

    reported_on = forms.DateField(label="进展日期", required=False, initial=timezone.localdate)
    text = forms.CharField(
        label="新的整改进展",
        required=False,
        validators=PROSE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    quoting_fields = ("outcome",)
    preset_fields = ("finding", "facet", "order")
    constraint_fields = {"measure_says_something": "outcome"}
    sections = (
        ("整改进展", ("reported_on", "text")),
        ("整改成效", ("outcome", "completed_on")),
        (WORK_DETAILS, ("percent_complete", "reason_open", "next_step")),
    )
    folded_sections = (WORK_DETAILS,)

    class Meta:
        model = Measure
        fields = ("outcome", "completed_on", "percent_complete", "reason_open", "next_step")
        widgets = {
            "outcome": forms.Textarea(attrs={"rows": 4}),
            "reason_open": SHORT,
            "next_step": SHORT,
        }
        help_texts = {"outcome": ""}  # the heading of the sheet says it

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        self.entry: Progress | None = None  # set by ``clean`` when one is typed
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Build the log entry when a text is typed; its day is required then and must not be in the future."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("text"):
            return cleaned
        if "reported_on" in cleaned and cleaned["reported_on"] is None:
            self.add_error("reported_on", "请填写进展日期。")
        elif "reported_on" in cleaned:
            self.entry = Progress(
                measure=self.instance,
                logged_by=self.user,
                reported_on=cleaned["reported_on"],
                # Browsers send CRLF; records have LF, so that unchanged texts compare equal.
                text=cleaned["text"].replace("\r\n", "\n"),
            )
            try:
                self.entry.clean()
            except forms.ValidationError as error:
                self.add_error(None, error)
        return cleaned

    def _write(self) -> bool:
        """Save measure and log entry in one transaction; refused when the measure is locked by now."""
        # The trail records a refusal after the rollback, hence outside of the transaction.
        with record_refusals(self.instance, Action.CHANGE, self.user):
            self._lock_editable()
            is_changed = workflow_writer.save(self.instance, seen=submitted_version(self.data), reason=self.reason)
            return self._log() or is_changed

    def _is_settled(self, error: ConflictError) -> bool:
        """Save the log entry even when others changed fields that the form lacks, or made the same changes."""
        if not super()._is_settled(error):
            return False
        with record_refusals(self.instance, Action.CHANGE, self.user):
            self._lock_editable()
            self.is_unchanged = not self._log()
        return True

    def _lock_editable(self) -> None:
        """Lock the measure's finding and check the edit lock again; nothing can be submitted until the commit."""
        self.instance.lock_parents()
        stored = Measure.objects.select_related("inspection", "finding").filter(pk=self.instance.pk).first()
        if stored is not None and (reason := edit_lock_reason(stored, self.user)):
            raise RefusedError([reason])

    def _log(self) -> bool:
        """Store the log entry; whether there was one to store. A day of completion starts the measure without any."""
        if self.entry is not None and not self._is_logged(self.entry):
            log_progress(self.entry, self.user)
            return True
        if self.instance.completed_on is not None:
            start_measure(self.instance, self.user)
        return False

    def _is_logged(self, entry: Progress) -> bool:
        """Whether the same entry is stored: a form whose answer was lost on the way is sent once more."""
        same = {"logged_by": self.user, "reported_on": entry.reported_on, "text": entry.text}
        return bool(self.instance.progress.filter(**same).exists())


class ExtensionForm(WorkflowModelForm):
    """A request for a later deadline of a finding or measure, also after the old one."""

    preset_fields = ("finding", "measure", "old_due_on")
    constraint_fields = {
        "extension_is_later": "new_due_on",
        "extension_one_waiting": "new_due_on",
        "extension_one_waiting_of_finding": "new_due_on",
    }

    class Meta:
        model = Extension
        fields = ("new_due_on", "reason")
        labels = {"new_due_on": "新的完成时限"}
        widgets = {"reason": forms.Textarea(attrs={"rows": 5})}

    def clean(self) -> dict[str, Any]:
        """Check that an extension can be requested now."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for sentence in request_objections(self.instance.record):
            self.add_error(None, sentence)
        return cleaned

    def _write(self) -> bool:
        perform(REQUEST, self.instance, self.instance.requested_by, None)
        return True


class DecisionForm(PageForm):
    """The decision on an extension request, with its reason."""

    decision = forms.ChoiceField(
        label="是否同意",
        choices=[choice for choice in Decision.choices if choice[0] != Decision.WAITING],
        widget=forms.RadioSelect,
    )
    opinion = forms.CharField(label="审批意见", validators=PROSE, widget=forms.Textarea(attrs={"rows": 4}))
    seen = forms.CharField(label="版本", required=False, widget=forms.HiddenInput)
