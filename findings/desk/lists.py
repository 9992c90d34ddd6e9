"""The lists of the desk: which keys belong to which, and how they are grouped by deadline."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from findings.desk import sources
from findings.desk.desk_filter import BACK, DONE, LATE, OTHERS, OWN, TODAY, VOID, WEEK, DeskFilter
from findings.desk.keys import ANOTHERS, CAP, CODES, PLACES, UNDATED, find_keys, is_sent_back
from findings.desk.sources import WorkSource
from findings.desk.viewer import Viewer

Key = tuple[Any, ...]  # the values of an ``EntryKey``, which would take too long to make of thousands
DUE, PLACE, PK, FINDING, INSPECTION, UNIT_KEY, MARK = range(7)
DUE_OF, PLACE_OF = itemgetter(DUE), itemgetter(PLACE)
WITHIN = 7  # days that count as near
LATE_FINDING, LATE_MEASURE, FILL = PLACES["late_finding"], PLACES["late_measure"], PLACES["fill"]
OWN_TURN = {PLACES["sign"], PLACES["consent"], PLACES["check"]}
SOURCES_OF_MINE = {PLACES[source.code] for source in sources.MINE}
VOIDED = {PLACES["void"], PLACES["void_seen"]}
FINISHED = {PLACES[source.code] for source in sources.DONE}
OTHERS_OF = {PLACES[source.code] for source in (*sources.ELSEWHERE, *sources.HANDED_IN)}
# Where the record of another's hands would stand if it were the user's turn.
TWINS = {PLACES["in_review"]: ("sign", "consent"), PLACES["unverified"]: ("check",)}


@dataclass(frozen=True)
class Bucket:
    """A span of deadlines as ISO dates, both ends included."""

    code: str
    title: str
    tone: str
    first: str
    last: str

    def part(self, keys: list[Key]) -> list[Key]:
        """The keys in the span, of keys that are sorted."""
        return keys[bisect_left(keys, (self.first,)) : bisect_right(keys, self.last, key=DUE_OF)]


def buckets(today: dt.date) -> tuple[Bucket, ...]:
    """The groups of the list, from what is late to what has no deadline."""
    yesterday, tomorrow = today - dt.timedelta(days=1), today + dt.timedelta(days=1)
    near, after = today + dt.timedelta(days=WITHIN), today + dt.timedelta(days=WITHIN + 1)
    return (
        Bucket(LATE, "已逾期", "late", "", yesterday.isoformat()),
        Bucket(TODAY, "今天", "warn", today.isoformat(), today.isoformat()),
        Bucket(WEEK, f"{WITHIN} 天内", "warn", tomorrow.isoformat(), near.isoformat()),
        Bucket("later", "以后", "good", after.isoformat(), UNDATED),
    )


class Lists:
    """All keys of a desk, and its lists. ``numbers`` are those of sources that are counted without being listed."""

    def __init__(self, viewer: Viewer, filter: DeskFilter) -> None:
        self.viewer, self.filter = viewer, filter
        self.buckets = {bucket.code: bucket for bucket in buckets(viewer.today)}
        rows, self.numbers = find_keys(viewer, *self._sources())
        places = Counter(map(PLACE_OF, rows))
        # One more than the cap was read, to know whether there are more.
        self.capped = {place for place, number in places.items() if number > CAP}
        self.keys = _cut(rows) if self.capped else rows
        self.whole, self.mine = self._mine()
        self.show = cache(self._show)

    def _sources(self) -> tuple[list[WorkSource], list[WorkSource]]:
        """The sources whose keys are read, and those that are only counted."""
        has = self.viewer.scope.has_right
        elsewhere = sources.ELSEWHERE if self.viewer.sees_whole else sources.DONE
        listed = [source for source in sources.MINE if has(source.right)]
        if not self.viewer.sees_whole:
            listed += [source for source in sources.HANDED_IN if has(source.right)]
        elif not has(sources.SOURCES["void"].right):
            listed.append(sources.VOID_SEEN)
        others = [source for source in elsewhere if has(source.right)]
        return (listed + others, []) if self.filter.show in {OTHERS, DONE} else (listed, others)

    def _mine(self) -> tuple[list[Key], list[Key]]:
        """What waits for the user, with the work of their unit and without, each thing once.

        A late finding stands for its measures, and the user's own work for urging themselves.
        """
        late = {key[FINDING] for key in self.keys if key[PLACE] == LATE_FINDING}
        own = {key[PK] for key in self.keys if key[PLACE] == FILL}
        whole = [
            key
            for key in self.keys
            if key[PLACE] in SOURCES_OF_MINE
            and (key[PLACE] != LATE_MEASURE or (key[FINDING] not in late and key[PK] not in own))
        ]
        if self.viewer.sees_whole or self.filter.whose != OWN:
            return whole, whole
        return whole, [key for key in whole if key[MARK] < ANOTHERS]

    def _show(self, show: str) -> list[Key]:
        """The keys of one list, in the order of its page."""
        if show in self.buckets:
            return self._urgent_first(self.buckets[show].part(self.mine))
        if show == BACK:
            return [key for key in self.mine if is_sent_back(key)]
        if show == VOID:
            return [key for key in self.keys if key[PLACE] in VOIDED]
        if show == OTHERS:
            taken = {(key[PLACE], key[PK]) for key in self.keys if key[PLACE] in OWN_TURN}
            others = [key for key in self.keys if key[PLACE] in OTHERS_OF]
            return [key for key in others if not taken.intersection(_twins(key))] if taken else others
        if show == DONE:
            return [key for key in self.keys if key[PLACE] in FINISHED]
        return self._urgent_first(self.mine)

    def _urgent_first(self, keys: list[Key]) -> list[Key]:
        """For those who report what was sent back first, for all others by deadline."""
        if self.viewer.sees_whole:
            return keys
        return [key for key in keys if is_sent_back(key)] + [key for key in keys if not is_sent_back(key)]

    def number(self, show: str) -> tuple[int, bool]:
        """The number of keys of a list, and whether there are more of them than are counted."""
        if show == OTHERS and self.viewer.sees_whole and self.numbers:
            own = Counter(CODES[key[PLACE]] for key in self.keys if key[PLACE] in OWN_TURN)
            taken = {"in_review": own["sign"] + own["consent"], "unverified": own["check"]}
            least = any(number > CAP for number in self.numbers.values())
            found = sum(max(0, min(number, CAP) - taken.get(code, 0)) for code, number in self.numbers.items())
            return found, least
        if show == DONE and self.numbers:
            found = sum(self.numbers.values())
            return min(found, CAP), found > CAP
        keys = self.show(show)
        return len(keys), self.is_capped(keys)

    def is_capped(self, keys: list[Key]) -> bool:
        """Whether more of the same kinds exist than these keys show."""
        return bool(self.capped) and not self.capped.isdisjoint(map(PLACE_OF, keys))

    def chosen(self) -> list[Key]:
        """The keys that the address asks for, without its filter by kind."""
        keys = self.show(self.filter.show)
        return [key for key in keys if key[DUE] == self.filter.day] if self.filter.day else keys


def _cut(rows: list[Key]) -> list[Key]:
    kept: Counter[int] = Counter()
    cut = []
    for row in rows:
        kept[row[PLACE]] += 1
        if kept[row[PLACE]] <= CAP:
            cut.append(row)
    return cut


def _twins(key: Key) -> set[tuple[int, int]]:
    return {(PLACES[code], key[PK]) for code in TWINS.get(key[PLACE], ())}


def late_units(keys: Iterable[Key]) -> dict[int, int]:
    """The number of units to urge by inspection (key)."""
    urged = {LATE_FINDING, LATE_MEASURE}
    found = {(key[INSPECTION], key[UNIT_KEY]) for key in keys if key[PLACE] in urged and key[UNIT_KEY]}
    return dict(Counter(inspection for inspection, _ in found))
