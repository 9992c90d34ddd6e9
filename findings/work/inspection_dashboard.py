"""The dashboard of one inspection: how many findings are done, should be done and are not yet due, by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.web.components import Tile
from accounts.web.markup import format_html
from findings.inspections.finding_counts import (
    FindingCounts,
    FindingGroup,
    completion_sentence,
    count_findings,
    counting_sentence,
    sum_counts,
)
from findings.inspections.models.findings import FindingQuerySet
from findings.inspections.models.inspections import Inspection
from findings.units.models import Unit

# The four numbers of the page, each with the query of its list: the first is the sum of the others.
NUMBERS = {"total": "", "closed": "status=closed", "outstanding": "status=outstanding", "not_due": "status=not_due"}


@dataclass(frozen=True)
class FigureRow:
    """The findings of one aspect, of one unit, or all; ``query`` filters the list behind the numbers."""

    name: str
    query: str
    counts: FindingCounts


@dataclass(frozen=True)
class FigureTable:
    """The four numbers by aspect or by unit, with their sum; each number opens a list of as many findings."""

    heading: str
    first: str
    labels: list[str]
    rows: list[FigureRow]
    address: str

    @property
    def body(self) -> SafeString:
        """The rows but the last as HTML; one string, since there may be hundreds of units."""
        return SafeString("".join(map(self._row, self.rows[:-1])))

    @property
    def foot(self) -> SafeString:
        """The row of the sum as HTML."""
        return self._row(self.rows[-1])

    def _row(self, row: FigureRow) -> SafeString:
        cells = SafeString("".join(self._cell(row, name) for name in NUMBERS))
        return format_html('<tr><th scope="row">{}</th>{}</tr>\n', row.name, cells)

    def _cell(self, row: FigureRow, name: str) -> SafeString:
        number: int = getattr(row.counts, name)
        if not number:
            return format_html('<td class="col-number"><span class="muted">{}</span></td>', 0)
        css = "due due-late" if name == "outstanding" else ""
        address = f"{self.address}?{row.query}&{NUMBERS[name]}".rstrip("&")
        return format_html('<td class="col-number"><a class="{}" href="{}">{}</a></td>', css, address, number)


@dataclass(frozen=True)
class InspectionDashboard:
    """What the page says in numbers; the four add up: all findings are closed, outstanding, or not yet due."""

    inspection: Inspection
    counts: FindingCounts
    verdict: str
    tiles: list[Tile]
    tables: list[FigureTable]
    notes: list[str]


def inspection_dashboard(
    findings: FindingQuerySet, inspection: Inspection, units: Iterable[Unit]
) -> InspectionDashboard:
    """Count these findings of the inspection in its own way of counting; ``units`` is the tree, to name them."""
    groups = count_findings(findings, inspection)
    counts = sum_counts(groups)
    return InspectionDashboard(
        inspection=inspection,
        counts=counts,
        verdict=verdict(counts, inspection),
        tiles=tiles(counts, inspection),
        tables=tables(groups, inspection, units) if counts.total else [],
        notes=notes(counts, inspection),
    )


def verdict(counts: FindingCounts, inspection: Inspection) -> str:
    """The heading of the page: how it stands, in one Chinese sentence."""
    total, word = counts.total, inspection.closed_word
    if not total:
        return "还没有问题"
    if counts.closed == total:
        return f"{total} 个问题全部{word}"
    if not counts.outstanding:
        return f"{total} 个问题，{word} {counts.closed} 个，没有逾期的"
    return f"{total} 个问题，{word} {counts.closed} 个，{counts.outstanding} 个应完未完"


def tiles(counts: FindingCounts, inspection: Inspection) -> list[Tile]:
    """The four numbers, of which the first is the sum of the others, with their lists."""
    address = reverse("findings:finding_list", args=[inspection.pk])
    lists = {name: f"{address}?counted=on&{query}".rstrip("&") for name, query in NUMBERS.items()}
    return [
        Tile("问题", counts.total, lists["total"]),
        Tile(inspection.closed_word, counts.closed, lists["closed"], "good"),
        Tile("应完未完", counts.outstanding, lists["outstanding"], "late"),
        Tile("未到期", counts.not_due, lists["not_due"]),
    ]


def tables(groups: list[FindingGroup], inspection: Inspection, units: Iterable[Unit]) -> list[FigureTable]:
    """The numbers by aspect, in the order of the feedback, and by lead unit, those with most outstanding first."""
    aspects = [(one.pk, one.short_title or one.title, f"aspect={one.pk}") for one in inspection.aspects.all()]
    named = [*((unit.pk, str(unit), f"unit={unit.pk}&led=on") for unit in units), (None, "未定单位", "gap=unit")]
    *by_unit, total = figure_rows(groups, "unit", named)
    by_unit.sort(key=lambda row: ("gap=" in row.query, -row.counts.outstanding, -row.counts.total))
    address = reverse("findings:finding_list", args=[inspection.pk])
    labels = ["问题", inspection.closed_word, "应完未完", "未到期"]
    return [
        FigureTable("按方面", "方面", labels, figure_rows(groups, "aspect", aspects), address),
        FigureTable("按牵头单位", "牵头单位", labels, [*by_unit, total], address),
    ]


def figure_rows(groups: list[FindingGroup], way: str, named: Iterable[tuple[int | None, str, str]]) -> list[FigureRow]:
    """The groups added up by ``aspect`` or ``unit``, in the order of ``named`` (key, name, query), then their sum.

    Rows without findings are left out.
    """
    own: dict[int | None, list[FindingGroup]] = {}
    for group in groups:
        own.setdefault(getattr(group, way), []).append(group)
    rows = [FigureRow(name, f"counted=on&{query}", sum_counts(own[key])) for key, name, query in named if key in own]
    return [*rows, FigureRow("合计", "counted=on", sum_counts(groups))]


def notes(counts: FindingCounts, inspection: Inspection) -> list[str]:
    """How the numbers are counted, in Chinese sentences: what goes where, and how many special ones there are."""
    word = inspection.closed_word
    said = [
        counting_sentence(inspection),
        f"问题数等于{word}、应完未完、未到期三项之和。应完未完：时限已过而没有{word}，单位没有报来的和审核人没有办完的都在内。",
        f"销号失效的不算{word}，现有 {counts.void} 个；复查逾期的不算{word}，计入应完未完，现有 {counts.missed} 个。",
        f"没有定时限的计入未到期，现有 {counts.undated} 个。",
        "曲线按时限排计划，按销号日期排实际，只算现在有效的销号。",
    ]
    if completion := completion_sentence(counts, inspection):
        said.append(f"{completion}。")
    return said
