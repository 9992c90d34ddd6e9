"""The page of the desk: its sentence, tiles, filters and one page of its list, for those who oversee and who report."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Literal

from django.urls import reverse

from accounts.web.components import Chip, MenuEntry, PageLink, Tile
from accounts.web.pagination import last_page, page_links
from findings.desk.desk_filter import BACK, DONE, KINDS, LATE, MINE, OTHERS, OWN, TODAY, VOID, WEEK, DeskFilter
from findings.desk.keys import ANOTHERS, CODES, PLACES, EntryKey, is_sent_back
from findings.desk.lists import (
    ALL_DAYS,
    CHASED,
    DUE,
    DUE_OF,
    INSPECTION,
    MARK,
    PLACE,
    PLACE_OF,
    Bucket,
    Key,
    Lists,
    count_words,
    late_units,
)
from findings.desk.row import InboxRow
from findings.desk.rows import read_rows
from findings.desk.sources import AHEAD, SOURCES
from findings.desk.viewer import Viewer
from findings.inspections.due_status import short_date
from findings.inspections.models.inspections import Inspection

PER_PAGE = 50
WEEKDAYS = "一二三四五六日"
HANDED_IN_SHOWN = 10
ALL_INSPECTIONS = "各轮巡察"
Tone = Literal["", "late", "warn", "good"]
TILES_OF_OVERSEERS: tuple[tuple[str, str, Tone], ...] = (
    (MINE, "该我办", ""),
    (LATE, "其中已逾期", "late"),
    (TODAY, "今天到期", "warn"),
    (WEEK, "7 天内到期", "warn"),
    (OTHERS, "在别人手上", ""),
    (VOID, "销号失效", "late"),
)
TILES_OF_REPORTERS: tuple[tuple[str, str, Tone], ...] = (
    (MINE, "该我填报", ""),
    (BACK, "被退回", "late"),
    (LATE, "已逾期", "late"),
    (TODAY, "今天到期", "warn"),
    (OTHERS, "已报，等别人", ""),
    (DONE, "已核实", "good"),
)
PLACES_OF_KINDS = {kind: {PLACES[source.code] for source in SOURCES.values() if source.kind == kind} for kind in KINDS}
HEADINGS = {OTHERS: "在别人手上", VOID: "销号失效", DONE: "已核实"}


@dataclass(frozen=True)
class Group:
    """Rows of one span of deadlines, with the number of all of them and the letters that can urge their units.

    ``is_least``: there are more, which are not counted.
    """

    title: str
    number: int
    tone: str
    rows: list[InboxRow]
    urging: list[MenuEntry] = field(default_factory=list)
    is_least: bool = False


@dataclass(frozen=True)
class Day:
    """One day of the calendar; ``number`` things are due on it, or more that are not counted (``is_least``)."""

    day: dt.date
    number: int
    is_least: bool
    address: str
    is_today: bool
    is_chosen: bool


class Desk:
    """What the page shows of the lists."""

    def __init__(self, viewer: Viewer, filter: DeskFilter) -> None:
        self.viewer, self.filter, self.lists = viewer, filter, Lists(viewer, filter)
        self.unfiltered = self.lists.chosen()
        wanted = PLACES_OF_KINDS.get(filter.kind, set())
        self.keys = [key for key in self.unfiltered if key[PLACE] in wanted] if filter.kind else self.unfiltered
        self.total = len(self.keys)
        self.per_page, self.most = PER_PAGE, viewer.most
        self.last = last_page(self.total, PER_PAGE)
        self.number = min(filter.number, self.last)
        start = (self.number - 1) * PER_PAGE
        self.shown = [EntryKey._make(key) for key in self.keys[start : start + PER_PAGE]]
        self.handed_in = self._handed_in()
        rows = read_rows([*self.shown, *self.handed_in], viewer)
        self.rows = {row.key: row for row in rows}

    @property
    def heading(self) -> str:
        """The heading of the list."""
        if self.filter.day:
            return f"{short_date(dt.date.fromisoformat(self.filter.day), self.viewer.today)}到期的"
        return HEADINGS.get(self.filter.show, "待办" if self.viewer.sees_whole else "我的措施")

    @property
    def is_cut(self) -> bool:
        """Whether there are more than the list shows."""
        return self._is_cut(self.filter.kind)

    def _is_cut(self, kind: str = "") -> bool:
        span = (self.filter.day, self.filter.day) if self.filter.day else ALL_DAYS
        return self.lists.is_cut(self.filter.show, span, PLACES_OF_KINDS[kind] if kind else PLACES.values())

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the first tile is asked for."""
        return self.filter.address() != self.filter.address(show=MINE, kind="", inspection="", day="", whose="")

    def sentence(self) -> str:
        """The day and what it brings, below the heading."""
        today = self.viewer.today
        day = f"{short_date(today, today)} 星期{WEEKDAYS[today.weekday()]}"
        mine, late, now = (self._count(show) for show in (MINE, LATE, TODAY))
        if not mine:
            return f"{day} · 没有等您办理的事项"
        if late and now:
            return f"{day} · 该您办的 {mine}，其中 {late}已逾期、{now}今天到期"
        if late:
            return f"{day} · 该您办的 {mine}，其中 {late}已逾期"
        if now:
            return f"{day} · 该您办的 {mine}，其中 {now}今天到期"
        coming = EntryKey._make(self.lists.mine[0]).day
        if coming is None:
            return f"{day} · 该您办的 {mine}，都没有定时限"
        return f"{day} · 该您办的 {mine}，今天没有到期的，最近一件 {short_date(coming, today)}到期"

    def _count(self, show: str) -> str:
        number, is_least = self.lists.number(show)
        return count_words(number, is_least=is_least)

    def tiles(self) -> Iterator[Tile]:
        """The numbers, each with the list that shows as many rows."""
        for show, label, tone in TILES_OF_OVERSEERS if self.viewer.sees_whole else TILES_OF_REPORTERS:
            number, is_least = self.lists.number(show)
            address = self.filter.address(show=show, kind="", day="")
            is_current = show == self.filter.show and not self.filter.day
            yield Tile(label, number, address, tone, is_current, is_least)

    def kinds(self) -> list[Chip]:
        """The kinds of work in the list, with their numbers; none when there is only one."""
        numbers: Counter[str] = Counter()
        for place, number in Counter(map(PLACE_OF, self.unfiltered)).items():
            numbers[SOURCES[CODES[place]].kind] += number
        labels = {source.kind: source.label for source in SOURCES.values()}
        if len(numbers) < 2 and not self.filter.kind:
            return []
        chips = [Chip("全部事项", self.filter.address(kind=""), is_current=not self.filter.kind)]
        for kind, label in labels.items():
            if numbers[kind] or kind == self.filter.kind:
                address = self.filter.address(kind=kind)
                is_current = kind == self.filter.kind
                chips.append(Chip(label, address, numbers[kind], is_current, self._is_cut(kind)))
        return chips

    def inspections(self) -> list[MenuEntry]:
        """The inspections of the desk, to choose one; none when there is only one."""
        if self.filter.inspection:
            return [MenuEntry("全部巡察", self.filter.address(inspection=""))]
        numbers = Counter(map(itemgetter(INSPECTION), self.unfiltered))
        named = self.viewer.whole or Inspection.objects.filter(pk__in=[pk for pk in numbers if pk]).only("name")
        is_least = self._is_cut()
        entries = [
            MenuEntry(
                one.name,
                self.filter.address(inspection=str(one.pk)),
                note=count_words(numbers[one.pk], is_least=is_least),
            )
            for one in named
            if numbers[one.pk] or is_least
        ]
        return entries if len(entries) > 1 else []

    def inspections_label(self) -> str:
        """The name of the chosen inspection, if the user may see it; a query for those who report."""
        chosen = self.viewer.chosen
        if not chosen:
            return ALL_INSPECTIONS
        seen = self.viewer.whole or Inspection.objects.visible_to(self.viewer.user).filter(pk=chosen).only("name")
        return next((one.name for one in seen if one.pk == chosen), ALL_INSPECTIONS)

    def whose(self) -> list[Chip]:
        """The choice between one's own work and that of the whole unit, for those who report."""
        if self.viewer.sees_whole or self.filter.show in {OTHERS, DONE}:
            return []
        whole = len(self.lists.whole)
        number = sum(key[MARK] < ANOTHERS for key in self.lists.whole)
        if number == whole:
            return []
        is_own, is_least = self.filter.whose == OWN, self.lists.is_cut(MINE)
        return [
            Chip("我的", self.filter.address(whose=OWN), number, is_own, is_least),
            Chip("全科室", self.filter.address(whose=""), whole, not is_own, is_least),
        ]

    def groups(self) -> list[Group]:
        """The rows of the page, by deadline; for those who report what is pressing and what comes later."""
        if self.filter.show == DONE:
            return [self._group("", "", self.keys)] if self.shown else []
        if not self.viewer.sees_whole and self.filter.show != OTHERS:
            pressing = [key for key in self.keys if self._is_pressing(key)]
            later = [key for key in self.keys if not self._is_pressing(key)]
            found = [self._group("先办这些", "late", pressing), self._group("以后到期", "good", later)]
        else:
            found = [self._span(one) for one in self.lists.buckets.values()]
        return [group for group in found if group.rows]

    def _span(self, bucket: Bucket) -> Group:
        title, tone = bucket.title, bucket.tone
        if self.filter.show == OTHERS and bucket.code == LATE:
            # What was handed in in time is not the unit's delay, though its deadline has passed.
            title, tone = "期限已过", "past"
        return self._group(title, tone, bucket.part(self.keys), (bucket.first, bucket.last))

    def _is_pressing(self, key: Key) -> bool:
        return is_sent_back(key) or key[DUE] <= self.viewer.today.isoformat()

    def _group(self, title: str, tone: str, keys: list[Key], span: tuple[str, str] = ALL_DAYS) -> Group:
        own = set(keys)
        rows = [self.rows[key] for key in self.shown if key in own and key in self.rows]
        is_least = self.is_cut and self.lists.is_cut(self.filter.show, span)
        return Group(title, len(keys), tone, rows, self._urging(keys) if tone == "late" else [], is_least)

    def _urging(self, keys: list[Key]) -> list[MenuEntry]:
        """The pages that send letters to the late units, one for each inspection."""
        names = {one.pk: one.name for one in self.viewer.whole}
        more = "以上" if self.lists.is_cut(LATE, places=CHASED) else ""
        return [
            MenuEntry(
                f"一次催办 {number} 个{more}单位…",
                f"{reverse('ledgers:letter_list', args=[pk])}?overdue=on",
                note=names.get(pk, ""),
            )
            for pk, number in late_units(keys).items()
        ]

    def _handed_in(self) -> list[EntryKey]:
        """The first of what a reporter has handed in, shown below their own work."""
        if self.viewer.sees_whole or self.filter.address() != self.filter.address(show=MINE, kind="", day=""):
            return []
        return [EntryKey._make(key) for key in self.lists.show(OTHERS)[:HANDED_IN_SHOWN]]

    def handed_in_rows(self) -> list[InboxRow]:
        """The rows of what a reporter has handed in."""
        return [self.rows[key] for key in self.handed_in if key in self.rows]

    def days(self) -> list[Day]:
        """Today and the days after it, with what is due for the user on each."""
        numbers = Counter(map(DUE_OF, self.lists.mine))
        found = []
        for after in range(AHEAD):
            day = self.viewer.today + dt.timedelta(days=after)
            iso = day.isoformat()
            number, is_least = numbers[iso], self.lists.is_cut(MINE, (iso, iso))
            address = self.filter.address(show=MINE, kind="", day=iso) if number else ""
            found.append(Day(day, number, is_least, address, not after, self.filter.day == iso))
        return found

    def pages(self) -> list[PageLink]:
        """The pages of the list; none when there is only one."""
        return page_links(self.number, self.last, lambda number: self.filter.address(page=str(number)))
