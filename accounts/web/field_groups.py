"""The sections of a form, and which of those that can be closed are open."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms


@dataclass(frozen=True)
class FieldGroup:
    """The fields of one section under their heading; a section that ``folds`` can be closed on the page."""

    title: str
    fields: list[forms.BoundField]
    folds: bool = False
    note: str = ""  # beside the heading of a section that folds: what holds while it stays closed

    @property
    def is_open(self) -> bool:
        """Whether the section says something: an error, or a value other than the usual one."""
        return any(field.errors or _is_unusual(field) for field in self.fields)


def _is_unusual(field: forms.BoundField) -> bool:
    value = field.value()
    return value not in (None, "", []) and field.field.has_changed(field.field.initial, value)
