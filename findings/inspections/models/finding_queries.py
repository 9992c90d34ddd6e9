"""Filters and locks of findings, below the model that uses them."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import Counting
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.status_rules import signed_off
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
        day = on or timezone.localdate()
        return self.filter(Q(next_review_on=None) | Q(next_review_on__gte=day), signed_off())

    def void(self) -> Self:
        """Findings whose sign-off is void; a constraint allows the mark only on closed findings."""
        return self.filter(is_void=True)

    def review_missed(self, on: dt.date | None = None) -> Self:
        """Closed long-term findings whose review was due before a day, by default today."""
        return self.filter(next_review_on__lt=on or timezone.localdate())

    def counted_in_report(self, inspection: Inspection) -> Self:
        """The findings that the inspection publishes as its number of findings, by its own way of counting."""
        if inspection.counting == Counting.LEAVES:
            return self.of(inspection).filter(sub_findings=None)
        return self.of(inspection).top_level()

    def completed(self, inspection: Inspection) -> Self:
        """Findings with a valid sign-off whose degree of completion the inspection publishes as completed."""
        return self.closed().filter(completion__in=inspection.counted_completions())

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
