"""The engine: the only place where a status is written, for every model that has a table of transitions (ADR 11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from accounts import request_context
from accounts.audit import events
from accounts.models import Action, Record, Result, User
from accounts.records.saving import ConflictError, record_conflict
from findings.workflow.definitions import (
    BY_SYSTEM_ALONE,
    AvailableStep,
    R,
    RefusedError,
    StepInput,
    TakenStep,
    Transition,
)
from findings.workflow.execution import execute_step
from findings.workflow.saving import workflow_writer


def perform(  # noqa: PLR0913 -- which step, with which version of what, by whom, and what is entered with it
    transition: Transition[R],
    record: R,
    user: User,
    seen: int | None,
    step_input: StepInput | None = None,
    *,
    at: dt.datetime | None = None,
) -> TakenStep[R]:
    """Take a step with a record that the user saw as version ``seen``; ``at`` is the time of the step, by default now.

    A step that creates a record takes an unsaved one, with ``seen`` None. RefusedError when the right, the status, an
    objection or the input is against it; ConflictError when the record was changed meanwhile or, for a sign-off, when
    its content differs from the signer's page. Nothing is changed then, but the trail records the attempt.
    """
    step = TakenStep(transition, record, user, step_input or StepInput(), at or timezone.now())
    try:
        with record_refusals(record, transition.action, user, transition.label):
            _lock(step, seen)
            if reasons := reasons_against(transition, record, user, step.step_input):
                raise RefusedError(reasons)
            # Passed in, because the record writer stands above ``execution`` (ADR 11).
            execute_step(step, _write)
    except ConflictError as conflict:
        record_conflict(conflict)
        raise
    return step


@contextmanager
def record_refusals(record: Record, action: Action, user: User | None = None, label: str = "") -> Iterator[None]:
    """A transaction whose refusal is written into the trail once it has been rolled back.

    The trail names the user, by default that of the request, and the label of the step. Reraises what is raised inside;
    after a RefusedError the record has its former version again.
    """
    version = record.version
    try:
        with transaction.atomic():
            yield
    except RefusedError as refused:
        # The rollback has taken the new version from the database, but not from the object.
        record.version = version
        before = None if record._state.adding else version
        reason = f"{label}：{refused}" if label else str(refused)
        # Outside of the transaction: what is written inside is rolled back with the refusal.
        events.record(action, record, result=Result.REFUSED, before=before, reason=reason, user=user)
        # The row above names record and step; the middleware would add one about the response.
        request_context.skip_response_audit()
        raise


def reasons_against(transition: Transition[R], record: R, user: User, step_input: StepInput | None = None) -> list[str]:
    """Why the user cannot take a step now: the right, else the status, else the objections, else the input (Chinese).

    Without ``step_input`` the input is not checked, as on the page before the user enters anything. The input check may
    raise ConflictError.
    """
    if not transition.is_permitted(record, user):
        return [transition.rules.right_refusal(transition.right, record) if transition.right else BY_SYSTEM_ALONE]
    if not transition.starts_from(record):
        return [transition.rules.state_refusal(transition, record)]
    reasons = transition.objections_to(record, user)
    # Input is checked last: it is useless to correct it while the step is impossible.
    return reasons if reasons or step_input is None else _check_input(transition, record, step_input)


def permitted_steps(transitions: Iterable[Transition[R]], record: R, user: User) -> list[Transition[R]]:
    """The steps of a table that the status and the user's rights permit; objections are not looked for."""
    return [
        one
        for one in transitions
        if isinstance(record, one.model) and one.starts_from(record) and one.is_permitted(record, user)
    ]


def available_steps(transitions: Iterable[Transition[R]], record: R, user: User) -> list[AvailableStep[R]]:
    """The steps of a table that the user may take now with the record, also those with objections against them."""
    permitted = permitted_steps(transitions, record, user)
    return [AvailableStep(one, tuple(one.objections_to(record, user))) for one in permitted]


def _lock(step: TakenStep[R], seen: int | None) -> None:
    """Lock the parents of the record, then read it again: it may have changed before the lock was granted.

    From here to the end of the transaction nobody else changes, signs or adds evidence to what the parents contain.
    ConflictError when the record is gone or its version differs from ``seen``.
    """
    record, action = step.record, step.transition.action
    record.lock_parents()
    if step.transition.creates_record:
        return
    try:
        record.refresh_from_db()
    except ObjectDoesNotExist:
        # Deleted by another user, which the conflict reports.
        raise ConflictError(record, seen, action) from None
    if record.version != seen:
        raise ConflictError(record, seen, action)


def _check_input(transition: Transition[R], record: R, step_input: StepInput) -> list[str]:
    if transition.needs_comment and not step_input.comment.strip():
        return [f"请填写{transition.rules.comment_label(transition)}。"]
    return list(transition.input_check(record, step_input)) if transition.input_check else []


def _write(record: Record, action: Action, reason: str) -> None:
    if record._state.adding:
        workflow_writer.create(record)
    else:
        workflow_writer.save_version(record, action, reason=reason)
