"""The content of a report as plain values: the allow-list of everything that can be published.

Pure. ``gathering`` fills these from the records, ``parsing`` from a text; ``wording`` makes sentences of them.
A ``key`` is the primary key of the record that a value came from, "" when it came from a text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SUMMARY_PLACE = "【计数句】"
NO_STATUS = "【整改状态未填】"
NO_OUTCOME = "【整改成效未填】"
UNDONE = "【整改措施未录入】"
UNGROUPED = "巡察反馈的问题"  # the aspect of a report that groups its findings under none


class SourceKind(StrEnum):
    """The kinds of sources of the report's text: the ``kind`` of a ``documents.document.Source``.

    The key of a source is the primary key of a record; for a count it is the name in ``Counts`` or the key of a total.
    """

    INSPECTION = "inspection"
    DETAILS = "details"  # the texts an office writes for this report only
    ASPECT = "aspect"
    FINDING = "finding"
    FACET = "facet"
    MEASURE = "measure"
    COUNT = "count"  # a number computed from records
    REGULATION = "regulation"


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """One measure as published; ``outcome`` is "" while there is none, or the latest progress in some styles."""

    outcome: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class FacetFacts:
    """A group of measures: under 在…方面, or directly under the finding when ``title`` is empty."""

    measures: tuple[MeasureFacts, ...] = ()
    title: str = ""
    introduction: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """A finding with its measures; one that only groups sub-findings has no facets.

    ``detail`` is what the inspectors found, ``part`` the heading between aspect and finding, ``status`` the published
    word for its state; each is "" where there is none. ``is_immediate``: a letter asks for it at once (立行立改).
    """

    title: str
    facets: tuple[FacetFacts, ...] = ()
    sub_findings: tuple[FindingFacts, ...] = ()
    key: str = ""
    detail: str = ""
    part: str = ""
    status: str = ""
    is_finished: bool = True
    is_immediate: bool = False

    def measures(self) -> Iterator[MeasureFacts]:
        """Every measure of the finding and its sub-findings, in order."""
        for facet in self.facets:
            yield from facet.measures
        for sub_finding in self.sub_findings:
            yield from sub_finding.measures()


@dataclass(frozen=True, slots=True)
class AspectFacts:
    """A heading （一） with its findings; ``short_title`` is its name in the summary sentence."""

    title: str
    short_title: str = ""
    findings: tuple[FindingFacts, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class RegulationFacts:
    """A regulation that was issued or revised; ``number`` is that of the document, "" without one."""

    title: str
    number: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of the summary sentence; None for those that a text has masked.

    ``completed`` includes the two of ``including_…``; ``substantially``, ``staged`` and ``in_progress`` are beside it.
    """

    aspects: int | None = None
    findings: int | None = None
    completed: int | None = None
    long_term: int | None = None
    regulations: int | None = None
    measures: int | None = None
    including_substantially: int | None = 0
    including_staged: int | None = 0
    substantially: int | None = 0
    staged: int | None = 0
    in_progress: int | None = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """The contact details of the office; "" for those not published."""

    phone: str = ""
    address: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """The whole content of one report.

    The headings are those of three chapters, "" for what the style gives. ``next_steps`` and ``pledge`` may have
    several paragraphs, one a line; ``SUMMARY_PLACE`` in the pledge is where the numbers stand, else they follow it.
    ``totals`` are the numbers, by their keys, that a style needs besides the counts.
    """

    commissioner: str
    team: str
    body: str
    started_on: dt.date | None = None
    ended_on: dt.date | None = None
    feedback_on: dt.date | None = None
    counts: Counts = field(default_factory=Counts)
    aspects: tuple[AspectFacts, ...] = ()
    name: str = ""
    title: str = ""
    salutation: str = ""
    term: str = "巡察"
    genre: str = "报告"
    pledge: str = ""
    overview_heading: str = ""
    findings_heading: str = ""
    next_steps_heading: str = ""
    next_steps: str = ""
    kind: str = ""  # 常规巡察, 巡察“回头看”
    regulations: tuple[RegulationFacts, ...] = ()
    totals: Mapping[str, str] = field(default_factory=dict)
    contact: Contact = field(default_factory=Contact)
    signature: str = ""
    dated_on: dt.date | None = None
    key: str = ""

    @property
    def inspectors(self) -> str:
        """The name of the body that gave the feedback, such as 区委巡察组."""
        return f"{self.commissioner}{self.term}组"

    def findings(self) -> Iterator[FindingFacts]:
        """Every top-level finding, in order."""
        for aspect in self.aspects:
            yield from aspect.findings
