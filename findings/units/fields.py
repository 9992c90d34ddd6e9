"""Form fields for units, people and amounts; choices are those in use and the present value of the record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator

from accounts.models import User
from accounts.users.roles import Right
from findings.units.choices import Groups, ScopedChoices
from findings.units.models import Unit, UnitQuerySet
from findings.units.scopes import user_scope

# Django's fields are generic for the type checker only.
if TYPE_CHECKING:
    UnitChoice = forms.ModelChoiceField[Unit]
    TickedChoices = forms.ModelMultipleChoiceField[Any]
    PersonChoice = forms.ModelChoiceField[User]
    Options = ModelChoiceIterator[Unit]
    PersonOptions = ModelChoiceIterator[User]
else:
    UnitChoice = PersonChoice = forms.ModelChoiceField
    TickedChoices = forms.ModelMultipleChoiceField
    Options = PersonOptions = ModelChoiceIterator

LONGEST_KEY = 18  # digits
AMOUNT = re.compile(r"(?P<number>(\d{1,3}(,\d{3}){1,4}|\d{1,15})(\.\d{1,8})?)(?P<unit>万)?元?")
INDENT = "\u3000"  # one Chinese character wide


class TypeAhead:
    """The part of a widget for ``static/js/type_ahead.js``: its mark, and a unit's short name to search by as well."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-type-ahead": True, **(attrs or {})}, choices)  # type: ignore[call-arg]  # a mixin

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Django's option with the short name as ``data-words``."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]  # a mixin
        short_name = getattr(getattr(value, "instance", None), "short_name", "")
        if short_name:
            option["attrs"]["data-words"] = short_name
        return option


class TypeAheadSelect(TypeAhead, forms.Select):
    """A select in which the script lets the user search by typing."""


class TypeAheadCheckboxes(TypeAhead, forms.CheckboxSelectMultiple):
    """Checkboxes which the script shows as the chosen ones and an input to search for more."""


class TreeOptions(Options):
    """The options of a unit field in tree order; with ``choices`` the inspected body first."""

    def __iter__(self) -> Iterator[Any]:
        """The empty choice, then each unit with its key, parents before children."""
        field = cast("UnitField | UnitsField", self.field)
        if field.empty_label is not None:
            yield "", field.empty_label
        if field.choices_in_scope is None:
            groups: Groups = [("", cast(UnitQuerySet, self.queryset).in_tree_order())]
        else:
            groups = field.choices_in_scope.unit_groups(field.present)
        for heading, units in groups:
            options = [self.choice(unit) for unit in units]
            # Headings would have a label without an input among checkboxes.
            if heading and isinstance(field, UnitField):
                yield heading, options
            else:
                yield from options


class PeopleOptions(PersonOptions):
    """The options of a person field, grouped by unit."""

    def __iter__(self) -> Iterator[Any]:
        """The empty choice, those whom the record names now and who are not offered otherwise, the units' people."""
        field = cast("PersonField | PeopleField", self.field)
        if field.empty_label is not None:
            yield "", field.empty_label
        groups = field.choices_in_scope.people_groups if field.choices_in_scope else []
        offered = {person.pk for _, people in groups for person in people}
        if kept := [key for key in field.present if key is not None and key not in offered]:
            # Without their units, which can be those of a body of which the user knows nothing.
            for person in User.objects.filter(pk__in=kept).order_by("name", "pk"):
                yield (
                    field.prepare_value(person),
                    f"{person.name}（{'不在可选范围' if person.is_active else '账号已停用'}）",
                )
        for heading, people in groups:
            options = [self.choice(person) for person in people]
            # Headings would have a label without an input among checkboxes.
            if isinstance(field, PersonField):
                yield heading, options
            else:
                yield from options


def indented_name(unit: Unit) -> str:
    """The full name of a unit after one full-width space for each level; ``depth`` comes from ``in_tree_order``."""
    return INDENT * unit.depth + unit.name


class StoredChoice:
    """The part of a field of one record that takes the record's present value as it is, without looking it up."""

    present: tuple[int | None, ...] = ()  # the key of the unit or person that the record names now
    stored_choice: Callable[[], Any] | None = None  # returns what the record names now

    def to_python(self, value: Any) -> Any:
        """The chosen unit or person, None when empty; ValidationError when it is none of those offered."""
        if self.stored_choice is not None and value and str(value) in {str(key) for key in self.present}:
            return self.stored_choice()
        return super().to_python(value)  # type: ignore[misc]  # a mixin


