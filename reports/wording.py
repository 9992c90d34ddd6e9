"""Composition of the report from facts; the functions are named after its parts. Pure.

The form is that of published reports: preamble, summary, aspects, findings, measures (一是…), next steps.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from documents.document import Block, BlockKind, Document, Source, Span
from documents.numerals import counting_words, end_sentence
from reports import phrases
from reports.facts import AspectFacts, FacetFacts, FindingFacts, MeasureFacts, ReportFacts, SourceKind


def compose(facts: ReportFacts) -> Document:
    """The whole report; values that the records do not have yet are placeholders in 【】."""
    blocks = chain(opening(facts), overview(facts), rectification(facts), outlook(facts), closing(facts))
    # A title may be set over several lines; the name of the document is one line.
    return Document(facts.title.replace("\n", "") or facts.name, tuple(blocks))


def opening(facts: ReportFacts) -> Iterator[Block]:
    """Title, addressee and preamble."""
    if facts.title:
        yield block(BlockKind.TITLE, details(facts, facts.title))
    if facts.salutation:
        # Typed with or without its colon: it is printed once.
        yield block(BlockKind.SALUTATION, details(facts, f"{facts.salutation.rstrip('：')}："))
    yield Block(BlockKind.PARAGRAPH, preamble(facts), inspection_source(facts))


def preamble(facts: ReportFacts) -> tuple[Span, ...]:
    """The preamble: who inspected whom and when, and that the report follows."""

    def span(text: str) -> Span:
        return Span(text, inspection_source(facts))

    return phrases.PREAMBLE.spans(
        commissioner=span(facts.commissioner),
        period=or_placeholder(period(facts), phrases.UNKNOWN_PERIOD, inspection_source(facts)),
        team=span(facts.team),
        body=span(facts.body),
        term=span(facts.term),
        feedback_on=or_placeholder(day(facts.feedback_on), phrases.UNKNOWN_DAY, inspection_source(facts)),
        inspectors=span(facts.inspectors),
        genre=span(facts.genre),
    )


def period(facts: ReportFacts) -> str:
    """The months of the inspection as 2026年3月至5月, with a second year only if it differs; "" when not known."""
    start, end = facts.started_on, facts.ended_on
    if start is None or end is None:
        return ""
    first = f"{start.year}年{start.month}月"
    if (start.year, start.month) == (end.year, end.month):
        return first
    return f"{first}至{end.month}月" if start.year == end.year else f"{first}至{end.year}年{end.month}月"


def day(date: dt.date | None) -> str:
    """The date as 2026年6月30日 (GB/T 9704-2012); "" for None."""
    return f"{date.year}年{date.month}月{date.day}日" if date else ""


def overview(facts: ReportFacts) -> Iterator[Block]:
    """Chapter one: the pledge followed by the numbers, in one paragraph."""
    yield chapter(facts, 1, facts.overview_heading)
    # Its own source: the pledge is a text of the office, the numbers behind it are computed.
    pledge = Span(facts.pledge, Source(SourceKind.DETAILS, facts.key))
    yield from paragraphs([pledge, *summary(facts)], inspection_source(facts))


def summary(facts: ReportFacts) -> tuple[Span, ...]:
    """The summary sentences, with computed numbers; optional clauses whose number is 0 are left out."""
    if not facts.aspects:  # without findings the sentence would count nothing
        return (Span("【反馈问题未录入】", inspection_source(facts), missing=True),)
    spans = phrases.SUMMARY.spans(
        term=Span(facts.term, inspection_source(facts)),
        aspects=Span(aspects_named(facts), Source(SourceKind.COUNT, "aspects")),
        findings=count(facts, "findings"),
        completed=count(facts, "completed"),
    )
    spans += inclusion_spans(facts)
    # None is a masked number of a parsed text: the clause was there and stays.
    if facts.counts.long_term != 0:
        spans += phrases.SUMMARY_LONG_TERM.spans(long_term=count(facts, "long_term"))
    for name, phrase in phrases.SUMMARY_BESIDE.items():
        if getattr(facts.counts, name) != 0:
            spans += phrase.spans(**{name: count(facts, name)})
    spans += (Span("。"),)
    if facts.counts.regulations != 0:
        spans += phrases.SUMMARY_REGULATIONS.spans(regulations=count(facts, "regulations"))
    return spans + phrases.SUMMARY_MEASURES.spans(measures=count(facts, "measures"))


def inclusion_spans(facts: ReportFacts) -> tuple[Span, ...]:
    """The other degrees within the completed ones, in brackets; empty when there are none."""
    spans: tuple[Span, ...] = ()
    for name, phrase in phrases.SUMMARY_INCLUDING.items():
        if getattr(facts.counts, name) != 0:
            spans += (Span("、" if spans else "（"), *phrase.spans(**{name: count(facts, name)}))
    return (*spans, Span("）")) if spans else ()


def aspects_named(facts: ReportFacts) -> str:
    """The names of the aspects as 甲、乙、丙等3个方面; a single one without its number."""
    names = Span("、".join(aspect.short_title or aspect.title for aspect in facts.aspects))
    if len(facts.aspects) == 1:
        return text_of(phrases.ONE_ASPECT.spans(names=names))
    return text_of(phrases.SEVERAL_ASPECTS.spans(names=names, aspects=Span(str(facts.counts.aspects))))


def count(facts: ReportFacts, name: str) -> Span:
    """One number of the summary, with its name in ``Counts`` as the source."""
    return Span(str(getattr(facts.counts, name)), Source(SourceKind.COUNT, name))


def rectification(facts: ReportFacts) -> Iterator[Block]:
    """Chapter two: the aspects with their findings and measures."""
    standard = text_of(phrases.FINDINGS_HEADING.spans(inspectors=Span(facts.inspectors)))
    yield chapter(facts, 2, facts.findings_heading or standard)
    for number, aspect in enumerate(facts.aspects, start=1):
        yield aspect_heading(number, aspect)
        style = phrases.FINDING_STYLES[facts.finding_style]
        for order, finding in enumerate(aspect.findings, start=1):
            yield from finding_blocks(finding, BlockKind.HEADING_3, style.numbering, style, order)


def aspect_heading(number: int, aspect: AspectFacts) -> Block:
    """（一） and the title of the aspect with a full stop."""
    source = Source(SourceKind.ASPECT, aspect.key)
    spans = phrases.ASPECT_HEADING.spans(title=Span(aspect.title, source))
    return Block(BlockKind.HEADING_2, spans, source, phrases.ASPECTS.write(number))


def finding_blocks(
    finding: FindingFacts,
    kind: BlockKind,
    numbering: phrases.Numbering | None,
    style: phrases.FindingStyle,
    order: int,
) -> Iterator[Block]:
    """The heading of a finding, its paragraphs, and its sub-findings in the same form one level lower."""
    source = Source(SourceKind.FINDING, finding.key)
    heading = style.heading.spans(title=Span(finding.title, source))
    yield Block(kind, heading, source, numbering.write(order) if numbering else "")
    # A finding that only groups sub-findings has no paragraph; one without anything gets the placeholder.
    if finding.facets or not finding.sub_findings:
        yield from paragraphs(rectification_spans(finding), source)
    for number, sub_finding in enumerate(finding.sub_findings, start=1):
        yield from finding_blocks(sub_finding, BlockKind.HEADING_4, phrases.BRACKETED, style, number)


def rectification_spans(finding: FindingFacts) -> Iterator[Span]:
    """整改情况： and the facets, each in its own paragraph."""
    # The phrase reads label and text together; here only its fixed words are wanted, the text follows in spans.
    yield from phrases.LABEL.spans(text=Span(""))
    if not finding.facets:
        yield Span("【整改措施未录入】", Source(SourceKind.FINDING, finding.key), missing=True)
    for index, facet in enumerate(finding.facets):
        if index:
            yield Span("\n")  # ``paragraphs`` begins a new one here
        yield from facet_spans(facet, Source(SourceKind.FINDING, finding.key))


def facet_spans(facet: FacetFacts, finding: Source) -> Iterator[Span]:
    """在…方面， followed by the introduction and the measures; ``finding`` is the source without a title."""
    # A facet without title is no record: its introduction is the finding's.
    source = Source(SourceKind.FACET, facet.key) if facet.title else finding
    if facet.title:
        yield from phrases.FACET.spans(title=Span(facet.title, source), text=Span(""))
    if facet.introduction:
        yield Span(end_sentence(facet.introduction), source)
    yield from measure_spans(facet.measures)


def measure_spans(measures: Sequence[MeasureFacts]) -> Iterator[Span]:
    """The outcomes of the measures; several begin with 一是, 二是 and so on."""
    for number, measure in enumerate(measures, start=1):
        if words := counting_words(number, len(measures)):
            yield Span(words)
        source = Source(SourceKind.MEASURE, measure.key)
        yield or_placeholder(end_sentence(measure.outcome), "【整改成效未填】。", source)


def outlook(facts: ReportFacts) -> Iterator[Block]:
    """Chapter three: the next steps, and the contact details if there are any."""
    yield chapter(facts, 3, facts.next_steps_heading)
    source = Source(SourceKind.DETAILS, facts.key)
    yield from paragraphs([or_placeholder(facts.next_steps, "【下一步打算未填】", source)], source)
    if ways := contact_ways(facts):
        spans = phrases.CONTACT.spans(term=Span(facts.term, inspection_source(facts)), ways=Span(ways, source))
        yield Block(BlockKind.CONTACT, spans, source)


def contact_ways(facts: ReportFacts) -> str:
    """The contact details that are filled in, in the order of ``CONTACT_WAYS``; "" without any."""
    ways = ((phrase, getattr(facts.contact, name)) for name, phrase in phrases.CONTACT_WAYS.items())
    return "；".join(text_of(phrase.spans(value=Span(value))) for phrase, value in ways if value)


def closing(facts: ReportFacts) -> Iterator[Block]:
    """The signature and the date, each if it is filled in."""
    if facts.signature:
        yield block(BlockKind.SIGNATURE, details(facts, facts.signature))
    if facts.dated_on:
        yield block(BlockKind.DATE, details(facts, day(facts.dated_on)))


def chapter(facts: ReportFacts, number: int, heading: str) -> Block:
    """The heading of a chapter: 一、…"""
    span = details(facts, heading)
    return Block(BlockKind.HEADING_1, (span,), span.source, phrases.CHAPTERS.write(number))


def block(kind: BlockKind, span: Span) -> Block:
    """A block of one span, with the span's source."""
    return Block(kind, (span,), span.source)


