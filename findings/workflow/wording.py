"""The words of a step on pages: the sentence before it is taken, its recipients, and its label in the log."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow.definitions import R, Transition
from findings.workflow.models.signoffs import Step
from findings.workflow.transitions import BY_NAME

LONGEST = 60  # characters of the record's name in the sentence
NAMED_ON_BUTTON = 2


def describe_step(transition: Transition[R], record: R) -> str:
    """The sentence (Chinese) about what the step will do to the record, whose name is cut to ``LONGEST`` characters."""
    words = str(record)
    return transition.before.format(words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…")


def recipient_names(transition: Transition[Any], record: Any, user: User) -> list[str]:
    """The names of the users who are notified when the user takes the step now."""
    return [str(person) for person in transition.find_recipients(record, user).people]


def recipients_sentence(names: list[str]) -> str:
    """The sentence for the button, as 将通知：张三、李四等 5 人。, or an empty string without names."""
    if not names:
        return ""
    if len(names) <= NAMED_ON_BUTTON:
        return f"将通知：{'、'.join(names)}。"
    return f"将通知：{'、'.join(names[:NAMED_ON_BUTTON])}等 {len(names)} 人。"


def step_label(step: Step) -> str:
    """The label of the button with which this step was taken."""
    return BY_NAME[Measure if step.measure_id else Finding, step.transition].label
