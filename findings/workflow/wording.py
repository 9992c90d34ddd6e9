"""What a page says about a step: the sentence before it is taken, who will be told, and its label in the log."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow.definitions import R, Transition
from findings.workflow.models.signoffs import Step
from findings.workflow.transitions import BY_NAME

LONGEST = 60  # characters of a record's own words
NAMED_ON_BUTTON = 2


def describe_step(transition: Transition[R], record: R) -> str:
    """What will happen, and to what."""
    words = str(record)
    return transition.before.format(words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…")


def recipient_names(transition: Transition[Any], record: Any, user: User) -> list[str]:
    """The names of those who are told when the user takes the step now."""
    return [str(person) for person in transition.find_recipients(record, user).people]


def recipients_sentence(names: list[str]) -> str:
    """What a button says of them: 将通知：张三、李四等 5 人。"""
    if not names:
        return ""
    if len(names) <= NAMED_ON_BUTTON:
        return f"将通知：{'、'.join(names)}。"
    return f"将通知：{'、'.join(names[:NAMED_ON_BUTTON])}等 {len(names)} 人。"


def step_label(step: Step) -> str:
    """A step that was taken, as its button was labelled."""
    return BY_NAME[Measure if step.measure_id else Finding, step.transition].label
