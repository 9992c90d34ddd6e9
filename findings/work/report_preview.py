"""The sentence of a measure in the public report, within its paragraph: 一是…二是…"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from documents.numerals import SENTENCE_ENDS, counting_words, end_sentence
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure

MISSING = "【整改成效未填】。"


@dataclass(frozen=True)
class Sentence:
    """The sentence of one measure, with the ordinal before it."""

    counted: str
    words: str
    is_own: bool


@dataclass(frozen=True)
class Paragraph:
    """The paragraph around a measure; after the characters ``ends`` no full stop is added."""

    introduction: str
    sentences: list[Sentence]
    missing: str = MISSING
    ends: str = SENTENCE_ENDS

    @property
    def around(self) -> list[Sentence]:
        """The measure's own sentence with the one before and the one after it."""
        own = next(place for place, one in enumerate(self.sentences) if one.is_own)
        return self.sentences[max(own - 1, 0) : own + 2]


def report_paragraph(measure: Measure, outcome: str) -> Paragraph:
    """The paragraph of a measure's finding or facet, with ``outcome`` instead of the stored one."""
    # Of the same facet: the report counts measures off within each.
    siblings = [one for one in measure.finding.measures.all() if one.facet_id == measure.facet_id]
    outcomes = [(one.pk, one.outcome) for one in siblings]
    saying = measure.inspection.saying
    sentences = [
        Sentence(
            counted=counting_words(number, len(outcomes)),
            words=end_sentence(saying(outcome if pk == measure.pk else stored)) or MISSING,
            is_own=pk == measure.pk,
        )
        for number, (pk, stored) in enumerate(outcomes, start=1)
    ]
    introduction = measure.facet.introduction if measure.facet else measure.finding.introduction
    return Paragraph(end_sentence(saying(introduction)), sentences)


def finding_paragraphs(finding: Finding, measures: Iterable[Measure], facets: Iterable[Facet]) -> list[Paragraph]:
    """The paragraphs of a finding as the report writes them now: measures without a facet first, then each facet."""
    measures = list(measures)
    saying = finding.inspection.saying
    groups = [(None, finding.introduction), *((facet.pk, facet.introduction) for facet in facets)]
    paragraphs = []
    for facet, introduction in groups:
        outcomes = [one.outcome for one in measures if one.facet_id == facet]
        sentences = [
            Sentence(counting_words(number, len(outcomes)), end_sentence(saying(outcome)) or MISSING, is_own=False)
            for number, outcome in enumerate(outcomes, start=1)
        ]
        if sentences:
            paragraphs.append(Paragraph(end_sentence(saying(introduction)), sentences))
    return paragraphs
