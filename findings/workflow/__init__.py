"""The workflow: one table of transitions, and the one function that takes a step and thereby writes a status."""

from findings.workflow.performing import RefusedError, perform, word_for, word_of
from findings.workflow.stages import Turn, turn_of
from findings.workflow.transitions import BY_NAME, TRANSITIONS, Given, Offer, Transition, Workpiece, holds, offers

__all__ = [
    "BY_NAME",
    "TRANSITIONS",
    "Given",
    "Offer",
    "RefusedError",
    "Transition",
    "Turn",
    "Workpiece",
    "holds",
    "offers",
    "perform",
    "turn_of",
    "word_for",
    "word_of",
]
