"""Filters and locks of findings, below the model that uses them."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from typing import Self

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import Counting, Status
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.status_rules import MISSED, VOID, completions, standings
from findings.inspections.models.to_do import Row, ToDoQuerySet
from findings.inspections.participation import BODY, Participants, participants_by_finding, visible_q
from findings.units.scopes import user_scope


class FindingQueries(ToDoQuerySet[Row]):
    """Filters of findings, generic over the model; ``FindingQuerySet`` binds them to ``Finding``."""

    def visible_to(self, user: User) -> Self:
        """Findings of the user's bodies, and those in which, or in a sub-finding of which, the user takes part."""

        def own_and_above() -> Q:
            own = Inspection.objects.own_findings(user)
            return Q(pk__in={key for row in own for key in (row.finding, row.parent) if key is not None})

        return self.filter(visible_q(user, BODY, own_and_above))

    def own_ids(self, user: User) -> frozenset[int]:
        """The keys of the findings in which the user takes part; the user sees everything below these."""
        return frozenset(row.finding for row in Inspection.objects.own_findings(user))

    def limit_scope(self, user: User, key: int) -> None:
        """For the rest of the request, look up the user's part only in one finding (key) and its sub-findings.

        For pages that show nothing else: checking so few is faster than finding everything in which the user takes
        part. It can hide what the user may see, but never show what they may not.
        """
        scope = user_scope(user)
        if scope.depends_on_own_findings:
            around = participants_by_finding(self.around(key))
            scope.own_findings = [row for row, people in around.items() if people.include(scope, Right.SEE_OWN)]

    def around(self, key: int) -> Self:
        """One finding and its sub-findings."""
        every = self.model._default_manager.order_by()
        # A union, because each part has an index and a condition with "or" has none.
        keys = every.filter(pk=key).values("pk").union(every.filter(parent=key).values("pk"), all=True)
        return self.order_by().filter(pk__in=keys)

    def participants(self, inspection: Inspection) -> Participants:
        """Those who take part in at least one of these findings, which must be of one inspection; two queries."""
        return Participants(inspection.unit_id).merge(participants_by_finding(self.order_by()).values())

    def of(self, inspection: Inspection) -> Self:
        """Findings of one inspection."""
        return self.filter(inspection=inspection)

    def top_level(self) -> Self:
        """Findings as the feedback numbers them, without sub-findings."""
        return self.filter(parent=None)

    def closed(self, on: dt.date | None = None) -> Self:
        """Findings with a valid sign-off and no missed review by that day, by default today."""
        return self.in_standing(Status.CLOSED, on)

    def in_standing(self, standing: str, on: dt.date | None = None) -> Self:
        """Findings in one of the ``standings`` (code) on a day, by default today."""
        return self.filter(standings(on or timezone.localdate())[standing])

    def void(self) -> Self:
        """Findings whose sign-off is void; a constraint allows the mark only on closed findings."""
        return self.in_standing(VOID)

    def review_missed(self, on: dt.date | None = None) -> Self:
        """Findings with a valid sign-off whose review was due before a day, by default today."""
        return self.in_standing(MISSED, on)

    def counted_in_report(self, inspection: Inspection) -> Self:
        """The findings that the inspection publishes as its number of findings, by its own way of counting."""
        if inspection.counting == Counting.LEAVES:
            return self.of(inspection).filter(sub_findings=None)
        return self.of(inspection).top_level()

    def counted(self) -> Self:
        """The findings that each of their inspections publishes as its number of findings."""
        tops = Q(inspection__counting=Counting.FINDINGS, parent=None)
        # EXISTS, because a join with the sub-findings would return their parent once for each.
        below = self.model._default_manager.order_by().filter(parent=OuterRef("pk"))
        return self.filter(tops | Q(~Exists(below), inspection__counting=Counting.LEAVES))

    def completed(self, inspection: Inspection) -> Self:
        """Findings closed today with a degree of completion that the inspection publishes as completed."""
        return self.closed().filter(completion__in=inspection.counted_completions())

    def unfinished(self) -> Self:
        """Findings that are not closed today: also those in review, with a void sign-off or with a missed review."""
        others = standings(timezone.localdate())
        del others[Status.CLOSED]
        return self.filter(functools.reduce(operator.or_, others.values()))

    def closed_as(self, degree: str) -> Self:
        """Findings closed today with a degree of completion (code)."""
        return self.filter(completions(timezone.localdate())[degree])

    def lock(self, *pks: int) -> set[int]:
        """Lock findings and, before them, their parents until the transaction ends; the keys of all of them.

        SQLite has locked the database by then. On PostgreSQL the lock (``no_key``) lets rows be added that refer to a
        finding; their foreign key asks for the finding at commit, with the lock of the trail held for which others wait
        here.
        """
        above = self.filter(pk__in=pks).values("parent")
        return self.filter(Q(pk__in=pks) | Q(pk__in=above)).lock_all()

    def lock_all(self) -> set[int]:
        """Lock all findings of this queryset, which must include their parents; their keys."""
        # Always parents first and then by key: two transactions that lock in one order cannot deadlock.
        rows = self.select_for_update(no_key=True).order_by(F("parent").asc(nulls_first=True), "pk")
        return set(rows.values_list("pk", flat=True))
