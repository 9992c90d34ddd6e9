"""The findings before and after one in the order of the list by number, as far as the user sees them."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from findings.inspections.models.findings import Finding, FindingQuerySet


@dataclass(frozen=True)
class Neighbour:
    """The number and the key of a finding beside another one."""

    number: str
    pk: int


@dataclass(frozen=True)
class Neighbours:
    """The findings before and after one; None at either end of the list."""

    before: Neighbour | None
    after: Neighbour | None


def find_neighbours(finding: Finding, user: User) -> Neighbours:
    """The neighbours of a finding loaded with its aspect; one query, two or three at an end of its aspect."""
    seen = Finding.objects.visible_to(user).of(finding.inspection)
    numbered = _number_findings(seen.filter(aspect=finding.aspect), finding.aspect.order)
    place = next((place for place, one in enumerate(numbered) if one.pk == finding.pk), None)
    if place is None:  # deleted since it was read
        return Neighbours(None, None)
    before = numbered[place - 1] if place else _at_border(seen, finding, is_before=True)
    after = numbered[place + 1] if place + 1 < len(numbered) else _at_border(seen, finding, is_before=False)
    return Neighbours(before, after)


def _number_findings(findings: FindingQuerySet, aspect: int) -> list[Neighbour]:
    """The findings of one aspect with their numbers, each with its sub-findings behind it."""
    rows = list(findings.order_by().values_list("pk", "parent", "order"))
    # A sub-finding whose parent is not seen cannot be: who sees it sees the title above.
    orders = {pk: order for pk, parent, order in rows if parent is None}
    rows.sort(key=lambda row: (orders.get(row[1] or row[0], 0), row[1] is not None, row[2]))
    return [Neighbour(f"{aspect}-{orders.get(top, 0)}-{n}" if top else f"{aspect}-{n}", pk) for pk, top, n in rows]


def _at_border(seen: FindingQuerySet, finding: Finding, *, is_before: bool) -> Neighbour | None:
    """The last finding of the aspects before, or the first of those after."""
    step, sign = ("lt", "-") if is_before else ("gt", "")
    others = seen.filter(**{f"aspect__order__{step}": finding.aspect.order}).order_by(f"{sign}aspect__order")
    aspect = others.values_list("aspect", "aspect__order").first()
    if aspect is None:
        return None
    return _number_findings(seen.filter(aspect=aspect[0]), aspect[1])[-1 if is_before else 0]
