"""The recipients of each step; the page with the button and the step itself call the same function."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from accounts.models import User
from accounts.users.roles import Right
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.notifications.recipients import Recipients, ids
from findings.workflow.definitions import RecipientRule, StepRecipients
from findings.workflow.models.signoffs import ReviewStage
from findings.workflow.stages import open_stage


def find_recipients(
    finding: Finding,
    measure: Measure | None,
    user: User | None,
    select_keys: Callable[[Recipients], set[int]],
    stage: ReviewStage | None = None,
) -> StepRecipients:
    """Those of the selected users (keys) who may see the finding or its measure, without the acting user."""
    recipients = Recipients.of(finding, measure)
    people = select_keys(recipients) - ids(user.pk if user else None)
    return StepRecipients(tuple(one for one in recipients.allowed_to_see() if one.pk in people), stage)


def _reviewers_or_closers(finding: Finding, user: User | None, stage: ReviewStage | None) -> StepRecipients:
    """The reviewers of the stage or, without a stage, the users who may close."""

    def select_keys(recipients: Recipients) -> set[int]:
        if stage is None:
            return recipients.with_right(Right.CLOSE)
        return {person.pk for person in stage.reviewers.all()} or recipients.with_role(stage.role)

    return find_recipients(finding, None, user, select_keys, stage)


def _first_reviewers(finding: Finding, user: User | None) -> StepRecipients:
    first = finding.inspection.stages.prefetch_related("reviewers").order_by("order").first()
    return _reviewers_or_closers(finding, user, first)


def _reviewers_after_consent(finding: Finding, user: User | None) -> StepRecipients:
    # Found before the consent is stored, hence with the user's consent assumed.
    stage = open_stage(finding, user)
    if stage == open_stage(finding):
        return StepRecipients()  # the other reviewers of a joint stage were told when it opened
    return _reviewers_or_closers(finding, user, stage)


def _applicants(finding: Finding, user: User | None) -> StepRecipients:
    in_charge = finding.measures.order_by().values_list("person_in_charge", "other_people_in_charge")
    people = ids(finding.submitted_by_id, finding.person_in_charge_id, *chain.from_iterable(in_charge))
    return find_recipients(finding, None, user, lambda _: people)


def _lead_unit(finding: Finding, user: User | None) -> StepRecipients:
    return find_recipients(
        finding,
        None,
        user,
        lambda recipients: ids(finding.submitted_by_id) | recipients.reporters_of(finding.leading_unit_id),
    )


def _verifiers(measure: Measure, user: User | None) -> StepRecipients:
    return find_recipients(measure.finding, measure, user, lambda recipients: recipients.with_right(Right.VERIFY_WORK))


def _last_verifier(measure: Measure, user: User | None) -> StepRecipients:
    return find_recipients(measure.finding, measure, user, lambda _: ids(measure.verified_by_id))


def _last_reporter(measure: Measure, user: User | None) -> StepRecipients:
    return find_recipients(measure.finding, measure, user, lambda _: ids(measure.reported_by_id))


FIRST_HANDS = RecipientRule("第一级审核人，没有审核级的为销号人", _first_reviewers)
NEXT_HANDS = RecipientRule("下一级审核人或销号人", _reviewers_after_consent)
APPLICANTS = RecipientRule("申请人和责任人", _applicants)
LEAD_UNIT = RecipientRule("申请人和牵头单位填报员", _lead_unit)
VERIFIERS = RecipientRule("督查员", _verifiers)
LAST_VERIFIER = RecipientRule("原核实人", _last_verifier)
LAST_REPORTER = RecipientRule("报完成人", _last_reporter)
