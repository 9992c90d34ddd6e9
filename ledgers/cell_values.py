"""The functions that read the values of a list's columns from its records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from accounts.models import User
from documents.excel.columns import CellValue
from documents.numerals import full_date
from findings.choices import Status
from findings.inspections.display import finding_number
from findings.models import Evidence, Finding, Measure, Unit


def unit_of(unit: Unit | None) -> str:
    """The unit's full name, since readers of these lists may not know short names; "" for None."""
    return unit.name if unit else ""


def units_of(units: Any) -> str:
    """The full names of a related manager's units, separated by 、."""
    return "、".join(unit.name for unit in units.all())


def names_of(people: Any) -> str:
    """The names of a related manager's people, separated by 、."""
    return "、".join(person.name for person in people.all())


def numbers_of(findings: Iterable[Finding]) -> str:
    """The numbers of findings in numerical order (2-9 before 2-10), separated by 、."""
    return "、".join(
        sorted(map(finding_number, findings), key=lambda number: [int(part) for part in number.split("-")])
    )


def name_of(person: User | None) -> str:
    """The person's name; "" for None."""
    return person.name if person else ""


def aspect_of(finding: Finding) -> str:
    """The aspect's short title, or its title if it has none."""
    return finding.aspect.short_title or finding.aspect.title


def closing_of(finding: Finding) -> str:
    """Whether the finding is signed off: 是, 否, or 失效 for a void sign-off."""
    if finding.status != Status.CLOSED:
        return "否"
    return "失效" if finding.is_void else "是"


def closed_on(finding: Finding) -> CellValue:
    """The local date of the sign-off, None when there is none."""
    return timezone.localdate(finding.closed_at) if finding.closed_at else None


def uploaded_on(evidence: Evidence) -> CellValue:
    """The local date on which the file was uploaded."""
    return timezone.localdate(evidence.uploaded_at)


def state_of(evidence: Evidence) -> str:
    """Whether the evidence is in force, replaced by a newer version, or withdrawn."""
    if evidence.withdrawn_at:
        return "已作废"
    return "有效" if evidence.is_live else "旧版"


def last_progress(measure: Any) -> str:
    """The latest progress entry with its date, from the annotations that the catalogue adds; "" without one."""
    if not measure.progress_text:
        return ""
    # ``cell_parsing.ENTRY`` reads this format back.
    return f"{full_date(measure.progress_on)}：{measure.progress_text}"


def catalogue_numbers(measure: Any) -> str:
    """The catalogue numbers of the measure's live evidence, prefetched by the catalogue, separated by 、."""
    return "、".join(str(evidence.number) for evidence in measure.live_evidence)


def finding_of(record: Any) -> str:
    """Number and title of the finding a record belongs to; "" for none."""
    return f"{finding_number(record.finding)} {record.finding.title}" if record.finding else ""


def status_word(finding: Finding) -> str:
    """The finding's status in the inspection's own words; a void sign-off is named instead."""
    return "销号失效" if finding.is_void else finding.inspection.status_word(finding.status)


def by_aspect(finding: Finding) -> int:
    """The value neighbouring findings share: one cell for each aspect."""
    return finding.aspect_id


def by_finding(measure: Measure) -> int:
    """The value neighbouring measures share: one cell for each finding."""
    return measure.finding_id


def by_goal(measure: Measure) -> tuple[int, str]:
    """The value neighbouring measures share: one cell for the goal of a finding, but for measures with another."""
    return measure.finding_id, measure.goal


def by_aspect_of_measure(measure: Measure) -> int:
    """The value neighbouring measures share: one cell for each aspect."""
    return measure.finding.aspect_id
