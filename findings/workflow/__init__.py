"""The workflow: tables of transitions, and the engine that takes a step and is the only writer of a status (ADR 11)."""

from findings.workflow.checklists import Check, before_report
from findings.workflow.definitions import AvailableStep, RefusedError, StepInput, Transition
from findings.workflow.editing import edit_consequence, edit_lock_reason
from findings.workflow.effects import next_review
from findings.workflow.engine import perform, reasons_against, record_refusals
from findings.workflow.objections import submission_is_complete
from findings.workflow.pending import Waiting, pending, submitted_to, waiting_for
from findings.workflow.progress import log_progress, start_measure
from findings.workflow.rules import WorkflowRecord, has_right_on, status_label
from findings.workflow.stages import against_other_stages
from findings.workflow.step_names import StepName
from findings.workflow.steps import available_steps, permitted_steps, take_step
from findings.workflow.transitions import BY_NAME, TRANSITIONS, find_transition
from findings.workflow.turns import Turn, turn_of, turn_with_measure
from findings.workflow.wording import recipient_names, recipients_sentence

__all__ = [
    "BY_NAME",
    "TRANSITIONS",
    "AvailableStep",
    "Check",
    "RefusedError",
    "StepInput",
    "StepName",
    "Transition",
    "Turn",
    "Waiting",
    "WorkflowRecord",
    "against_other_stages",
    "available_steps",
    "before_report",
    "edit_consequence",
    "edit_lock_reason",
    "find_transition",
    "has_right_on",
    "log_progress",
    "next_review",
    "pending",
    "perform",
    "permitted_steps",
    "reasons_against",
    "recipient_names",
    "recipients_sentence",
    "record_refusals",
    "start_measure",
    "status_label",
    "submission_is_complete",
    "submitted_to",
    "take_step",
    "turn_of",
    "turn_with_measure",
    "waiting_for",
]
