"""The list filters of accountability entries and recovered money."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.web.filters import ChoiceFilter, KeywordFilter, ListFilter, text_contains
from findings.choices import AccountabilityKind, RecoveryKind
from findings.inspections.models.accountability import Accountability, Recovery


class AccountabilityFilter(ListFilter):
    """The filter of an inspection's accountability entries."""

    kind = ChoiceFilter(label="处理方式", choices=list(AccountabilityKind.choices))

    class Meta(ListFilter.Meta):
        model = Accountability
        fields: list[str] = []


class RecoveryFilter(ListFilter):
    """The filter of an inspection's recovered money."""

    q = KeywordFilter(label="凭据号", method="by_keyword")
    kind = ChoiceFilter(label="类型", choices=list(RecoveryKind.choices))

    class Meta(ListFilter.Meta):
        model = Recovery
        fields: list[str] = []

    def by_keyword(self, queryset: QuerySet[Recovery], _name: str, words: str) -> QuerySet[Recovery]:
        """Money whose voucher number contains the words."""
        return queryset.filter(text_contains(words, "voucher"))
