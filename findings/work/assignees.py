"""What keeps the people and units named in a record from doing their part: no role, no access, nobody who reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from accounts.models import Grant, User
from accounts.users.roles import ROLES, Right
from findings.inspections.participation import Participants, is_visible
from findings.units.models import Unit
from findings.units.scopes import GRANT_COLUMNS, Scope, filled_scope, with_current_posts

REPORTING = tuple(role.key for role in ROLES.values() if Right.REPORT_WORK in role.rights)
ASK = "请联系安全管理员授予角色。"


class AssigneeCheck:
    """Which of some people cannot take part in the records of a body (key), and which units have no reporter.

    ``scope`` is that of the user who asks, whose tree of units is shared. One query, none without people and units.
    """

    def __init__(self, scope: Scope, body: int | None, people: Iterable[User], units: Iterable[Unit]) -> None:
        self.body = body
        self.people = {person.pk: person for person in people}
        self.units = {unit.pk: unit for unit in units}
        self.scopes: dict[int, Scope] = {}
        if not self.people and not self.units:
            return
        tree, below = scope.tree, scope.descendants
        above = {pk for pk, under in below.items() if not under.isdisjoint(self.units)}
        asked = Q(user__in=self.people) | Q(role__in=REPORTING, unit__in=above, user__is_active=True)
        rows: dict[int, list[tuple[str, Any, Any]]] = {pk: [] for pk in self.people}
        for user, *row in with_current_posts(Grant.objects.filter(asked)).values_list("user", *GRANT_COLUMNS):
            rows.setdefault(user, []).append((row[0], row[1], row[2]))
        for pk, grants in rows.items():
            # Of reporters nothing but the key is needed.
            self.scopes[pk] = filled_scope(self.people.get(pk) or User(pk=pk), grants, tree, below)

    def warnings(self) -> list[str]:
        """A sentence for each person whom something keeps from the work, and one for all units without a reporter."""
        return [sentence for sentence in (*map(self.of_person, self.people), self.of_units(self.units)) if sentence]

    def of_person(self, pk: int) -> str:
        """The sentence about a person (key), or an empty string."""
        person, scope = self.people[pk], self.scopes[pk]
        if not person.is_active:
            return f"{person.name}的账号已停用，收不到通知、也不能填报；请改选其他人。"
        if not scope.active_roles:
            return f"{person.name}还没有角色，收不到通知、也不能填报；{ASK}"
        if not is_visible(scope, self.body, Participants(self.body, people={pk})):
            return f"{person.name}的角色看不到这条记录，收不到通知、也不能填报；{ASK}"
        return ""

    def of_units(self, keys: Iterable[int]) -> str:
        """The sentence about those of some units (keys) that have no reporter, or an empty string."""
        areas = [scope.units(Right.REPORT_WORK) for scope in self.scopes.values()]
        idle = [str(self.units[pk]) for pk in keys if not any(pk in area for area in areas)]
        return f"{'、'.join(idle)}还没有填报员，没有人收到通知、填报进展；{ASK}" if idle else ""
