"""The overview of one inspection: numbers, deadlines and tree, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString

from accounts.models import User
from findings.choices import Status
from findings.evidence.regulations import Regulation
from findings.inspections.display import finding_due, measure_due
from findings.inspections.due_status import DueStatus
from findings.inspections.models.aspects import Aspect
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.inspections.models.inspections import Inspection, InspectionQuerySet, label_of
from findings.inspections.models.measures import Measure, MeasureQuerySet
from findings.inspections.models.status_rules import signed_off

MOST_FINDINGS, MOST_MEASURES = 400, 1200  # shown in the tree; with more the page refers to the lists


@dataclass(frozen=True)
class Figure:
    """One number, with the list that shows the same."""

    label: str
    number: int
    view: str
    query: str = ""
    is_bad: bool = False


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

    figures: list[Figure]
    aspects: list[tuple[Aspect, list[FindingNode]]]
    deadlines: list[tuple[str, SafeString]]
    lights: DueStatus
    shows_findings: bool
    shows_measures: bool


def with_counts(inspections: InspectionQuerySet, user: User) -> InspectionQuerySet:
    """Annotate ``findings_count``, ``closed_count`` and ``overdue_count``, over the findings that the user may see."""
    own = Finding.objects.visible_to(user).filter(inspection=OuterRef("pk")).order_by()
    counted = {"findings_count": own, "closed_count": own.closed(), "overdue_count": own.overdue()}
    return inspections.annotate(
        **{
            name: Coalesce(Subquery(some.values("inspection").annotate(number=Count("pk")).values("number")), 0)
            for name, some in counted.items()
        }
    )


def overview_of(inspection: Inspection, user: User) -> Overview:
    """The numbers and the tree of one inspection, as far as the user may see them."""
    findings = Finding.objects.visible_to(user).of(inspection)
    measures = Measure.objects.visible_to(user).of(inspection)
    measures_count = measures.count()
    numbers = findings.aggregate(all=Count("pk"), closed=Count("pk", filter=signed_off()))
    total = numbers["all"]
    shows_findings, shows_measures = total <= MOST_FINDINGS, measures_count <= MOST_MEASURES
    nodes = finding_nodes(inspection, findings, measures if shows_measures else None) if shows_findings else {}
    tops = Q(findings__parent=None, findings__in=findings.values("pk"))
    aspects = Aspect.objects.visible_to(user).filter(inspection=inspection)
    # Counted for the headings, which also stand when the tree is left out.
    aspects = aspects.annotate(findings_count=Count("findings", filter=tops))
    tree = [(aspect, nodes.get(aspect.pk, [])) for aspect in aspects]
    return Overview(
        figures=figures_of(inspection, user, total, measures_count),
        aspects=tree,
        deadlines=deadlines_of(inspection, finished=0 < total == numbers["closed"]),
        lights=DueStatus.of(inspection),
        shows_findings=shows_findings,
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


def figures_of(inspection: Inspection, user: User, total: int, measures_count: int) -> list[Figure]:
    """The numbers of the summary; findings are counted in the inspection's own way, as in the lists behind them."""
    counted, every = Finding.objects.visible_to(user).counted_in_report(inspection), Finding.objects.of(inspection)
    numbers = counted.aggregate(
        findings=Count("pk", distinct=True),
        completed=Count("pk", distinct=True, filter=Q(pk__in=every.completed(inspection).values("pk"))),
        in_progress=Count("pk", distinct=True, filter=Q(status=Status.IN_PROGRESS)),
        overdue=Count("pk", distinct=True, filter=Q(pk__in=every.overdue().values("pk"))),
        long_term=Count("pk", distinct=True, filter=Q(long_term=True)),
        void=Count("pk", distinct=True, filter=Q(pk__in=every.void().values("pk"))),
        missed=Count("pk", distinct=True, filter=Q(pk__in=every.review_missed().values("pk"))),
    )
    # Without the filter the list has sub-findings that the number does not count.
    only = "counted=on&" if total != numbers["findings"] else ""
    late = numbers["overdue"] > 0
    no_longer_closed = [
        Figure("销号失效", numbers["void"], "finding_list", f"{only}status=void", is_bad=True),
        Figure("复查逾期", numbers["missed"], "finding_list", f"{only}status=missed", is_bad=True),
    ]
    return [
        Figure("问题", numbers["findings"], "finding_list", only),
        Figure("已完成", numbers["completed"], "finding_list", f"{only}status=completed"),
        Figure(inspection.in_progress_word, numbers["in_progress"], "finding_list", f"{only}status=in_progress"),
        Figure("逾期", numbers["overdue"], "finding_list", f"{only}overdue=on", late),
        *(figure for figure in no_longer_closed if figure.number),
        Figure("长期坚持", numbers["long_term"], "finding_list", f"{only}long_term=on"),
        Figure("制度", Regulation.objects.visible_to(user).filter(inspection=inspection).count(), "regulation_list"),
        Figure("措施", measures_count, "measure_list"),
    ]


def finding_nodes(
    inspection: Inspection, findings: FindingQuerySet, measures: MeasureQuerySet | None
) -> dict[int, list[FindingNode]]:
    """The findings of each aspect (key) in order, with sub-findings and, unless None, measures below them.

    A sub-finding whose parent the user may not see stands at the top.
    """
    # Once for all nodes: it reads the clock.
    lights = DueStatus.of(inspection)
    nodes: dict[int, FindingNode] = {}
    tops: dict[int, list[FindingNode]] = {}
    for finding in findings.select_related("lead_unit").order_by("aspect", "parent", "order"):
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
