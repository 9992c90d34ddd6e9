"""Assigning units, people and deadlines to many records at once, each row with its own version and result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import Record, User
from accounts.records.saving import ConflictError, record_conflict
from accounts.web.forms import BUSY, UNCHANGED, PageForm
from findings.choices import Timing
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.inspections.proposed_dates import proposed_deadline
from findings.units.fields import PersonField, UnitField, set_choices_in_scope
from findings.units.models import Unit
from findings.units.scopes import user_scope
from findings.work.assignees import AssigneeCheck
from findings.work.deadline_forms import reason_field
from findings.workflow import RefusedError
from findings.workflow.deadlines import exceeded_limits, reason_needed
from findings.workflow.extensions import record_move
from findings.workflow.saving import workflow_writer

KEPT = "（不改）"
MOST_ROWS = 200
NOT_THERE = "没有这条记录，或者它已被删除。"
IMMEDIATE_DUE = "immediate_due_on"  # the field for what is to be rectified at once, beside that for the rest

ValuesFor = Callable[[Any], dict[str, Any]]  # the values to assign to a record, by field


@dataclass(frozen=True)
class SelectedRow:
    """One ticked row: the key of the record and the version shown in the list."""

    pk: int
    seen: int

    @property
    def value(self) -> str:
        """The value of the row's checkbox, as ``parse_selection`` reads it."""
        return f"{self.pk}.{self.seen}"


@dataclass(frozen=True)
class RowResult:
    """The result of one row; ``record`` is None when it does not exist or is not visible."""

    record: Record | None
    is_done: bool
    words: str


@dataclass(frozen=True)
class ExceedingRow:
    """A record whose new deadline would lie beyond what it may, with the sentence why."""

    record: Finding | Measure
    words: str
    needs_reason: bool


