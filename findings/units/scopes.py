"""Where a person may do what: the grants he holds, spread over the tree of units."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db.models import FilteredRelation, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Grant, User
from accounts.users.roles import OFFICERS, ROLES, Reach, Right, Role
from findings.units.models import Area, Membership, Unit

HELD = ("role", "unit_id", "post__unit_id")


def with_posts(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """Grants once for each unit that the person works in today, as ``post``."""
    today = timezone.localdate()
    at_work = Q(user__memberships__started_on__lte=today) & (
        Q(user__memberships__ended_on=None) | Q(user__memberships__ended_on__gte=today)
    )
    return grants.annotate(post=FilteredRelation("user__memberships", condition=at_work))


def below_each(units: Iterable[tuple[int, int | None]]) -> dict[int, frozenset[int]]:
    """For each unit itself and everything below it, from the keys of all units and of what stands above each."""
    parents = dict(units)
    below = {pk: {pk} for pk in parents}
    for pk, parent in parents.items():
        above, passed = parent, {pk}
        while above is not None and above not in passed:  # no page can store units below each other
            below[above].add(pk)
            passed.add(above)
            above = parents[above]
    return {pk: frozenset(keys) for pk, keys in below.items()}


class Scope:
    """The rights of one person, by area.

    Roles held within a body reach the inspections of its units; a role held within a unit reaches what that unit leads,
    supports or carries out, on days when the person works there.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        self.own: list[dict[str, int | None]] | None = None  # kept by ``FindingQuerySet.own_of``

    @cached_property
    def held(self) -> list[tuple[Role, int | None]]:
        """The roles in force today, each with the unit it is held in; without a unit, everywhere."""
        if not self.user.is_active:
            return []
        return self.in_force(list(with_posts(Grant.objects.filter(user=self.user)).values_list(*HELD)))

    def in_force(self, rows: Iterable[tuple[str, Any, Any]]) -> list[tuple[Role, int | None]]:
        """The roles in force, from rows of ``HELD``: those of a unit count while the person works there."""
        rows = list(rows)
        works_in = {post for _, _, post in rows if post}
        return [
            (ROLES[key], unit)
            for key, unit in dict.fromkeys((key, unit) for key, unit, _ in rows)
            if ROLES[key].reach != Reach.UNIT or (unit is not None and works_in & self.below[unit])
        ]

    @cached_property
    def tree(self) -> list[Unit]:
        """All units, parents before children; to name units, not to offer them."""
        return Unit.objects.in_tree_order()

    @cached_property
    def below(self) -> dict[int, frozenset[int]]:
        """For each unit itself and everything below it."""
        return below_each(Unit.objects.order_by().values_list("pk", "parent"))

    def has(self, right: Right) -> bool:
        """Whether any role gives this right, wherever."""
        return any(right in role.rights for role, _ in self.held)

    def bodies(self, right: Right) -> Area:
        """Whose inspections this right extends to."""
        return self._area(unit for role, unit in self.held if right in role.rights and role.reach != Reach.UNIT)

    def units(self, right: Right) -> Area:
        """The units whose own part of the work this right extends to."""
        return self._area(unit for role, unit in self.held if right in role.rights and role.reach == Reach.UNIT)

    def area_of(self, role: str) -> Area:
        """Where this person holds a role."""
        return self._area(unit for held, unit in self.held if held.key == role)

    @cached_property
    def offered(self) -> Area:
        """The units this person chooses from: those of his roles; all for those who keep them and who grant roles."""
        officers = Right.MANAGE_UNITS, Right.GRANT_ROLES
        if any(self.has(right) for right in officers):
            return Area(everywhere=True)
        return self._area(unit for role, unit in self.held if not role.is_officer)

    @cached_property
    def people(self) -> QuerySet[User]:
        """The people this person chooses from, with the units they work in: in use, at work or with a role there."""
        at_work = Membership.objects.current().filter(self.offered.holds("unit"))
        found = User.objects.filter(is_active=True)
        if not self.offered.everywhere:
            in_role = Grant.objects.filter(self.offered.holds("unit"))
            found = found.filter(Q(pk__in=at_work.values("user")) | Q(pk__in=in_role.values("user")))
        return found.prefetch_related(Prefetch("memberships", at_work.select_related("unit")))

    @cached_property
    def home(self) -> Area:
        """The bodies this person belongs to: the units his roles are held in, with all above and below them.

        Being named in a record counts there and nowhere else, so that it ends when the person moves to another body.
        """
        own = self.offered
        if own.everywhere:
            return own
        return Area(own.units.union(pk for pk, below in self.below.items() if below & own.units))

    @cached_property
    def assignable(self) -> Area:
        """The units that can be made responsible: the offered ones and the bodies beside and above them.

        Other bodies support a finding as a whole; their parts and people are their own business.
        """
        home = self.home
        if home.everywhere:
            return home
        places = {None} | {unit.parent_id for unit in self.tree if unit.pk in home}
        return Area(self.offered.units | {unit.pk for unit in self.tree if unit.parent_id in places})

    def _area(self, held: Iterable[int | None]) -> Area:
        units: set[int] = set()
        for unit in held:
            if unit is None:
                return Area(everywhere=True)
            units |= self.below[unit]
        return Area(frozenset(units))


def seen_by(user: User, body: str, own: Callable[[], Q]) -> Q:
    """What a person may see: all of his bodies (``body`` is the way to the inspection's unit), and his own part."""
    scope = scope_of(user)
    seen = scope.bodies(Right.SEE_ALL)
    if seen.everywhere or not scope.has(Right.SEE_OWN):
        return seen.holds(body)
    return seen.holds(body) | own()


def scope_of(user: User) -> Scope:
    """The scope of a person, worked out once: every request brings its own user object, so changes hold at the next."""
    if "_scope" not in user.__dict__:
        user.__dict__["_scope"] = Scope(user)
    scope: Scope = user.__dict__["_scope"]
    return scope


def scopes_around(units: Collection[int]) -> list[Scope]:
    """The scopes of all active people with a role in, above or below one of these units, or everywhere.

    Three queries, however many people there are.
    """
    tree = Unit.objects.in_tree_order()
    below = below_each((unit.pk, unit.parent_id) for unit in tree)
    near = {pk for pk, under in below.items() if not under.isdisjoint(units)}.union(*(below[pk] for pk in units))
    concerned = Grant.objects.filter(Q(unit=None) | Q(unit__in=near), user__is_active=True).exclude(role__in=OFFICERS)
    rows: dict[int, list[tuple[str, Any, Any]]] = {}
    for user, role, unit, post in with_posts(Grant.objects.filter(user__in=concerned.values("user"))).values_list(
        "user", *HELD
    ):
        rows.setdefault(user, []).append((role, unit, post))
    scopes = []
    for user in User.objects.filter(pk__in=rows):
        scope = scope_of(user)
        scope.__dict__ |= {"tree": tree, "below": below}
        scope.__dict__["held"] = scope.in_force(rows[user.pk])
        scopes.append(scope)
    return scopes
