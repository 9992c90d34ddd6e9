"""The filter of the entries of a special ledger."""

from __future__ import annotations

from django.http import QueryDict

from accounts.web.filters import CheckboxFilter, ChoiceFilter, KeywordFilter, ListFilter, text_contains
from findings.models import Unit
from findings.units.fields import unit_choices
from ledgers.definitions import Ledger
from ledgers.models import Entry
from ledgers.models.entries import EntryQuerySet


class EntryFilter(ListFilter):
    """Filters of the list of one ledger; the filter of ``kind`` is left out where the ledger has no such field."""

    q = KeywordFilter(label="关键词", method="by_keyword")
    kind = ChoiceFilter(label="类型")
    unit = ChoiceFilter(label="单位", method="by_unit")
    status = ChoiceFilter(label="状态")
    overdue = CheckboxFilter(label="已逾期", method="only_overdue")

    class Meta(ListFilter.Meta):
        model = Entry
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: EntryQuerySet, ledger: Ledger, units: list[Unit]) -> None:
        kinds = ledger.column("kind") if ledger.has_field("kind") else None
        states = [(state.key, state.label) for state in ledger.states]
        choices = {"status": states, "unit": unit_choices(units)}
        super().__init__(data, queryset, choices | {"kind": [(word, word) for word in kinds.choices] if kinds else []})
        if kinds:
            self.form.fields["kind"].label = kinds.heading
        else:
            del self.filters["kind"], self.form.fields["kind"]

    def by_keyword(self, queryset: EntryQuerySet, _name: str, words: str) -> EntryQuerySet:
        """Entries with these words in title, number, source, content or what was done."""
        return queryset.filter(text_contains(words, "title", "number", "party", "content", "handled"))

    def by_unit(self, queryset: EntryQuerySet, _name: str, unit: str) -> EntryQuerySet:
        """Entries that a unit handles, given by its key."""
        # A subquery instead of a join, which would repeat rows and need DISTINCT.
        return queryset.filter(pk__in=Entry.units.through.objects.filter(unit_id=unit).values("entry"))

    def only_overdue(self, queryset: EntryQuerySet, _name: str, ticked: bool) -> EntryQuerySet:
        """Entries past their deadline, or longer in a state than it allows; all of them when not ticked."""
        return queryset.overdue() if ticked else queryset
