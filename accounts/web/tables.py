"""Tables of records whose rows are rendered as one string.

django-tables2 declares the columns; ``ListTable.body`` renders the rows, because django-tables2 inspects the signature
of every cell's function and renders templates, which took three quarters of a page's time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import django_tables2 as tables
from django.db.models import OrderBy, Q
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.web.back import back_query
from accounts.web.markup import format_html, to_html
from accounts.web.text import shorten


@dataclass(frozen=True)
class Heading:
    """One column heading: text, CSS class, address that sorts by it ("" if not sortable), current sorting or ""."""

    label: str
    css: str
    address: str
    sorted: str


class IndexedOrdering(tuple[OrderBy, ...]):
    """An ordering that follows an index, so that the database reads the first records without sorting all of them.

    ``known`` is a condition that is true of every record. Databases do not know that, and use the index only with it.
    """

    known: Q

    @classmethod
    def along(cls, *columns: OrderBy, known: Q) -> Self:
        """The ordering by these columns, with the condition that is always true."""
        ordering = cls(columns)
        ordering.known = known
        return ordering


class ListTable(tables.Table):
    """A table of records that are already sorted and paginated.

    ``orderings`` is the allow-list of ``?sort=``: by column, the ascending order. ``sort`` is one of its keys, with a
    minus for descending; ``sort_address`` gives the address of the same list in another sorting. ``key`` names a table
    whose columns can be chosen. ``fixed`` are the columns that tell its rows apart, two at most, which cannot be hidden
    and stay in sight. With ``picks``, the id of a form, each row has a checkbox of that form that submits the record's
    key and version. ``back`` is the address of the list with its filters, which the links to the records carry; "" for
    a list without any.
    """

    base_columns: ClassVar[dict[str, tables.Column]]  # from django-tables2, which has no types
    orderings: ClassVar[dict[str, tuple[OrderBy, ...]]] = {}
    css: ClassVar[dict[str, str]] = {}
    key: ClassVar[str] = ""
    fixed: ClassVar[tuple[str, ...]] = ()

    class Meta:
        template_name = "tables/table.html"
        orderable = False

    def __init__(  # noqa: PLR0913, PLR0917 -- all but the records are named where they are used
        self,
        records: list[Any],
        sort: str = "",
        sort_address: Callable[[str], str] | None = None,
        picks: str = "",
        back: str = "",
        exclude: tuple[str, ...] = (),
    ) -> None:
        super().__init__(records, exclude=exclude)
        self.records, self.sort, self.sort_address, self.picks, self.back = records, sort, sort_address, picks, back

    def headings(self) -> Iterator[Heading]:
        """The headings from left to right; the address of the one sorted by reverses the order."""
        for column in self.columns:
            name, address, state = column.name, "", ""
            if name in self.orderings and self.sort_address is not None:
                if self.sort.lstrip("-") == name:
                    state = "descending" if self.sort.startswith("-") else "ascending"
                address = self.sort_address(f"-{name}" if state == "ascending" else name)
            yield Heading(column.header, self.cell_css(name), address, state)

    @property
    def is_sortable(self) -> bool:
        """Whether any heading sorts the list."""
        return bool(self.orderings) and self.sort_address is not None

    def cell_css(self, name: str) -> str:
        """The CSS classes of a column: its kind, and where it stays when the table is scrolled sideways."""
        css = self.css.get(name, "")
        if name not in self.fixed:
            return css
        return f"{css} stick" if name == self.fixed[0] else f"{css} stick-next"

    def body(self) -> SafeString:
        """All rows as HTML; the values of the ``render_`` methods are escaped unless they are SafeStrings."""
        columns = [
            (
                f'<td class="{self.cell_css(column.name)}" data-label="{to_html(column.header)}">',
                getattr(self, f"render_{column.name}"),
            )
            for column in self.columns
        ]
        # One string for the whole body: rendering cell by cell took most of the time of a page.
        rows = (
            self.checkbox_cell(record) + "".join(f"{start}{to_html(render(record))}</td>" for start, render in columns)
            for record in self.records
        )
        return SafeString("".join(f"<tr data-row-link>{row}</tr>\n" for row in rows))

    def links_to(self, view: str) -> Callable[[int], str]:
        """A function from a record's key to the address of its page in a view, with the way back to this list."""
        address, query = url_builder(view), back_query(self.back)
        return lambda pk: f"{address(pk)}{query}"

    def checkbox_cell(self, record: Any) -> str:
        """The cell with the checkbox that selects the row; "" in tables without ``picks``."""
        if not self.picks:
            return ""
        html = (
            '<td class="col-select"><input class="form-check-input" type="checkbox" form="{}" name="row" value="{}.{}" '
            'aria-label="选择：{}"></td>'
        )
        return format_html(html, self.picks, record.pk, record.version, shorten(str(record), 40))


def url_builder(view: str) -> Callable[[int], str]:
    """A function from a record's key to its address. ``reverse`` is called once: per row it cost 1 ms a list."""
    before, after = reverse(view, args=[0]).split("0")
    return lambda pk: f"{before}{pk}{after}"


def state_tag(state: str, word: str) -> SafeString:
    """The label of a state with icon and colour; ``state`` is the CSS suffix, ``word`` the text."""
    return format_html('<span class="state state-{}">{}</span>', state, word)
