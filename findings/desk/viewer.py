"""The user whose desk is shown, with the inspections in which each of their rights holds."""

from __future__ import annotations

import datetime as dt
from copy import copy
from typing import Any, NoReturn, Self

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from accounts.users.roles import Right
from findings.inspections.models.inspections import Inspection
from findings.units.scopes import user_scope
from findings.workflow.models.signoffs import ReviewStage

NAMED = (
    "name",
    "unit",
    "counting",
    "notice_days",
    "warning_days",
    "feedback_on",
    "plan_due_on",
    "rectification_due_on",
    "report_due_on",
    "closed_word",
)
MOST, MOST_OF_UNITS = 200, 1_000  # records of one kind that are read, of whole inspections and of a user's units
ANYONE = -1  # the key of a user of whom nothing but their rights is known


class _Unknown(list[Any]):
    """What anyone takes part in, which cannot be told."""

    def __iter__(self) -> NoReturn:
        raise TypeError("what anyone takes part in is not known")


class Viewer:
    """The user, today, and the inspections that the user sees as a whole; one query.

    ``chosen`` is the key of the inspection to which the page is limited, None for all; ``most`` the number of records
    of one kind that are read.
    """

    def __init__(self, user: User, chosen: int | None = None, today: dt.date | None = None) -> None:
        self.user, self.chosen = user, chosen
        self.today = today or timezone.localdate()
        self.scope = user_scope(user)
        seen = self.scope.bodies(Right.SEE_ALL)
        staged = Exists(ReviewStage.objects.order_by().filter(inspection=OuterRef("pk")))
        whole = Inspection.objects.filter(seen.condition("unit")).only(*NAMED).annotate(is_staged=staged)
        self.whole: list[Any] = list(whole) if seen else []
        self.most = MOST if self.sees_whole else MOST_OF_UNITS

    @property
    def sees_whole(self) -> bool:
        """Whether the user sees whole inspections; others see what they answer for."""
        return self.scope.has_right(Right.SEE_ALL)

    @cached_property
    def _rights(self) -> tuple[Any, ...]:
        roles = tuple((role.key, unit) for role, unit in self.scope.active_roles)
        inspections = tuple((one.pk, one.unit_id, one.is_staged) for one in self.whole)
        # A role without a unit reaches everywhere, for which no tree is asked.
        tree = frozenset(self.scope.descendants.items()) if any(unit for _, unit in roles) else None
        return self.today, self.most, roles, inspections, tree

    @property
    def reach(self) -> tuple[Any, ...]:
        """All that decides which records wait for the user, beside who they are."""
        return self.chosen, *self._rights

    def as_anyone(self) -> Self:
        """A viewer of the same reach of whom nothing else is known."""
        anyone, other = User(pk=ANYONE), copy(self)
        scope = copy(self.scope)
        scope.user = anyone
        # Conditions that name what the user takes part in, instead of asking for it, would not hold for others.
        scope.own_findings = _Unknown()
        anyone.__dict__["_scope"] = scope
        other.user, other.scope = anyone, scope
        return other

    def limit_to_chosen(self, records: QuerySet[Any], path: str = "inspection") -> QuerySet[Any]:
        """The records of the inspection to which the page is limited; all of them when it is not."""
        return records.filter(**{path: self.chosen}) if self.chosen else records

    def bodies_with(self, right: Right) -> list[Any]:
        """The inspections in which the user has the right, within the one to which the page is limited.

        All rights over whole inspections come with that to see them.
        """
        bodies = self.scope.bodies(right)
        return [one for one in self.whole if one.unit_id in bodies and self.chosen in {None, one.pk}]

    def within(self, right: Right, path: str = "inspection") -> Q:
        """The condition of the records in whose inspection the user has the right.

        It names the keys, so that the indexes, which begin with the inspection, are used.
        """
        return Q(**{f"{path}__in": [one.pk for one in self.bodies_with(right)]})
