"""The steps of findings and measures by their names: which there are for a user, and taking one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from findings.workflow import engine
from findings.workflow.definitions import AvailableStep, StepInput, TakenStep
from findings.workflow.rules import WorkflowRecord
from findings.workflow.step_names import StepName
from findings.workflow.transitions import TRANSITIONS, find_transition


def available_steps(record: WorkflowRecord, user: User) -> list[AvailableStep[Any]]:
    """The steps that the user may take with a record as it stands; those with objections are shown, not taken."""
    return engine.available_steps(TRANSITIONS, record, user)


def take_step(  # noqa: PLR0913 -- those of ``engine.perform``
    name: StepName,
    record: WorkflowRecord,
    user: User,
    seen: int | None,
    step_input: StepInput | None = None,
    *,
    at: dt.datetime | None = None,
) -> TakenStep[Any]:
    """Take the step of this name with a finding or a measure, as ``engine.perform`` does."""
    return engine.perform(find_transition(record, name), record, user, seen, step_input, at=at)
