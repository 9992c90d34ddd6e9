"""The steps of findings and measures: those available to a user, and taking one by its name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from findings.workflow import engine
from findings.workflow.definitions import AvailableStep, StepInput, TakenStep, Transition
from findings.workflow.rules import WorkflowRecord
from findings.workflow.step_names import StepName
from findings.workflow.transitions import TRANSITIONS, find_transition


def available_steps(record: WorkflowRecord, user: User) -> list[AvailableStep[Any]]:
    """The steps that the user may take now with the record, also those with objections against them."""
    return engine.available_steps(TRANSITIONS, record, user)


def permitted_steps(record: WorkflowRecord, user: User) -> list[Transition[Any]]:
    """The steps that the status and the user's rights permit, whatever objections there are; no query for these."""
    return engine.permitted_steps(TRANSITIONS, record, user)


def take_step(  # noqa: PLR0913 -- the parameters of ``engine.perform``
    name: StepName,
    record: WorkflowRecord,
    user: User,
    seen: int | None,
    step_input: StepInput | None = None,
    *,
    at: dt.datetime | None = None,
) -> TakenStep[Any]:
    """Take the step of this name with a finding or a measure, as ``engine.perform`` does and with its errors.

    KeyError when the model has no step of this name.
    """
    return engine.perform(find_transition(record, name), record, user, seen, step_input, at=at)
