"""The form of a stage of review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from accounts.models import Action, Grant, User
from findings.inspections.models.inspections import Inspection
from findings.units.models import Unit
from findings.workflow import RefusedError, against_other_stages, record_refusals
from findings.workflow.forms import WorkflowModelForm
from findings.workflow.models.signoffs import REVIEWERS, ReviewStage


def reviewers_of(inspection: Inspection) -> QuerySet[User]:
    """The active users who hold a reviewing role in the inspected body or above it, or everywhere."""
    by_key = {unit.pk: unit for unit in Unit.objects.all()}
    above: set[int] = set()
    unit = by_key.get(inspection.unit_id or 0)
    # Ends in a circle of units, too, which only a write past the pages could make.
    while unit is not None and unit.pk not in above:
        above.add(unit.pk)
        unit = by_key.get(unit.parent_id or 0)
    held = Grant.objects.filter(Q(unit=None) | Q(unit__in=above), role__in=[key for key, _ in REVIEWERS])
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("name", "pk")


DECISIVE = {"order", "role", "by_all", "reviewers"}  # fields that change who reviews, and when


class ReviewStageForm(WorkflowModelForm):
    """The form of a stage of review: order, name, reviewers, and whether all of them must consent."""

    preset_fields = ("inspection",)
    constraint_fields = {"review_stage_order_unique": "order", "review_stage_order_in_range": "order"}

    class Meta:
        model = ReviewStage
        fields = ("order", "name", "role", "by_all", "reviewers")
        widgets = {"reviewers": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A named reviewer who has lost the role stays selectable, else saving would drop them.
        named = self.instance.reviewers.values("pk") if self.instance.pk else ()
        offered = reviewers_of(self.instance.inspection)
        self.fields["reviewers"].queryset = offered | User.objects.filter(pk__in=named)  # type: ignore[attr-defined]

    def _write(self) -> bool:
        """Save the stage; refused while findings are in review, unless only the name changes."""
        subject = self.instance if self.instance.pk else self.instance.inspection
        with record_refusals(subject, Action.CHANGE):
            self.instance.lock_parents()
            # Checked after the lock: no finding can be submitted between the check and the write.
            if set(self.changed_data) & DECISIVE and (reason := against_other_stages(self.instance.inspection)):
                raise RefusedError([reason])
            return super()._write()

    def clean(self) -> dict[str, Any]:
        """Require at least two named reviewers when all must consent."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("by_all") and len(cleaned.get("reviewers") or ()) < 2:
            self.add_error("reviewers", "会签至少选定两个人。")
        return cleaned
