"""Operations after the sign-off: drawing a sample, stating its results, recording reviews.

A result that contradicts the sign-off reopens the finding in the same transaction.
"""

from __future__ import annotations

import secrets

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Action, User
from accounts.users.roles import Right, refusal
from findings.choices import CheckResult, ReviewResult, SampleOf, Status, Timing
from findings.followup.models.reviews import FollowUpReview, SpotCheck, SpotCheckItem
from findings.followup.sampling import sample
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.workflow import RefusedError, StepInput, StepName, has_right_on, next_review, record_refusals, take_step
from findings.workflow.saving import workflow_writer

KINDS = {
    SampleOf.IMMEDIATE: Q(timing=Timing.IMMEDIATE),
    SampleOf.SCHEDULED: Q(timing=Timing.SCHEDULED),
    SampleOf.LONG_TERM: Q(long_term=True),
}


def drawn_from(check: SpotCheck) -> FindingQuerySet:
    """The findings with a valid sign-off that a spot check is drawn from, by key."""
    findings = Finding.objects.of(check.inspection).closed()
    if kind := KINDS.get(SampleOf(check.sample_of)):
        findings = findings.filter(kind)
    if check.unit is not None:
        findings = findings.filter(Q(lead_unit=check.unit) | Q(lead_unit=None, parent__lead_unit=check.unit))
    return findings.order_by("pk")


def draw(check: SpotCheck, user: User) -> SpotCheck:
    """Draw the sample and store it with all it depends on; RefusedError when there is nothing to draw from.

    Without a seed a random one is generated.
    """
    check.seed = check.seed or secrets.token_hex(8)
    check.drawn_by = user
    with transaction.atomic():
        # Stored with the draw, because the closed findings will be others by the time it is repeated.
        population = list(drawn_from(check))
        if not population:
            raise RefusedError(["没有符合条件的已销号问题，无从抽样。"])
        drawn = sample(check.seed, (finding.pk for finding in population), check.share)
        # Findings are locked before the trail, as in all writes, so that no two writes wait for each other.
        list(Finding.objects.select_for_update().filter(pk__in=drawn).order_by("pk"))
        workflow_writer.create(check, {"population": population})
        for place, number in enumerate(drawn, start=1):
            workflow_writer.create(SpotCheckItem(spot_check=check, finding_id=number, place=place))
    return check


def state_result(item: SpotCheckItem, user: User, seen: int | None) -> bool:
    """Store the result of a drawn finding and reopen the finding when it is 不实; False when nothing was changed.

    RefusedError when the finding would have to be reopened and the user has no right to; ConflictError when the version
    differs from ``seen``.
    """
    is_new = item.result != CheckResult.WAITING and item.checked_at is None
    if is_new:
        item.checked_at, item.checked_by = timezone.now(), user
    with record_refusals(item, Action.CHANGE, user):
        item.lock_parents()
        is_changed = workflow_writer.save(item, seen=seen)
        if is_new and item.result == CheckResult.UNTRUE:
            finding = Finding.objects.get(pk=item.finding_id)  # read after locking
            _check_right_to_reopen(finding, user)
            _reopen(finding, user, f"反向核查不实：{item.note}")
    return is_changed


def record_review(review: FollowUpReview, user: User) -> FollowUpReview:
    """Store a review of a long-term finding: the next one is due a cycle later, or the finding is reopened.

    RefusedError when no review is planned, or when the finding would have to be reopened and the user has no right to.
    """
    review.recorded_by = user
    with record_refusals(review.finding, Action.CHANGE, user):
        review.lock_parents()
        finding = Finding.objects.get(pk=review.finding_id)
        if finding.next_review_on is None:
            raise RefusedError(["这个问题现在没有复查安排：只有已销号、定了复查周期的长期坚持问题才需要复查。"])
        if review.result == ReviewResult.RELAPSED:
            _check_right_to_reopen(finding, user)  # before the review object gets a key that a rollback leaves on it
        review.due_on = finding.next_review_on
        workflow_writer.create(review)
        if review.result == ReviewResult.RELAPSED:
            _reopen(finding, user, f"复查发现反弹：{review.note}")
        else:
            months = finding.review_cycle_months
            finding.next_review_on = next_review(review.reviewed_on, months) if months else None
            workflow_writer.save(finding, seen=finding.version)
    return review


def _check_right_to_reopen(finding: Finding, user: User) -> None:
    # A finding that was reopened meanwhile needs no further step.
    if finding.status == Status.CLOSED and not has_right_on(user, Right.CLOSE, finding):
        raise RefusedError([f"问题要因此重新整改。{refusal(Right.CLOSE)}"])


def _reopen(finding: Finding, user: User, reason: str) -> None:
    if finding.status == Status.CLOSED:
        take_step(StepName.REOPEN, finding, user, finding.version, StepInput(comment=reason))
