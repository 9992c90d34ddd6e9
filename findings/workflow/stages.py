"""The open stage of review of a submitted finding, and who reviews in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import F, Q, prefetch_related_objects

from accounts.models import User
from findings.choices import Status
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.notifications.models.notices import short_name
from findings.units.scopes import user_scope
from findings.workflow.models.signoffs import ReviewStage, Step
from findings.workflow.step_names import StepName

REVIEWED_NAMED = 3
Consents = dict[int | None, set[int]]  # who has consented, by the number of the stage


def open_stage(finding: Finding, consenting: User | None = None) -> ReviewStage | None:
    """The first stage that the present submission has not passed; None when only the sign-off is due.

    With ``consenting`` it is the stage that will be open once this user has consented to the present one.
    """
    prefetch_related_objects([finding], "inspection__stages__reviewers")  # unless the page has done so
    return first_open_stage(finding.inspection.stages.all(), consents_of(finding), consenting)


def consents_of(finding: Finding) -> Consents:
    """The keys of the users who have consented to the present submission, by the order of the stage."""
    consents: Consents = {}
    # All steps, because pages have prefetched them; the submission is compared in Python.
    for step in finding.steps.all():
        if step.taken_by_id is not None and step.is_consent_to(finding):
            consents.setdefault(step.stage, set()).add(step.taken_by_id)
    return consents


def stages_of(inspections: Collection[int]) -> dict[int, list[ReviewStage]]:
    """The stages of these inspections (keys) in order, with reviewers; two queries, none without keys."""
    stages: dict[int, list[ReviewStage]] = {}
    found = ReviewStage.objects.filter(inspection__in=inspections).prefetch_related("reviewers").order_by("order")
    for stage in found if inspections else ():
        stages.setdefault(stage.inspection_id, []).append(stage)
    return stages


def consents_to(findings: Q) -> dict[int, Consents]:
    """The consents to the present submissions of the findings that a condition on ``Step`` selects; one query."""
    consents: dict[int, Consents] = {}
    given = Step.objects.filter(findings, measure=None, transition=StepName.REVIEW, submission=F("finding__submission"))
    for finding, order, by in given.order_by().values_list("finding", "stage", "taken_by"):
        consents.setdefault(finding, {}).setdefault(order, set()).add(by)
    return consents


def first_open_stage(
    stages: Iterable[ReviewStage], consents: Consents, consenting: User | None = None
) -> ReviewStage | None:
    """The first stage, in the given order, that the consents do not pass, with one more consent by ``consenting``."""
    for stage in stages:
        given = consents.get(stage.order, set())
        named = {person.pk for person in stage.reviewers.all()}
        # The further consent counts once, for the first open stage, so that it cannot pass two.
        if _is_open(stage, named, given) and consenting is not None:
            given, consenting = given | {consenting.pk}, None
        if _is_open(stage, named, given):
            return stage
    return None


def _is_open(stage: ReviewStage, named: set[int], given: set[int]) -> bool:
    return not (named <= given if stage.by_all and named else given)


def is_reviewer(stage: ReviewStage, body: int | None, user: User) -> bool:
    """Whether the user is a reviewer of this stage: named or, without named ones, by its role in the body."""
    named = {person.pk for person in stage.reviewers.all()}
    return user.pk in named if named else body in user_scope(user).area_of(stage.role)


def against_other_stages(inspection: Inspection) -> str:
    """Why the stages of the inspection and their reviewers cannot be changed now (Chinese), or an empty string.

    A finding in review follows the stages as they are: it would skip a new one, or lose consents it has.
    """
    reviewed = Finding.objects.of(inspection).filter(status=Status.SUBMITTED).order_by("submitted_at", "pk")
    number, named = reviewed.count(), [f"“{short_name(finding)}”" for finding in reviewed[:REVIEWED_NAMED]]
    # Only when there are some: naming them costs a second query.
    if not number:
        return ""
    names = "、".join(named) + ("等" if number > len(named) else "")
    return (
        f"有 {number} 个问题正在审核：{names}。审核期间审核级只能改名称；"
        "请等审核结束，或者先由审核人退回、由申请人撤回这些申请，再改。"
    )
