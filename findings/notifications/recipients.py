"""The users around a record of an inspection: those to notify, to ask and to mention."""

from __future__ import annotations

from typing import Self

from accounts.models import User
from accounts.users.roles import Right
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.inspections.participation import Participants, is_visible
from findings.units.scopes import scopes_around


def ids(*keys: int | None) -> set[int]:
    """The keys that are not None."""
    return {key for key in keys if key is not None}


class Recipients:
    """The active users around the inspected body and the units that take part in a record; three queries."""

    def __init__(self, inspection: Inspection, *participants: Participants) -> None:
        """Collect the users; those may see the record who take part in all of ``participants``, or see the body."""
        self.body, self.participants = inspection.unit_id, participants
        units = set[int]().union(*(each.units for each in participants))
        self.scopes = {scope.user.pk: scope for scope in scopes_around(ids(self.body, *units))}

    @classmethod
    def of(cls, finding: Finding, measure: Measure | None = None) -> Self:
        """The users around a finding, or around one of its measures.

        A finding is also seen by participants of its sub-findings, a measure is not.
        """
        own = Finding.objects.filter(pk=finding.pk) if measure else Finding.objects.around(finding.pk)
        return cls(finding.inspection, own.participants(finding.inspection))

    def with_right(self, right: Right) -> set[int]:
        """The keys of users with a right over the whole inspection."""
        return {pk for pk, scope in self.scopes.items() if self.body in scope.bodies(right)}

    def with_role(self, role: str) -> set[int]:
        """The keys of users who hold a role for the whole inspection."""
        return {pk for pk, scope in self.scopes.items() if self.body in scope.area_of(role)}

    def reporters_of(self, unit: int | None) -> set[int]:
        """The keys of users who report for a unit (key)."""
        return {pk for pk, scope in self.scopes.items() if unit in scope.units(Right.REPORT_WORK)}

    def answering(self, answering: Participants) -> frozenset[int]:
        """The keys of those who answer: the person in charge if they may see the record, else the unit's reporters."""
        # The person in charge counts only while they may see the record, else a notice would reach nobody.
        named = Participants(self.body, people=answering.people)
        scopes = [self.scopes[person] for person in answering.people if person in self.scopes]
        in_charge = frozenset(scope.user.pk for scope in scopes if is_visible(scope, self.body, named))
        return in_charge or in_charge.union(*(self.reporters_of(unit) for unit in answering.units))

    def allowed_to_see(self) -> list[User]:
        """The users who may see the record, by name."""
        users = [scope.user for scope in self.scopes.values() if is_visible(scope, self.body, *self.participants)]
        return sorted(users, key=lambda user: (user.name, user.pk))

    def belongs_to_body(self, user: User) -> bool:
        """Whether the user belongs to the inspected body, so that its members are their colleagues."""
        return user.pk in self.scopes and self.body in self.scopes[user.pk].own_bodies
