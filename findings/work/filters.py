"""The list filters of inspections, findings, measures and regulations."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from accounts.web.filters import CheckboxFilter, ChoiceFilter, KeywordFilter, ListFilter, text_contains
from accounts.web.text import shorten
from findings.choices import Completion, MeasureStatus, RegulationKind, Status, Timing
from findings.evidence.regulations import Regulation
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure, MeasureQuerySet
from findings.inspections.models.status_rules import answered_by_unit, led_by
from findings.units.fields import unit_choices
from findings.units.models import Unit
from findings.workflow import StepName, waiting_for

TURNS = {StepName.SUBMIT: "可以申请销号", StepName.REVIEW: "待我审核", StepName.CLOSE: "待我销号"}
MEASURE_TURNS = {"unverified": "未核实的", "to_verify": "待我核实的"}
STANDINGS = {
    "void": "销号失效",
    "missed": "复查逾期",
    "unfinished": "没有销号的（含待审核、销号失效、复查逾期）",
    "outstanding": "应完未完（时限已过没有销号，含待审核、复查逾期）",
    "not_due": "未到期（时限没到，含没有定时限的）",
}
OTHER_STANDINGS: dict[str, Callable[[FindingQuerySet], FindingQuerySet]] = {
    "unfinished": FindingQuerySet.unfinished,
    "outstanding": FindingQuerySet.outstanding,
    "not_due": FindingQuerySet.not_due,
}


class FindingFilter(ListFilter):
    """The filter of an inspection's findings."""

    q = KeywordFilter(label="关键词", method="by_keyword")
    aspect = ChoiceFilter(label="方面", field_name="aspect_id")
    unit = ChoiceFilter(label="单位", method="by_unit")
    status = ChoiceFilter(label="状态", method="by_status")
    timing = ChoiceFilter(label="时限类型", choices=list(Timing.choices))
    long_term = CheckboxFilter(label="长期坚持", method="only_long_term")
    gap = ChoiceFilter(label="缺少", choices=[("unit", "牵头单位"), ("deadline", "完成时限")], method="by_gap")
    turn = ChoiceFilter(label="待办", choices=list(TURNS.items()), method="by_turn")
    overdue = CheckboxFilter(label="已逾期", method="only_overdue")
    soon = CheckboxFilter(label="即将到期", method="only_soon")
    led = CheckboxFilter(label="只看单位牵头的", method="only_led")
    counted = CheckboxFilter(label="计入问题数的", method="only_counted")

    class Meta(ListFilter.Meta):
        model = Finding
        fields: list[str] = []

    def __init__(
        self, data: QueryDict, queryset: FindingQuerySet, inspection: Inspection, user: User, units: list[Unit]
    ) -> None:
        self.inspection, self.user = inspection, user
        statuses = [(status.value, inspection.status_word(status)) for status in Status]
        aspects = [(str(aspect.pk), shorten(str(aspect), 24)) for aspect in inspection.aspects.all()]
        choices = {
            "aspect": aspects,
            "unit": unit_choices(units),
            "status": [
                *statuses,
                *((one.value, f"{inspection.closed_word}：{inspection.completion_word(one)}") for one in Completion),
                ("completed", f"{inspection.completed_label}，公开口径"),
                *STANDINGS.items(),
            ],
        }
        super().__init__(data, queryset, choices)

    def by_keyword(self, queryset: FindingQuerySet, _name: str, words: str) -> FindingQuerySet:
        """Findings with these words in the title or the detail."""
        return queryset.filter(text_contains(words, "title", "detail"))

    def by_unit(self, queryset: FindingQuerySet, _name: str, unit: str) -> FindingQuerySet:
        """Findings that a unit (key) leads or supports; a sub-finding without a lead unit has its parent's."""
        # A subquery: a join with the links would return findings more than once.
        supported = Finding.supporting_units.through.objects.filter(unit_id=unit).values("finding_id")
        return queryset.filter(led_by(unit) | Q(pk__in=supported))

    def by_status(self, queryset: FindingQuerySet, _name: str, status: str) -> FindingQuerySet:
        """Findings with a status; for closed ones also by whether their sign-off counts, as their tags."""
        if status == "completed":
            return queryset.completed(self.inspection)
        if status in OTHER_STANDINGS:
            return OTHER_STANDINGS[status](queryset)
        # ``closed`` leaves out void sign-offs and missed reviews, which have choices of their own.
        return queryset.closed_as(status) if status in Completion else queryset.in_standing(status)

    def by_gap(self, queryset: FindingQuerySet, _name: str, gap: str) -> FindingQuerySet:
        """Findings without a lead unit, or without a deadline."""
        return queryset.without_unit() if gap == "unit" else queryset.without_deadline()

    def by_turn(self, queryset: FindingQuerySet, _name: str, turn: str) -> FindingQuerySet:
        """Findings that wait for the user: to be submitted, reviewed or closed."""
        if turn == StepName.SUBMIT:
            return queryset.answered_by(self.user).ready()
        waiting = waiting_for(self.user)
        return queryset.filter(pk__in=waiting.for_review if turn == StepName.REVIEW else waiting.for_closing)

    def only_soon(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Findings whose deadline is near."""
        return queryset.due_soon(self.inspection) if ticked else queryset

    def only_led(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Those of the chosen unit's findings that it leads; no effect without a unit."""
        unit = self.form.cleaned_data.get("unit")
        return queryset.filter(led_by(unit)) if ticked and unit else queryset

    def only_long_term(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Findings that need persistence (长期坚持)."""
        return queryset.filter(long_term=True) if ticked else queryset

    def only_overdue(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Overdue findings."""
        return queryset.overdue() if ticked else queryset

    def only_counted(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Findings in the inspection's own way of counting."""
        return queryset.counted_in_report(self.inspection) if ticked else queryset


class MeasureFilter(ListFilter):
    """The filter of an inspection's measures."""

    q = KeywordFilter(label="关键词", method="by_keyword")
    unit = ChoiceFilter(label="责任单位", method="by_unit")
    status = ChoiceFilter(
        label="办理状态", choices=[*MeasureStatus.choices, *MEASURE_TURNS.items()], method="by_status"
    )
    done = ChoiceFilter(label="完成情况", choices=[("yes", "已完成"), ("no", "未完成")], method="by_completion")
    overdue = CheckboxFilter(label="已逾期", method="only_overdue")
    soon = CheckboxFilter(label="即将到期", method="only_soon")
    mine = CheckboxFilter(label="我负责的", method="only_mine")
    no_outcome = CheckboxFilter(label="没有填写公开成效", method="only_without_outcome")

    class Meta(ListFilter.Meta):
        model = Measure
        fields: list[str] = []

    def __init__(
        self, data: QueryDict, queryset: MeasureQuerySet, inspection: Inspection, user: User, units: list[Unit]
    ) -> None:
        self.inspection, self.user = inspection, user
        super().__init__(data, queryset, {"unit": unit_choices(units)})

    def by_keyword(self, queryset: MeasureQuerySet, _name: str, words: str) -> MeasureQuerySet:
        """Measures with these words in the plan or the outcome."""
        return queryset.filter(text_contains(words, "plan", "outcome"))

    def by_unit(self, queryset: MeasureQuerySet, _name: str, unit: str) -> MeasureQuerySet:
        """Measures for which a unit (key) answers, itself or as the unit that leads the finding."""
        return queryset.filter(answered_by_unit(unit))

    def by_status(self, queryset: MeasureQuerySet, _name: str, status: str) -> MeasureQuerySet:
        """Measures with a status, unverified ones, or those that wait for the user's verification."""
        if status == "to_verify":
            return queryset.to_verify_by(self.user)
        return queryset.unverified() if status == "unverified" else queryset.filter(status=status)

    def only_soon(self, queryset: MeasureQuerySet, _name: str, ticked: bool) -> MeasureQuerySet:
        """Measures whose deadline is near."""
        return queryset.due_soon(self.inspection) if ticked else queryset

    def by_completion(self, queryset: MeasureQuerySet, _name: str, answer: str) -> MeasureQuerySet:
        """Measures that are done, or open."""
        return queryset.done() if answer == "yes" else queryset.open()

    def only_overdue(self, queryset: MeasureQuerySet, _name: str, ticked: bool) -> MeasureQuerySet:
        """Overdue measures."""
        return queryset.overdue() if ticked else queryset

    def only_mine(self, queryset: MeasureQuerySet, _name: str, ticked: bool) -> MeasureQuerySet:
        """Measures for which the user or a unit they report for answers."""
        return queryset.answered_by(self.user) if ticked else queryset

    def only_without_outcome(self, queryset: MeasureQuerySet, _name: str, ticked: bool) -> MeasureQuerySet:
        """Measures without an outcome, which leave a gap in the report."""
        return queryset.filter(outcome="") if ticked else queryset


class InspectionFilter(ListFilter):
    """The filter of the list of inspections."""

    q = KeywordFilter(label="关键词", method="by_keyword")

    class Meta(ListFilter.Meta):
        model = Inspection
        fields: list[str] = []

    def by_keyword(self, queryset: QuerySet[Inspection], _name: str, words: str) -> QuerySet[Inspection]:
        """Inspections with these words in the name, the round or the body."""
        return queryset.filter(text_contains(words, "name", "round", "body"))


class RegulationFilter(ListFilter):
    """The filter of an inspection's regulations."""

    q = KeywordFilter(label="关键词", method="by_keyword")
    kind = ChoiceFilter(label="类型", choices=list(RegulationKind.choices))

    class Meta(ListFilter.Meta):
        model = Regulation
        fields: list[str] = []

    def by_keyword(self, queryset: QuerySet[Regulation], _name: str, words: str) -> QuerySet[Regulation]:
        """Regulations with these words in the title or the number."""
        return queryset.filter(text_contains(words, "title", "document_number"))
