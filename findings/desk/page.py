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
from findings.desk.desk_filter import BACK, DONE, LATE, MINE, OTHERS, OWN, TODAY, VOID, WEEK, DeskFilter
from findings.desk.keys import ANOTHERS, CAP, CODES, PLACES, EntryKey, is_sent_back
from findings.desk.lists import DUE, DUE_OF, INSPECTION, MARK, PLACE, PLACE_OF, Key, Lists, late_units
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
HEADINGS = {OTHERS: "在别人手上", VOID: "销号失效", DONE: "已核实"}


@dataclass(frozen=True)
class Group:
    """Rows of one span of deadlines, with the number of all of them and the letters that can urge their units."""

    title: str
    number: int
    tone: str
    rows: list[InboxRow]
    urging: list[MenuEntry] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    """One day of the calendar; ``number`` things are due on it."""

    day: dt.date
    number: int
    address: str
    is_today: bool
    is_chosen: bool


class Desk:
    """What the page shows of the lists."""

    def __init__(self, viewer: Viewer, filter: DeskFilter) -> None:
        self.viewer, self.filter, self.lists = viewer, filter, Lists(viewer, filter)
        self.unfiltered = self.lists.chosen()
        wanted = {PLACES[source.code] for source in SOURCES.values() if filter.kind in {"", source.kind}}
        self.keys = [key for key in self.unfiltered if key[PLACE] in wanted] if filter.kind else self.unfiltered
        self.total = len(self.keys)
        self.per_page, self.cap = PER_PAGE, CAP
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
    def is_capped(self) -> bool:
        """Whether the list stops before its end."""
        return self.lists.is_capped(self.keys)

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the first tile is asked for."""
        return self.filter.address() != self.filter.address(show=MINE, kind="", inspection="", day="", whose="")

    def sentence(self) -> str:
        """The day and what it brings, below the heading."""
        today = self.viewer.today
        day = f"{short_date(today, today)} 星期{WEEKDAYS[today.weekday()]}"
        mine, more = self.lists.number(MINE)
        late, now = self.lists.number(LATE)[0], self.lists.number(TODAY)[0]
        if not mine:
            return f"{day} · 没有等您办理的事项"
        number = f"{mine} 件以上" if more else f"{mine} 件"
        if late and now:
            return f"{day} · 该您办的 {number}，其中 {late} 件已逾期、{now} 件今天到期"
        if late:
            return f"{day} · 该您办的 {number}，其中 {late} 件已逾期"
        if now:
            return f"{day} · 该您办的 {number}，其中 {now} 件今天到期"
        coming = EntryKey._make(self.lists.mine[0]).day
        if coming is None:
            return f"{day} · 该您办的 {number}，都没有定时限"
        return f"{day} · 该您办的 {number}，今天没有到期的，最近一件 {short_date(coming, today)}到期"

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
                chips.append(Chip(label, address, numbers[kind], is_current=kind == self.filter.kind))
        return chips

    def inspections(self) -> list[MenuEntry]:
        """The inspections of the desk, to choose one; none when there is only one."""
        if self.filter.inspection:
            return [MenuEntry("全部巡察", self.filter.address(inspection=""))]
        numbers = Counter(map(itemgetter(INSPECTION), self.unfiltered))
        named = self.viewer.whole or Inspection.objects.filter(pk__in=[pk for pk in numbers if pk]).only("name")
        entries = [
            MenuEntry(one.name, self.filter.address(inspection=str(one.pk)), note=f"{numbers[one.pk]} 件")
            for one in named
            if numbers[one.pk]
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
        is_own = self.filter.whose == OWN
        return [
            Chip("我的", self.filter.address(whose=OWN), number, is_current=is_own),
            Chip("全科室", self.filter.address(whose=""), whole, is_current=not is_own),
        ]

    def groups(self) -> list[Group]:
        """The rows of the page, by deadline; for those who report what is pressing and what comes later."""
        if self.filter.show == DONE:
            return [self._group("", "", self.keys)] if self.shown else []
        if not self.viewer.sees_whole and self.filter.show != OTHERS:
            pressing = [key for key in self.keys if self._is_pressing(key)]
            later = [key for key in self.keys if not self._is_pressing(key)]
            parts = [("先办这些", "late", pressing), ("以后到期", "good", later)]
        else:
            parts = [(one.title, one.tone, one.part(self.keys)) for one in self.lists.buckets.values()]
            if self.filter.show == OTHERS:
                # What was handed in in time is not the unit's delay, though its deadline has passed.
                parts[0] = ("期限已过", "past", parts[0][2])
        found = [self._group(*part) for part in parts]
        return [group for group in found if group.rows]

    def _is_pressing(self, key: Key) -> bool:
        return is_sent_back(key) or key[DUE] <= self.viewer.today.isoformat()

    def _group(self, title: str, tone: str, keys: list[Key]) -> Group:
        own = set(keys)
        rows = [self.rows[key] for key in self.shown if key in own and key in self.rows]
        return Group(title, len(keys), tone, rows, self._urging(keys) if tone == "late" else [])

    def _urging(self, keys: list[Key]) -> list[MenuEntry]:
        """The pages that send letters to the late units, one for each inspection."""
        names = {one.pk: one.name for one in self.viewer.whole}
        return [
            MenuEntry(
                f"一次催办 {number} 个单位…",
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
            number = numbers[day.isoformat()]
            address = self.filter.address(show=MINE, kind="", day=day.isoformat()) if number else ""
            found.append(Day(day, number, address, not after, self.filter.day == day.isoformat()))
        return found

    def pages(self) -> list[PageLink]:
        """The pages of the list; none when there is only one."""
        return page_links(self.number, self.last, lambda number: self.filter.address(page=str(number)))
