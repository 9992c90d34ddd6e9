"""The filters of lists. What they do not understand they leave out and say so; it never empties a list silently."""

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

Choices = list[tuple[str, str]]


class PlainSelect(forms.Select):
    """A select written in one go: a hundred options through Django's option template cost a third of a page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The select with the options in one string."""
        chosen = str(value or "")
        options = "".join(
            f'<option value="{to_html(key)}"{" selected" if key == chosen else ""}>{to_html(label)}</option>'
            for key, label in self.choices
        )
        return SafeString(f'<select class="form-select" name="{name}" id="{attrs["id"]}">{options}</select>')


class PlainCheckbox(forms.CheckboxInput):
    """A box written in one go, for the same reason: a list has up to five."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The box."""
        ticked = " checked" if self.check_test(value) else ""
        html = f'<input class="form-check-input" type="checkbox" name="{name}" id="{attrs["id"]}"{ticked}>'
        return SafeString(html)


class ChoiceFilter(django_filters.ChoiceFilter):
    """One of some choices, or all."""

    def __init__(self, *, choices: Choices | None = None, **how: Any) -> None:
        super().__init__(choices=choices or [], empty_label="全部", widget=PlainSelect, **how)


class CheckboxFilter(django_filters.Filter):
    """A box to tick; unticked it filters nothing."""

    field_class = forms.BooleanField

    def __init__(self, **how: Any) -> None:
        super().__init__(widget=PlainCheckbox, **how)


class KeywordFilter(django_filters.CharFilter):
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


def text_contains(words: str, *fields: str) -> Q:
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
