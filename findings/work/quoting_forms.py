"""The base of the forms of texts for the report, which may quote existing totals."""

from __future__ import annotations

from typing import Any, ClassVar

from findings.inspections.totals import objections, title_objections
from findings.workflow.forms import WorkflowModelForm


class QuotingForm(WorkflowModelForm):
    """A form with texts that may quote totals.

    ``quoting_fields`` are these texts, ``title_fields`` texts for the report that cannot quote any. Sign-offs cover
    them unless ``is_signed`` is False.
    """

    quoting_fields: ClassVar[tuple[str, ...]] = ()
    title_fields: ClassVar[tuple[str, ...]] = ()
    is_signed: ClassVar[bool] = True

    def clean(self) -> dict[str, Any]:
        """Refuse quoted totals that do not exist or cannot stand in the text, with suggestions of similar ones."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in (*self.quoting_fields, *self.title_fields):
            text = cleaned.get(name) or ""
            found = objections(text, is_signed=self.is_signed)
            if found or (found := title_objections(text) if name in self.title_fields else []):
                self.add_error(name, found)
        return cleaned

    def quoting_areas(self) -> list[tuple[str, str]]:
        """The ids of the texts that may quote totals, each with its label."""
        return [(self[name].id_for_label, str(self[name].label)) for name in self.quoting_fields]
