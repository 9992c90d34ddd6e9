"""Filters of findings for which work is due."""

from __future__ import annotations

import datetime as dt
from typing import Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.write_guard import RecordQuerySet
from findings.choices import OPEN_STATUSES, Status
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.status_rules import due_soon, not_due, outstanding, overdue, with_unit
from findings.inspections.participation import ANSWERING_FOR_FINDING, answered_q

Row = TypeVar("Row", bound=models.Model)  # ``Finding``, whose module imports this one


class ToDoQuerySet(RecordQuerySet[Row]):
    """Filters by what is due, missing or ready."""

    def with_unit(self) -> Self:
        """Findings on which the unit works: without a valid sign-off, and not submitted to the reviewers."""
        return self.filter(with_unit())

    def overdue(self, on: dt.date | None = None) -> Self:
        """Findings with the unit whose deadline was before a day, by default today.

        One that waits for review is the reviewers' delay (``in_review``), not the unit's.
        """
        return self.filter(overdue(on or timezone.localdate()))

    def outstanding(self, on: dt.date | None = None) -> Self:
        """Findings that should be done by a day, by default today, and are not: with the unit or the reviewers."""
        return self.filter(outstanding(on or timezone.localdate()))

    def not_due(self, on: dt.date | None = None) -> Self:
        """Findings without a valid sign-off that are due on a day, by default today, or later, or have no deadline."""
        return self.filter(not_due(on or timezone.localdate()))

    def in_review(self) -> Self:
        """Findings that wait for the reviewers or for the sign-off."""
        return self.filter(status=Status.SUBMITTED)

    def due_soon(self, inspection: Inspection) -> Self:
        """Findings with the unit, due from today on within the notice days of the inspection."""
        return self.filter(due_soon(timezone.localdate(), inspection.notice_days))

    def without_unit(self) -> Self:
        """Findings without a lead unit, neither their own nor their parent's."""
        return self.filter(Q(parent=None) | Q(parent__lead_unit=None), lead_unit=None)

    def without_deadline(self) -> Self:
        """Findings without a deadline."""
        return self.filter(due_on=None)

    def answered_by(self, user: User) -> Self:
        """Findings whose sign-off the user may request, because they answer for them."""
        return self.filter(answered_q(self.model._default_manager.order_by(), user, ANSWERING_FOR_FINDING))

    def ready(self) -> Self:
        """Findings with the unit whose measures are all reported: they can be submitted."""
        # Two EXISTS on the same finding: a join over measures would return it once for each of them.
        same = self.model._default_manager.order_by().filter(pk=OuterRef("pk"))
        return self.with_unit().filter(
            Exists(same.filter(measures__isnull=False)), ~Exists(same.filter(measures__status__in=OPEN_STATUSES))
        )
