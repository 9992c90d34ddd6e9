"""The scope of a user's rights: the user's grants, spread over the tree of units (ADR 6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import FilteredRelation, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Grant, User
from accounts.users.roles import OFFICERS, ROLES, Reach, Right, Role
from findings.units.models import ALWAYS, Area, Membership, Unit

GRANT_COLUMNS = ("role", "unit_id", "post__unit_id")


def with_current_posts(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """The grants, one row for each unit in which their user works today, as ``post``; one row without a post."""
    today = timezone.localdate()
    at_work = Q(user__memberships__started_on__lte=today) & (
        Q(user__memberships__ended_on=None) | Q(user__memberships__ended_on__gte=today)
    )
    return grants.annotate(post=FilteredRelation("user__memberships", condition=at_work))


def descendants_by_unit(units: Iterable[tuple[int, int | None]]) -> dict[int, frozenset[int]]:
    """For each unit the keys of itself and of all units below it, from pairs of a unit's and its parent's key."""
    parents = dict(units)
    below = {pk: {pk} for pk in parents}
    for pk, parent in parents.items():
        above, passed = parent, {pk}
        while above is not None and above not in passed:  # a circle, which no page can store, must not loop for ever
            below[above].add(pk)
            passed.add(above)
            above = parents[above]
    return {pk: frozenset(keys) for pk, keys in below.items()}


class Scope:
    """The rights of one user, by area.

    Roles held within a body reach the inspections of its units; a role held within a unit reaches what that unit leads,
    supports or carries out, on days when the user works there.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        self.own_findings: list[Any] | None = None  # cached by ``InspectionQuerySet.own_findings``
        # Queries by what they are asked for, cached by ``ScopedChoices``.
        self.offered_people: dict[Any, QuerySet[User]] = {}
        self.offered_units: dict[Any, QuerySet[Unit]] = {}

    @cached_property
    def active_roles(self) -> list[tuple[Role, int | None]]:
        """The roles in force today, each with the key of its unit, None for everywhere; one query."""
        # Grants stay with a deactivated account and hold again when it is activated.
        if not self.user.is_active:
            return []
        return self.roles_in_force(
            list(with_current_posts(Grant.objects.filter(user=self.user)).values_list(*GRANT_COLUMNS))
        )

    def roles_in_force(self, rows: Iterable[tuple[str, Any, Any]]) -> list[tuple[Role, int | None]]:
        """The roles in force, from rows of ``GRANT_COLUMNS``.

        Roles held within a unit count while the user works there or below it.
        """
        rows = list(rows)
        works_in = {post for _, _, post in rows if post}
        return [
            (ROLES[key], unit)
            for key, unit in dict.fromkeys((key, unit) for key, unit, _ in rows)
            if ROLES[key].reach != Reach.UNIT or (unit is not None and works_in & self.descendants[unit])
        ]

    @cached_property
    def tree(self) -> list[Unit]:
        """All units, parents before children; to name units, not to offer them as choices."""
        return Unit.objects.in_tree_order()

    @cached_property
    def descendants(self) -> dict[int, frozenset[int]]:
        """For each unit the keys of itself and of all units below it; one query, none after ``tree``."""
        if "tree" in self.__dict__:
            return descendants_by_unit((unit.pk, unit.parent_id) for unit in self.tree)
        return descendants_by_unit(Unit.objects.order_by().values_list("pk", "parent"))

    def has_right(self, right: Right) -> bool:
        """Whether any role in force gives this right, wherever."""
        return any(right in role.rights for role, _ in self.active_roles)

    @property
    def depends_on_own_findings(self) -> bool:
        """Whether the user's view depends on the findings they take part in, which have not been looked up yet."""
        return self.own_findings is None and self.has_right(Right.SEE_OWN) and not self.bodies(Right.SEE_ALL).everywhere

    def bodies(self, right: Right) -> Area:
        """The bodies over whose inspections the user has this right."""
        return self._area(unit for role, unit in self.active_roles if right in role.rights and role.reach != Reach.UNIT)

    def units(self, right: Right) -> Area:
        """The units for whose part of the work the user has this right."""
        return self._area(unit for role, unit in self.active_roles if right in role.rights and role.reach == Reach.UNIT)

    def area_of(self, role: str) -> Area:
        """The area in which the user holds a role (key)."""
        return self._area(unit for one, unit in self.active_roles if one.key == role)

    @cached_property
    def selectable(self) -> Area:
        """The units the user may choose from: those of their roles; for officers of units and grants all units."""
        officers = Right.MANAGE_UNITS, Right.GRANT_ROLES
        if any(self.has_right(right) for right in officers):
            return Area(everywhere=True)
        return self._area(unit for role, unit in self.active_roles if not role.is_officer)

    @cached_property
    def selectable_people(self) -> QuerySet[User]:
        """The active users that the user may choose from: with a post or a role in a selectable unit.

        Their current memberships are prefetched, which name the units.
        """
        at_work = Membership.objects.current().filter(self.selectable.condition("unit"))
        found = User.objects.filter(people_q(self.selectable), is_active=True)
        return found.prefetch_related(Prefetch("memberships", at_work.select_related("unit")))

    @cached_property
    def own_bodies(self) -> Area:
        """The bodies to which the user belongs: the units of their roles, with all units above and below them.

        Being named in a record counts only there, so that it ends when the user moves to another body.
        """
        own = self.selectable
        if own.everywhere:
            return own
        return Area(own.units.union(pk for pk, below in self.descendants.items() if below & own.units))

    @cached_property
    def assignable(self) -> Area:
        """The units that can be made responsible: the selectable ones, and the bodies beside and above them.

        Other bodies support a finding as a whole; their parts and members are not offered.
        """
        own = self.own_bodies
        if own.everywhere:
            return own
        places = {None} | {unit.parent_id for unit in self.tree if unit.pk in own}
        return Area(self.selectable.units | {unit.pk for unit in self.tree if unit.parent_id in places})

    def _area(self, roots: Iterable[int | None]) -> Area:
        units: set[int] = set()
        for unit in roots:
            if unit is None:
                return Area(everywhere=True)
            units |= self.descendants[unit]
        return Area(frozenset(units))


