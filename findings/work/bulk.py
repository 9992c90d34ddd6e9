"""Saying for many records at once who answers for them and until when: each row by itself, each with its version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet

from accounts.models import Record, User
from accounts.records.saving import ConflictError, record_conflict
from accounts.web.forms import BUSY, UNCHANGED, PageForm
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.units.fields import PersonField, UnitField, choose_from
from findings.units.models import Unit
from findings.units.scopes import user_scope
from findings.workflow.saving import workflow_writer

KEPT = "（不改）"
MOST_ROWS = 200
NOT_THERE = "没有这条记录，或者它已被删除。"


@dataclass(frozen=True)
class Picked:
    """One ticked row: the number of the record and the version that was seen in the list."""

    pk: int
    seen: int

    @property
    def value(self) -> str:
        """What the box of the row sends."""
        return f"{self.pk}.{self.seen}"


@dataclass(frozen=True)
class Result:
    """What became of one row."""

    record: Record | None
    is_done: bool
    words: str


class AssignForm(PageForm):
    """Who answers and until when; what is left empty stays as it is in every row."""

    due_on = forms.DateField(label="完成时限", required=False, help_text="不填则不改。")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = user_scope(user)
        for field in self.fields.values():
            if isinstance(field, UnitField):
                choose_from(field, Unit.objects.within(scope.assignable), KEPT)
            elif isinstance(field, PersonField):
                choose_from(field, scope.selectable_people, KEPT)

    def clean(self) -> dict[str, Any]:
        """Something has to be said."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.said:
            raise ValidationError("请至少填写一项。")
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """What is to be stored, by field."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class MeasureAssignForm(AssignForm):
    """For measures."""

    lead_unit = UnitField("责任单位")
    person_in_charge = PersonField("责任人")
    field_order = ("lead_unit", "person_in_charge", "due_on")


class FindingAssignForm(AssignForm):
    """For findings."""

    lead_unit = UnitField("牵头单位")
    responsible_leader = PersonField("责任领导")
    person_in_charge = PersonField("责任人")
    field_order = ("lead_unit", "responsible_leader", "person_in_charge", "due_on")


def picked_in(values: Iterable[str]) -> list[Picked]:
    """The ticked rows, each once; what is no row is left out."""
    rows: dict[int, Picked] = {}
    for value in values:
        pk, _, seen = value.partition(".")
        if pk.isascii() and pk.isdecimal() and seen.isascii() and seen.isdecimal() and max(len(pk), len(seen)) < 10:
            rows.setdefault(int(pk), Picked(int(pk), int(seen)))
    return list(rows.values())[:MOST_ROWS]


def assign(records: QuerySet[Any], rows: Iterable[Picked], said: dict[str, Any]) -> list[Result]:
    """Store what was said in each row by itself; ``records`` are those the person may change."""
    rows = list(rows)
    found = {record.pk: record for record in records.filter(pk__in=[row.pk for row in rows])}
    return [_assign(found.get(row.pk), row, said) for row in rows]


def _assign(record: Finding | Measure | None, row: Picked, said: dict[str, Any]) -> Result:
    if record is None:
        return Result(None, False, NOT_THERE)
    for name, value in said.items():
        setattr(record, name, value)
    if isinstance(record, Finding) and record.lead_unit in record.supporting_units.all():
        return Result(record, False, "牵头单位已列为配合单位，请先去掉其中一个。")
    try:
        record.full_clean()
        is_changed = workflow_writer.save(record, seen=row.seen)
    except ValidationError as error:
        return Result(record, False, "".join(error.messages))
    except ConflictError as conflict:
        record_conflict(conflict)
        return Result(record, False, f"{conflict}请核对后再改。")
    except IntegrityError:
        return Result(record, False, BUSY)
    return Result(record, True, "已修改。" if is_changed else UNCHANGED)
