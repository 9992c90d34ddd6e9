"""Reading of a report's facts from the database; no other module does it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from findings.choices import Completion, RegulationKind, Status, Term
from findings.inspections.finding_counts import count_findings, sum_counts
from findings.inspections.models.inspections import totals_saying
from findings.inspections.totals import BY_KEY, TotalsRenderer
from findings.models import Facet, Finding, Inspection, Measure, Progress
from reports.facts import (
    AspectFacts,
    Contact,
    Counts,
    FacetFacts,
    FindingFacts,
    MeasureFacts,
    RegulationFacts,
    ReportFacts,
)
from reports.models import Genre, ReportDetails
from reports.styles.style import ChapterPart, ReportStyle, Unfinished
from reports.styles.templates import read_template


def details_of(inspection: Inspection) -> ReportDetails:
    """The texts of this inspection's report; an unsaved record with the defaults when there are none. One query."""
    return ReportDetails.objects.filter(inspection=inspection).first() or ReportDetails(inspection=inspection)


def gather(inspection: Inspection, details: ReportDetails | None = None) -> ReportFacts:
    """The facts of this inspection's report, with all numbers computed from the records.

    ``details`` are those of the report unless others are given. What their style does not say is not read.
    """
    details = details or details_of(inspection)
    style = details.style
    lists_regulations = details.regulations_annex or style.chapter_of(ChapterPart.REGULATIONS)
    # One renderer for all texts: what they quote is counted once.
    saying = totals_saying(inspection.pk)
    return ReportFacts(
        key=str(inspection.pk),
        name=inspection.name,
        commissioner=inspection.commissioner,
        team=inspection.team,
        body=inspection.body,
        term=Term(inspection.term).label,
        started_on=inspection.started_on,
        ended_on=inspection.ended_on,
        feedback_on=inspection.feedback_on,
        counts=count(inspection),
        aspects=gather_aspects(inspection, saying, _latest_progress(inspection, style)),
        title=saying(_lines(details.title)),
        genre=Genre(details.genre).label,
        salutation=details.salutation,
        pledge=saying(details.pledge.replace("\r\n", "\n")),
        overview_heading=saying(details.overview_heading),
        findings_heading=saying(details.findings_heading),
        next_steps_heading=saying(details.next_steps_heading),
        next_steps=saying(_lines(details.next_steps)),
        kind=inspection.kind_name,
        regulations=_regulations(inspection) if lists_regulations else (),
        totals=_totals(style, saying),
        contact=Contact(details.contact_phone, details.contact_address, details.contact_email),
        signature=details.signature,
        dated_on=details.dated_on,
    )


def count(inspection: Inspection) -> Counts:
    """The numbers of the summary; four queries."""
    counts = sum_counts(count_findings(Finding.objects.all(), inspection))
    # The degrees that the inspection counts as completed stand within them, the others beside.
    counted = inspection.counted_completions()
    within = {degree: getattr(counts, degree) if degree in counted else 0 for degree in Completion}
    beside = {degree: getattr(counts, degree) - number for degree, number in within.items()}
    return Counts(
        aspects=inspection.aspects.count(),
        findings=counts.total,
        completed=counts.completed(inspection),
        # 长期坚持 counts completed findings only; abolished regulations are not 建立.
        long_term=counts.long_term_completed,
        including_substantially=within[Completion.SUBSTANTIALLY],
        including_staged=within[Completion.STAGED],
        substantially=beside[Completion.SUBSTANTIALLY],
        staged=beside[Completion.STAGED],
        in_progress=counts.unfinished,
        regulations=inspection.regulations.exclude(kind=RegulationKind.ABOLISHED).count(),
        measures=Measure.objects.of(inspection).count(),
    )


def _latest_progress(inspection: Inspection, style: ReportStyle) -> dict[int, str]:
    """By the key of a measure that is not done its latest progress; nothing unless the style says it."""
    if style.unfinished != Unfinished.PROGRESS:
        return {}
    entries = Progress.objects.filter(measure__in=Measure.objects.of(inspection).filter(outcome=""))
    # The latest comes last, and stays.
    return dict(entries.order_by("reported_on", "pk").values_list("measure", "text"))


def gather_aspects(
    inspection: Inspection, saying: TotalsRenderer, progress: Mapping[int, str] = MappingProxyType({})
) -> tuple[AspectFacts, ...]:
    """The aspects of an inspection as its report has them; ``progress`` stands for outcomes that are missing."""
    return tuple(_aspects(inspection, saying, progress))


