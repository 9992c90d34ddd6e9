"""The conditions of the standings of findings, and the constraints of the database on statuses."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from findings.choices import Completion, MeasureStatus, Status


def signed_off(path: str = "") -> Q:
    """The condition that a finding, at the end of the lookup ``path``, has a valid sign-off."""
    return Q(**{f"{path}status": Status.CLOSED, f"{path}is_void": False})


def with_unit() -> Q:
    """The condition that the unit works on a finding: neither a valid sign-off nor waiting for review."""
    return Q(status__in=(Status.OPEN, Status.IN_PROGRESS)) | Q(status=Status.CLOSED, is_void=True)


def overdue(on: dt.date) -> Q:
    """The condition that a finding is with the unit and its deadline was before a day."""
    return with_unit() & Q(due_on__lt=on)


def due_soon(on: dt.date, notice_days: int) -> Q:
    """The condition that a finding is with the unit and due from a day on within so many days."""
    return with_unit() & Q(due_on__range=(on, on + dt.timedelta(days=notice_days)))


def led_by(unit: int | str, path: str = "") -> Q:
    """The condition that a unit (key) leads a finding, at the end of the lookup ``path``.

    A sub-finding without a lead unit has its parent's.
    """
    own, above = Q(**{f"{path}lead_unit": unit}), Q(**{f"{path}parent__lead_unit": unit})
    return own | (Q(**{f"{path}lead_unit": None}) & above)


VOID, MISSED = "void", "missed"  # the standings that are not a status: 销号失效, 复查逾期


def answered_by_unit(unit: int | str, path: str = "") -> Q:
    """The condition that a unit (key) answers for a measure, at the end of the lookup ``path``.

    A measure without a unit of its own has the one that leads its finding.
    """
    own, none = Q(**{f"{path}lead_unit": unit}), Q(**{f"{path}lead_unit": None})
    return own | (none & led_by(unit, f"{path}finding__"))


def standings(on: dt.date, path: str = "") -> dict[str, Q]:
    """The conditions of the standings by their codes, on a day, at the end of the lookup ``path``.

    A finding has exactly one of them, so that their numbers add up to that of all findings.
    """
    undone = {status.value: Q(**{f"{path}status": status}) for status in Status if status != Status.CLOSED}
    signed, review = signed_off(path), f"{path}next_review_on"
    return undone | {
        VOID: Q(**{f"{path}is_void": True}),
        MISSED: signed & Q(**{f"{review}__lt": on}),
        Status.CLOSED.value: signed & (Q(**{review: None}) | Q(**{f"{review}__gte": on})),
    }


def without_signoff(path: str = "") -> Q:
    """The condition that a finding has no valid sign-off: not signed off yet, or the sign-off is void."""
    undone = [status for status in Status if status != Status.CLOSED]
    return Q(**{f"{path}status__in": undone}) | Q(**{f"{path}is_void": True})


def outstanding(on: dt.date, path: str = "") -> Q:
    """The condition that a finding should be done by a day and is not.

    Its deadline was before that day and it has no valid sign-off, whether the unit or the reviewers have it, or it has
    missed a review.
    """
    return standings(on, path)[MISSED] | (without_signoff(path) & Q(**{f"{path}due_on__lt": on}))


def not_due(on: dt.date, path: str = "") -> Q:
    """The condition that a finding without a valid sign-off is due on a day or later, or has no deadline."""
    return without_signoff(path) & (Q(**{f"{path}due_on": None}) | Q(**{f"{path}due_on__gte": on}))


def completions(on: dt.date, path: str = "") -> dict[str, Q]:
    """The conditions of the degrees of completion by their codes, into which ``standings`` has the closed findings."""
    closed = standings(on, path)[Status.CLOSED]
    return {degree.value: closed & Q(**{f"{path}completion": degree}) for degree in Completion}


STATUS_RULES = (
    models.CheckConstraint(
        condition=(Q(status=Status.CLOSED, closed_at__isnull=False, closed_by__isnull=False) & ~Q(completion=""))
        | (~Q(status=Status.CLOSED) & Q(closed_at=None, closed_by=None, completion="")),
        name="finding_closed_with_who_when_and_how_far",
        violation_error_message="已销号的问题必须写明销号人、时间和完成程度，未销号的不能有。",
    ),
    models.CheckConstraint(
        condition=Q(status=Status.CLOSED) | Q(is_void=False, next_review_on=None),
        name="finding_void_or_reviewed_only_when_closed",
        violation_error_message="只有已销号的问题才会失效或复查。",
    ),
    models.CheckConstraint(
        condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
        | Q(submitted_at__isnull=False, submitted_by__isnull=False),
        name="finding_submitted_by_whom_and_when",
        violation_error_message="申请销号必须写明谁在什么时候申请。",
    ),
    models.CheckConstraint(
        condition=Q(status=Status.SUBMITTED, submitted_at__isnull=False, submission__gt=0)
        | Q(status=Status.CLOSED)
        | Q(status__in=(Status.OPEN, Status.IN_PROGRESS), submitted_at=None),
        name="finding_submitted_when_waiting",
        violation_error_message="待审核的问题必须写明谁在什么时候申请，没有申请的不能写。",
    ),
    models.CheckConstraint(
        # Four eyes in the database too. A finding imported as closed has no submitter, and NULL satisfies the check.
        condition=~Q(closed_by=F("submitted_by")),
        name="finding_closed_by_another",
        violation_error_message="申请销号的人不能自己销号。",
    ),
)

MEASURE_STATUS_RULES = (
    models.CheckConstraint(
        condition=Q(
            status=MeasureStatus.VERIFIED,
            reported_at__isnull=False,
            reported_by__isnull=False,
            verified_at__isnull=False,
            verified_by__isnull=False,
        )
        & ~Q(verified_digest="")
        | Q(
            status=MeasureStatus.REPORTED,
            reported_at__isnull=False,
            reported_by__isnull=False,
            verified_at=None,
            verified_by=None,
            verified_digest="",
        )
        | Q(
            status__in=(MeasureStatus.NOT_STARTED, MeasureStatus.UNDER_WAY, MeasureStatus.SENT_BACK),
            reported_at=None,
            reported_by=None,
            verified_at=None,
            verified_by=None,
            verified_digest="",
        ),
        name="measure_status_by_whom_and_when",
        violation_error_message="已报完成、已核实的措施必须写明谁在什么时候办理。",
    ),
    models.CheckConstraint(
        # Four eyes in the database too.
        condition=~Q(verified_by=F("reported_by")),
        name="measure_verified_by_another",
        violation_error_message="报完成的人不能自己核实。",
    ),
)
