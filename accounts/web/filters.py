"""The filters of lists. A value that is not valid is reported, and the list matches nothing until it is corrected.

A list that left the condition out instead would show, and export, records that nobody asked for.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.web.forms import PageForm
from accounts.web.markup import to_html
from accounts.web.text import shorten

Choices = list[tuple[str, str]]
TICKED = "on"  # what browsers submit for a ticked checkbox


class PlainSelect(forms.Select):
    """A select rendered without templates: a hundred options in Django's template took a third of a page's time."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The select with its options as one string; ``attrs`` must hold the id."""
        chosen = str(value or "")
        options = "".join(
            f'<option value="{to_html(key)}"{" selected" if key == chosen else ""}>{to_html(label)}</option>'
            for key, label in self.choices
        )
        return SafeString(f'<select class="form-select" name="{name}" id="{attrs["id"]}">{options}</select>')


class PlainCheckbox(forms.CheckboxInput):
    """A checkbox rendered without templates, for the same reason: a list has up to five."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The checkbox as HTML; ``attrs`` must hold the id."""
        ticked = " checked" if value == TICKED else ""
        html = f'<input class="form-check-input" type="checkbox" name="{name}" id="{attrs["id"]}"{ticked}>'
        return SafeString(html)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The submitted value as it is, which the field checks."""
        return data.get(name, "")


class TickField(forms.BooleanField):
    """A checkbox of a filter; another value than that of a browser is an error, not a tick."""

    default_error_messages = {"invalid_tick": "这一项只能勾选或不勾选，请重新勾选。"}

    def to_python(self, value: Any) -> bool:
        """Whether the box was ticked."""
        if value not in {"", TICKED}:
            raise forms.ValidationError(self.error_messages["invalid_tick"], code="invalid_tick")
        return bool(value == TICKED)


class ChoiceFilter(django_filters.ChoiceFilter):
    """A select of one choice, with 全部 for no filter; ``choices`` may be set later by ``ListFilter``."""

    def __init__(self, *, choices: Choices | None = None, **how: Any) -> None:
        super().__init__(choices=choices or [], empty_label="全部", widget=PlainSelect, **how)


class CheckboxFilter(django_filters.Filter):
    """A checkbox that filters nothing while it is not ticked."""

    field_class = TickField

    def __init__(self, **how: Any) -> None:
        super().__init__(widget=PlainCheckbox, **how)


class KeywordFilter(django_filters.CharFilter):
    """A search box for at most 60 characters."""

    def __init__(self, **how: Any) -> None:
        super().__init__(max_length=60, widget=forms.TextInput(attrs={"type": "search"}), **how)


class ListFilter(django_filters.FilterSet):
    """A filter set that describes its active filters as ``chips`` and the invalid ones as ``problems``."""

    class Meta:
        form = PageForm

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], choices: dict[str, Choices] | None = None) -> None:
        """``choices`` are those that depend on the inspection, by the name of the filter."""
        super().__init__(data, queryset)
        for name, pairs in (choices or {}).items():
            self.form.fields[name].choices = pairs  # set on the filter, they would be copied three times each

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The matching records; none when a filter is not valid."""
        return queryset.none() if self.problems else super().filter_queryset(queryset)

    def matching_without(self, name: str) -> QuerySet[Any]:
        """The records that match when the filter ``name`` is dropped; only while all filters are valid."""
        held = self.form.cleaned_data
        # Set aside in the form, where a filter that depends on another looks for it.
        self.form.cleaned_data = held | {name: ""}
        try:
            matching: QuerySet[Any] = super().filter_queryset(self.queryset.all())
        finally:
            self.form.cleaned_data = held
        return matching

    @property
    def problems(self) -> list[str]:
        """The sentences about the filters that are not valid; empty when all are."""
        return invalid_values(self.form)

    def chips(self) -> list[tuple[str, str, str, bool]]:
        """The active filters as (parameter, label, value as displayed, whether it is valid)."""
        chips: list[tuple[str, str, str, bool]] = []
        for name, field in self.form.fields.items():
            raw = self.form[name].data
            if raw in {None, "", False}:
                continue
            label, is_valid = str(field.label), name not in self.form.errors
            if isinstance(field, forms.BooleanField) and is_valid:
                chips.append((name, label, "", True))
            elif isinstance(field, forms.ChoiceField):
                chips.append((name, label, choice_words(field, raw), is_valid))
            else:
                chips.append((name, label, str(raw), is_valid))
        return chips


def invalid_values(form: forms.BaseForm) -> list[str]:
    """The sentences (Chinese) about the values of a bound form of filters that are not valid, in its order."""
    return [
        invalid_value(str(field.label), str(form[name].data), "".join(str(error) for error in form.errors[name]))
        for name, field in form.fields.items()
        if name in form.errors
    ]


def invalid_value(label: str, raw: str, remedy: str) -> str:
    """The sentence that a parameter of an address is not valid: which one, its value, and what to do."""
    return f"“{label}”的值“{printed(raw)}”无效：{remedy}"


def printed(raw: str) -> str:
    """The beginning of a value from an address, with a visible mark for characters that cannot be printed."""
    return shorten("".join(one if one.isprintable() else "\ufffd" for one in raw), 30)


def text_contains(words: str, *fields: str) -> Q:
    """The condition that one of the fields contains the words, ignoring case."""
    condition = Q()
    # Words without letters, such as Chinese ones, are compared as they are: four times as fast as ignoring case.
    for name in fields:
        has_case = words.upper() != words.lower()
        condition |= Q(**{f"{name}__icontains": words}) if has_case else Q(GreaterThan(StrIndex(name, Value(words)), 0))
    return condition


def choice_words(field: forms.ChoiceField, raw: str) -> str:
    """The label of a choice, or the raw value when there is no such choice."""
    return next((str(label).strip() for key, label in field.widget.choices if key == raw), raw)
