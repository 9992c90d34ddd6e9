"""What belongs to one finding, loaded for its page in a number of queries that does not grow with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Value, prefetch_related_objects

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import DONE_STATUSES
from findings.evidence.models import Evidence
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.inspections.models.progress import Progress
from findings.notifications.models.comments import Comment
from findings.units.models import Unit
from findings.work.evidence_list import EvidenceList, measures_in_order
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import ReviewStage, Step

# What is filed with a finding beside its measures, by the name of the relation. The kinds of follow-up are an upper
# package, which the relation reaches.
FILED = ("regulations", "accountability", "recoveries", "spot_check_items", "reviews", "supervision")


@dataclass
class FindingParts:
    """The records below a finding that the user may see, and what is filed with it."""

    measures: list[Measure]
    facets: list[Facet]
    dossier: EvidenceList
    extensions: list[Extension]  # of the finding and of its measures, the newest first
    comments: list[Comment]
    sub_findings: list[tuple[Finding, int, int]]  # with the numbers of all and of done measures
    filed: dict[str, list[Any]]

    @property
    def letters(self) -> list[Any]:
        """The letters about the finding."""
        return [one for one in self.filed["supervision"] if one.letter]

    @property
    def supervision(self) -> list[Any]:
        """Visits, notices and bulletins, which are no letters."""
        return [one for one in self.filed["supervision"] if not one.letter]

    @property
    def own_extensions(self) -> list[Extension]:
        """The extensions of the finding's own deadline."""
        return [one for one in self.extensions if one.measure_id is None]

    @property
    def is_bare(self) -> bool:
        """Whether nothing is filed with the finding."""
        return not any(self.filed.values())


def load_parts(finding: Finding, user: User) -> FindingParts:
    """Load the records below a finding; those of a kind that does not exist are not asked for."""
    present = kinds_present(finding)
    _prefetch(finding, present)
    is_open = finding.is_open_to(user)
    # Whoever sees only a sub-finding sees the title above it and nothing else.
    measures = list(finding.measures.all()) if is_open else []
    loaded = {measure.pk: measure for measure in measures}
    extensions = _if_present("extensions", present, finding.extensions.select_related("requested_by", "decided_by"))
    comments = _comments(finding, present, is_open=is_open)
    for one in (*extensions, *comments):
        # The loaded objects, which spare a query for each.
        one.finding = finding
        if one.measure_id in loaded:
            one.measure = loaded[one.measure_id]
    subs = [sub for sub in finding.sub_findings.all() if sub.is_open_to(user)]
    return FindingParts(
        measures,
        _if_present("facets", present, finding.facets.order_by("order")),
        EvidenceList(finding, user),
        [one for one in extensions if one.measure_id is None or one.measure_id in loaded],
        comments,
        with_progress(subs),
        _filed_records(finding, present, user, is_open=is_open),
    )


def kinds_present(finding: Finding) -> set[str]:
    """The names of the kinds of records that exist below the finding; one query."""
    of_measures = {"measure__finding": finding}
    kinds: dict[str, QuerySet[Any]] = {name: getattr(finding, name).all() for name in FILED}
    kinds |= {
        name: getattr(finding, name).all() for name in ("comments", "extensions", "facets", "steps", "sub_findings")
    }
    kinds |= {
        "supporting_units": Finding.supporting_units.through.objects.filter(finding=finding),
        "other_people_in_charge": Measure.other_people_in_charge.through.objects.filter(**of_measures),
        "progress": Progress.objects.filter(**of_measures),
        "stages": ReviewStage.objects.filter(inspection=finding.inspection_id),
    }
    first, *others = (
        rows.order_by().annotate(present=Value(name)).values_list("present", flat=True) for name, rows in kinds.items()
    )
    return set(first.union(*others))


def _if_present(name: str, present: set[str], rows: QuerySet[Any]) -> list[Any]:
    return list(rows) if name in present else []


def _prefetch(finding: Finding, present: set[str]) -> None:
    """Load what several parts of the page use; an empty queryset asks nothing."""

    def rows_if_present(name: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows if name in present else rows.none()

    people = User.objects.all()
    prefetch_related_objects(
        [finding],
        measures_in_order(rows_if_present("other_people_in_charge", people)),
        Prefetch("measures__progress", rows_if_present("progress", Progress.objects.select_related("logged_by"))),
        Prefetch("steps", rows_if_present("steps", Step.objects.select_related("taken_by"))),
        Prefetch(
            "sub_findings",
            rows_if_present("sub_findings", Finding.objects.select_related("lead_unit").order_by("order")),
        ),
        Prefetch("supporting_units", rows_if_present("supporting_units", Unit.objects.all())),
        Prefetch("inspection__stages", rows_if_present("stages", ReviewStage.objects.prefetch_related("reviewers"))),
    )
    measures = {measure.pk: measure for measure in finding.measures.all()}
    for step in finding.steps.all():
        if step.measure_id in measures:
            # The loaded object, which spares a query for each step.
            step.measure = measures[step.measure_id]
    for sub in finding.sub_findings.all():
        # The same objects, which spare queries for each sub-finding.
        sub.inspection, sub.parent = finding.inspection, finding


def _comments(finding: Finding, present: set[str], *, is_open: bool) -> list[Comment]:
    written = finding.comments.select_related("written_by", "withdrawn_by").prefetch_related("mentioned").order_by("pk")
    found: list[Comment] = _if_present("comments", present, written)
    return [one for one in found if is_open or one.measure_id is None]


def _filed_records(finding: Finding, present: set[str], user: User, *, is_open: bool) -> dict[str, list[Any]]:
    """The records filed with the finding: all for users who see the whole of it, else those visible to the user."""
    filed: dict[str, list[Any]] = {}
    for name in FILED:
        rows = getattr(finding, name).all()
        rows = rows if is_open else rows.visible_to(user)
        if name == "supervision" and not finding.inspection.allows(user, Right.SEE_ALL):
            rows = rows.shown_to_units()
        filed[name] = _if_present(name, present, rows)
    return filed


def with_progress(findings: list[Finding]) -> list[tuple[Finding, int, int]]:
    """Findings with the numbers of all and of done measures of each; one query, none without findings."""
    counts = Measure.objects.filter(finding__in=findings).order_by().values_list("finding")
    found = (
        counts.annotate(number=Count("pk"), done=Count("pk", filter=Q(status__in=DONE_STATUSES))) if findings else ()
    )
    numbers = {pk: (number, done) for pk, number, done in found}
    return [(finding, *numbers.get(finding.pk, (0, 0))) for finding in findings]


def live_evidence(dossier: EvidenceList) -> tuple[dict[int, list[Evidence]], list[Evidence]]:
    """The evidence that counts, by the key of the measure that it proves, and what proves no measure."""
    by_measure: dict[int, list[Evidence]] = {}
    others = []
    for one in dossier.live:
        proved = dossier.proved_by(one)
        for measure in proved:
            by_measure.setdefault(measure.pk, []).append(one)
        if not proved:
            others.append(one)
    return by_measure, others
