"""A list page of any record: filtered, sorted, paginated, with what is not valid in its address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db.models import OrderBy, Q, QuerySet
from django.http import QueryDict

from accounts.web.column_choice import read_column_choice
from accounts.web.components import PageLink
from accounts.web.filters import ListFilter, invalid_value
from accounts.web.http import PageRequest
from accounts.web.pagination import (
    PER_PAGE,
    Arrange,
    PagePosition,
    RecordPage,
    capped_count,
    capped_words,
    page_links,
    paginate,
)
from accounts.web.tables import IndexedOrdering, ListTable

Orderings = Mapping[str, tuple[OrderBy, ...]]  # by column
LONGEST_PAGE_NUMBER = 9  # digits; Python refuses int() of thousands of digits with an exception


class Listing:
    """The response data of one list address: the page of records, its table, and the addresses of related lists.

    ``problems`` say what is not valid in the address, so that nothing is listed; ``remarks`` what was replaced by the
    default (sorting, records per page) or by the nearest page, so that the records are listed all the same.
    ``filter`` restricts and counts; ``rows`` is the queryset, with joins, from which the page's records are read.
    """

    def __init__(  # noqa: PLR0913 -- each is a part of the page, and all are named where they are used
        self,
        request: PageRequest,
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
        self.problems = [*filter.problems, *page_problems(request.GET.get("page", ""))]
        arguments = {"exclude": (), **(table_arguments or {})}
        self.choice = read_column_choice(request, table, arguments["exclude"])
        self.remarks = [
            *_sort_remarks(request.GET.get("sort", ""), table, self.sort),
            *_per_page_remarks(request.GET.get("per_page", ""), self.per_page),
            *self.choice.remarks,
        ]
        self.page = self._read_page(rows, in_order(table.orderings, self.sort))
        arguments["exclude"] += self.choice.hidden
        self.table = table(
            self.page.records, sort=self.sort, sort_address=self.sort_address, back=self.back, **arguments
        )

    def _read_page(self, rows: QuerySet[Any], arrange: Arrange) -> RecordPage:
        matching = self.filter.qs.none() if self.problems else self.filter.qs
        number = page_number(self.params.get("page", ""))
        page = paginate(matching, rows, arrange, PagePosition(number, self.per_page, capped_count(matching)))
        if page.records:
            self.remarks += page_remarks(number, page.number)
        return page

    def address(self, **changes: str) -> str:
        """The address of this list with some parameters changed, or dropped where the value is ""; from page 1."""
        params = QueryDict(mutable=True)
        for name, value in (self.kept_parameters | changes).items():
            if value and "\0" not in value:
                params[name] = value
        return f"{self.path}?{params.urlencode()}" if params else self.path

    @property
    def back(self) -> str:
        """The address that shows this list again, from a record opened in it; "" for the list without any filter."""
        address = self.address(page=str(self.page.number) if self.page.number > 1 else "")
        return "" if address == self.path else address

    def sort_address(self, sort: str) -> str:
        """The address of this list in another sorting; the default sorting is left out of it."""
        return self.address(sort="" if sort == self.default_sort else sort)

    @cached_property
    def chips(self) -> list[dict[str, Any]]:
        """The active filters, each with the address of the list without it."""
        return [
            {"label": label, "words": words, "is_valid": is_valid, "address": self.address(**{name: ""})}
            for name, label, words, is_valid in self.filter.chips()
        ]

    @property
    def ways_out(self) -> list[dict[str, Any]]:
        """For a list that its filters leave empty: what each of them costs, with the address of the list without it.

        One query for each filter, the one that hides most first.
        """
        names = [name for name, _, _, _ in self.filter.chips()]
        costs = [capped_count(self.filter.matching_without(name)) for name in names]
        found = zip(self.chips, costs, strict=True)
        return [
            {"words": chip["words"] or chip["label"], "number": capped_words(number), "address": chip["address"]}
            for chip, number in sorted(found, key=lambda one: -one[1])
            if number
        ]

    @property
    def kept_parameters(self) -> dict[str, str]:
        """The filters and the sorting of the address, as far as they are given; a sorting only if the table has it."""
        kept = {name: self.params.get(name, "") for name in [*self.filter.filters, "sort"]}
        return {name: value for name, value in kept.items() if value and (name != "sort" or value == self.sort)}

    @property
    def pages(self) -> list[PageLink]:
        """The pages of the list; none when there is only one."""
        return page_links(self.page.number, self.page.last, lambda number: self.address(page=str(number)))


def per_page(request: PageRequest) -> int:
    """The requested page size if it is in ``PER_PAGE``, then kept with the user; else the size kept."""
    asked = request.GET.get("per_page", "")
    remembered = request.user.rows_per_page or PER_PAGE[0]
    size = next((size for size in PER_PAGE if str(size) == asked), remembered)
    if size != remembered:
        request.user.rows_per_page = size
        request.user.save(update_fields=["rows_per_page"])
    return size if size in PER_PAGE else PER_PAGE[0]


def page_number(asked: str) -> int:
    """The requested page number; 1 when the text is not a number."""
    return int(asked) if _is_page_number(asked) else 1


def page_problems(asked: str) -> list[str]:
    """The sentence about a requested page that is not a number; empty when it is one, or none was requested."""
    return [] if not asked or _is_page_number(asked) else [invalid_value("页码", asked, "请用列表下面的页码翻页。")]


def page_remarks(asked: int, shown: int) -> list[str]:
    """The sentence about a requested page that the list does not have; empty when it is the page that is shown."""
    return [] if asked == shown else [f"没有第 {asked} 页，下面是第 {shown} 页。"]


def sort_problems(asked: str, orderings: Orderings, remedy: str) -> list[str]:
    """The sentence about a requested sorting that is not on offer; empty when it is, or none was requested."""
    return [] if not asked or asked.removeprefix("-") in orderings else [invalid_value("排序", asked, remedy)]


def _sort_remarks(asked: str, table: type[ListTable], used: str) -> list[str]:
    heading = table.base_columns[used.removeprefix("-")].verbose_name
    return sort_problems(asked, table.orderings, f"下面按“{heading}”排列，可以点表头另选。")


def _per_page_remarks(asked: str, used: int) -> list[str]:
    if not asked or asked == str(used):
        return []
    return [invalid_value("每页条数", asked, f"下面每页 {used} 条，可以在列表下面另选。")]


def _is_page_number(asked: str) -> bool:
    return asked.isdecimal() and len(asked) <= LONGEST_PAGE_NUMBER


def known_sort(asked: str, orderings: Orderings, default: str) -> str:
    """The requested sorting if the table has it, else ``default``."""
    return asked if asked.removeprefix("-") in orderings else default


def in_order(orderings: Orderings, sort: str) -> Arrange:
    """The function that sorts a queryset by a column; a minus before its name reverses the order."""
    columns = orderings[sort.removeprefix("-")]
    known = columns.known if isinstance(columns, IndexedOrdering) else Q()
    if sort.startswith("-"):
        return lambda records: records.filter(known).order_by(*columns).reverse()
    return lambda records: records.filter(known).order_by(*columns)
