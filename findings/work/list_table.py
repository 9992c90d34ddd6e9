"""A table whose rows are written in one go, and the cells that several tables share.

django-tables2 declares the columns; ``ListTable.body`` writes the rows, because asking every cell for its signature
and compiling templates for it costs three quarters of a page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import django_tables2 as tables
from django.db.models import OrderBy, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.web.markup import escaped, markup
from findings.choices import Decision, MeasureStatus
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.units.models import Unit
from findings.workflow.models.extensions import Extension

TAGGED = ("status", "is_void", "next_review_on")  # what ``finding_tag`` reads


@dataclass(frozen=True)
class Heading:
    """One heading: its words, its class, the address that sorts by it (or none) and how the list is sorted by it."""

    label: str
    css: str
    address: str
    sorted: str


class Walk(tuple[OrderBy, ...]):
    """An order in which the database can read the records one after the other instead of sorting all of them.

    ``known`` is true of every record. It is said because databases do not know it, and without it see no such way.
    """

    known: Q

    @classmethod
    def along(cls, *columns: OrderBy, known: Q) -> Self:
        """The order of these columns."""
        walk = cls(columns)
        walk.known = known
        return walk


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
                f'<td class="{self.css.get(column.name, "")}" data-label="{escaped(column.header)}">',
                getattr(self, f"render_{column.name}"),
            )
            for column in self.columns
        ]
        rows = (
            self.box(record) + "".join(f"{start}{escaped(render(record))}</td>" for start, render in columns)
            for record in self.records
        )
        return SafeString("".join(f"<tr data-row>{row}</tr>\n" for row in rows))

    def box(self, record: Any) -> str:
        """The cell with the box that picks a row, where rows can be picked."""
        if not self.picks:
            return ""
        html = (
            '<td class="col-pick"><input class="form-check-input" type="checkbox" form="{}" name="row" value="{}.{}" '
            'aria-label="选择：{}"></td>'
        )
        return markup(html, self.picks, record.pk, record.version, shortened(str(record), 40))


def addresses(view: str) -> Callable[[int], str]:
    """The addresses of records by number. The view is looked up once: looking it up for each row costs 1 ms a list."""
    before, after = reverse(view, args=[0]).split("0")
    return lambda pk: f"{before}{pk}{after}"


def state_tag(state: str, word: str) -> SafeString:
    """A state as icon, word and colour."""
    return markup('<span class="state state-{}">{}</span>', state, word)


def finding_tag(finding: Finding, inspection: Inspection, today: dt.date | None = None) -> SafeString:
    """Where a finding stands, in the inspection's own word; a sign-off that holds no longer says so instead."""
    if finding.is_void:
        return state_tag("void", "销号失效")
    tag = state_tag(finding.status, inspection.status_word(finding.status))
    if finding.next_review_on and finding.next_review_on < (today or timezone.localdate()):
        return markup("{} {}", tag, state_tag("missed", "复查逾期"))
    return tag


def finding_number(finding: Finding) -> str:
    """Aspect, finding and sub-finding as one number: 2-3 or 2-3-1."""
    if finding.parent is None:
        return f"{finding.aspect.order}-{finding.order}"
    return f"{finding.aspect.order}-{finding.parent.order}-{finding.order}"


def finding_link(finding: Finding | None) -> SafeString | str:
    """The finding a record answers, by its title; nothing where it answers none."""
    return markup('<a class="clamp" href="{}">{}</a>', finding.get_absolute_url(), finding) if finding else ""


def unit_name(unit: Unit | None) -> SafeString:
    """A unit in the short form, with the whole name for the pointer."""
    if unit is None:
        return markup('<span class="muted">{}</span>', "未定")
    return markup('<span class="clamp" title="{}">{}</span>', unit.name, unit)


def shortened(text: str, length: int) -> str:
    """A long text for a cell."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def measure_tag(measure: Measure) -> SafeString:
    """Where a measure stands."""
    return state_tag(measure.status, MeasureStatus(measure.status).label)


def decision_tag(extension: Extension) -> SafeString:
    """What became of a request for more time."""
    states = {Decision.WAITING: "submitted", Decision.GRANTED: "done", Decision.REFUSED: "refused"}
    decision = Decision(extension.decision)
    return state_tag(states[decision], decision.label)
