"""The lists of the desk: which keys belong to which, and how they are grouped by deadline."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from findings.desk import sources
from findings.desk.desk_filter import BACK, DONE, LATE, OTHERS, OWN, TODAY, VOID, WEEK, DeskFilter
from findings.desk.keys import ANOTHERS, CODES, PLACES, UNDATED, find_keys, is_sent_back
from findings.desk.sources import WorkSource
from findings.desk.viewer import Viewer

Key = tuple[Any, ...]  # the values of an ``EntryKey``, which would take too long to make of thousands
DUE, PLACE, PK, FINDING, INSPECTION, UNIT_KEY, MARK = range(7)
DUE_OF, PLACE_OF = itemgetter(DUE), itemgetter(PLACE)
WITHIN = 7  # days that count as near
LATE_FINDING, LATE_MEASURE, FILL = PLACES["late_finding"], PLACES["late_measure"], PLACES["fill"]
CHASED = {LATE_FINDING, LATE_MEASURE}  # which are late, whatever their number
OWN_TURN = {PLACES["sign"], PLACES["consent"], PLACES["check"]}
SOURCES_OF_MINE = {PLACES[source.code] for source in sources.MINE}
VOIDED = {PLACES["void"], PLACES["void_seen"]}
FINISHED = {PLACES[source.code] for source in sources.DONE}
OTHERS_OF = {PLACES[source.code] for source in (*sources.ELSEWHERE, *sources.HANDED_IN)}
PLACES_OF = {BACK: {FILL}, VOID: VOIDED, DONE: FINISHED, OTHERS: OTHERS_OF}  # of a list; of all others those of mine
ALL_DAYS = ("", UNDATED)
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
        self.keys, self.cuts = _cut(rows, viewer.most)
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
            least = any(number > self.viewer.most for number in self.numbers.values())
            read = {code: min(number, self.viewer.most) for code, number in self.numbers.items()}
            return sum(max(0, number - taken.get(code, 0)) for code, number in read.items()), least
        if show == DONE and self.numbers:
            found = sum(self.numbers.values())
            return min(found, self.viewer.most), found > self.viewer.most
        return len(self.show(show)), self.is_cut(show)

    def is_cut(self, show: str, span: tuple[str, str] = ALL_DAYS, places: Container[int] = PLACES.values()) -> bool:
        """Whether there are more records than were read in a list, due within a span and from some sources."""
        first, last = span
        if show in self.buckets:
            first, last = max(first, self.buckets[show].first), min(last, self.buckets[show].last)
        listed = PLACES_OF.get(show, SOURCES_OF_MINE)
        return any(
            place in listed and place in places and cut <= last and first <= self._last_day(place)
            for place, cut in self.cuts.items()
        )

    def _last_day(self, place: int) -> str:
        return self.buckets[LATE].last if place in CHASED else UNDATED

    def chosen(self) -> list[Key]:
        """The keys that the address asks for, without its filter by kind."""
        keys = self.show(self.filter.show)
        return [key for key in keys if key[DUE] == self.filter.day] if self.filter.day else keys


def _cut(rows: list[Key], most: int) -> tuple[list[Key], dict[int, str]]:
    """The first rows of each source, and for those that have more the deadline from which on rows are missing.

    One more than the most was read, to know of it.
    """
    numbers = Counter(map(PLACE_OF, rows))
    if max(numbers.values(), default=0) <= most:
        return rows, {}
    kept, cuts, seen = [], {}, Counter[int]()
    for row in rows:
        seen[row[PLACE]] += 1
        if seen[row[PLACE]] <= most:
            kept.append(row)
        else:
            cuts[row[PLACE]] = row[DUE]
    return kept, cuts


def _twins(key: Key) -> set[tuple[int, int]]:
    return {(PLACES[code], key[PK]) for code in TWINS.get(key[PLACE], ())}


def count_words(number: int, *, is_least: bool) -> str:
    """A number of things to do in words, an empty string for none."""
    if not number:
        return ""
    return f"{number} 件以上" if is_least else f"{number} 件"


def late_units(keys: Iterable[Key]) -> dict[int, int]:
    """The number of units to urge by inspection (key)."""
    found = {(key[INSPECTION], key[UNIT_KEY]) for key in keys if key[PLACE] in CHASED and key[UNIT_KEY]}
    return dict(Counter(inspection for inspection, _ in found))
