"""Who is concerned with the records of an inspection: the people to tell, to ask and to mention."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from accounts.models import User
from accounts.users.roles import Right
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.units.scopes import Scope, scopes_around


def given(*numbers: int | None) -> set[int]:
    """The numbers that are there."""
    return {number for number in numbers if number is not None}


class Audience:
    """The active people around the inspected body and the other units that take part, asked for once."""

    def __init__(self, inspection: Inspection, units: Iterable[int] = ()) -> None:
        self.body = inspection.unit_id
        self.scopes = {scope.user.pk: scope for scope in scopes_around(given(self.body, *units))}

    @classmethod
    def of(cls, finding: Finding, measure: Measure | None = None) -> Audience:
        """Those around a finding, and around the unit that carries out one of its measures."""
        return cls(finding.inspection, given(finding.leading_unit_id, measure.lead_unit_id if measure else None))

    def holding(self, right: Right) -> set[int]:
        """Who has a right over the whole inspection."""
        return {pk for pk, scope in self.scopes.items() if self.body in scope.bodies(right)}

    def in_role(self, role: str) -> set[int]:
        """Who holds a role for the whole inspection."""
        return {pk for pk, scope in self.scopes.items() if self.body in scope.area_of(role)}

    def reporting_for(self, unit: int | None) -> set[int]:
        """Who reports for a unit."""
        return {pk for pk, scope in self.scopes.items() if unit in scope.units(Right.REPORT_WORK)}

    def named(self, person: int | None) -> set[int]:
        """A person named in a record, if being named counts: he is in use and belongs to the body."""
        scope = self.scopes.get(person or 0)
        counts = scope is not None and (self.body in scope.own_bodies and scope.has(Right.SEE_OWN))
        return given(person) if counts or person in self.holding(Right.SEE_ALL) else set()

    def seeing(self, finding: Finding, measure: Measure | None = None) -> list[User]:
        """Who may see a finding or one of its measures, by the rule of ``visible_q``, by name."""
        parts = Parts([finding] if measure else [finding, *finding.sub_findings.all()])
        parts.units |= given(finding.leading_unit_id)
        return self.having(lambda scope: self.has_part(scope, parts))

    def having(self, own: Callable[[Scope], bool]) -> list[User]:
        """Who sees the whole inspection, and who sees what is his own and has a part in it by this rule, by name."""
        seeing = [
            scope.user
            for scope in self.scopes.values()
            if self.body in scope.bodies(Right.SEE_ALL) or (scope.has(Right.SEE_OWN) and own(scope))
        ]
        return sorted(seeing, key=lambda user: (user.name, user.pk))

    def has_part(self, scope: Scope, parts: Parts) -> bool:
        """Whether a person takes part: his units do, or he is named and belongs to the body."""
        units = scope.units(Right.SEE_OWN)
        return any(unit in units for unit in parts.units) or (
            scope.user.pk in parts.people and self.body in scope.own_bodies
        )

    def at_home(self, user: User) -> bool:
        """Whether a person belongs to the inspected body, so that its people are his colleagues."""
        return user.pk in self.scopes and self.body in self.scopes[user.pk].own_bodies


class Parts:
    """The units and people with a part in some findings and their measures."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.units, self.people, findings = set[int](), set[int](), list(findings)
        if not findings:
            return
        for finding in findings:
            self.units |= given(finding.lead_unit_id)
            self.people |= given(finding.responsible_leader_id, finding.person_in_charge_id)
        some, keys = findings[0], [finding.pk for finding in findings]  # by one of them: they stand above this module
        supported = type(some).supporting_units.through.objects.filter(finding__in=keys)
        self.units |= set(supported.values_list("unit", flat=True))
        measures = some.measures.model.objects.filter(finding__in=keys).order_by()
        for unit, person in measures.values_list("lead_unit", "person_in_charge"):
            self.units |= given(unit)
            self.people |= given(person)
