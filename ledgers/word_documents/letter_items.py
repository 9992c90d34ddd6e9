"""What letters can be about: the open findings and measures of an inspection with a deadline, by responsible unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import User
from findings.inspections.display import finding_number, measure_number
from findings.inspections.models.status_rules import signed_off
from findings.models import Finding, Inspection, Measure, Unit
from ledgers.cell_values import name_of
from ledgers.word_documents.formatting import NOT_SET, day

WHOLE = "整个问题"


@dataclass(frozen=True)
class Item:
    """An open finding (``measure`` is None) or an open measure, and its deadline."""

    finding: Finding
    measure: Measure | None
    due_on: dt.date

    @property
    def key(self) -> tuple[int, int | None]:
        """The keys of the finding and of the measure, as ``Supervision.item_keys`` has them."""
        return self.finding.pk, self.measure.pk if self.measure else None

    @property
    def words(self) -> str:
        """The number and plan of the measure, or 整个问题."""
        if self.measure is None:
            return WHOLE
        return f"措施 {measure_number(self.measure)}：{self.measure.plan or self.measure.outcome}"

    def days_late(self, on: dt.date) -> int:
        """The days past the deadline on a day, negative before it."""
        return (on - self.due_on).days

    def row(self, on: dt.date) -> dict[str, str]:
        """The values of the item's row in a letter of that day, apart from what the kind of letter adds."""
        late = self.days_late(on)
        person = (self.measure.person_in_charge if self.measure else None) or self.finding.person_in_charge
        return {
            "编号": finding_number(self.finding),
            "问题": self.finding.title,
            "类型": "措施" if self.measure else "问题",
            "事项": self.words,
            "完成时限": day(self.due_on),
            "逾期天数": str(late) if late > 0 else "",
            "剩余天数": str(-late) if late <= 0 else "",
            "责任人": name_of(person) or NOT_SET,
        }


@dataclass
class UnitItems:
    """One unit with its open items in the order of the register, each finding before its measures."""

    unit: Unit
    items: list[Item] = field(default_factory=list)

    def late(self, on: dt.date) -> list[Item]:
        """The items that are overdue on a day."""
        return [item for item in self.items if item.due_on < on]

    def upcoming(self, on: dt.date, days: int) -> list[Item]:
        """The items that are due from a day on within so many days."""
        return [item for item in self.items if on <= item.due_on <= on + dt.timedelta(days=days)]


def items_by_unit(inspection: Inspection, user: User, on: dt.date) -> list[UnitItems]:
    """The units with open items that the user may see, the longest overdue on that day first.

    Items without a responsible unit are left out, since no letter could be addressed to one. Two queries.
    """
    found: dict[int, UnitItems] = {}
    for finding in _findings(inspection, user):
        _add_item(found, finding.leading_unit, Item(finding, None, finding.due_on or dt.date.max))
    for measure in _measures(inspection, user):
        _add_item(found, measure.answering_unit, Item(measure.finding, measure, measure.due_on or dt.date.max))
    for one in found.values():
        one.items.sort(key=_register_place)
    return sorted(found.values(), key=lambda one: (min(item.due_on for item in one.items), one.unit.order, one.unit.pk))


def _register_place(item: Item) -> tuple[object, ...]:
    finding, measure = item.finding, item.measure
    above = finding.parent
    facet = measure.facet if measure else None
    return (
        finding.aspect.order,
        above.order if above else finding.order,
        finding.order if above else 0,
        finding.pk,
        measure is not None,
        facet.order if facet else 0,
        measure.order if measure else 0,
    )


# Overdue by the last day there is: open, with a deadline. So there is one rule of what is still the unit's to do.
def _findings(inspection: Inspection, user: User) -> Iterable[Finding]:
    opened = Finding.objects.visible_to(user).of(inspection).overdue(on=dt.date.max)
    return opened.select_related("aspect", "parent__lead_unit", "lead_unit", "person_in_charge")


def _measures(inspection: Inspection, user: User) -> Iterable[Measure]:
    above = ("aspect", "lead_unit", "parent__lead_unit", "person_in_charge")
    opened = Measure.objects.visible_to(user).of(inspection).overdue(on=dt.date.max)
    # A valid sign-off covers all measures of its finding.
    opened = opened.exclude(signed_off("finding__"))
    return opened.select_related("facet", "lead_unit", "person_in_charge", *(f"finding__{one}" for one in above))


def _add_item(found: dict[int, UnitItems], unit: Unit | None, item: Item) -> None:
    """Add an item to those of its unit; one without a unit is skipped."""
    if unit is not None:
        found.setdefault(unit.pk, UnitItems(unit)).items.append(item)
