"""Form fields for findings."""

from __future__ import annotations

from findings.inspections.models.findings import Finding
from findings.units.fields import TickedField


class FindingsField(TickedField):
    """A choice of several findings of one inspection by checkboxes; its queryset is set by the form."""

    def __init__(self, label: str, help_text: str = "") -> None:
        super().__init__(Finding.objects.none(), label, help_text)
