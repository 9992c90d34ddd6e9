"""Deadlines as pages show them: the date, the days left, and a light by the inspection's own limits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from findings.inspections.models.inspections import Inspection

NEAR = ("late", "warn")  # the lights that ask for work now
IN_TIME = "单位按时报来，不算单位逾期"


def short_date(day: dt.date, today: dt.date) -> str:
    """The day as 11月30日, with the year when it is not this year's."""
    words = f"{day.month}月{day.day}日"
    return words if day.year == today.year else f"{day.year}年{words}"


@dataclass(frozen=True)
class Delay:
    """The days past the deadline of what was handed in: the unit's until then (0: in time), and those since then."""

    unit_days: int
    review_days: int

    @property
    def is_reviewers(self) -> bool:
        """Whether the unit was in time, so that the delay is not its own."""
        return not self.unit_days


def delay_of(due_on: dt.date | None, handed_in_at: dt.datetime | None, today: dt.date) -> Delay | None:
    """Whose days they are by which a deadline has passed; None while it has not, or nothing was handed in."""
    if due_on is None or handed_in_at is None or today <= due_on:
        return None
    day = timezone.localdate(handed_in_at)
    return Delay(max(0, (day - due_on).days), (today - day).days)


@dataclass(frozen=True)
class DueStatus:
    """Today, and the limits in days before a deadline at which an inspection begins to remind and to warn."""

    today: dt.date
    notice_days: int
    warning_days: int

    @classmethod
    def of(cls, inspection: Inspection) -> DueStatus:
        """The limits of an inspection, today."""
        return cls(timezone.localdate(), inspection.notice_days, inspection.warning_days)

    def light(self, day: dt.date) -> str:
        """The light of a deadline: ``late``, ``warn``, ``notice``, or an empty string while it is far away."""
        left = (day - self.today).days
        if left < 0:
            return "late"
        if left <= self.warning_days:
            return "warn"
        return "notice" if left <= self.notice_days else ""

    def tone(self, day: dt.date | None, *, settled: bool = False) -> str:
        """The light as pages show it: ``late``, ``warn`` or ``good``; ``none`` for no deadline, ``done`` when settled.

        Two limits are for reminders; a page tells apart what is late, what is near and what is on time.
        """
        if settled:
            return "done"
        if day is None:
            return "none"
        light = self.light(day)
        return light if light in NEAR else "good"

    def words(self, day: dt.date) -> str:
        """The day and its distance, as 11月30日 · 还剩6天 or 11月12日 · 逾期18天."""
        left = (day - self.today).days
        distance = f"逾期{-left}天" if left < 0 else f"还剩{left}天" if left else "今天到期"
        return f"{short_date(day, self.today)} · {distance}"

    def html(self, day: dt.date | None, *, settled: bool) -> SafeString:
        """A deadline for a page, without the distance when it is settled (done, signed off); 未定时限 for None."""
        if day is None:
            return format_html('<span class="due due-none">{}</span>', "未定时限")
        if settled:
            return format_html('<span class="due muted">{}</span>', short_date(day, self.today))
        return format_html('<span class="due due-{}">{}</span>', self.tone(day), self.words(day))
