"""Forms whose change ends a sign-off or a verification, and which therefore ask for the reason."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.text import LINE
from accounts.web.field_groups import FieldGroup
from findings.choices import MeasureStatus
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.work.forms import FacetForm, FindingForm
from findings.work.measure_forms import MeasureForm, MeasureWorkForm
from findings.workflow import edit_lock_reason
from findings.workflow.forms import WorkflowModelForm
from findings.workflow.signed_fields import SIGNED_FIELDS, VERIFIED_TEXTS

LONGEST_REASON = 200  # characters


def change_reason_field() -> forms.CharField:
    """The field of the reason, optional until the change ends something."""
    return forms.CharField(
        label="修改理由",
        required=False,
        max_length=LONGEST_REASON,
        validators=LINE,
        help_text="改动会使销号或核实作废时必须填写；记入改动记录，以后不能修改。",
    )


class ReasonedForm(WorkflowModelForm):
    """A form over a finding, a facet or a measure that asks for the reason of a change that ends a signature.

    The field stands on it only while there is a sign-off or a verification that a change could end.
    """

    change_reason = change_reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (self._is_signed or self._is_verified):
            del self.fields["change_reason"]

    @property
    def field_groups(self) -> list[FieldGroup]:
        """The fields by section, and the reason at the end where it is asked for."""
        groups = super().field_groups
        is_apart = self.sections and "change_reason" in self.fields
        return [*groups, FieldGroup("为什么改", [self["change_reason"]])] if is_apart else groups

    @property
    def _finding(self) -> Finding:
        record: Finding | Facet | Measure = self.instance
        return record if isinstance(record, Finding) else record.finding

    @property
    def _is_signed(self) -> bool:
        """Whether a sign-off is in force that covers the record; that of the parent covers a new sub-finding."""
        finding = self._finding
        if finding._state.adding:
            return finding.parent is not None and finding.parent.is_signed_off
        return finding.is_signed_off

    @property
    def _is_verified(self) -> bool:
        return isinstance(self.instance, Measure) and self.instance.status == MeasureStatus.VERIFIED

    def _changed_fields(self) -> set[str]:
        """The fields that were changed. Browsers send CRLF, with which every text of several lines would count."""
        texts = {name: one.replace("\r\n", "\n") for name, one in self.cleaned_data.items() if isinstance(one, str)}
        return {
            name for name in self.changed_data if name not in texts or texts[name] != (self.initial.get(name) or "")
        }

    def _undone(self) -> str:
        """What the change that was typed ends (Chinese): 销号, 核实, or both; an empty string for neither."""
        changed, is_new = self._changed_fields(), self.instance._state.adding
        signed = self._is_signed and (is_new or changed & set(SIGNED_FIELDS[self.instance._meta.label_lower]))
        verified = self._is_verified and changed & set(VERIFIED_TEXTS)
        return "和".join(name for name, is_undone in (("销号", signed), ("核实", verified)) if is_undone)

    def clean(self) -> dict[str, Any]:
        """Require the reason when the change ends something."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "change_reason" not in self.fields:
            return cleaned
        self.reason = cleaned.get("change_reason", "")
        undone = self._undone()
        if undone and not self.reason and "change_reason" not in self.errors:
            self.add_error("change_reason", f"这些改动会使{undone}作废，请写明理由。")
        return cleaned


class FindingPageForm(ReasonedForm, FindingForm):
    """The form of a finding on its page of editing."""


class FacetPageForm(ReasonedForm, FacetForm):
    """The form of a facet on its page of editing."""


class MeasurePageForm(ReasonedForm, MeasureForm):
    """The form of a measure on its page of editing."""


class MeasureSheetForm(ReasonedForm, MeasureWorkForm):
    """The form of the work on a measure; a new entry in the log of a signed finding ends the sign-off as well."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        # Whom the lock refuses anyway is not asked why.
        if edit_lock_reason(self.instance, user):
            self.fields.pop("change_reason", None)

    def _undone(self) -> str:
        entry = "销号" if self._is_signed and self.cleaned_data.get("text") else ""
        return super()._undone() or entry