class UnitField(StoredChoice, UnitChoice):
    """A choice of one unit from the tree; its queryset is set by the form."""

    iterator = TreeOptions
    widget = TypeAheadSelect
    choices_in_scope: ScopedChoices | None = None

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
    widget = TypeAheadCheckboxes
    choices_in_scope: ScopedChoices | None = None
    present: tuple[int | None, ...] = ()  # the keys of the record's units

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


class PersonField(StoredChoice, PersonChoice):
    """A choice of one active user, shown with their units, which tell namesakes apart."""

    iterator = PeopleOptions
    widget = TypeAheadSelect
    choices_in_scope: ScopedChoices | None = None

    def __init__(self, label: str, help_text: str = "", *, required: bool = False) -> None:
        super().__init__(User.objects.none(), label=label, help_text=help_text, required=required)

    def label_from_instance(self, person: User) -> str:
        """The name and the units."""
        return person_label(person)

    def to_python(self, value: Any) -> User | None:
        """The chosen user; ValidationError that says why, where it is somebody whom the user may know of."""
        try:
            person: User | None = super().to_python(value)
        except forms.ValidationError as error:
            if reason := refusal_of(value, self.choices_in_scope):
                raise forms.ValidationError(reason, code="invalid_choice") from error
            raise
        return person


class PeopleField(TickedField):
    """A choice of several active users by checkboxes, in the order of their units."""

    iterator = PeopleOptions
    widget = TypeAheadCheckboxes
    choices_in_scope: ScopedChoices | None = None
    present: tuple[int | None, ...] = ()  # the keys of those whom the record names now

    def __init__(self, label: str, help_text: str = "") -> None:
        super().__init__(User.objects.none(), label, help_text)

    def label_from_instance(self, person: User) -> str:
        """The name and the units."""
        return person_label(person)

    def clean(self, value: Any) -> Any:
        """The chosen users; ValidationError that says why, where one is somebody whom the user may know of."""
        try:
            return super().clean(value)
        except forms.ValidationError as error:
            if reason := refusal_of((error.params or {}).get("value", ""), self.choices_in_scope):
                raise forms.ValidationError(reason, code="invalid_choice") from error
            raise


def person_label(person: User) -> str:
    """The name and the units, as 王强 · 综合科, and that there is no role; from ``ScopedChoices``."""
    units = "、".join(str(membership.unit) for membership in person.memberships.all())
    label = f"{person.name} · {units}" if units else person.name
    return label if getattr(person, "has_role", True) else f"{label}（没有角色）"


def refusal_of(value: Any, choices: ScopedChoices | None) -> str:
    """Why a person (key as submitted) who is not offered cannot be chosen; "" where nothing may be said of them."""
    is_key = str(value).isascii() and str(value).isdecimal() and len(str(value)) <= LONGEST_KEY
    return choices.refusal(int(value)) if choices and is_key else ""


def set_choices(field: forms.Field, records: QuerySet[Any], empty_label: str | None = None) -> None:
    """Set the records that a field offers; other fields than choices of records are left alone."""
    if isinstance(field, forms.ModelChoiceField):
        if isinstance(field, UnitField):
            field.choices_in_scope = None
        field.queryset, field.empty_label = records, empty_label


def set_choices_in_scope(form: forms.BaseForm, user: User, body: int | None = None) -> None:
    """Limit a form's units and people to the user's scope and the inspected body (key), by default its record's.

    A value that the record has already stays valid.
    """
    record = getattr(form, "instance", None)
    if body is None:
        body = getattr(getattr(record, "inspection", None), "unit_id", None)
    choices = ScopedChoices(user, body)
    for name, field in form.fields.items():
        if isinstance(field, PersonField | UnitField):
            field.present = (getattr(record, f"{name}_id", None),)
            field.stored_choice = partial(getattr, record, name)
        elif isinstance(field, PeopleField | UnitsField):
            field.present = tuple(one.pk for one in form.initial.get(name, ()))
        if isinstance(field, PersonField | PeopleField):
            field.choices_in_scope, field.queryset = choices, choices.people(field.present)
        elif isinstance(field, UnitField | UnitsField):
            field.choices_in_scope, field.queryset = choices, choices.units(field.present)


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
