"""The words for lists of findings."""

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
    """The words for lists of findings; ``FindingQuerySet`` is what they are of findings, which refer to it."""

    def visible_to(self, user: User) -> Self:
        """Findings of this user's bodies, and those in which, or in a sub-finding of which, the user takes part."""

        def own_and_above() -> Q:
            own = Inspection.objects.own_findings(user)
            return Q(pk__in={key for row in own for key in (row.finding, row.parent) if key is not None})

        return self.filter(visible_q(user, BODY, own_and_above))

    def own_ids(self, user: User) -> frozenset[int]:
        """The keys of the findings in which this user takes part: of these the user sees everything."""
        return frozenset(row.finding for row in Inspection.objects.own_findings(user))

    def limit_scope(self, user: User, key: int) -> None:
        """For the rest of the request look for a part of the user's own only in one finding and those below it.

        For pages that show nothing else: so few are sooner looked at than all that is the user's own is found. It can
        hide what the user may see, never show what the user may not.
        """
        scope = user_scope(user)
        if scope.depends_on_own_findings:
            around = participants_by_finding(self.around(key))
            scope.own_findings = [row for row, people in around.items() if people.include(scope, Right.SEE_OWN)]

    def around(self, key: int) -> Self:
        """One finding and those below it; a union, because each part has an index, the whole has none."""
        every = self.model._default_manager.order_by()
        keys = every.filter(pk=key).values("pk").union(every.filter(parent=key).values("pk"), all=True)
        return self.order_by().filter(pk__in=keys)

    def participants(self, inspection: Inspection) -> Participants:
        """Who takes part in any of these findings of one inspection."""
        return Participants(inspection.unit_id).merge(participants_by_finding(self.order_by()).values())

    def of(self, inspection: Inspection) -> Self:
        """The findings of one inspection."""
        return self.filter(inspection=inspection)

    def top_level(self) -> Self:
        """Findings as the feedback numbers them, without their sub-findings."""
        return self.filter(parent=None)

    def closed(self, on: dt.date | None = None) -> Self:
        """Findings whose sign-off holds and counts: no review of a long-term one was missed by that day."""
        day = on or timezone.localdate()
        return self.filter(Q(next_review_on=None) | Q(next_review_on__gte=day), signed_off())

    def void(self) -> Self:
        """Findings whose sign-off no longer says what the record says; a constraint lets only closed ones be."""
        return self.filter(is_void=True)

    def review_missed(self, on: dt.date | None = None) -> Self:
        """Closed long-term findings whose review was due before today or a given day; others have none."""
        return self.filter(next_review_on__lt=on or timezone.localdate())

    def counted_in_report(self, inspection: Inspection) -> Self:
        """What the inspection publishes as its number of findings, by its own way of counting."""
        if inspection.counting == Counting.LEAVES:
            return self.of(inspection).filter(sub_findings=None)
        return self.of(inspection).top_level()

    def completed(self, inspection: Inspection) -> Self:
        """Signed-off findings whose completion the inspection publishes as done."""
        return self.closed().filter(completion__in=inspection.counted_completions())

    def lock(self, *pks: int) -> set[int]:
        """Lock findings until this transaction ends, and those above them first; which these are.

        On SQLite beginning to write has done so. On PostgreSQL a row that refers to a finding may still be added: who
        adds it asks for the finding at his commit, when he has the trail for which others wait here.
        """
        above = self.filter(pk__in=pks).values("parent")
        return self.filter(Q(pk__in=pks) | Q(pk__in=above)).lock_all()

    def lock_all(self) -> set[int]:
        """The same with all of these findings, of which those above are some."""
        rows = self.select_for_update(no_key=True).order_by(F("parent").asc(nulls_first=True), "pk")
        return set(rows.values_list("pk", flat=True))
