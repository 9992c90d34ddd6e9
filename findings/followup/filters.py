"""The list filters of supervision, spot checks and follow-up reviews."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.web.filters import CheckboxFilter, ChoiceFilter, KeywordFilter, ListFilter, text_contains
from findings.choices import SampleOf, SupervisionKind
from findings.followup.models.reviews import SpotCheck
from findings.followup.models.supervision import Supervision, SupervisionQuerySet
from findings.inspections.models.findings import Finding, FindingQuerySet

SOON = dt.timedelta(days=30)


class SupervisionFilter(ListFilter):
    """The filter of an inspection's supervision."""

    q = KeywordFilter(label="关键词", method="by_keyword")
    kind = ChoiceFilter(label="方式", choices=list(SupervisionKind.choices))
    unanswered = CheckboxFilter(label="逾期没有回复", method="only_unanswered")

    class Meta(ListFilter.Meta):
        model = Supervision
        fields: list[str] = []

    def by_keyword(self, queryset: SupervisionQuerySet, _name: str, words: str) -> SupervisionQuerySet:
        """Records with these words in what was found or demanded, the number, or the name of who held it."""
        return queryset.filter(text_contains(words, "found", "demand", "number", "held_by"))

    def only_unanswered(self, queryset: SupervisionQuerySet, _name: str, ticked: bool) -> SupervisionQuerySet:
        """Records whose answer is overdue."""
        return queryset.unanswered() if ticked else queryset


class SpotCheckFilter(ListFilter):
    """The filter of an inspection's spot checks."""

    sample_of = ChoiceFilter(label="抽查范围", choices=list(SampleOf.choices))

    class Meta(ListFilter.Meta):
        model = SpotCheck
        fields: list[str] = []


class ReviewFilter(ListFilter):
    """The filter of an inspection's planned reviews."""

    q = KeywordFilter(label="关键词", method="by_keyword")
    missed = CheckboxFilter(label="已过复查日期", method="only_missed")
    soon = CheckboxFilter(label="30 天内到期", method="only_soon")

    class Meta(ListFilter.Meta):
        model = Finding
        fields: list[str] = []

    def by_keyword(self, queryset: FindingQuerySet, _name: str, words: str) -> FindingQuerySet:
        """Findings with these words in the title."""
        return queryset.filter(text_contains(words, "title"))

    def only_missed(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Findings whose review is overdue."""
        return queryset.review_missed() if ticked else queryset

    def only_soon(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Findings whose review is due within 30 days."""
        return due_soon(queryset) if ticked else queryset


def due_soon(findings: FindingQuerySet) -> FindingQuerySet:
    """Findings to be reviewed from today on within 30 days."""
    today = timezone.localdate()
    return findings.filter(next_review_on__range=(today, today + SOON))
