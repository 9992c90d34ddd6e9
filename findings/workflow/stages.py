"""Which stage of review a submitted finding is in, and whose turn it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import User
from accounts.roles import ROLES, Right, holders_of
from findings.choices import Status
from findings.models import Finding, ReviewStage, Step
from findings.models.scopes import scope_of

Consents = dict[int | None, set[int]]  # who has consented, by the number of the stage


def open_stage(finding: Finding, consenting: User | None = None) -> ReviewStage | None:
    """The first stage whose people have not consented to the present submission; None when the signature is due.

    With ``consenting`` it is the stage that will be open once this person has consented to the present one.
    """
    return open_stages([finding], consenting)[finding.pk]


def open_stages(findings: Sequence[Finding], consenting: User | None = None) -> dict[int, ReviewStage | None]:
    """The same for many findings in three queries."""
    now = {finding.pk: finding.submission for finding in findings}
    consents: dict[int, Consents] = {}
    given = Step.objects.filter(finding__in=now, measure=None, transition="review")
    for pk, submission, order, by in given.values_list("finding", "submission", "stage", "taken_by"):
        if submission == now[pk]:
            consents.setdefault(pk, {}).setdefault(order, set()).add(by)
    stages: dict[int, list[ReviewStage]] = {}
    inspections = {finding.inspection_id for finding in findings}
    for stage in ReviewStage.objects.filter(inspection__in=inspections).prefetch_related("reviewers").order_by("order"):
        stages.setdefault(stage.inspection_id, []).append(stage)
    return {
        finding.pk: first_open(stages.get(finding.inspection_id, ()), consents.get(finding.pk, {}), consenting)
        for finding in findings
    }


def first_open(stages: Iterable[ReviewStage], consents: Consents, consenting: User | None = None) -> ReviewStage | None:
    """The first of these stages, in their order, that these consents, and one more in the present one, do not pass."""
    for stage in stages:
        given = consents.get(stage.order, set())
        named = {person.pk for person in stage.reviewers.all()}
        if _is_open(stage, named, given) and consenting is not None:
            given, consenting = given | {consenting.pk}, None
        if _is_open(stage, named, given):
            return stage
    return None


def _is_open(stage: ReviewStage, named: set[int], given: set[int]) -> bool:
    return not (named <= given if stage.by_all and named else given)


def may_review(stage: ReviewStage, finding: Finding, user: User) -> bool:
    """Whether a person is one of those who review in this stage: the named ones, or else whoever holds its role."""
    named = {person.pk for person in stage.reviewers.all()}
    if named:
        return user.pk in named
    return finding.inspection.unit_id in scope_of(user).area_of(stage.role)


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, since when, and what comes next."""

    who: str
    since: dt.datetime | None
    then: str


def turn_of(finding: Finding, steps: Sequence[Step]) -> Turn:
    """Whose turn it is with a finding; ``steps`` are its steps, newest first."""
    since = next((step.taken_at for step in steps if step.measure_id is None), None)
    unit = str(finding.lead_unit or (finding.parent and finding.parent.lead_unit) or "牵头单位（未定）")
    if finding.status == Status.SUBMITTED:
        stage = open_stage(finding)
        if stage is None:
            return Turn(holders_of(Right.CLOSE), since, "同意销号，或者退回")
        named = "、".join(str(person) for person in stage.reviewers.all()) or ROLES[stage.role].label
        how = "（会签，全部同意才算通过）" if stage.by_all else ""
        return Turn(f"{named}{how}", since, f"{stage.name}，通过后进入下一级或销号")
    if finding.status == Status.CLOSED:
        if finding.is_void:
            return Turn(unit, since, "销号已失效，重新申请销号")
        return Turn("", since, f"{finding.next_review_on:%Y-%m-%d} 前复查" if finding.next_review_on else "")
    return Turn(unit, since, "措施全部报完成后申请销号")
