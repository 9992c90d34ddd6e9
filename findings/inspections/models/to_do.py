"""The words for findings about which somebody has something to do."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import MeasureStatus, Status
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.status_rules import signed_off
from findings.units.scopes import user_scope

Row = TypeVar("Row", bound=models.Model)  # a finding, which is declared above this module
REPORTED = (MeasureStatus.REPORTED, MeasureStatus.VERIFIED)


class ToDoQuerySet(models.QuerySet[Row]):
    """What is due, what is lacking, what is ready."""

    def overdue(self, on: dt.date | None = None) -> Self:
        """Findings past their deadline whose sign-off does not hold, today or on a given day."""
        return self.filter(~signed_off(), due_on__lt=on or timezone.localdate())

    def due_soon(self, inspection: Inspection) -> Self:
        """Findings without a sign-off that holds, due within the days before which an inspection reminds."""
        today = timezone.localdate()
        until = today + dt.timedelta(days=inspection.notice_days)
        return self.filter(~signed_off(), due_on__range=(today, until))

    def without_unit(self) -> Self:
        """Findings that no unit leads, not even through the finding they belong to."""
        return self.filter(Q(parent=None) | Q(parent__lead_unit=None), lead_unit=None)

    def without_deadline(self) -> Self:
        """Findings without a deadline."""
        return self.filter(due_on=None)

    def led_by(self, user: User) -> Self:
        """Findings whose sign-off this person asks for: his units lead them, or he is in charge.

        A union, not one condition with "or": each part has an index, the whole has none.
        """
        scope, findings = user_scope(user), self.model._default_manager.order_by()
        units, home = scope.units(Right.REPORT_WORK), scope.own_bodies.condition("inspection__unit")
        named = findings.filter(home, person_in_charge=user).values("pk")
        if not units:
            return self.filter(pk__in=named)
        own = findings.filter(units.condition("lead_unit")).values("pk")
        below = findings.filter(units.condition("parent__lead_unit"), lead_unit=None).values("pk")
        return self.filter(pk__in=own.union(below, named, all=True))

    def ready(self) -> Self:
        """Findings at work, or with a void sign-off, whose measures are all reported: the sign-off can be asked for."""
        measures: Any = self.model._meta.get_field("measures").related_model  # declared above this module
        own = measures.objects.filter(finding=OuterRef("pk")).order_by()
        at_work = self.filter(~signed_off()).exclude(status=Status.SUBMITTED)
        return at_work.filter(Exists(own), ~Exists(own.exclude(status__in=REPORTED)))