class AssignForm(PageForm):
    """The form of an assignment; empty fields leave the value of every row as it is."""

    due_on = forms.DateField(label="完成时限", required=False, help_text="不填则不改。")
    extension_reason = reason_field()

    def __init__(self, *args: Any, user: User, body: int | None, chosen: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices_in_scope(self, user, body)
        for field in self.fields.values():
            if isinstance(field, UnitField | PersonField):
                field.empty_label = KEPT
        self.offer_deadlines(list(chosen))

    def offer_deadlines(self, chosen: list[Any]) -> None:
        """Fit the deadlines to the chosen records; a measure's is within its finding's, and nothing proposes it."""

    def clean(self) -> dict[str, Any]:
        """Require at least one value."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.cleaned_values:
            raise ValidationError("请至少填写一项。")
        return cleaned

    @property
    def cleaned_values(self) -> dict[str, Any]:
        """The values to assign, by field."""
        return {name: value for name, value in self.cleaned_data.items() if value and name != "extension_reason"}

    def values_for(self, record: Any) -> dict[str, Any]:
        """The values to assign to one of the chosen records, by field."""
        return self.cleaned_values


class MeasureAssignForm(AssignForm):
    """The assignment of measures."""

    lead_unit = UnitField("责任单位")
    person_in_charge = PersonField("责任人")
    field_order = ("lead_unit", "person_in_charge", "due_on", "extension_reason")


class FindingAssignForm(AssignForm):
    """The assignment of findings; their first deadlines are proposed, apart for what is to be rectified at once."""

    immediate_due_on = forms.DateField(label="立行立改问题的完成时限", required=False, help_text="不填则不改。")
    lead_unit = UnitField("牵头单位")
    responsible_leader = PersonField("责任领导")
    person_in_charge = PersonField("责任人")
    field_order = ("lead_unit", "responsible_leader", "person_in_charge", "due_on", IMMEDIATE_DUE, "extension_reason")

    def offer_deadlines(self, chosen: list[Finding]) -> None:
        """Propose the deadline of each kind of time limit; one field is enough when all are of the same kind."""
        immediate = [finding for finding in chosen if finding.timing == Timing.IMMEDIATE]
        others = [finding for finding in chosen if finding.timing != Timing.IMMEDIATE]
        if immediate and others:
            self.fields["due_on"].label = "其他问题的完成时限"
            self._propose(IMMEDIATE_DUE, immediate)
        else:
            del self.fields[IMMEDIATE_DUE]
        self._propose("due_on", others or immediate)

    def _propose(self, name: str, findings: list[Finding]) -> None:
        """Fill in the deadline, unless one of the findings has one: an assignment of units must not move it."""
        if self.is_bound or not findings or any(finding.due_on for finding in findings):
            return
        if proposal := proposed_deadline(findings[0].inspection, findings[0].timing):
            self.initial[name], label = proposal
            self.fields[name].help_text = f"已按{label}填好，可以改；清空则不改。"

    def values_for(self, record: Finding) -> dict[str, Any]:
        """The values to assign to a finding, with the deadline of its kind."""
        values = self.cleaned_values
        urgent = values.pop(IMMEDIATE_DUE, None)
        if IMMEDIATE_DUE in self.fields and record.timing == Timing.IMMEDIATE:
            values["due_on"] = urgent
        return {name: value for name, value in values.items() if value}


def parse_selection(values: Iterable[str]) -> list[SelectedRow]:
    """The ticked rows, each once, at most ``MOST_ROWS``; values that are no row are ignored."""
    rows: dict[int, SelectedRow] = {}
    for value in values:
        pk, _, seen = value.partition(".")
        # ASCII digits, as ``int`` reads others too; longer numbers are no keys, and SQLite's driver overflows on them.
        if pk.isascii() and pk.isdecimal() and seen.isascii() and seen.isdecimal() and max(len(pk), len(seen)) < 10:
            rows.setdefault(int(pk), SelectedRow(int(pk), int(seen)))
    return list(rows.values())[:MOST_ROWS]


def exceeding_rows(records: Iterable[Finding | Measure], values_for: ValuesFor) -> list[ExceedingRow]:
    """The records whose new deadline would need a reason, or lie beyond a limit, each with the sentence."""
    found = []
    for record in records:
        due_on = values_for(record).get("due_on")
        if due_on is None:
            continue
        why = reason_needed(record, record.due_on, due_on)
        limits = [] if why or record.due_on == due_on else exceeded_limits(record, due_on)
        if why or limits:
            found.append(ExceedingRow(record, why or f"超过{'、'.join(limits)}", needs_reason=bool(why)))
    return found


def assign(
    records: QuerySet[Any], rows: Iterable[SelectedRow], values_for: ValuesFor, user: User, reason: str = ""
) -> list[RowResult]:
    """Assign its values to each row in a transaction of its own; ``records`` are those the user may edit.

    A deadline that moves beyond what it may is stored with the ``reason`` as an extension granted by the user.
    """
    rows = list(rows)
    found = {record.pk: record for record in records.filter(pk__in=[row.pk for row in rows])}
    return [_assign(found.get(row.pk), row, values_for, user, reason) for row in rows]


def assignee_warnings(form: AssignForm, user: User, body: int | None) -> list[str]:
    """What keeps the unit and the people of a valid form from the work on the records of a body (key)."""
    values = form.cleaned_values.values()
    people, units = (
        [value for value in values if isinstance(value, User)],
        [value for value in values if isinstance(value, Unit)],
    )
    return AssigneeCheck(user_scope(user), body, people, units).warnings()


def _assign(
    record: Finding | Measure | None, row: SelectedRow, values_for: ValuesFor, user: User, reason: str
) -> RowResult:
    if record is None:
        return RowResult(None, False, NOT_THERE)
    old = record.due_on
    for name, value in values_for(record).items():
        setattr(record, name, value)
    # As ``FindingForm.clean``: no constraint can compare a column with links.
    if record.lead_unit is not None and record.lead_unit in record.supporting_units.all():
        label = record._meta.get_field("lead_unit").verbose_name
        return RowResult(record, False, f"{label}已列为配合单位，请先去掉其中一个。")
    try:
        record.full_clean()
        is_changed = _write_row(record, old, row.seen, user, reason)
    except (ValidationError, RefusedError) as error:
        sentences = error.messages if isinstance(error, ValidationError) else error.sentences
        return RowResult(record, False, "".join(sentences))
    except ConflictError as conflict:
        record_conflict(conflict)
        return RowResult(record, False, f"{conflict}请核对后再改。")
    # A unique constraint was violated by a change that came in between.
    except IntegrityError:
        return RowResult(record, False, BUSY)
    return RowResult(record, True, "已修改。" if is_changed else UNCHANGED)


def _write_row(record: Finding | Measure, old: dt.date | None, seen: int, user: User, reason: str) -> bool:
    """Save one row, with the extension that the move of its deadline from ``old`` needs; whether anything changed."""
    with transaction.atomic():
        if old is not None and reason and reason_needed(record, old, record.due_on):
            record_move(record, old, user, reason)
        return workflow_writer.save(record, seen=seen)
