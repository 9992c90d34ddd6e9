"""The workflow: one table of transitions, and the one function that takes a step and thereby writes a status."""

from findings.workflow.checklists import Check, before_report
from findings.workflow.editing import rests, undoes
from findings.workflow.engine import RefusedError, next_review, perform, word_for, word_of
from findings.workflow.extensions import (
    against_decision,
    against_granting,
    against_request,
    ask,
    decide,
    told_of_decision,
    told_of_request,
)
from findings.workflow.objections import submission_is_complete
from findings.workflow.pending import Waiting, pending, submitted_to, waiting_for
from findings.workflow.stages import Turn, against_other_stages, turn_of
from findings.workflow.step_notices import people_told, sentence_of
from findings.workflow.transitions import BY_NAME, TRANSITIONS, Given, Offer, Transition, Workpiece, holds, offers

__all__ = [
    "BY_NAME",
    "TRANSITIONS",
    "Check",
    "Given",
    "Offer",
    "RefusedError",
    "Transition",
    "Turn",
    "Waiting",
    "Workpiece",
    "against_decision",
    "against_granting",
    "against_other_stages",
    "against_request",
    "ask",
    "before_report",
    "decide",
    "holds",
    "next_review",
    "offers",
    "pending",
    "people_told",
    "perform",
    "rests",
    "sentence_of",
    "submission_is_complete",
    "submitted_to",
    "told_of_decision",
    "told_of_request",
    "turn_of",
    "undoes",
    "waiting_for",
    "word_for",
    "word_of",
]
