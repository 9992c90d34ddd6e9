"""The course of one inspection: its sign-offs, added up day by day, beside the plan that its deadlines make."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Case, Count, F, Q, When
from django.utils import timezone

from findings.inspections.finding_counts import FindingCounts
from findings.inspections.models.findings import FindingQuerySet
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.status_rules import MISSED, standings

LONGEST = dt.timedelta(days=730)  # before and after today; what lies beyond is counted at the edge of the chart
MOST_MONTHS = 9  # marked on the axis and listed in the table


@dataclass(frozen=True)
class BurnUp:
    """The numbers of findings by the day on which they were to be done, and by the day on which they were signed off.

    Only sign-offs that are valid today are counted, so that the last number is that of the closed findings.
    """

    today: dt.date
    counts: FindingCounts
    planned: Counter[dt.date]
    closed: Counter[dt.date]
    closed_word: str
    feedback_on: dt.date | None

    @property
    def planned_by_now(self) -> int:
        """The number of findings that should be done by today: closed among them, and outstanding ones."""
        return self.planned_before(self.today)

    @property
    def early(self) -> int:
        """The number of closed findings that were not due before today."""
        return self.counts.closed - (self.planned_by_now - self.counts.outstanding)

    def planned_before(self, day: dt.date) -> int:
        """The number of findings that were to be done before a day."""
        return sum(number for due, number in self.planned.items() if due < day)

    def closed_before(self, day: dt.date) -> int:
        """The number of findings signed off before a day, of those closed today."""
        return sum(number for signed, number in self.closed.items() if signed < day)

    @property
    def start(self) -> dt.date:
        """The first day of the month in which the chart begins: of the feedback, or of the first number."""
        known = [*self.planned, *self.closed, *filter(None, [self.feedback_on]), self.today]
        return max(min(known), self.today - LONGEST).replace(day=1)

    @property
    def end(self) -> dt.date:
        """The last day of the chart: the first of the month after the last deadline, or after today."""
        last = min(max([*self.planned, self.today]), self.today + LONGEST)
        return next_month(last)

    @property
    def months(self) -> list[dt.date]:
        """The firsts of the months that are marked, every one or every second, third, sixth or twelfth."""
        firsts = [self.start]
        while firsts[-1] < self.end:
            firsts.append(next_month(firsts[-1]))
        step = next(step for step in (1, 2, 3, 6, 12) if len(firsts) <= MOST_MONTHS * step or step == 12)
        return [day for day in firsts if (day.month - 1) % step == 0]

    @property
    def rows(self) -> list[tuple[dt.date, int, int | None]]:
        """The numbers of the chart: a day, the plan before it, and the sign-offs before it (None in the future).

        The row of today has the sign-offs of today too, as the chart has.
        """
        days = sorted({*self.months, self.today})
        return [(day, self.planned_before(day), self._closed_shown(day)) for day in days]

    def _closed_shown(self, day: dt.date) -> int | None:
        if day > self.today:
            return None
        return self.counts.closed if day == self.today else self.closed_before(day)

    @property
    def sentences(self) -> list[str]:
        """How far the sign-offs are behind the plan, in Chinese sentences."""
        due, owed, in_review = self.planned_by_now, self.counts.outstanding, self.counts.outstanding_in_review
        word = self.closed_word
        if not due:
            said = ["到今天还没有到期的问题。"]
        elif not owed:
            said = [f"到今天应完成 {due} 个，都{word}。"]
        else:
            said = [f"到今天应完成 {due} 个，{word} {due - owed} 个，欠 {owed} 个。"]
        if in_review:
            said.append(f"欠的里面有 {in_review} 个单位已经报来，在审核人手上。")
        if self.early:
            said.append(f"另有 {self.early} 个没到时限就{word}。")
        return said


def burn_up(findings: FindingQuerySet, inspection: Inspection, counts: FindingCounts) -> BurnUp:
    """The course of these findings of an inspection, as far as they are counted; two queries."""
    today, counted = timezone.localdate(), findings.counted_in_report(inspection).order_by()
    # A review that was missed is outstanding from its own day on, also where the deadline has not come.
    reviewed = standings(today)[MISSED] & (Q(due_on=None) | Q(due_on__gte=today))
    days = counted.annotate(day=Case(When(reviewed, then=F("next_review_on")), default=F("due_on")))
    planned = days.filter(day__isnull=False).values_list("day").annotate(number=Count("pk"))
    # The moments are turned into days here: SQLite would call back into Python for every row.
    signed = counted.closed(today).values_list("closed_at").annotate(number=Count("pk"))
    closed: Counter[dt.date] = Counter()
    for moment, number in signed:
        closed[timezone.localdate(moment)] += number
    return BurnUp(
        today=today,
        counts=counts,
        planned=Counter(dict(planned)),
        closed=closed,
        closed_word=inspection.closed_word,
        feedback_on=inspection.feedback_on,
    )


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after that of ``day``."""
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
