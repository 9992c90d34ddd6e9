"""The units and people that a form offers a user: sensible ones only, each loaded once for all fields of the form."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Grant, User
from accounts.users.roles import OFFICERS
from findings.units.models import Area, Membership, Unit, in_tree_order
from findings.units.scopes import people_q, user_scope

Groups = list[tuple[str, list[Any]]]
OTHER_UNITS = "其他单位"
WITHOUT_POST = "没有任职"


class ScopedChoices:
    """The units that a user may assign and the people they may select, in records of one inspected body.

    ``body`` is the key of the body, None where there is none: then all that the user may choose is offered. The queries
    are kept with the scope: an import makes a form for each row, and composing them takes as long as the rest of it.
    """

    def __init__(self, user: User, body: int | None = None) -> None:
        self.scope, self.body = user_scope(user), body

    def units(self, present: Iterable[int | None] = ()) -> QuerySet[Unit]:
        """The units to choose from; ``present`` are those the record has already, which stay valid."""
        key = frozenset(present)
        if key not in self.scope.offered_units:
            self.scope.offered_units[key] = Unit.objects.filter(self.scope.assignable.condition("pk") | Q(pk__in=key))
        return self.scope.offered_units[key].all()

    def unit_groups(self, present: Iterable[int | None] = ()) -> Groups:
        """The units in tree order with their ``depth``: the body with all below it, then the others.

        Without a body, or without others, one group with an empty heading.
        """
        kept = {*present}
        # Copies, since the depth is that in the tree of the units offered.
        offered = [copy.copy(unit) for unit in self.scope.tree if unit.pk in self.scope.assignable or unit.pk in kept]
        own = self.scope.descendants.get(self.body, frozenset()) if self.body is not None else frozenset()
        first = in_tree_order(unit for unit in offered if unit.pk in own)
        others = in_tree_order(unit for unit in offered if unit.pk not in own)
        if not first or not others:
            return [("", first or others)]
        return [(first[0].name, first), (OTHER_UNITS, others)]

    @cached_property
    def around_body(self) -> Area:
        """The body with the units below and above it, whose people can take part in its records."""
        if self.body is None:
            return Area(everywhere=True)
        # The tree first, which unit fields read as well: the descendants need no query then.
        tree, below = self.scope.tree, self.scope.descendants
        return Area(below.get(self.body, frozenset()).union(unit.pk for unit in tree if self.body in below[unit.pk]))

    def people(self, present: Iterable[int | None] = ()) -> QuerySet[User]:
        """The people to choose from: active, and not of other bodies only; those with ``has_role`` first, then by name.

        Whoever has neither a post nor a role can be of this body. ``present`` are those whom the record names already.
        """
        key = (self.body, frozenset(present))
        if key not in self.scope.offered_people:
            self.scope.offered_people[key] = self._compose_people(key[1])
        return self.scope.offered_people[key].all()

    def _compose_people(self, present: frozenset[int | None]) -> QuerySet[User]:
        user = OuterRef("pk")
        at_work, grants = Membership.objects.current().filter(user=user), Grant.objects.filter(user=user)
        area = self.around_body.condition("unit")
        has_role = Exists(grants.filter(area | Q(unit=None)).exclude(role__in=OFFICERS))
        offered = people_q(self.scope.selectable) & Q(is_active=True)
        if not self.around_body.everywhere:
            unplaced = Q(~Exists(at_work)) & Q(~Exists(grants))
            offered &= Q(Exists(at_work.filter(area))) | Q(has_role) | unplaced
        found = User.objects.filter(offered | Q(pk__in=present)).annotate(has_role=has_role)
        return found.order_by("-has_role", "name", "pk")

    @cached_property
    def people_groups(self) -> Groups:
        """The people by their first unit, the body's own units first; in each those with a role first, then by name."""
        posts = Membership.objects.current().filter(self.scope.selectable.condition("unit")).select_related("unit")
        people = self.people().prefetch_related(Prefetch("memberships", posts))
        units = [unit for _, group in self.unit_groups(unit.pk for unit in self.scope.tree) for unit in group]
        places = {unit.pk: place for place, unit in enumerate(units)}
        by_place: dict[int, list[User]] = {}
        for person in people:
            at = (places[post.unit_id] for post in person.memberships.all() if post.unit_id in places)
            by_place.setdefault(min(at, default=len(units)), []).append(person)
        names = [*map(str, units), WITHOUT_POST]
        return [(names[place], by_place[place]) for place in sorted(by_place)]

    def refusal(self, pk: int) -> str:
        """Why a person whom the user may select otherwise cannot be named in records of this body; else empty."""
        person = User.objects.filter(people_q(self.scope.selectable), pk=pk).first()
        if person is None:
            return ""
        if not person.is_active:
            return f"{person.name}的账号已停用，不能选；请选其他人。"
        return f"{person.name}不在被巡察单位，看不到这里的记录，不能选；请选本单位的人员。"
