"""Choices of findings in forms."""

from __future__ import annotations

from findings.inspections.models.findings import Finding
from findings.units.fields import TickedField


class FindingsField(TickedField):
    """Several findings of one inspection, ticked; the form says which are offered."""

    def __init__(self, label: str, help_text: str = "") -> None:
        super().__init__(Finding.objects.none(), label, help_text)
