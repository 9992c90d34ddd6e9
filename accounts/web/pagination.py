"""Pages of long lists whose cost does not grow with the list.

The numbers of at most ``CAP`` + 1 records are looked up, never whole rows; only those of one page are read whole.
Nobody pages through ten thousand rows: beyond that a list says 「10000+」 and asks for a filter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

Arrange = Callable[[models.QuerySet[Any]], models.QuerySet[Any]]
CAP = 10_000
PER_PAGE = (25, 50, 100, 200)
NEAR = 2  # page numbers shown on either side of the current one


@dataclass(frozen=True)
class PagePosition:
    """Which page is asked for: its number (the nearest is taken), its size, and how many records there are."""

    number: int
    per_page: int
    total: int


@dataclass(frozen=True)
class RecordPage:
    """One page of a list and where it stands in the whole."""

    records: list[Any]
    number: int
    per_page: int
    total: int  # counted up to CAP + 1

    @property
    def total_words(self) -> str:
        """The number of records, or 10000+."""
        return f"{CAP}+" if self.total > CAP else str(self.total)

    @property
    def is_capped(self) -> bool:
        """Whether there are more records than can be paged through."""
        return self.total > CAP

    @property
    def last(self) -> int:
        """The number of the last page that can be opened."""
        return last_page(self.total, self.per_page)

    @property
    def numbers(self) -> Iterator[int | None]:
        """The page numbers to offer; None stands for a gap."""
        near = range(max(1, self.number - NEAR), min(self.last, self.number + NEAR) + 1)
        before = 0
        for number in sorted({1, self.last, *near}):
            if number - before > 1:
                yield None
            yield number
            before = number


def last_page(total: int, per_page: int) -> int:
    """The number of the last page; an empty list has one, empty, page."""
    return max(1, -(-min(total, CAP) // per_page))


def capped_count(matching: models.QuerySet[Any]) -> int:
    """How many there are, counted no further than one more than can be paged through."""
    return matching.order_by()[: CAP + 1].count()


def paginate(
    matching: models.QuerySet[Any], rows: models.QuerySet[Any], arrange: Arrange, place: PagePosition
) -> RecordPage:
    """The page of that place: ``matching`` says which records, ``rows`` how rich, ``arrange`` in what order."""
    number = min(max(place.number, 1), last_page(place.total, place.per_page))
    if not place.total:
        return RecordPage([], number, place.per_page, 0)
    start = (number - 1) * place.per_page
    keys = arrange(matching).values("pk")[start : min(start + place.per_page, CAP)]
    return RecordPage(list(arrange(rows.filter(pk__in=keys))), number, place.per_page, place.total)
