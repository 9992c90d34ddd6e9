"""How an entry goes from one state to another: the one writer of its status."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts import request_context
from accounts.audit import events
from accounts.models import Action, Result, User
from accounts.records.saving import ConflictError, bump_version, record_conflict
from accounts.users.roles import Right
from findings.models import Evidence, Finding, Measure
from findings.workflow import RefusedError
from findings.workflow.saving import workflow_writer
from ledgers.definitions import Step
from ledgers.models import Entry

NOT_YOURS = "这件事项由其他单位承办，只有承办单位和整改办可以填写。"
ENDED = "这件事项已经办结，需要修改的请整改办退回。"


def may_take(step: Step, entry: Entry, user: User) -> bool:
    """Whether this person takes such steps: the office all, the units of the entry those that are theirs."""
    office = entry.inspection.allows(user, Right.EDIT_RECORDS)
    return office or (step.by_units and entry.is_filled_in_by(user))


def why_not_filled_in(entry: Entry, user: User) -> str:
    """Why this person cannot write down what was done about an entry; empty when he can."""
    if not entry.is_filled_in_by(user):
        return NOT_YOURS
    return ENDED if entry.state.final else ""


def offered(entry: Entry, user: User) -> list[Step]:
    """The steps this person can take from where the entry stands."""
    return [step for step in entry.definition.steps_from(entry.status) if may_take(step, entry, user)]


def against(step: Step, entry: Entry) -> list[str]:
    """What is against a step, in sentences."""
    if entry.status not in step.sources:
        return [f"现在是“{entry.state.label}”，不能{step.label}。"]
    missing = [entry.definition.column(name).heading for name in step.needs if not _filled(entry, name)]
    return [f"还没有填写“{heading}”。" for heading in missing]


def _filled(entry: Entry, name: str) -> bool:
    if entry._meta.get_field(name).many_to_many:
        return bool(getattr(entry, name).exists())
    return getattr(entry, name) not in {None, ""}


def take(  # noqa: PLR0913 -- who takes which step with which version of what, and what is said with it
    step: Step, entry: Entry, user: User, seen: int | None, *, on: dt.date | None = None, why: str = ""
) -> None:
    """Take a step with an entry that was seen as version ``seen``; ``on`` is the day of a step that ends the work.

    RefusedError when something is against it, ConflictError when somebody was faster; the trail tells of both.
    """
    try:
        with transaction.atomic():
            entry.lock_parents()
            entry.refresh_from_db()
            if entry.version != seen:
                raise ConflictError(entry, seen, Action.STEP)
            if reasons := against(step, entry):
                raise RefusedError(reasons)
            bump_version(entry, Action.STEP)
            _move(step, entry, on)
            workflow_writer.save_version(entry, Action.STEP, reason=f"{step.label}：{why}" if why else step.label)
    except ConflictError as conflict:
        record_conflict(conflict)
        raise
    except RefusedError as refused:
        reason = f"{step.label}：{refused}"
        events.record(Action.STEP, entry, result=Result.REFUSED, before=entry.version, reason=reason, user=user)
        request_context.skip_response_audit()
        raise


def _move(step: Step, entry: Entry, on: dt.date | None) -> None:
    was_final, target = entry.state.final, entry.definition.state(step.target)
    entry.status = target.key
    if not target.final:
        entry.done_on = None
    elif not was_final:
        entry.done_on = on


def linked_to(entry: Entry, user: User) -> dict[str, list[Evidence] | list[Measure] | list[Finding]]:
    """What an entry is linked to, as far as this person sees it."""
    findings = Finding.objects.visible_to(user).filter(entries=entry)
    measures = Measure.objects.visible_to(user).filter(entries=entry)
    evidence = Evidence.objects.visible_to(user).filter(entries=entry)
    above = ("finding__aspect", "finding__parent", "facet")
    return {
        "findings": list(findings.select_related("aspect", "parent").order_by("aspect__order", "order", "pk")),
        "measures": list(measures.select_related(*above).order_by("finding__order", "order", "pk")),
        "evidence": list(evidence.select_related("replacement").order_by("finding", "number")),
    }