def _aspects(inspection: Inspection, saying: TotalsRenderer, progress: Mapping[int, str]) -> Iterator[AspectFacts]:
    """The aspects with their whole trees, in five queries however large they are."""
    # Read at once and grouped here: a query for each finding would make hundreds for one report.
    findings: dict[int, list[Finding]] = defaultdict(list)
    sub_findings: dict[int, list[Finding]] = defaultdict(list)
    for finding in Finding.objects.of(inspection).order_by("order"):
        if finding.parent_id is None:
            findings[finding.aspect_id].append(finding)
        else:
            sub_findings[finding.parent_id].append(finding)
    facets = _facets(inspection, saying, progress)

    def facts(finding: Finding) -> FindingFacts:
        subs = tuple(facts(sub_finding) for sub_finding in sub_findings[finding.pk])
        own = facets.get(finding.pk, [])
        if finding.introduction:
            own = add_introduction(own, _lines(saying(finding.introduction)))
        return FindingFacts(
            saying(finding.title),
            tuple(own),
            subs,
            str(finding.pk),
            detail=_lines(finding.detail),
            part=finding.part,
            status=published_status(finding, inspection),
            is_finished=is_finished(finding),
        )

    for aspect in inspection.aspects.order_by("order"):
        found = tuple(facts(finding) for finding in findings[aspect.pk])
        # The summary sentence names every aspect: the title serves where no short one is written.
        short = saying(aspect.short_title or aspect.title)
        yield AspectFacts(saying(aspect.title), short, found, str(aspect.pk))


def is_finished(finding: Finding) -> bool:
    """Whether the finding is signed off, and the sign-off holds."""
    return finding.status == Status.CLOSED and not finding.is_void


def published_status(finding: Finding, inspection: Inspection) -> str:
    """The word of this inspection for the state of a finding: by its completion, else the one for 整改中."""
    if is_finished(finding):
        return inspection.completion_word(finding.completion)
    return inspection.status_word(Status.IN_PROGRESS)


def _regulations(inspection: Inspection) -> tuple[RegulationFacts, ...]:
    issued = inspection.regulations.exclude(kind=RegulationKind.ABOLISHED).order_by("issued_on", "pk")
    return tuple(RegulationFacts(one.title, one.document_number, str(one.pk)) for one in issued)


def _totals(style: ReportStyle, saying: TotalsRenderer) -> dict[str, str]:
    """The totals that the style's texts name; one that does not exist stays a placeholder."""
    names = read_template(style.preamble + style.summary + style.accountability).names()
    return {name: str(saying.number(name)) for name in names if name in BY_KEY}


def _facets(inspection: Inspection, saying: TotalsRenderer, progress: Mapping[int, str]) -> dict[int, list[FacetFacts]]:
    """The facets of all findings by the finding's key; measures without one come first, as a facet without title."""
    measures: dict[tuple[int, int | None], list[Measure]] = defaultdict(list)
    for measure in Measure.objects.of(inspection).order_by("order"):
        measures[measure.finding_id, measure.facet_id].append(measure)
    facets: dict[int, list[FacetFacts]] = defaultdict(list)
    # First the measures without a facet, so that they are the first facet of their finding.
    for (finding, facet), untitled in measures.items():
        if facet is None:
            facets[finding].append(FacetFacts(_measures(untitled, saying, progress)))
    for titled in Facet.objects.filter(finding__inspection=inspection).order_by("order"):
        grouped = _measures(measures[titled.finding_id, titled.pk], saying, progress)
        introduction = _lines(saying(titled.introduction))
        facets[titled.finding_id].append(FacetFacts(grouped, saying(titled.title), introduction, str(titled.pk)))
    return facets


def add_introduction(facets: list[FacetFacts], introduction: str) -> list[FacetFacts]:
    """The facets with the finding's introduction on the facet without title, which is added when there is none."""
    if facets and not facets[0].title:
        return [replace(facets[0], introduction=introduction), *facets[1:]]
    return [FacetFacts(introduction=introduction), *facets]


def _measures(
    measures: Iterable[Measure], saying: TotalsRenderer, progress: Mapping[int, str]
) -> tuple[MeasureFacts, ...]:
    return tuple(
        MeasureFacts(_lines(saying(measure.outcome) or progress.get(measure.pk, "")), str(measure.pk))
        for measure in measures
    )


def _lines(text: str) -> str:
    """A text as paragraphs, one a line: stripped, without empty lines, with \\n as line end."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
