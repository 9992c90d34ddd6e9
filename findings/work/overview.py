"""The overview of one inspection: numbers, deadlines and tree, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.web.components import Tile
from findings.choices import Completion
from findings.evidence.regulations import Regulation
from findings.inspections.display import finding_due, measure_due
from findings.inspections.due_status import DueStatus
from findings.inspections.finding_counts import (
    FindingCounts,
    completion_sentence,
    count_findings,
    counting_sentence,
    sum_counts,
)
from findings.inspections.models.aspects import Aspect
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection, InspectionQuerySet, label_of
from findings.inspections.models.measures import Measure, MeasureQuerySet

MOST_FINDINGS, MOST_MEASURES = 400, 1200  # shown in the tree; with more it is opened aspect by aspect
# Parents first, so that a list that is cut has the finding above each sub-finding.
TREE_ORDER = ("aspect", F("parent").asc(nulls_first=True), "order")


@dataclass
class FindingNode:
    """A finding in the tree, with its measures and sub-findings."""

    finding: Finding
    due: SafeString
    status_word: str
    measures: list[tuple[Measure, SafeString]] = field(default_factory=list)
    sub_findings: list[FindingNode] = field(default_factory=list)

    @property
    def done_count(self) -> int:
        """The number of measures that are done."""
        return sum(measure.is_done for measure, _ in self.measures)


@dataclass(frozen=True)
class Overview:
    """The data of the overview page."""

    standings: list[Tile]
    degrees: list[Tile]
    degrees_label: str
    others: list[Tile]
    note: str
    completion: str
    aspects: list[tuple[Aspect, int, list[FindingNode]]]  # with the number of findings
    deadlines: list[tuple[str, SafeString]]
    lights: DueStatus
    opened: Aspect | None  # the only one whose findings are shown; None when those of all are
    is_cut: bool  # whether it has more findings than are shown
    shows_measures: bool


def with_counts(inspections: InspectionQuerySet, user: User) -> InspectionQuerySet:
    """Annotate the numbers of the findings that the user may see, in each inspection's own way of counting.

    They are ``findings_count``, ``closed_count``, ``in_review_count`` and ``overdue_count``.
    """
    own = Finding.objects.visible_to(user).counted().filter(inspection=OuterRef("pk")).order_by()
    counted = {
        "findings_count": own,
        "closed_count": own.closed(),
        "in_review_count": own.in_review(),
        "overdue_count": own.overdue(),
    }
    return inspections.annotate(
        **{
            name: Coalesce(Subquery(some.values("inspection").annotate(number=Count("pk")).values("number")), 0)
            for name, some in counted.items()
        }
    )


def overview_of(inspection: Inspection, user: User, asked: int = 0) -> Overview:
    """The numbers and the tree of one inspection, as far as the user may see them.

    With too many findings for one page only those of one aspect are shown: of ``asked`` (key), else of the first.
    """
    findings = Finding.objects.visible_to(user).of(inspection)
    measures = Measure.objects.visible_to(user).of(inspection)
    measures_count, total = measures.count(), findings.count()
    groups = count_findings(findings, inspection)
    counts = sum_counts(groups)
    aspects = list(Aspect.objects.visible_to(user).filter(inspection=inspection))
    opened = None
    if total > MOST_FINDINGS:
        opened = next((one for one in aspects if one.pk == asked), aspects[0])
        findings = findings.filter(aspect=opened)
    shows_measures = opened is None and measures_count <= MOST_MEASURES
    shown = list(findings.select_related("lead_unit", "parent__lead_unit").order_by(*TREE_ORDER)[: MOST_FINDINGS + 1])
    nodes = finding_nodes(inspection, shown[:MOST_FINDINGS], measures if shows_measures else None)
    # The numbers in the headings also stand where the findings are left out.
    tree = [
        (aspect, sum_counts(group for group in groups if group.aspect == aspect.pk).total, nodes.get(aspect.pk, []))
        for aspect in aspects
    ]
    return Overview(
        standings=standing_figures(inspection, counts),
        degrees=degree_figures(inspection, counts) if counts.closed else [],
        degrees_label=f"{inspection.closed_word}的问题按完成程度，各项相加等于{inspection.closed_word}数",
        others=other_figures(inspection, user, counts, measures_count),
        note=counting_sentence(inspection),
        completion=completion_sentence(counts, inspection),
        aspects=tree,
        deadlines=deadlines_of(inspection, finished=0 < counts.total == counts.closed),
        lights=DueStatus.of(inspection),
        opened=opened,
        is_cut=len(shown) > MOST_FINDINGS,
        shows_measures=shows_measures,
    )


def deadlines_of(inspection: Inspection, *, finished: bool) -> list[tuple[str, SafeString]]:
    """The deadlines of the inspection itself, with their labels.

    It is not recorded whether plan and report were delivered in time, so these are never shown as overdue.
    """
    lights = DueStatus.of(inspection)
    deadlines = []
    for name in ("plan_due_on", "rectification_due_on", "report_due_on"):
        day = getattr(inspection, name)
        past = day is not None and day < lights.today
        settled = finished if name == "rectification_due_on" else past
        deadlines.append((label_of(Inspection, name), lights.html(day, settled=settled)))
    return deadlines


def tile(inspection: Inspection, label: str, number: int, query: str, *, is_bad: bool = False) -> Tile:
    """A number of counted findings, with its list."""
    address = reverse("findings:finding_list", args=[inspection.pk])
    return Tile(label, number, f"{address}?counted=on&{query}".rstrip("&"), "late" if is_bad else "")


def standing_figures(inspection: Inspection, counts: FindingCounts) -> list[Tile]:
    """The number of findings, followed by its parts: each finding is in one of them."""
    bad = [
        tile(inspection, "销号失效", counts.void, "status=void", is_bad=True),
        tile(inspection, "复查逾期", counts.missed, "status=missed", is_bad=True),
    ]
    return [
        tile(inspection, "问题", counts.total, ""),
        tile(inspection, inspection.open_word, counts.open, "status=open"),
        tile(inspection, inspection.in_progress_word, counts.in_progress, "status=in_progress"),
        tile(inspection, inspection.submitted_word, counts.submitted, "status=submitted"),
        *(one for one in bad if one.number),
        tile(inspection, inspection.closed_word, counts.closed, "status=closed"),
    ]


def degree_figures(inspection: Inspection, counts: FindingCounts) -> list[Tile]:
    """The closed findings by degree of completion, and those published as completed if they are others."""
    degrees = [
        tile(inspection, inspection.completion_word(one), int(getattr(counts, one)), f"status={one}")
        for one in Completion
    ]
    if len(inspection.counted_completions()) == 1:
        return degrees
    return [*degrees, tile(inspection, inspection.completed_label, counts.completed(inspection), "status=completed")]


def other_figures(inspection: Inspection, user: User, counts: FindingCounts, measures_count: int) -> list[Tile]:
    """Numbers that are no parts of the whole."""
    regulations = Regulation.objects.visible_to(user).filter(inspection=inspection).count()
    return [
        tile(inspection, "即将到期", counts.soon, "soon=on"),
        tile(inspection, "逾期", counts.overdue, "overdue=on", is_bad=True),
        tile(inspection, "长期坚持", counts.long_term, "long_term=on"),
        Tile("制度（含废止）", regulations, reverse("findings:regulation_list", args=[inspection.pk])),
        Tile("措施", measures_count, reverse("findings:measure_list", args=[inspection.pk])),
    ]


def finding_nodes(
    inspection: Inspection, findings: list[Finding], measures: MeasureQuerySet | None
) -> dict[int, list[FindingNode]]:
    """The findings of each aspect (key) in order, with sub-findings and, unless None, measures below them.

    A sub-finding whose parent the user may not see stands at the top.
    """
    # Once for all nodes: it reads the clock.
    lights = DueStatus.of(inspection)
    nodes: dict[int, FindingNode] = {}
    tops: dict[int, list[FindingNode]] = {}
    for finding in findings:
        due = finding_due(finding, lights)
        nodes[finding.pk] = FindingNode(finding, due, inspection.status_word(finding.status))
    for node in nodes.values():
        # Also a sub-finding whose parent the user may not see.
        if node.finding.parent_id not in nodes:
            tops.setdefault(node.finding.aspect_id, []).append(node)
        else:
            nodes[node.finding.parent_id].sub_findings.append(node)
    if measures is not None:
        for measure in measures.select_related("lead_unit", "facet"):
            due = measure_due(measure, lights)
            nodes[measure.finding_id].measures.append((measure, due))
    return tops
