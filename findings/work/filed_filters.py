"""The filters of what is filed beside the findings, and of what is looked at again."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from findings.choices import AccountabilityKind, RecoveryKind, SampleOf, SupervisionKind
from findings.followup.models.reviews import SpotCheck
from findings.followup.models.supervision import Supervision, SupervisionQuerySet
from findings.inspections.models.accountability import Accountability, Recovery
from findings.inspections.models.finding_queries import FindingQuerySet
from findings.inspections.models.findings import Finding
from findings.work.filters import Choice, Flag, Keyword, ListFilter, saying

SOON = dt.timedelta(days=30)


class AccountabilityFilter(ListFilter):
    """The people held to account in one inspection."""

    kind = Choice(label="处理方式", choices=list(AccountabilityKind.choices))

    class Meta(ListFilter.Meta):
        model = Accountability
        fields: list[str] = []


class RecoveryFilter(ListFilter):
    """The money that came back in one inspection."""

    q = Keyword(label="凭据号", method="by_keyword")
    kind = Choice(label="类型", choices=list(RecoveryKind.choices))

    class Meta(ListFilter.Meta):
        model = Recovery
        fields: list[str] = []

    def by_keyword(self, queryset: QuerySet[Recovery], _name: str, words: str) -> QuerySet[Recovery]:
        """Money whose voucher has these words."""
        return queryset.filter(saying(words, "voucher"))


class SupervisionFilter(ListFilter):
    """The supervision of one inspection."""

    q = Keyword(label="关键词", method="by_keyword")
    kind = Choice(label="方式", choices=list(SupervisionKind.choices))
    unanswered = Flag(label="逾期没有回复", method="only_unanswered")

    class Meta(ListFilter.Meta):
        model = Supervision
        fields: list[str] = []

    def by_keyword(self, queryset: SupervisionQuerySet, _name: str, words: str) -> SupervisionQuerySet:
        """Supervision with these words in what was found or asked, in the number, or in who did it."""
        return queryset.filter(saying(words, "found", "demand", "number", "held_by"))

    def only_unanswered(self, queryset: SupervisionQuerySet, _name: str, ticked: bool) -> SupervisionQuerySet:
        """What should have been answered by now."""
        return queryset.unanswered() if ticked else queryset


class SpotCheckFilter(ListFilter):
    """The samples of one inspection."""

    sample_of = Choice(label="抽查范围", choices=list(SampleOf.choices))

    class Meta(ListFilter.Meta):
        model = SpotCheck
        fields: list[str] = []


class ReviewFilter(ListFilter):
    """The long-term findings of one inspection that are to be reviewed."""

    q = Keyword(label="关键词", method="by_keyword")
    missed = Flag(label="已过复查日期", method="only_missed")
    soon = Flag(label="30 天内到期", method="only_soon")

    class Meta(ListFilter.Meta):
        model = Finding
        fields: list[str] = []

    def by_keyword(self, queryset: FindingQuerySet, _name: str, words: str) -> FindingQuerySet:
        """Findings with these words in the title."""
        return queryset.filter(saying(words, "title"))

    def only_missed(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Findings whose review is late."""
        return queryset.review_missed() if ticked else queryset

    def only_soon(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Findings whose review comes soon."""
        return due_soon(queryset) if ticked else queryset


def due_soon(findings: FindingQuerySet) -> FindingQuerySet:
    """Findings to be reviewed from today on within 30 days."""
    today = timezone.localdate()
    return findings.filter(next_review_on__range=(today, today + SOON))
