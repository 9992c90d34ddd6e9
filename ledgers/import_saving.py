"""All of a list that came back, or nothing of it: one transaction, through the forms of the pages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts.audit.events import record as write_down
from accounts.models import Action, User, model_of
from findings.choices import MeasureStatus
from findings.models import Inspection, Measure
from findings.work.measure_forms import MeasureWorkForm
from findings.workflow import RefusedError, perform
from ledgers.catalogue import ListDefinition
from ledgers.import_plan import PlannedRow
from ledgers.import_rights import bound_form
from ledgers.importing import Plan
from ledgers.job_progress import with_progress
from ledgers.sheet_matching import FileList

CHANGED = "核对以后，系统里的记录又有变化，这一次没有导入。请按现在的内容再核对一遍。"
TOO_LATE = "这条记录刚刚被别人修改，这一次没有导入。请重新核对。"


class NotStoredError(Exception):
    """Nothing was stored. ``plan`` tells what was wrong; without problems in it, the records have changed meanwhile."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__("有需要改正的内容，没有导入。" if plan.problems else CHANGED)


def store(  # noqa: PLR0913, PLR0917 -- what, as which list of what, for whom, what was chosen and what was seen
    file: FileList,
    listed: ListDefinition,
    inspection: Inspection,
    user: User,
    taken: Collection[str] = (),
    seen: str = "",
) -> Plan:
    """Store what a list changes, and how much it was. NotStoredError when any of it cannot be, or is not as seen.

    What it changes is found out before anything is locked: each form refuses a record that has changed since.
    """
    plan = Plan(file, listed, inspection, user, taken)
    if plan.problems or (seen and plan.digest != seen):
        raise NotStoredError(plan)
    with transaction.atomic():
        for row in with_progress(user, "正在导入", plan.rows):
            _store(plan, row)
        if plan.problems:
            raise NotStoredError(plan)
        changed = sum(not row.is_new for row in plan.stored)
        words = f"新增 {len(plan.rows_to_create)} {listed.noun}，修改 {changed} {listed.noun}"
        write_down(Action.IMPORT, inspection, reason=f"{listed.title}：{words}", user=user)
    return plan


def _store(plan: Plan, row: PlannedRow) -> None:
    record = row.record
    for place, (door, sent) in enumerate(row.steps):
        form = row.form if place == 0 and row.form else bound_form(door, _again(record), plan.user, sent)
        if not form.save():
            plan.complain_of(form, row.at)
            if form.conflict or not form.errors:
                plan.complain(row.at, TOO_LATE)
            return
        record = form.instance
        if isinstance(form, MeasureWorkForm) and form.entry is not None:
            _begin(record, plan.user)


def _again(record: Any) -> Any:
    """The record as it is stored by now."""
    return model_of(record)._base_manager.get(pk=record.pk)


def _begin(measure: Measure, user: User) -> None:
    """A first entry in the log begins the work, as on the sheet; whatever is against it, the entry stands."""
    stored = _again(measure)
    if stored.status == MeasureStatus.NOT_STARTED:
        try:
            perform("start", stored, user, stored.version)
        except RefusedError:
            return