def paragraphs(spans: Iterable[Span], source: Source) -> Iterator[Block]:
    """Paragraphs of running text; a line feed in a span begins a new one."""
    current: list[Span] = []
    for span in spans:
        first, *rest = span.text.split("\n")
        current.append(Span(first, span.source, span.missing))
        for line in rest:
            yield Block(BlockKind.PARAGRAPH, non_empty(current), source)
            current = [Span(line, span.source, span.missing)]
    yield Block(BlockKind.PARAGRAPH, non_empty(current), source)


def non_empty(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans whose text is not empty."""
    return tuple(span for span in spans if span.text)


def or_placeholder(text: str, placeholder: str, source: Source) -> Span:
    """The text, or the placeholder marked as missing when the text is empty."""
    return Span(text, source) if text else Span(placeholder, source, missing=True)


def details(facts: ReportFacts, text: str) -> Span:
    """A text the office wrote for this report, with the report's details as the source."""
    return Span(text, Source(SourceKind.DETAILS, facts.key))


def inspection_source(facts: ReportFacts) -> Source:
    """The source of values of the inspection itself."""
    return Source(SourceKind.INSPECTION, facts.key)


def text_of(spans: Iterable[Span]) -> str:
    """The texts of the spans, joined."""
    return "".join(span.text for span in spans)
