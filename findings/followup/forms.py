"""The forms of supervision, spot checks and follow-up reviews."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from accounts.models import User
from accounts.records.conflicts import submitted_version
from accounts.web.forms import named_in
from findings.choices import CheckResult, ReviewResult
from findings.followup.models.reviews import FollowUpReview, SpotCheck, SpotCheckItem
from findings.followup.models.supervision import Supervision
from findings.followup.recording import draw, record_review, state_result
from findings.inspections.fields import FindingsField
from findings.inspections.models.findings import Finding
from findings.units.fields import UnitField, UnitsField, set_choices, set_choices_in_scope
from findings.work.assignee_forms import ScopedForm
from findings.work.forms import LONG, SHORT
from findings.workflow.forms import WorkflowModelForm


class FollowUpForm(WorkflowModelForm):
    """The base of these forms: the units offered are those of the user's scope."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        set_choices_in_scope(self, user)


class ReopeningForm(FollowUpForm):
    """The base of the forms of a result; the result that reopens the finding is asked about once."""

    reopening: ClassVar[str]  # the value of ``result`` that reopens the finding

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        label = dict(self.fields["result"].choices)[self.reopening]  # type: ignore[attr-defined]  # a field of choices
        self.question = f"登记为“{label}”以后不能改动，问题随即转为重新整改。"
        # Not a class attribute: nothing of the record is edited by it. With script a dialog asks instead of the box.
        self.fields["confirmed"] = forms.BooleanField(
            label=f"确认登记为“{label}”",
            required=False,
            widget=forms.CheckboxInput(
                {
                    "data-confirm": self.question,
                    "data-confirm-field": "result",
                    "data-confirm-value": self.reopening,
                }
            ),
        )

    def clean(self) -> dict[str, Any]:
        """Require the confirmation of the result that reopens the finding."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("result") == self.reopening and not cleaned.get("confirmed"):
            self.add_error("confirmed", f"{self.question}核对无误的，请勾选后再提交。")
        return cleaned


class SpotCheckForm(FollowUpForm):
    """The form that draws a spot check; a sample cannot be changed later."""

    unit = UnitField("牵头单位", "不选则不限单位。")
    preset_fields = ("inspection",)
    constraint_fields = {"spot_check_share_is_a_percentage": "share"}

    class Meta:
        model = SpotCheck
        fields = ("share", "sample_of", "unit", "seed")

    def _write(self) -> bool:
        draw(self.instance, self.user)
        return True


class SpotCheckItemForm(ReopeningForm):
    """The form of the result of a drawn finding; a result once stated cannot be changed."""

    reopening = CheckResult.UNTRUE

    class Meta:
        model = SpotCheckItem
        fields = ("result", "visited_on", "visitor", "note")
        widgets = {"note": LONG}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        # A result may have reopened the finding, which cannot be undone by editing it.
        if self.instance.result != CheckResult.WAITING:
            del self.fields["result"], self.fields["confirmed"]

    def clean(self) -> dict[str, Any]:
        """Report a result that comes too late as an error, instead of ignoring it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "result" not in self.fields and self.data.get("result", self.instance.result) != self.instance.result:
            self.add_error(None, f"核查结果已经登记为“{self.instance.get_result_display()}”，不能再改。")
        return cleaned

    def _write(self) -> bool:
        return state_result(self.instance, self.user, submitted_version(self.data))


class FollowUpReviewForm(ReopeningForm):
    """The form of a review of a long-term finding."""

    reopening = ReviewResult.RELAPSED

    preset_fields = ("finding",)
    constraint_fields = {"review_once_a_day": "reviewed_on"}

    class Meta:
        model = FollowUpReview
        fields = ("reviewed_on", "result", "note")
        widgets = {"note": LONG}

    def _write(self) -> bool:
        record_review(self.instance, self.user)
        return True


SUPERVISION_SECTIONS = (
    ("督查、通报或回访", ("kind", "held_on", "number", "held_by", "found", "demand")),
    ("涉及的单位和问题", ("units", "findings")),
    ("回复", ("answer_due_on", "answered_on", "answer")),
)


class SupervisionForm(ScopedForm):
    """The form of an act of supervision, a bulletin or a follow-up visit."""

    units = UnitsField("涉及单位")
    findings = FindingsField("涉及问题")
    preset_fields = ("inspection",)
    constraint_fields = {
        "supervision_due_after_held": "answer_due_on",
        "supervision_answered_after_held": "answered_on",
        "supervision_answer_has_its_day": "answered_on",
    }
    sections = SUPERVISION_SECTIONS

    class Meta:
        model = Supervision
        fields = named_in(SUPERVISION_SECTIONS)
        widgets = {"found": LONG, "demand": SHORT, "answer": SHORT}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        findings = Finding.objects.visible_to(user).of(self.instance.inspection)
        set_choices(self.fields["findings"], findings.order_by("aspect__order", "parent", "order"))
