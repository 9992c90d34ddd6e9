"""The list filter of evidence."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from accounts.web.filters import ChoiceFilter, KeywordFilter, ListFilter, text_contains
from findings.choices import EvidenceKind
from findings.evidence.models import Evidence, EvidenceQuerySet
from findings.inspections.models.measures import Measure
from findings.inspections.models.status_rules import led_by
from findings.units.fields import unit_choices
from findings.units.models import Unit

STATES = [("live", "有效"), ("replaced", "旧版"), ("withdrawn", "已作废")]


class EvidenceFilter(ListFilter):
    """The filter of an inspection's evidence."""

    q = KeywordFilter(label="文件名、说明", method="by_keyword")
    finding = KeywordFilter(label="问题、措施", method="by_finding")
    kind = ChoiceFilter(label="档案类别", choices=list(EvidenceKind.choices))
    unit = ChoiceFilter(label="单位", method="by_unit")
    uploader = ChoiceFilter(label="上传人", field_name="uploaded_by_id")
    state = ChoiceFilter(label="状态", choices=STATES, method="by_state")

    class Meta(ListFilter.Meta):
        model = Evidence
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: EvidenceQuerySet, units: list[Unit]) -> None:
        # Only users who uploaded something here; the filter must not list all accounts.
        uploaders = User.objects.filter(pk__in=queryset.order_by().values("uploaded_by")).order_by("name", "pk")
        people = [(str(pk), name) for pk, name in uploaders.values_list("pk", "name")]
        super().__init__(data, queryset, {"unit": unit_choices(units), "uploader": people})

    def by_keyword(self, queryset: EvidenceQuerySet, _name: str, words: str) -> EvidenceQuerySet:
        """Evidence with these words in its name or caption."""
        return queryset.filter(text_contains(words, "name", "caption"))

    def by_finding(self, queryset: EvidenceQuerySet, _name: str, words: str) -> EvidenceQuerySet:
        """Evidence of findings and measures that contain these words."""
        measures = Measure.objects.filter(text_contains(words, "plan", "outcome"))
        return queryset.filter(text_contains(words, "finding__title") | Q(pk__in=self._proving(measures)))

    def by_unit(self, queryset: EvidenceQuerySet, _name: str, unit: str) -> EvidenceQuerySet:
        """Evidence of the findings that a unit (key) leads, and of the measures for which it answers by itself."""
        measures = Measure.objects.filter(lead_unit=int(unit))
        return queryset.filter(led_by(unit, "finding__") | Q(pk__in=self._proving(measures)))

    @staticmethod
    def _proving(measures: QuerySet[Measure]) -> QuerySet[Any, Any]:
        # A subquery: a join would return evidence once for each measure that it proves.
        links = Evidence.measures.through.objects
        return links.filter(measure__in=measures.order_by().values("pk")).values("evidence")

    def by_state(self, queryset: EvidenceQuerySet, _name: str, state: str) -> EvidenceQuerySet:
        """Evidence that counts, was replaced, or was withdrawn."""
        if state == "live":
            return queryset.live()
        if state == "withdrawn":
            return queryset.filter(withdrawn_at__isnull=False)
        return queryset.filter(withdrawn_at=None, replacement__isnull=False)
