"""The deadlines of an inspection as they follow from its feedback, to be proposed beside the fields and never imposed.

The periods are those that most places use; where the superior office sets others, the user changes the dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from documents.numerals import full_date
from findings.choices import Timing
from findings.inspections.models.inspections import DATES_IN_ORDER, Inspection, label_of
from findings.inspections.working_days import add_months, add_working_days, next_working_day, unannounced_years

Dates = Mapping[str, dt.date | None]  # by the name of the field


@dataclass(frozen=True)
class DateRule:
    """When the date of a field falls: months or working days after that of another field; ``words`` say it."""

    field: str
    start: str
    words: str
    months: int = 0
    working_days: int = 0

    def day_after(self, start: dt.date) -> dt.date:
        """The day before any postponement to a working day."""
        return add_working_days(add_months(start, self.months), self.working_days)


RULES = (
    DateRule("plan_due_on", "feedback_on", "反馈后1个月", months=1),
    DateRule("rectification_due_on", "feedback_on", "反馈后6个月", months=6),
    DateRule("report_due_on", "rectification_due_on", "集中整改期限后15个工作日", working_days=15),
)


@dataclass(frozen=True)
class ProposedDate:
    """A day with its rule, the day on which the rule fell before it was postponed, and the years not announced yet."""

    day: dt.date
    rule: str
    fell_on: dt.date
    unannounced: tuple[int, ...]

    @property
    def words(self) -> str:
        """The proposal as a sentence (Chinese) to stand beside the field."""
        postponed = f"，{full_date(self.fell_on)}休息，顺延" if self.day != self.fell_on else ""
        return f"按反馈日期推算：{full_date(self.day)}（{self.rule}{postponed}）。{holiday_caveat(self.unannounced)}"


def proposed_dates(known: Dates) -> dict[str, ProposedDate]:
    """The proposals by field; none without a feedback, and none that would be out of order with the known dates.

    A rule starts from the known date where there is one, else from the proposed one.
    """
    proposals: dict[str, ProposedDate] = {}
    for rule in RULES:
        start = known.get(rule.start) or (proposals[rule.start].day if rule.start in proposals else None)
        if start is None or known.get("feedback_on") is None:
            continue
        fell_on = rule.day_after(start)
        day = next_working_day(fell_on)
        if _is_in_order(rule.field, day, known):
            proposals[rule.field] = ProposedDate(day, rule.words, fell_on, tuple(unannounced_years(start, day)))
    return proposals


def fill_in_deadlines(inspection: Inspection) -> dict[str, ProposedDate]:
    """Set the deadlines that a new inspection lacks to the proposals; gives those, by field."""
    known = {name: getattr(inspection, name) for name in DATES_IN_ORDER}
    taken = {name: one for name, one in proposed_dates(known).items() if known[name] is None}
    for name, proposal in taken.items():
        setattr(inspection, name, proposal.day)
    return taken


def proposed_deadline(inspection: Inspection, timing: str) -> tuple[dt.date, str] | None:
    """The deadline of a finding with this kind of time limit, and the Chinese name of the date that it comes from.

    What is rectified at once (立行立改) is done when the plan is due, everything else within the inspection's
    rectification. None when the date is not known or has passed: a new deadline that is over helps nobody.
    """
    names = ("plan_due_on", "rectification_due_on") if timing == Timing.IMMEDIATE else ("rectification_due_on",)
    name = next((name for name in names if getattr(inspection, name)), None)
    if name is None or getattr(inspection, name) < timezone.localdate():
        return None
    return getattr(inspection, name), label_of(Inspection, name)


def taken_words(taken: Mapping[str, ProposedDate]) -> str:
    """The deadlines that were filled in, as a sentence (Chinese); empty when there are none."""
    if not taken:
        return ""
    dates = "、".join(f"{label_of(Inspection, name)}{full_date(one.day)}" for name, one in taken.items())
    years = sorted({year for one in taken.values() for year in one.unannounced})
    return f"按反馈日期推算：{dates}。{holiday_caveat(tuple(years))}"


def holiday_caveat(years: tuple[int, ...]) -> str:
    """The sentence (Chinese) that the holidays of some years are not known yet; empty without such years."""
    named = "、".join(f"{year}年" for year in years)
    return f"{named}的放假安排在系统里还没有，只避开了周末，公布后请核对。" if years else ""


def _is_in_order(field: str, day: dt.date, known: Dates) -> bool:
    place = DATES_IN_ORDER.index(field)
    earlier = [known.get(name) for name in DATES_IN_ORDER[:place]]
    later = [known.get(name) for name in DATES_IN_ORDER[place + 1 :]]
    return all(one is None or one <= day for one in earlier) and all(one is None or day <= one for one in later)
