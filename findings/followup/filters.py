"""The list filters of supervision, spot checks and follow-up reviews."""

from __future__ import annotations

import datetime as dt

from django.http import QueryDict
from django.utils import timezone

from accounts.web.filters import CheckboxFilter, ChoiceFilter, KeywordFilter, ListFilter, text_contains
from findings.choices import LetterKind, SampleOf, SupervisionKind
from findings.followup.models.reviews import SpotCheck
from findings.followup.models.supervision import Supervision, SupervisionQuerySet
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.units.fields import unit_choices
from findings.units.models import Unit

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


LETTER_STATES = [("waiting", "待答复"), ("late", "逾期没有答复"), ("answered", "已答复"), ("void", "已作废")]


class LetterFilter(ListFilter):
    """The filter of an inspection's letters."""

    q = KeywordFilter(label="文号、内容", method="by_keyword")
    letter = ChoiceFilter(label="文书", choices=list(LetterKind.choices))
    unit = ChoiceFilter(label="单位", method="by_unit")
    state = ChoiceFilter(label="状态", choices=LETTER_STATES, method="by_state")

    class Meta(ListFilter.Meta):
        model = Supervision
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: SupervisionQuerySet, units: list[Unit]) -> None:
        super().__init__(data, queryset, {"unit": unit_choices(units)})

    def by_keyword(self, queryset: SupervisionQuerySet, _name: str, words: str) -> SupervisionQuerySet:
        """Letters with these words in the number, the issuer, the text or the answer."""
        return queryset.filter(text_contains(words, "number", "held_by", "found", "answer"))

    def by_unit(self, queryset: SupervisionQuerySet, _name: str, unit: str) -> SupervisionQuerySet:
        """Letters to a unit (key)."""
        links = Supervision.units.through.objects.filter(unit_id=unit)
        return queryset.filter(pk__in=links.values("supervision"))

    def by_state(self, queryset: SupervisionQuerySet, _name: str, state: str) -> SupervisionQuerySet:
        """Letters that wait for an answer, in time or too late, that are answered, or that are void."""
        if state == "void":
            return queryset.exclude(voided_at=None)
        if state == "late":
            return queryset.unanswered()
        sent = queryset.in_force()
        if state == "answered":
            return sent.exclude(answered_on=None)
        return sent.filter(answered_on=None, answer_due_on__gte=timezone.localdate())


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
