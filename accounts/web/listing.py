"""A list page: filter, sort, cut into pages, and say what was not understood. What it is about the views tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import OrderBy, Q, QuerySet
from django.http import HttpRequest, QueryDict

from accounts.web.filters import ListFilter
from accounts.web.pagination import PER_PAGE, Arrange, PagePosition, RecordPage, capped_count, paginate
from accounts.web.tables import IndexedOrdering, ListTable

Orderings = Mapping[str, tuple[OrderBy, ...]]  # by column
LONGEST_PAGE_NUMBER = 9  # digits; more is not a page and int() of thousands of digits is refused by Python


class Listing:
    """One answer to one address of a list: the page, the table on it, and the addresses of its neighbours."""

    def __init__(  # noqa: PLR0913 -- each is a part of the page, and all are named where they are used
        self,
        request: HttpRequest,
        *,
        rows: QuerySet[Any],
        filter: ListFilter,
        table: type[ListTable],
        default_sort: str,
        table_arguments: dict[str, Any] | None = None,
    ) -> None:
        self.filter = filter
        self.params = request.GET
        self.path = request.path
        self.per_page = per_page(request)
        self.per_page_choices = PER_PAGE
        self.sort = known_sort(request.GET.get("sort", ""), table.orderings, default_sort)
        self.default_sort = default_sort
        total = capped_count(filter.qs)
        number = page_number(request.GET.get("page", ""))
        self.page: RecordPage = paginate(
            filter.qs, rows, in_order(table.orderings, self.sort), PagePosition(number, self.per_page, total)
        )
        self.table = table(self.page.records, sort=self.sort, sort_address=self.sort_address, **(table_arguments or {}))

    def address(self, **changes: str) -> str:
        """This list with some parameters changed, or left out where the change is empty; always from page 1."""
        params = QueryDict(mutable=True)
        kept = {name: self.params.get(name, "") for name in self.filter.filters} | {"sort": self.params.get("sort", "")}
        for name, value in (kept | changes).items():
            if value and "\0" not in value:
                params[name] = value
        return f"{self.path}?{params.urlencode()}" if params else self.path

    def sort_address(self, sort: str) -> str:
        """This list sorted otherwise."""
        return self.address(sort="" if sort == self.default_sort else sort)

    @property
    def chips(self) -> list[dict[str, Any]]:
        """What is filtered by, each with the address of the list without it."""
        return [
            {"label": label, "words": words, "understood": understood, "address": self.address(**{name: ""})}
            for name, label, words, understood in self.filter.chips()
        ]

    @property
    def kept_parameters(self) -> dict[str, str]:
        """The parameters a form for the page size has to carry along."""
        names = [*self.filter.filters, "sort"]
        return {name: self.params[name] for name in names if self.params.get(name)}

    @property
    def page_links(self) -> list[tuple[int | None, str]]:
        """Page numbers with their addresses; None stands for a gap."""
        return [(number, self.address(page=str(number)) if number else "") for number in self.page.numbers]


def per_page(request: HttpRequest) -> int:
    """The page size asked for, else the one of last time; only the sizes on offer are taken and remembered."""
    asked = request.GET.get("per_page", "")
    remembered = request.session.get("per_page", PER_PAGE[0])
    size = next((size for size in PER_PAGE if str(size) == asked), remembered)
    if size != remembered:
        request.session["per_page"] = size
    return size if size in PER_PAGE else PER_PAGE[0]


def page_number(asked: str) -> int:
    """The number of the page asked for; what is no number is page 1."""
    return int(asked) if asked.isdecimal() and len(asked) <= LONGEST_PAGE_NUMBER else 1


def known_sort(asked: str, orderings: Orderings, default: str) -> str:
    """The sort asked for if there is such an ordering."""
    return asked if asked.removeprefix("-") in orderings else default


def in_order(orderings: Orderings, sort: str) -> Arrange:
    """How to bring records into the order of a column, turned round with a minus before it."""
    columns = orderings[sort.removeprefix("-")]
    known = columns.known if isinstance(columns, IndexedOrdering) else Q()
    if sort.startswith("-"):
        return lambda records: records.filter(known).order_by(*columns).reverse()
    return lambda records: records.filter(known).order_by(*columns)
