"""The workflow: one table of transitions, and the one function that takes a step and thereby writes a status."""

from findings.workflow.performing import RefusedError, perform
from findings.workflow.stages import Turn, turn_of
from findings.workflow.telling import people_told, sentence_of
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
    "people_told",
    "perform",
    "sentence_of",
    "turn_of",
]
