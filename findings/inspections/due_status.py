"""How a deadline is said: the date, the distance, and a light by the inspection's own days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from findings.inspections.models.inspections import Inspection


def short_date(day: dt.date, today: dt.date) -> str:
    """11月30日, with the year when it is not this year."""
    words = f"{day.month}月{day.day}日"
    return words if day.year == today.year else f"{day.year}年{words}"


@dataclass(frozen=True)
class DueStatus:
    """What day it is and how many days before a deadline an inspection begins to remind and to warn."""

    today: dt.date
    notice_days: int
    warning_days: int

    @classmethod
    def of(cls, inspection: Inspection) -> DueStatus:
        """The lights of one inspection today."""
        return cls(timezone.localdate(), inspection.notice_days, inspection.warning_days)

    def light(self, day: dt.date) -> str:
        """late, warn, notice, or empty while the deadline is far away."""
        left = (day - self.today).days
        if left < 0:
            return "late"
        if left <= self.warning_days:
            return "warn"
        return "notice" if left <= self.notice_days else ""

    def words(self, day: dt.date) -> str:
        """11月30日 · 还剩6天."""
        left = (day - self.today).days
        distance = f"已逾期{-left}天" if left < 0 else f"还剩{left}天" if left else "今天到期"
        return f"{short_date(day, self.today)} · {distance}"

    def html(self, day: dt.date | None, *, settled: bool) -> SafeString:
        """A deadline as it stands on a page; one that is settled (done, signed off) needs no distance any more."""
        if day is None:
            return format_html('<span class="due muted">{}</span>', "未定时限")
        if settled:
            return format_html('<span class="due muted">{}</span>', short_date(day, self.today))
        return format_html('<span class="due due-{}">{}</span>', self.light(day), self.words(day))
