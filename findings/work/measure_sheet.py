"""What the page of a measure shows around its form: its place, whose turn it is, what an edit undoes, its deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.users.roles import Right
from accounts.web.back import returning
from accounts.web.components import MenuEntry
from findings.choices import Decision, MeasureStatus
from findings.inspections.models.measures import Measure
from findings.work.reason_forms import MeasureSheetForm
from findings.workflow import edit_consequence, edit_lock_reason, turn_with_measure
from findings.workflow.deadlines import deciders_label
from findings.workflow.editing import undone_by_edit
from findings.workflow.extensions import request_objections
from findings.workflow.models.extensions import Extension

EDIT = "edit"  # in the address of the page, when something settled is to be corrected
SEEN_AS_CORRECTED = "已报完成，等待核实；督查员看到的是改后的内容。"


@dataclass(frozen=True)
class Siblings:
    """The measures of the same finding before and after one, in the order of its page."""

    before: Measure | None
    after: Measure | None


def siblings_of(measure: Measure) -> Siblings:
    """The neighbours of a measure whose finding has its measures loaded in order."""
    siblings = list(measure.finding.measures.all())
    place = siblings.index(measure)
    after = siblings[place + 1] if place + 1 < len(siblings) else None
    return Siblings(siblings[place - 1] if place else None, after)


def work_form(measure: Measure, user: User, *, is_edit_asked: bool) -> MeasureSheetForm | None:
    """The form of a measure as it is stored; None for users who may not edit it now, and while it is only read.

    What is done, or signed with its finding, is read until somebody asks to edit it.
    """
    if not measure.is_editable_by(user) or edit_lock_reason(measure, user):
        return None
    is_settled = measure.is_done or measure.finding.is_signed_off
    return None if is_settled and not is_edit_asked else MeasureSheetForm(instance=measure, user=user)


def correction_menu(measure: Measure, user: User, *, is_read: bool, back: str) -> list[MenuEntry]:
    """What the user may correct beside the work itself, each with what it undoes; empty for all but the office."""
    if not measure.inspection.allows(user, Right.EDIT_RECORDS):
        return []
    undone = undone_by_edit(measure)
    plan = reverse("findings:measure_edit", args=[measure.pk])
    entries = [MenuEntry("修改措施", returning(plan, back), undone)]
    if is_read:
        effect = undone or (SEEN_AS_CORRECTED if measure.status == MeasureStatus.REPORTED else "")
        address = returning(f"{measure.get_absolute_url()}?{EDIT}=on", back)
        entries.insert(0, MenuEntry("更正进展、成效和材料", address, effect))
    return entries


def edit_warning(measure: Measure, user: User, *, works: bool) -> str:
    """What an edit by the user undoes (Chinese), or an empty string, also for users who may not edit now."""
    return edit_consequence(measure, user) if works and not edit_lock_reason(measure, user) else ""


def turn_context(measure: Measure, user: User, extensions: Sequence[Extension]) -> dict[str, Any]:
    """Whose turn it is, and whether it is the user's own."""
    turn = turn_with_measure(measure, extensions)
    people = {measure.person_in_charge_id, *(one.pk for one in measure.other_people_in_charge.all())}
    return {"turn": turn, "is_own_turn": not measure.is_done and user.pk in people}


def people_context(measure: Measure) -> dict[str, Any]:
    """Who answers for the measure."""
    return {
        "unit": measure.answering_unit,
        "supporting_units": measure.supporting_units.all(),
        "other_people": measure.other_people_in_charge.all(),
    }


def deadline_context(measure: Measure, extensions: Sequence[Extension], *, works: bool) -> dict[str, Any]:
    """The deadline with its extensions, and whether another can be asked for and of whom."""
    return {
        "extensions": extensions,
        "first_due_on": first_deadline(extensions),
        "may_extend": works and not request_objections(measure, extensions),
        "is_late": measure.due_on is not None and measure.due_on < timezone.localdate(),
        "deciders": deciders_label(measure.inspection),
    }


def first_deadline(extensions: Sequence[Extension]) -> dt.date | None:
    """The deadline before the first granted extension, or None; ``extensions`` are newest first."""
    granted = [extension for extension in extensions if extension.decision == Decision.GRANTED]
    return granted[-1].old_due_on if granted else None