def people_q(area: Area) -> Q:
    """The condition of users, active or not, with a current post or a role in a unit of the area; everywhere all."""
    if area.everywhere:
        return ALWAYS
    at_work = Membership.objects.current().filter(area.condition("unit"))
    in_role = Grant.objects.filter(area.condition("unit"))
    return Q(pk__in=at_work.values("user")) | Q(pk__in=in_role.values("user"))


def user_scope(user: User) -> Scope:
    """The scope of a user, cached on the object: each request has its own user, so changes hold at the next."""
    if "_scope" not in user.__dict__:
        user.__dict__["_scope"] = Scope(user)
    scope: Scope = user.__dict__["_scope"]
    return scope


def scopes_around(units: Collection[int]) -> list[Scope]:
    """The scopes of all active users with a role in, above or below one of these units, or everywhere.

    Officers are left out. Three queries, however many users there are.
    """
    tree = Unit.objects.in_tree_order()
    below = descendants_by_unit((unit.pk, unit.parent_id) for unit in tree)
    near = {pk for pk, under in below.items() if not under.isdisjoint(units)}.union(*(below[pk] for pk in units))
    concerned = Grant.objects.filter(Q(unit=None) | Q(unit__in=near), user__is_active=True).exclude(role__in=OFFICERS)
    rows: dict[int, list[tuple[str, Any, Any]]] = {}
    for user, role, unit, post in with_current_posts(
        # All grants of these users, since a right may come from another one.
        Grant.objects.filter(user__in=concerned.values("user"))
    ).values_list("user", *GRANT_COLUMNS):
        rows.setdefault(user, []).append((role, unit, post))
    return [filled_scope(user, rows[user.pk], tree, below) for user in User.objects.filter(pk__in=rows)]


def filled_scope(
    user: User, rows: Iterable[tuple[str, Any, Any]], tree: list[Unit], below: dict[int, frozenset[int]]
) -> Scope:
    """The scope of a user from rows of ``GRANT_COLUMNS``, the tree and its descendants, without a query."""
    scope = user_scope(user)
    # The cached properties would otherwise query for each user.
    scope.__dict__ |= {"tree": tree, "descendants": below}
    scope.__dict__["active_roles"] = scope.roles_in_force(rows) if user.is_active else []
    return scope
