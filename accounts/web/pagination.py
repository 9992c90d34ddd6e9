"""Pagination whose cost does not grow with the list.

At most ``CAP`` + 1 records are counted and sorted, by key only; complete rows are read for one page. A longer list
shows 「10000+」 and asks the user to filter: nobody pages through ten thousand rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.web.components import PageLink

Arrange = Callable[[models.QuerySet[Any]], models.QuerySet[Any]]
CAP = 10_000
PER_PAGE = (25, 50, 100, 200)
NEAR = 2  # page numbers shown on either side of the current one


@dataclass(frozen=True)
class PagePosition:
    """The requested page: number (the nearest existing one is used), records per page, and records in all."""

    number: int
    per_page: int
    total: int


@dataclass(frozen=True)
class RecordPage:
    """One page of a list, with its position in the whole."""

    records: list[Any]
    number: int
    per_page: int
    total: int  # counted up to CAP + 1

    @property
    def total_words(self) -> str:
        """The number of records as text, "10000+" above ``CAP``."""
        return capped_words(self.total)

    @property
    def first_place(self) -> int:
        """The place in the whole list of the first record on the page, from 1."""
        return (self.number - 1) * self.per_page + 1

    @property
    def last_place(self) -> int:
        """The place in the whole list of the last record on the page."""
        return self.first_place + len(self.records) - 1

    @property
    def is_capped(self) -> bool:
        """Whether there are more than ``CAP`` records."""
        return self.total > CAP

    @property
    def last(self) -> int:
        """The number of the last page, at most that of record ``CAP``."""
        return last_page(self.total, self.per_page)


def page_links(number: int, last: int, address: Callable[[int], str]) -> list[PageLink]:
    """The pages to link from the page with this number: first, last and those near it; none when it is the only one."""
    if last == 1:
        return []
    near = range(max(1, number - NEAR), min(last, number + NEAR) + 1)
    links: list[PageLink] = []
    before = 0
    for one in sorted({1, last, *near}):
        if one - before > 1:
            links.append(PageLink(None))
        links.append(PageLink(one, address(one), is_current=one == number))
        before = one
    return links


def page_size_for(total: int) -> int:
    """The smallest page size that holds that many records, else the largest."""
    return next((size for size in PER_PAGE if size >= total), PER_PAGE[-1])


def last_page(total: int, per_page: int) -> int:
    """The number of the last page, at least 1: an empty list has one empty page."""
    return max(1, -(-min(total, CAP) // per_page))  # rounded up


def capped_count(matching: models.QuerySet[Any]) -> int:
    """The number of records, at most ``CAP`` + 1. One query, without sorting."""
    return matching.order_by()[: CAP + 1].count()


def capped_words(total: int) -> str:
    """A capped count as text, "10000+" above ``CAP``."""
    return f"{CAP}+" if total > CAP else str(total)


def paginate(
    matching: models.QuerySet[Any], rows: models.QuerySet[Any], arrange: Arrange, place: PagePosition
) -> RecordPage:
    """The page at ``place``: records of ``matching``, read in full from ``rows``, sorted by ``arrange``. One query."""
    number = min(max(place.number, 1), last_page(place.total, place.per_page))
    if not place.total:
        return RecordPage([], number, place.per_page, 0)
    start = (number - 1) * place.per_page
    # Sorting keys only is cheap; the joins and prefetches of ``rows`` are made for one page.
    keys = arrange(matching).values("pk")[start : min(start + place.per_page, CAP)]
    return RecordPage(list(arrange(rows.filter(pk__in=keys))), number, place.per_page, place.total)
