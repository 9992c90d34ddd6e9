"""Overdue findings and measures of an inspection, by the unit that is responsible."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from findings.inspections.display import finding_number
from findings.models import Finding, Inspection, Measure, Unit
from findings.work.evidence_list import measure_number
from findings.work.tables import REGISTER_ORDER
from ledgers.cell_values import name_of
from ledgers.word_documents.formatting import NOT_SET, day


@dataclass(frozen=True)
class Item:
    """An overdue finding or measure, for which the unit has work to do."""

    number: str
    title: str
    kind: str  # 问题 or 措施
    words: str  # title of the finding, or number and plan of the measure
    due_on: dt.date
    days: int  # overdue, on the day the letter is made
    person: str

    def template_values(self) -> dict[str, str]:
        """The values of the item's row in a letter."""
        return {
            "编号": self.number,
            "问题": self.title,
            "类型": self.kind,
            "事项": self.words,
            "完成时限": day(self.due_on),
            "逾期天数": str(self.days),
            "责任人": self.person,
        }


@dataclass(frozen=True)
class Late:
    """One unit with all its overdue items."""

    unit: Unit
    items: list[Item]

    @property
    def findings(self) -> int:
        """The number of overdue findings."""
        return sum(item.kind == "问题" for item in self.items)

    @property
    def measures(self) -> int:
        """The number of overdue measures."""
        return sum(item.kind == "措施" for item in self.items)

    @property
    def days(self) -> int:
        """The days by which the oldest item is overdue."""
        return max(item.days for item in self.items)


def late_units(inspection: Inspection, user: User) -> list[Late]:
    """The units with overdue items, the longest overdue first.

    Items without a responsible unit are left out, since no letter could be addressed to one. Two queries and their
    prefetches.
    """
    found: dict[int, Late] = {}
    for finding in _findings(inspection, user):
        _add_item(found, finding.leading_unit, finding, "问题", finding.title)
    for measure in _measures(inspection, user):
        number = measure_number(measure)
        _add_item(found, measure.answering_unit, measure, f"措施 {number}", measure.plan or measure.outcome)
    return sorted(found.values(), key=lambda late: (-late.days, late.unit.order, late.unit.pk))


def _findings(inspection: Inspection, user: User) -> list[Finding]:
    """Overdue findings the user may see, in the order of the register."""
    overdue = Finding.objects.visible_to(user).of(inspection).overdue()
    named = overdue.select_related("aspect", "parent__lead_unit", "lead_unit", "person_in_charge")
    return list(named.order_by(*REGISTER_ORDER))


def _measures(inspection: Inspection, user: User) -> list[Measure]:
    """Overdue measures the user may see, by deadline."""
    above = ("aspect", "lead_unit", "parent__lead_unit", "person_in_charge")
    overdue = Measure.objects.visible_to(user).of(inspection).overdue()
    named = overdue.select_related("facet", "lead_unit", "person_in_charge", *(f"finding__{one}" for one in above))
    return sorted(named, key=lambda measure: (measure.due_on or dt.date.max, measure.pk))


def _add_item(found: dict[int, Late], unit: Unit | None, record: Finding | Measure, kind: str, words: str) -> None:
    """Add a record to the items of its unit; one without unit or deadline is skipped."""
    if unit is None or record.due_on is None:
        return
    finding = record.finding if isinstance(record, Measure) else record
    person = record.person_in_charge or finding.person_in_charge
    item = Item(
        finding_number(finding),
        finding.title,
        # The kind of a measure is followed by its number, as in 措施 3.
        kind[:2],
        f"{kind}：{words}" if isinstance(record, Measure) else words,
        record.due_on,
        (timezone.localdate() - record.due_on).days,
        name_of(person) or NOT_SET,
    )
    found.setdefault(unit.pk, Late(unit, [])).items.append(item)
