"""Execution of one step: the record with its version, history and trail, the log, and the notices.

It stands below the record writer, which takes steps itself when it revokes verifications (ADR 11).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from accounts.models import Action, Record, User
from accounts.records.saving import bump_version, write_version
from findings.notifications.models.notices import notify
from findings.workflow.definitions import R, StepInput, TakenStep, Transition

WriteRecord = Callable[[Record, Action, str], None]


def execute_step(step: TakenStep[R], write: WriteRecord) -> None:
    """Take a step that nothing is against, in the transaction that has locked and read its record.

    ``write`` saves the record under the given action and reason of the trail.
    """
    transition, record = step.transition, step.record
    # Both are read before the effects change the record.
    step.source = transition.rules.status_of(record)
    step.recipients = transition.find_recipients(record, step.user)
    if not transition.creates_record:
        # Before the effects: a step that lost the race must not change the object.
        bump_version(record, transition.action)
    for effect in transition.effects:
        effect(step)
    setattr(record, transition.rules.status_field, transition.target)
    write(record, transition.action, step.reason)
    # After the record, because the log refers to its key.
    step.log_row = transition.rules.log(step)
    for effect in transition.after_save:
        effect(step)
    _notify(step)


def perform_consequence(transition: Transition[R], record: R, user: User | None, at: dt.datetime) -> TakenStep[R]:
    """Take a step that follows from another change by the user, or by a command, in the transaction of that change.

    No right and no objection is checked: the caller has locked the record and read it. Only for steps that change
    nothing of what a sign-off, a verification or a total covers, so that no other record has to follow.
    """
    step = TakenStep(transition, record, user, StepInput(), at)
    execute_step(step, lambda record, action, reason: write_version(record, action, reason=reason))
    return step


def _notify(step: TakenStep[R]) -> None:
    """Notify the recipients of the step, in its transaction; nobody when the row has no notice."""
    notice, stage, rules = step.transition.notice, step.recipients.stage, step.transition.rules
    if notice is None or not step.recipients.people:
        return
    values = rules.notice_values(step.record) | {"user": str(step.user), "stage": stage.name if stage else ""}
    words = notice.words_with_stage if stage and notice.words_with_stage else notice.words
    people = (person.pk for person in step.recipients.people)
    notify(people, notice.kind, words.format(**values), **rules.notice_target(step.record))
