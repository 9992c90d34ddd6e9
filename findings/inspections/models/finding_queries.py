"""The words for lists of findings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import Counting
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.status_rules import signed_off
from findings.inspections.models.to_do import ToDoQuerySet
from findings.units.scopes import user_scope, visible_q

if TYPE_CHECKING:
    from findings.inspections.models.findings import Finding  # noqa: F401 -- named in quotes below: it is declared with this

OWN_COLUMNS = ("pk", "inspection", "aspect", "parent")
PART_COLUMNS = ("inspection__unit", "lead_unit", "parent__lead_unit", "responsible_leader", "person_in_charge")


class FindingQuerySet(ToDoQuerySet["Finding"]):
    """The words for lists of findings."""

    def visible_to(self, user: User) -> Self:
        """Findings of this person's bodies, and those with a part of his own or with a sub-finding that has one."""
        own = self.model.objects.own_of

        def own_and_above() -> Q:
            return Q(pk__in=own(user, "pk")) | Q(pk__in=own(user, "parent"))

        return self.filter(visible_q(user, "inspection__unit", own_and_above))

    def own_of(self, user: User, column: str) -> frozenset[int]:
        """A column of the findings that this person or his units lead, support, oversee, or carry out a measure of.

        A sub-finding without a lead unit of its own is its finding's. Looked up once for a request: asked for again in
        every query of a page, it would be what the page spends its time on.
        """
        scope = user_scope(user)
        if scope.own is None:
            scope.own = self._own_rows(user)
        numbers = (row[column] for row in scope.own)
        return frozenset(number for number in numbers if number is not None)

    def keep_to(self, user: User, key: int) -> None:
        """For the rest of the request look up what is this person's own only in one finding and those below it.

        For pages that show nothing else. It can hide what he may see, never show what he may not.
        """
        if self._looks_up(user):
            user_scope(user).own = self._own_rows_around(user, key)

    def keep_to_inspection(self, user: User, key: int) -> None:
        """The same for one inspection: a unit that has been in many looks for its part in this one only."""
        if self._looks_up(user):
            user_scope(user).own = self._own_rows(user, inspection=key)

    @staticmethod
    def _looks_up(user: User) -> bool:
        """Whether it depends on a part of his own what this person sees, and that was not looked up yet."""
        scope = user_scope(user)
        return scope.own is None and not scope.bodies(Right.SEE_ALL).everywhere and scope.has(Right.SEE_OWN)

    def _own_rows(self, user: User, **within: int) -> list[dict[str, int | None]]:
        """The columns of a person's own findings, anywhere or within an inspection.

        A union, not one condition with "or": each part has an index, the whole has none.
        """
        scope = user_scope(user)
        units, named = scope.units(Right.SEE_OWN), scope.own_bodies.condition("inspection__unit")
        own, carried_out = self.filter(**within).order_by(), self._measures().filter(**within)
        supported = self._supporters().filter(units.condition("unit"))
        if within:
            supported = supported.filter(finding__in=own)
        parts = (
            own.filter(units.condition("lead_unit"))
            .values("pk")
            .union(
                own.filter(units.condition("parent__lead_unit"), lead_unit=None).values("pk"),
                own.filter(named, responsible_leader=user).values("pk"),
                own.filter(named, person_in_charge=user).values("pk"),
                supported.values("finding"),
                carried_out.filter(units.condition("lead_unit")).values("finding"),
                carried_out.filter(named, person_in_charge=user).values("finding"),
                all=True,
            )
        )
        return list(self.filter(pk__in=parts).order_by().values(*OWN_COLUMNS))

    def _own_rows_around(self, user: User, key: int) -> list[dict[str, int | None]]:
        """Those of one finding and the ones below it: so few are sooner looked at than that union is put together.

        Which these are is a union as well, for the same reason.
        """
        scope = user_scope(user)
        units = scope.units(Right.SEE_OWN)
        every = self.order_by()
        around = every.filter(pk=key).values("pk").union(every.filter(parent=key).values("pk"), all=True)
        rows = every.filter(pk__in=around).values(*OWN_COLUMNS, *PART_COLUMNS)
        found = {row["pk"]: row for row in rows}
        supported = (
            self._supporters().filter(units.condition("unit"), finding__in=found).values_list("finding", flat=True)
        )
        carried_out = self._measures().filter(finding__in=found)
        parts = [(row["pk"], row["lead_unit"] or row["parent__lead_unit"], row["person_in_charge"]) for row in rows]
        parts += [(row["pk"], None, row["responsible_leader"]) for row in rows]
        parts += carried_out.values_list("finding", "lead_unit", "person_in_charge")
        is_home = any(row["inspection__unit"] in scope.own_bodies for row in rows)  # all are of one inspection
        own = {pk for pk, unit, person in parts if unit in units or (person == user.pk and is_home)}
        return [row for pk, row in found.items() if pk in own.union(supported)]

    def _supporters(self) -> QuerySet[Any]:
        supporters: QuerySet[Any] = self.model.supporting_units.through.objects.all()
        return supporters

    def _measures(self) -> QuerySet[Any]:
        """All measures; their model is declared above this module."""
        model: Any = self.model._meta.get_field("measures").related_model
        measures: QuerySet[Any] = model.objects.order_by()
        return measures

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

    def counted(self, inspection: Inspection) -> Self:
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
