"""A table whose rows are written in one go.

django-tables2 declares the columns; ``ListTable.body`` writes the rows, because asking every cell for its signature
and compiling templates for it costs three quarters of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import django_tables2 as tables
from django.db.models import OrderBy, Q
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.web.markup import format_html, to_html
from accounts.web.text import shorten


@dataclass(frozen=True)
class Heading:
    """One heading: its words, its class, the address that sorts by it (or none) and how the list is sorted by it."""

    label: str
    css: str
    address: str
    sorted: str


class IndexedOrdering(tuple[OrderBy, ...]):
    """An order in which the database can read the records one after the other instead of sorting all of them.

    ``known`` is true of every record. It is said because databases do not know it, and without it see no such way.
    """

    known: Q

    @classmethod
    def along(cls, *columns: OrderBy, known: Q) -> Self:
        """The order of these columns."""
        ordering = cls(columns)
        ordering.known = known
        return ordering


class ListTable(tables.Table):
    """A table over records that are sorted and cut into pages already.

    ``orderings`` is the allow-list of ``?sort=``: for each column the order of its ascending list. ``sort`` is one of
    its keys, with a minus for descending; ``sort_address`` makes the address of the same list sorted otherwise. With
    ``picks`` each row has a box that belongs to the form of that id and sends the record's number and version.
    """

    orderings: ClassVar[dict[str, tuple[OrderBy, ...]]] = {}
    css: ClassVar[dict[str, str]] = {}

    class Meta:
        template_name = "tables/table.html"
        orderable = False

    def __init__(
        self, records: list[Any], sort: str = "", sort_address: Callable[[str], str] | None = None, picks: str = ""
    ) -> None:
        super().__init__(records)
        self.records, self.sort, self.sort_address, self.picks = records, sort, sort_address, picks

    def headings(self) -> Iterator[Heading]:
        """The headings from left to right; pressing the one sorted by turns the order round."""
        for column in self.columns:
            name, address, state = column.name, "", ""
            if name in self.orderings and self.sort_address is not None:
                if self.sort.lstrip("-") == name:
                    state = "descending" if self.sort.startswith("-") else "ascending"
                address = self.sort_address(f"-{name}" if state == "ascending" else name)
            yield Heading(column.header, self.css.get(name, ""), address, state)

    def body(self) -> SafeString:
        """All rows; what a ``render_`` method gives is escaped unless it is HTML already."""
        columns = [
            (
                f'<td class="{self.css.get(column.name, "")}" data-label="{to_html(column.header)}">',
                getattr(self, f"render_{column.name}"),
            )
            for column in self.columns
        ]
        rows = (
            self.checkbox_cell(record) + "".join(f"{start}{to_html(render(record))}</td>" for start, render in columns)
            for record in self.records
        )
        return SafeString("".join(f"<tr data-row-link>{row}</tr>\n" for row in rows))

    def checkbox_cell(self, record: Any) -> str:
        """The cell with the box that picks a row, where rows can be picked."""
        if not self.picks:
            return ""
        html = (
            '<td class="col-select"><input class="form-check-input" type="checkbox" form="{}" name="row" value="{}.{}" '
            'aria-label="选择：{}"></td>'
        )
        return format_html(html, self.picks, record.pk, record.version, shorten(str(record), 40))


def url_builder(view: str) -> Callable[[int], str]:
    """The addresses of records by number. The view is looked up once: looking it up for each row costs 1 ms a list."""
    before, after = reverse(view, args=[0]).split("0")
    return lambda pk: f"{before}{pk}{after}"


def state_tag(state: str, word: str) -> SafeString:
    """A state as icon, word and colour."""
    return format_html('<span class="state state-{}">{}</span>', state, word)
