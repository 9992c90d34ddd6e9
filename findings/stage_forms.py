"""The form of a stage of review."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import PageModelForm
from accounts.models import User
from findings.models import ReviewStage
from findings.models.scopes import scope_of


class StageForm(PageModelForm):
    """One stage: the role whose holders review, or named people, any one of them or all."""

    given = ("inspection",)
    blame = {"review_stage_order_unique": "order", "review_stage_order_in_range": "order"}

    class Meta:
        model = ReviewStage
        fields = ("order", "name", "role", "by_all", "reviewers")
        widgets = {"reviewers": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Those to choose from hold a role in the body."""
        super().__init__(*args, **kwargs)
        self.user = user
        body = self.instance.inspection.unit_id
        holders = User.objects.filter(is_active=True, grants__isnull=False).distinct().order_by("name", "pk")
        chosen = [person.pk for person in holders if _reviews(person, body)]
        self.fields["reviewers"].queryset = User.objects.filter(pk__in=chosen).order_by("name", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """All of nobody, or of one, is no joint review."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("by_all") and len(cleaned.get("reviewers", ())) < 2:
            self.add_error("reviewers", "会签至少要选定两个人。")
        return cleaned


def _reviews(person: User, body: int | None) -> bool:
    scope = scope_of(person)
    return any(body in scope.area_of(role) for role, _ in ReviewStage._meta.get_field("role").choices)  # type: ignore[union-attr]
