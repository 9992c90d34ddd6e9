"""When a deadline may move: what has passed, or lies beyond a limit, moves only with a granted extension.

The record writer asks ``unrecorded_move`` for every change of a finding or measure, so that no page, list or command
can move a deadline silently; ``extensions.record_move`` stores the extension that allows it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from accounts.models import User
from accounts.users.roles import ROLES
from documents.numerals import full_date
from findings.choices import Decision
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.units.scopes import user_scope
from findings.workflow.models.extensions import Extension


def decides_on(user: User, inspection: Inspection) -> bool:
    """Whether the user holds the role that decides on the extensions of the inspection."""
    return inspection.unit_id in user_scope(user).area_of(inspection.extensions_by)


def deciders_label(inspection: Inspection) -> str:
    """The Chinese name of the role that decides on the extensions of the inspection."""
    return ROLES[inspection.extensions_by].label


def exceeded_limits(record: Finding | Measure, day: dt.date) -> list[str]:
    """The limits (Chinese, with their dates) that a deadline on this day exceeds: of the finding, of the inspection."""
    return [f"{name}（{full_date(limit)}）" for name, limit in _limits(record) if limit is not None and day > limit]


def reason_needed(record: Finding | Measure, old: dt.date | None, new: dt.date | None) -> str:
    """Why the move of the record's deadline from ``old`` to ``new`` needs a reason (Chinese), or an empty string.

    A first deadline, an earlier one, and a later one within the limits need none.
    """
    if old is None or new is None or new <= old:
        return ""
    if old < timezone.localdate():
        return f"原来的完成时限（{full_date(old)}）已过"
    exceeded = exceeded_limits(record, new)
    return f"新的时限超过{'、'.join(exceeded)}" if exceeded else ""


def emptied_too_late(old: dt.date | None, new: dt.date | None) -> str:
    """Why a deadline must not be emptied (Chinese): it has passed. An empty string when it may, or when it is not."""
    if old is None or new is not None or old >= timezone.localdate():
        return ""
    return f"完成时限（{full_date(old)}）已过，不能清空；需要推迟的，请写明理由改为新的时限。"


def unrecorded_move(record: Finding | Measure, before: Finding | Measure) -> str:
    """Why the change of the deadline must not be stored (Chinese), or an empty string.

    A passed deadline cannot be removed, and a move that needs a reason needs an extension granted for the same days.
    """
    old, new = before.due_on, record.due_on
    if sentence := emptied_too_late(old, new):
        return sentence
    why = reason_needed(record, old, new)
    if not why or old is None or new is None:
        return ""
    granted = Extension.objects.about(record).filter(decision=Decision.GRANTED, old_due_on=old, new_due_on=new)
    return "" if granted.exists() else f"{why}，必须写明延期理由。"


def _limits(record: Finding | Measure) -> Iterator[tuple[str, dt.date | None]]:
    finding = record.finding if isinstance(record, Measure) else record.parent
    if finding is not None:
        yield ("问题的完成时限" if isinstance(record, Measure) else "所属问题的完成时限"), finding.due_on
    yield "集中整改期限", record.inspection.rectification_due_on
