"""The filters of the lists. What they do not understand they leave out and say so; it never empties a list silently."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.web.forms import PageForm
from accounts.web.markup import escaped
from findings.choices import MeasureStatus, RegulationKind, Status, Timing
from findings.evidence.regulations import Regulation
from findings.inspections.models.finding_queries import FindingQuerySet
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure, MeasureQuerySet
from findings.units.fields import INDENT
from findings.units.models import Unit
from findings.work.list_table import shortened
from findings.workflow import waiting_for

Choices = list[tuple[str, str]]
TURNS = {"submit": "可以申请销号", "review": "待我审核", "close": "待我销号"}
MEASURE_TURNS = {"unverified": "未核实的", "to_verify": "待我核实的"}
STANDINGS = {"completed": "已完成（公开口径）", "void": "销号失效", "missed": "复查逾期"}


class PlainSelect(forms.Select):
    """A select written in one go: a hundred options through Django's option template cost a third of a page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The select with the options in one string."""
        chosen = str(value or "")
        options = "".join(
            f'<option value="{escaped(key)}"{" selected" if key == chosen else ""}>{escaped(label)}</option>'
            for key, label in self.choices
        )
        return SafeString(f'<select class="form-select" name="{name}" id="{attrs["id"]}">{options}</select>')


class PlainBox(forms.CheckboxInput):
    """A box written in one go, for the same reason: a list has up to five."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The box."""
        ticked = " checked" if self.check_test(value) else ""
        html = f'<input class="form-check-input" type="checkbox" name="{name}" id="{attrs["id"]}"{ticked}>'
        return SafeString(html)


class Choice(django_filters.ChoiceFilter):
    """One of some choices, or all."""

    def __init__(self, *, choices: Choices | None = None, **how: Any) -> None:
        super().__init__(choices=choices or [], empty_label="全部", widget=PlainSelect, **how)


class Flag(django_filters.Filter):
    """A box to tick; unticked it filters nothing."""

    field_class = forms.BooleanField

    def __init__(self, **how: Any) -> None:
        super().__init__(widget=PlainBox, **how)


class Keyword(django_filters.CharFilter):
    """Words to look for."""

    def __init__(self, **how: Any) -> None:
        super().__init__(max_length=60, widget=forms.TextInput(attrs={"type": "search"}), **how)


class ListFilter(django_filters.FilterSet):
    """A filter that can say what it filters by."""

    class Meta:
        form = PageForm

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], choices: dict[str, Choices] | None = None) -> None:
        """``choices`` gives the choices that depend on the inspection, by filter."""
        super().__init__(data, queryset)
        for name, pairs in (choices or {}).items():
            self.form.fields[name].choices = pairs  # not by the filter, which would copy each of them three times

    def chips(self) -> list[tuple[str, str, str, bool]]:
        """What is filtered by: (parameter, label, words, understood)."""
        chips = []
        for name, field in self.form.fields.items():
            raw = self.form[name].data
            if raw in {None, "", False}:
                continue
            label, understood = str(field.label), name not in self.form.errors
            if isinstance(field, forms.BooleanField):
                chips.append((name, label, "", understood))
            elif isinstance(field, forms.ChoiceField):
                chips.append((name, label, choice_words(field, raw), understood))
            else:
                chips.append((name, label, str(raw), understood))
        return chips


def saying(words: str, *fields: str) -> Q:
    """Records that say these words in one of the fields, in capitals or not.

    Chinese knows no capitals, and looking for the very characters is four times as quick as comparing without case.
    """
    condition = Q()
    for name in fields:
        has_case = words.upper() != words.lower()
        condition |= Q(**{f"{name}__icontains": words}) if has_case else Q(GreaterThan(StrIndex(name, Value(words)), 0))
    return condition


def choice_words(field: forms.ChoiceField, raw: str) -> str:
    """The words of a choice, or what was asked for when there is no such choice."""
    return next((str(label).strip() for key, label in field.widget.choices if key == raw), raw)


