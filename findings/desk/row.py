"""One row of the desk as the page shows it, and the words that all kinds of rows share."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.web.components import Link
from findings.desk.keys import EntryKey
from findings.inspections.due_status import IN_TIME, DueStatus, delay_of, short_date
from findings.inspections.models.inspections import Inspection
from findings.units.models import Unit

ME = "我"
YESTERDAY = 1


@dataclass(frozen=True)
class InboxRow:
    """One thing on the desk.

    ``light`` colours the edge as ``due`` says the deadline; ``number`` is that of the record; ``tag`` is the kind of
    work or the state; ``reason`` says why it was sent back, ``lacks`` what is missing; ``who`` has it in hand,
    ``since`` tells since when in words; ``act`` is the one next step, ``ways`` are others that stay open.
    """

    key: EntryKey
    light: str
    due: SafeString
    tag: SafeString | str
    title: str
    address: str
    context: str
    who: str
    act: Link
    since: str = ""
    number: str = ""
    remark: str = ""
    reason: str = ""
    lacks: str = ""
    ways: list[Link] = field(default_factory=list)

    @classmethod
    def of(cls, key: EntryKey, inspection: Inspection, *, settled: bool = False, **shown: Any) -> Self:
        """The row of a key; the light and the deadline are those of its inspection, the tag that of its source."""
        lights = DueStatus.of(inspection)
        light, due = lights.tone(key.day, settled=settled), lights.html(key.day, settled=settled)
        return cls(key=key, light=light, due=due, **{"tag": key.source.label} | shown)

    @property
    def is_mine(self) -> bool:
        """Whether it is the turn of the user."""
        return self.who == ME

    @property
    def is_tagged(self) -> bool:
        """Whether the tag is a state, with its own look."""
        return isinstance(self.tag, SafeString)


def since_words(moment: dt.datetime | dt.date | None, today: dt.date) -> str:
    """Since when, as 自今天, 自昨天 or 已 46 天; an empty string when it is not known."""
    if moment is None:
        return ""
    day = timezone.localdate(moment) if isinstance(moment, dt.datetime) else moment
    days = (today - day).days
    if days > YESTERDAY:
        return f"，已 {days} 天"
    return "，自昨天" if days == YESTERDAY else "，自今天"


def day_of(moment: dt.datetime | None, today: dt.date) -> str:
    """The day of a moment as pages write it; an empty string for None."""
    return short_date(timezone.localdate(moment), today) if moment else ""


def context_line(inspection: Inspection, unit: Unit | None, person: User | None, *more: str) -> str:
    """The second line of a row: inspection, unit and person, and what else belongs there."""
    who = " ".join(str(one) for one in (unit, person) if one)
    return " · ".join(filter(None, (inspection.name, who, *more)))


def letter_words(sent_on: dt.date | None, answered_on: dt.date | None, today: dt.date) -> str:
    """When the unit was urged last, and whether it has answered."""
    if sent_on is None:
        return "未催办过"
    return f"上次催办 {short_date(sent_on, today)}，{'已回复' if answered_on else '未回复'}"


def in_time_words(due_on: dt.date | None, handed_in_at: dt.datetime | None, today: dt.date) -> str:
    """That the delay is the reviewers', when the unit was in time; an empty string for any other."""
    delay = delay_of(due_on, handed_in_at, today)
    return IN_TIME if delay is not None and delay.is_reviewers else ""
