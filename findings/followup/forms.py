"""The forms of what is looked at again after the sign-off."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.records.conflicts import submitted_version
from findings.choices import CheckResult
from findings.followup.models.reviews import FollowUpReview, SpotCheck, SpotCheckItem
from findings.followup.recording import draw, record_review, state_result
from findings.units.fields import UnitField, offer
from findings.work.forms import LONG
from findings.workflow import RefusedError
from findings.workflow.forms import WorkflowModelForm


class FollowUpForm(WorkflowModelForm):
    """The base of the forms that may be refused by the workflow; what it says stands on top."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        offer(self, user)

    def save(self, commit: bool = True) -> bool:
        """As ever, and nothing is stored when the workflow refuses."""
        try:
            return super().save(commit)
        except RefusedError as refused:
            for sentence in refused.sentences:
                self.add_error(None, sentence)
            return False


class SpotCheckForm(FollowUpForm):
    """A sample to be drawn."""

    unit = UnitField("牵头单位", "不选则不限单位。")
    preset_fields = ("inspection",)
    constraint_fields = {"spot_check_share_is_a_percentage": "share"}

    class Meta:
        model = SpotCheck
        fields = ("share", "sample_of", "unit", "seed")

    def _write(self) -> bool:
        draw(self.instance, self.user)
        return True


class SpotCheckItemForm(FollowUpForm):
    """What was found at a drawn finding; a stated result stays as it is."""

    class Meta:
        model = SpotCheckItem
        fields = ("result", "visited_on", "visitor", "note")
        widgets = {"note": LONG}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if self.instance.result != CheckResult.WAITING:
            del self.fields["result"]

    def clean(self) -> dict[str, Any]:
        """Who comes too late with another result is told so; what he says must not vanish without a word."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "result" not in self.fields and self.data.get("result", self.instance.result) != self.instance.result:
            self.add_error(None, f"核查结果已经登记为“{self.instance.get_result_display()}”，不能再改。")
        return cleaned

    def _write(self) -> bool:
        return state_result(self.instance, self.user, submitted_version(self.data))


class FollowUpReviewForm(FollowUpForm):
    """A review of a long-term finding."""

    preset_fields = ("finding",)
    constraint_fields = {"review_once_a_day": "reviewed_on"}

    class Meta:
        model = FollowUpReview
        fields = ("reviewed_on", "result", "note")
        widgets = {"note": LONG}

    def _write(self) -> bool:
        record_review(self.instance, self.user)
        return True
