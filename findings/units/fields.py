"""Form fields for units, people and amounts; choices are those in use and the present value of the record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.forms.models import ModelChoiceIterator

from accounts.models import User
from accounts.users.roles import Right
from findings.units.models import Unit, UnitQuerySet
from findings.units.scopes import user_scope

# Django's fields are generic for the type checker only.
if TYPE_CHECKING:
    UnitChoice = forms.ModelChoiceField[Unit]
    TickedChoices = forms.ModelMultipleChoiceField[Any]
    PersonChoice = forms.ModelChoiceField[User]
    Options = ModelChoiceIterator[Unit]
else:
    UnitChoice = PersonChoice = forms.ModelChoiceField
    TickedChoices = forms.ModelMultipleChoiceField
    Options = ModelChoiceIterator

LONGEST_KEY = 18  # digits
AMOUNT = re.compile(r"(?P<number>(\d{1,3}(,\d{3}){1,4}|\d{1,15})(\.\d{1,8})?)(?P<unit>万)?元?")
INDENT = "\u3000"  # one Chinese character wide


class TreeOptions(Options):
    """The options of a unit field in tree order."""

    def __iter__(self) -> Iterator[Any]:
        """The empty choice, then each unit with its key, parents before children."""
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for unit in cast(UnitQuerySet, self.queryset).in_tree_order():
            yield self.choice(unit)


def indented_name(unit: Unit) -> str:
    """The full name of a unit after one full-width space for each level; ``depth`` comes from ``in_tree_order``."""
    return INDENT * unit.depth + unit.name


class UnitField(UnitChoice):
    """A choice of one unit from the tree; its queryset is set by the form."""

    iterator = TreeOptions

    def __init__(self, label: str, help_text: str = "", *, required: bool = False) -> None:
        super().__init__(Unit.objects.none(), label=label, help_text=help_text, required=required)

    def label_from_instance(self, unit: Unit) -> str:
        """The name, indented by its depth."""
        return indented_name(unit)


class TickedField(TickedChoices):
    """A choice of several records by checkboxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, records: QuerySet[Any], label: str, help_text: str = "") -> None:
        super().__init__(records, label=label, help_text=help_text, required=False)

    def clean(self, value: Any) -> Any:
        """The chosen records; keys longer than any key are invalid, since SQLite's driver overflows on them."""
        if any(len(str(key)) > LONGEST_KEY for key in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class UnitsField(TickedField):
    """A choice of several units by checkboxes in the tree."""

    iterator = TreeOptions

    def __init__(self, label: str, help_text: str = "") -> None:
        super().__init__(Unit.objects.none(), label, help_text)

    def label_from_instance(self, unit: Unit) -> str:
        """The name, indented by its depth."""
        return indented_name(unit)


class AmountField(forms.DecimalField):
    """Money in yuan as users write it: 1234.5, 1,234.50 or, with the unit, 1.2万元."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        """The amount in yuan, None when empty; ValidationError when it is no amount.

        Parts of a cent stay, for the validator of decimal places to refuse them.
        """
        # NFKC turns full-width digits, commas and points into those of the pattern.
        text = unicodedata.normalize("NFKC", str(value or "")).replace(" ", "")
        if not text:
            return None
        found = AMOUNT.fullmatch(text)
        if found is None:
            raise forms.ValidationError("请填写金额，如 1234.50 或 1,234.50；以万元计的写明单位，如 1.2万元。")
        amount = Decimal(found["number"].replace(",", "")) * (10_000 if found["unit"] else 1)
        cents = amount.quantize(Decimal("0.01"))
        return cents if cents == amount else amount


class PersonField(PersonChoice):
    """A choice of one active user, shown with their units, which tell namesakes apart."""

    def __init__(self, label: str, help_text: str = "", *, required: bool = False) -> None:
        super().__init__(User.objects.none(), label=label, help_text=help_text, required=required)

    def label_from_instance(self, person: User) -> str:
        """The name and the units, as 王强 · 综合科; the form prefetches ``memberships``."""
        units = "、".join(str(membership.unit) for membership in person.memberships.all())
        return f"{person.name} · {units}" if units else person.name


def set_choices(field: forms.Field, records: QuerySet[Any], empty_label: str | None = None) -> None:
    """Set the records that a field offers; other fields than choices of records are left alone."""
    if isinstance(field, forms.ModelChoiceField):
        field.queryset, field.empty_label = records, empty_label


def set_choices_in_scope(form: forms.BaseModelForm[Any], user: User) -> None:
    """Limit a form's units and people to the user's scope; a value that the record has already stays valid."""
    scope = user_scope(user)
    area = scope.assignable
    for name, field in form.fields.items():
        if isinstance(field, PersonField):
            named = getattr(form.instance, f"{name}_id", None)
            field.queryset = (
                scope.selectable_people | User.objects.filter(pk=named) if named else scope.selectable_people
            )
        elif isinstance(field, UnitField):
            field.queryset = Unit.objects.filter(
                area.condition("pk") | Q(pk=getattr(form.instance, f"{name}_id", None))
            )
        elif isinstance(field, UnitsField):
            chosen = getattr(form.instance, name).values("pk") if form.instance.pk else ()
            field.queryset = Unit.objects.filter(area.condition("pk") | Q(pk__in=chosen))


def offer_bodies(field: forms.Field, user: User) -> None:
    """Set the bodies of an inspection that the user may choose: those whose records they may edit.

    Only a role that holds everywhere includes inspections without a body; for others the field is required.
    """
    area = user_scope(user).bodies(Right.EDIT_RECORDS)
    field.required = not area.everywhere
    set_choices(field, Unit.objects.within(area), "（未定）" if area.everywhere else "请选择")


def unit_choices(units: list[Unit]) -> list[tuple[str, str]]:
    """The keys and names of units in tree order, indented by full-width spaces."""
    return [(str(unit.pk), INDENT * unit.depth + str(unit)) for unit in units]