def unit_choices(units: list[Unit]) -> Choices:
    """Units in tree order, indented by full-width spaces."""
    return [(str(unit.pk), INDENT * unit.depth + str(unit)) for unit in units]


class FindingFilter(ListFilter):
    """The findings of one inspection."""

    q = Keyword(label="关键词", method="by_keyword")
    aspect = Choice(label="方面", field_name="aspect_id")
    unit = Choice(label="单位", method="by_unit")
    status = Choice(label="状态", method="by_status")
    timing = Choice(label="时限类型", choices=list(Timing.choices))
    long_term = Flag(label="长期坚持", method="only_long_term")
    gap = Choice(label="缺少", choices=[("unit", "牵头单位"), ("deadline", "完成时限")], method="by_gap")
    turn = Choice(label="待办", choices=list(TURNS.items()), method="by_turn")
    overdue = Flag(label="已逾期", method="only_overdue")
    soon = Flag(label="即将到期", method="only_soon")
    led = Flag(label="只看单位牵头的", method="only_led")
    counted = Flag(label="计入问题数的", method="only_counted")

    class Meta(ListFilter.Meta):
        model = Finding
        fields: list[str] = []

    def __init__(
        self, data: QueryDict, queryset: FindingQuerySet, inspection: Inspection, user: User, units: list[Unit]
    ) -> None:
        self.inspection, self.user = inspection, user
        statuses = [(status.value, inspection.status_word(status)) for status in Status]
        aspects = [(str(aspect.pk), shortened(str(aspect), 24)) for aspect in inspection.aspects.all()]
        choices = {
            "aspect": aspects,
            "unit": unit_choices(units),
            "status": [*statuses, *STANDINGS.items()],
        }
        super().__init__(data, queryset, choices)

    def by_keyword(self, queryset: FindingQuerySet, _name: str, words: str) -> FindingQuerySet:
        """Findings that say these words in the title or the detail."""
        return queryset.filter(saying(words, "title", "detail"))

    def by_unit(self, queryset: FindingQuerySet, _name: str, unit: str) -> FindingQuerySet:
        """Findings a unit leads or supports."""
        supported = Finding.supporting_units.through.objects.filter(unit_id=unit).values("finding_id")
        return queryset.filter(Q(lead_unit_id=unit) | Q(pk__in=supported))

    def by_status(self, queryset: FindingQuerySet, _name: str, status: str) -> FindingQuerySet:
        """Findings in a status; those signed off are told apart by whether it holds, as their tags are."""
        standings = {"closed": queryset.closed, "void": queryset.void, "missed": queryset.review_missed}
        if status == "completed":
            return queryset.completed(self.inspection)
        return standings[status]() if status in standings else queryset.filter(status=status)

    def by_gap(self, queryset: FindingQuerySet, _name: str, gap: str) -> FindingQuerySet:
        """Findings that lack what the work begins with."""
        return queryset.without_unit() if gap == "unit" else queryset.without_deadline()

    def by_turn(self, queryset: FindingQuerySet, _name: str, turn: str) -> FindingQuerySet:
        """Findings that wait for this person."""
        if turn == "submit":
            return queryset.led_by(self.user).ready()
        waiting = waiting_for(self.user)
        return queryset.filter(pk__in=waiting.for_review if turn == "review" else waiting.for_closing)

    def only_soon(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Findings whose deadline is near."""
        return queryset.due_soon(self.inspection) if ticked else queryset

    def only_led(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Of the findings of the chosen unit those it leads."""
        unit = self.form.cleaned_data.get("unit")
        return queryset.filter(lead_unit_id=unit) if ticked and unit else queryset

    def only_long_term(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Findings that need persistence."""
        return queryset.filter(long_term=True) if ticked else queryset

    def only_overdue(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """Findings past their deadline."""
        return queryset.overdue() if ticked else queryset

    def only_counted(self, queryset: FindingQuerySet, _name: str, ticked: bool) -> FindingQuerySet:
        """What the inspection counts as one finding each."""
        return queryset.counted(self.inspection) if ticked else queryset


class MeasureFilter(ListFilter):
    """The measures of one inspection."""

    q = Keyword(label="关键词", method="by_keyword")
    unit = Choice(label="责任单位", method="by_unit")
    status = Choice(label="办理状态", choices=[*MeasureStatus.choices, *MEASURE_TURNS.items()], method="by_status")
    done = Choice(label="完成情况", choices=[("yes", "已完成"), ("no", "未完成")], method="by_completion")
    overdue = Flag(label="已逾期", method="only_overdue")
    soon = Flag(label="即将到期", method="only_soon")
    mine = Flag(label="我负责的", method="only_mine")
    no_outcome = Flag(label="没有填写公开成效", method="only_without_outcome")

    class Meta(ListFilter.Meta):
        model = Measure
        fields: list[str] = []

    def __init__(
        self, data: QueryDict, queryset: MeasureQuerySet, inspection: Inspection, user: User, units: list[Unit]
    ) -> None:
        self.inspection, self.user = inspection, user
        super().__init__(data, queryset, {"unit": unit_choices(units)})

    def by_keyword(self, queryset: MeasureQuerySet, _name: str, words: str) -> MeasureQuerySet:
        """Measures that say these words in the plan or the outcome."""
        return queryset.filter(saying(words, "plan", "outcome"))

    def by_unit(self, queryset: MeasureQuerySet, _name: str, unit: str) -> MeasureQuerySet:
        """Measures a unit answers for, itself or as the lead unit of the finding."""
        return queryset.filter(Q(lead_unit_id=unit) | Q(lead_unit=None, finding__lead_unit_id=unit))

    def by_status(self, queryset: MeasureQuerySet, _name: str, status: str) -> MeasureQuerySet:
        """Measures in a status, or with which somebody has something to do."""
        if status == "to_verify":
            return queryset.to_verify_by(self.user)
        return queryset.unverified() if status == "unverified" else queryset.filter(status=status)

    def only_soon(self, queryset: MeasureQuerySet, _name: str, ticked: bool) -> MeasureQuerySet:
        """Measures whose deadline is near."""
        return queryset.due_soon(self.inspection) if ticked else queryset

    def by_completion(self, queryset: MeasureQuerySet, _name: str, answer: str) -> MeasureQuerySet:
        """Measures carried out, or not."""
        return queryset.done() if answer == "yes" else queryset.filter(completed_on=None)

    def only_overdue(self, queryset: MeasureQuerySet, _name: str, ticked: bool) -> MeasureQuerySet:
        """Measures past their deadline."""
        return queryset.overdue() if ticked else queryset

    def only_mine(self, queryset: MeasureQuerySet, _name: str, ticked: bool) -> MeasureQuerySet:
        """Measures of the person's own or of the units he reports for."""
        return queryset.mine(self.user) if ticked else queryset

    def only_without_outcome(self, queryset: MeasureQuerySet, _name: str, ticked: bool) -> MeasureQuerySet:
        """Measures that leave a gap in the report."""
        return queryset.filter(outcome="") if ticked else queryset


class InspectionFilter(ListFilter):
    """All inspections."""

    q = Keyword(label="关键词", method="by_keyword")

    class Meta(ListFilter.Meta):
        model = Inspection
        fields: list[str] = []

    def by_keyword(self, queryset: QuerySet[Inspection], _name: str, words: str) -> QuerySet[Inspection]:
        """Inspections with these words in the name, the round or the body."""
        return queryset.filter(saying(words, "name", "round", "body"))


class RegulationFilter(ListFilter):
    """The regulations of one inspection."""

    q = Keyword(label="关键词", method="by_keyword")
    kind = Choice(label="类型", choices=list(RegulationKind.choices))

    class Meta(ListFilter.Meta):
        model = Regulation
        fields: list[str] = []

    def by_keyword(self, queryset: QuerySet[Regulation], _name: str, words: str) -> QuerySet[Regulation]:
        """Regulations with these words in the title or the number."""
        return queryset.filter(saying(words, "title", "document_number"))
