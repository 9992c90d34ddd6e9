"""Storing an import: all of it or nothing, in one transaction, through the forms of the pages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from accounts.audit.events import record as write_down
from accounts.models import Action, User, model_of
from findings.models import Finding, Inspection
from findings.workflow.saving import workflow_writer
from ledgers.catalogue import ListDefinition
from ledgers.import_plan import PlannedRow
from ledgers.import_rights import bound_form
from ledgers.importing import Plan
from ledgers.job_progress import with_progress
from ledgers.sheet_matching import FileList

CHANGED = "核对以后，系统里的记录又有变化，这一次没有导入。请按现在的内容再核对一遍。"
NO_REASON = "有完成时限要写明延期理由才能改，没有导入。"
TOO_LATE = "这条记录刚刚被别人修改，这一次没有导入。请重新核对。"


class NotStoredError(Exception):
    """Nothing was stored; ``plan`` has the problems, or none when records changed after the preview."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        otherwise = NO_REASON if plan.lacks_reason else CHANGED
        super().__init__("有需要改正的内容，没有导入。" if plan.problems else otherwise)


def store(  # noqa: PLR0913, PLR0917 -- what, as which list of what, for whom, what was chosen and what was seen
    file: FileList,
    listed: ListDefinition,
    inspection: Inspection,
    user: User,
    taken: Collection[str] = (),
    seen: str = "",
    reason: str = "",
) -> Plan:
    """Store what a list changes and return the plan that was carried out.

    ``taken`` are names of clashing cells for which the file's value was chosen, ``seen`` is the digest of the plan the
    user confirmed ("" for none), ``reason`` that of deadlines which move beyond what they may. NotStoredError when
    there are problems, when that reason is missing, or when the plan is no longer the one confirmed.

    The plan is made before anything is locked, so that writers wait only while rows are stored; each form refuses a
    record that was changed in between.
    """
    plan = Plan(file, listed, inspection, user, taken, reason)
    if plan.problems or plan.lacks_reason or (seen and plan.digest != seen):
        raise NotStoredError(plan)
    # A problem in any row raises, which rolls back the rows before it.
    with transaction.atomic():
        _create_aspects(plan)
        # Numbers that the file asks for first, so that no row without a number takes one of them.
        for row in with_progress(user, "正在导入", sorted(plan.rows, key=PlannedRow.takes_number)):
            _store(plan, row)
        if plan.problems:
            raise NotStoredError(plan)
        changed = sum(not row.is_new for row in plan.rows_to_save)
        words = f"新增 {len(plan.rows_to_create)} {listed.noun}，修改 {changed} {listed.noun}"
        write_down(Action.IMPORT, inspection, reason=f"{listed.title}：{words}", user=user)
    return plan


def _create_aspects(plan: Plan) -> None:
    """Create the aspects that new findings name; NotStoredError when somebody has taken their number since."""
    try:
        for aspect, _ in plan.new_aspects:
            workflow_writer.create(aspect)
    except IntegrityError as error:
        raise NotStoredError(plan) from error


def _store(plan: Plan, row: PlannedRow) -> None:
    record = row.record
    if isinstance(record, Finding) and record.aspect_id is None:
        record.aspect = record.aspect  # stored by now: the key follows
    for place, (form_class, sent) in enumerate(row.steps):
        # Later steps bind a new form: the first one has raised the record's version, or has created the record.
        form = row.form if place == 0 and row.form else None
        form = form or bound_form(form_class, _reload(record), plan.user, plan.with_reason(form_class, sent))
        if not form.save():
            plan.complain_of(form, row.at)
            if form.conflict or not form.errors:
                plan.complain(row.at, TOO_LATE)
            return
        record = form.instance


def _reload(record: Any) -> Any:
    """The record as it is stored now; the base manager, so that no visibility filter can hide it."""
    return model_of(record)._base_manager.get(pk=record.pk)
