"""What is overdue in an inspection, by the unit that answers for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from findings.choices import Status
from findings.inspections.display import finding_number
from findings.models import Finding, Inspection, Measure, Unit
from findings.work.evidence_list import measure_number
from findings.work.tables import REGISTER_ORDER
from ledgers.list_columns import name_of
from ledgers.word_documents.formatting import NOT_SET, day


@dataclass(frozen=True)
class Item:
    """A finding whose sign-off does not hold, or a measure not carried out, past its deadline."""

    number: str
    title: str
    kind: str  # 问题 or 措施
    words: str
    due_on: dt.date
    days: int
    person: str

    def template_values(self) -> dict[str, str]:
        """As letters say it."""
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
    """All that one unit is late with."""

    unit: Unit
    items: list[Item]

    @property
    def findings(self) -> int:
        """How many findings."""
        return sum(item.kind == "问题" for item in self.items)

    @property
    def measures(self) -> int:
        """How many measures."""
        return sum(item.kind == "措施" for item in self.items)

    @property
    def days(self) -> int:
        """How long the oldest of it has been late."""
        return max(item.days for item in self.items)


def late_units(inspection: Inspection, user: User) -> list[Late]:
    """The units that are late, those longest first; what no unit answers for is in no letter."""
    found: dict[int, Late] = {}
    for finding in _findings(inspection, user):
        _add_item(found, finding.leading_unit, finding, "问题", finding.title)
    for measure in _measures(inspection, user):
        number = measure_number(measure)
        _add_item(found, measure.answering_unit, measure, f"措施 {number}", measure.plan or measure.outcome)
    return sorted(found.values(), key=lambda late: (-late.days, late.unit.order, late.unit.pk))


def _findings(inspection: Inspection, user: User) -> list[Finding]:
    overdue = Finding.objects.visible_to(user).of(inspection).overdue()
    named = overdue.select_related("aspect", "parent__lead_unit", "lead_unit", "person_in_charge")
    return list(named.order_by(*REGISTER_ORDER))


def _measures(inspection: Inspection, user: User) -> list[Measure]:
    above = ("aspect", "lead_unit", "parent__lead_unit", "person_in_charge")
    overdue = Measure.objects.visible_to(user).of(inspection).overdue()
    signed_off = {"finding__status": Status.CLOSED, "finding__is_void": False}
    named = overdue.exclude(**signed_off).select_related(
        "facet", "lead_unit", "person_in_charge", *(f"finding__{one}" for one in above)
    )
    return sorted(named, key=lambda measure: (measure.due_on or dt.date.max, measure.pk))


def _add_item(found: dict[int, Late], unit: Unit | None, record: Finding | Measure, kind: str, words: str) -> None:
    if unit is None or record.due_on is None:
        return
    finding = record.finding if isinstance(record, Measure) else record
    person = record.person_in_charge or finding.person_in_charge
    item = Item(
        finding_number(finding),
        finding.title,
        kind[:2],
        f"{kind}：{words}" if isinstance(record, Measure) else words,
        record.due_on,
        (timezone.localdate() - record.due_on).days,
        name_of(person) or NOT_SET,
    )
    found.setdefault(unit.pk, Late(unit, [])).items.append(item)
