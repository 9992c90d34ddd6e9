"""Composition of aspects, findings and measures in a style. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from documents.document import Block, BlockKind, Source, Span
from documents.numerals import end_sentence
from reports import phrases
from reports.facts import (
    NO_OUTCOME,
    NO_STATUS,
    UNDONE,
    AspectFacts,
    FacetFacts,
    FindingFacts,
    MeasureFacts,
    ReportFacts,
    SourceKind,
)
from reports.gap_values import or_placeholder
from reports.styles.numbers import heading_kind, write_number
from reports.styles.style import (
    STATUS,
    TITLE,
    Grouping,
    HeadingStyle,
    MeasureList,
    ReportStyle,
    StatusPlace,
    Unfinished,
)
from reports.styles.templates import read_template


class Numbers:
    """The numbers of a level of headings, which begin anew at ``restart`` unless they run on."""

    def __init__(self, style: HeadingStyle | None, before: int = 0) -> None:
        self.style, self._last = style, before

    def next(self) -> int:
        """The next number."""
        self._last += 1
        return self._last

    def restart(self) -> None:
        """Begin anew below another heading."""
        if self.style is not None and not self.style.runs_on:
            self._last = 0


def aspect_blocks(
    facts: ReportFacts, style: ReportStyle, *, is_listed: bool = False, before: int = 0
) -> Iterator[Block]:
    """The aspects with their findings, after ``before`` others; when ``is_listed`` only what the inspectors found."""
    aspects, parts, findings = Numbers(style.aspect, before), Numbers(style.part), Numbers(style.finding)
    for aspect in arrange_aspects(facts, style):
        if style.aspect is not None:
            source = Source(SourceKind.ASPECT, aspect.key) if aspect.key else Source()
            yield heading(style.aspect, aspects.next(), Span(aspect.title, source), BlockKind.HEADING_2)
            findings.restart()
            parts.restart()
        part = ""
        for finding in aspect.findings:
            if style.part is not None and finding.part not in {"", part}:
                part = finding.part
                title = Span(part, Source(SourceKind.FINDING, finding.key))
                yield heading(style.part, parts.next(), title, BlockKind.HEADING_3)
                findings.restart()
            yield from finding_blocks(finding, style, findings.next(), is_listed=is_listed)


def arrange_aspects(facts: ReportFacts, style: ReportStyle) -> Iterable[AspectFacts]:
    """The aspects as the style has them: without unfinished findings, or grouped by status."""
    aspects = facts.aspects
    if style.unfinished == Unfinished.LEFT_OUT:
        kept = (replace(one, findings=tuple(f for f in one.findings if f.is_finished)) for one in aspects)
        aspects = tuple(aspect for aspect in kept if aspect.findings)
    if style.grouping == Grouping.STATUS:
        groups: dict[str, list[FindingFacts]] = {}
        for aspect in aspects:
            for finding in aspect.findings:
                groups.setdefault(finding.status, []).append(finding)
        title = read_template(style.group)
        return [
            AspectFacts(text_of(title.spans({STATUS: Span(status or NO_STATUS)})), findings=tuple(findings))
            for status, findings in groups.items()
        ]
    return aspects


def heading(style: HeadingStyle, number: int, title: Span, otherwise: BlockKind) -> Block:
    """A heading with its number."""
    spans = read_template(style.words).spans({TITLE: title})
    return Block(heading_kind(style.number, otherwise), spans, title.source, write_number(style.number, number))


def finding_blocks(
    finding: FindingFacts, style: ReportStyle, number: int, *, is_listed: bool = False, is_sub: bool = False
) -> Iterator[Block]:
    """The heading of a finding, its text, and its sub-findings one level lower."""
    level = style.sub_finding if is_sub else style.finding
    source = Source(SourceKind.FINDING, finding.key)
    head = heading(level, number, Span(finding.title, source), BlockKind.HEADING_4 if is_sub else BlockKind.HEADING_3)
    if is_listed:
        detail = [Span(finding.detail, source)] if finding.detail else []
        yield from _below(head, detail, runs_in=style.detail_runs_in)
    else:
        yield from _answer(finding, style, level, head)
    for order, sub_finding in enumerate(finding.sub_findings, start=1):
        yield from finding_blocks(sub_finding, style, order, is_listed=is_listed, is_sub=True)


def _answer(finding: FindingFacts, style: ReportStyle, level: HeadingStyle, head: Block) -> Iterator[Block]:
    """The heading with the status and the text below it."""
    # A finding that only groups sub-findings has no text; one without anything gets the placeholder.
    has_text = bool(finding.facets) or not finding.sub_findings
    is_short = style.unfinished == Unfinished.LISTED and not finding.is_finished
    text = list(text_spans(finding, style)) if has_text and not is_short else []
    status = []
    if style.status and (has_text or finding.status):
        status = [Block(BlockKind.PARAGRAPH, status_spans(finding, style), head.source)]
    if status and (style.status_place == StatusPlace.BEFORE or is_short):
        yield from (head, *status)
        yield from paragraphs(text, head.source) if text else ()
    else:
        yield from _below(head, text, runs_in=level.runs_in)
        if style.status_place == StatusPlace.AFTER:
            yield from status


def _below(head: Block, text: Sequence[Span], *, runs_in: bool) -> Iterator[Block]:
    """The heading and its text, in one paragraph where it runs in."""
    if not text:
        yield head
    elif runs_in:
        first, *rest = paragraphs([*head.spans, *text], head.source)
        yield from (replace(first, number=head.number), *rest)
    else:
        yield head
        yield from paragraphs(text, head.source)


def status_spans(finding: FindingFacts, style: ReportStyle) -> tuple[Span, ...]:
    """The status in the words of the style."""
    status = or_placeholder(finding.status, NO_STATUS, Source(SourceKind.FINDING, finding.key))
    return read_template(style.status).spans({STATUS: status})


def text_spans(finding: FindingFacts, style: ReportStyle) -> Iterator[Span]:
    """The label and the facets, each in its own paragraph, with the status where it is said within them."""
    source = Source(SourceKind.FINDING, finding.key)
    if style.label:
        yield Span(style.label)
        if style.is_label_apart:
            yield Span("\n")
    is_stated = bool(style.status)
    if is_stated and style.status_place == StatusPlace.OPENING:
        yield from status_spans(finding, style)
    if not finding.facets:
        yield Span(UNDONE, source, missing=True)
    for index, facet in enumerate(finding.facets):
        if index:
            yield Span("\n")  # ``paragraphs`` begins a new one here
        yield from facet_spans(facet, source, style.listing)
    if is_stated and style.status_place == StatusPlace.ENDING:
        yield from status_spans(finding, style)


def facet_spans(facet: FacetFacts, finding: Source, listing: MeasureList) -> Iterator[Span]:
    """在…方面， followed by the introduction and the measures; ``finding`` is the source without a title."""
    # A facet without title is no record: its introduction is the finding's.
    source = Source(SourceKind.FACET, facet.key) if facet.title else finding
    if facet.title:
        yield from phrases.FACET.spans(title=Span(facet.title, source), text=Span(""))
    if facet.introduction:
        yield Span(end_sentence(facet.introduction), source)
    if listing.is_apart and len(facet.measures) > 1 and (facet.title or facet.introduction):
        yield Span("\n")
    yield from measure_spans(facet.measures, listing)


def measure_spans(measures: Sequence[MeasureFacts], listing: MeasureList) -> Iterator[Span]:
    """The outcomes of the measures, listed when there are several."""
    for number, measure in enumerate(measures, start=1):
        if number > 1 and listing.is_apart:
            yield Span("\n")
        if len(measures) > 1 and listing.number:
            yield Span(write_number(listing.number, number))
        text = end_sentence(measure.outcome)
        if listing.joint and len(measures) > 1 and measure.outcome:
            ending = listing.joint if number < len(measures) else "。"
            text = measure.outcome.rstrip("。；;") + ending
        yield or_placeholder(text, f"{NO_OUTCOME}。", Source(SourceKind.MEASURE, measure.key))


def paragraphs(spans: Iterable[Span], source: Source) -> Iterator[Block]:
    """Paragraphs of running text; a line feed in a span begins a new one."""
    current: list[Span] = []
    for span in spans:
        first, *rest = span.text.split("\n")
        current.append(replace(span, text=first))
        for line in rest:
            yield Block(BlockKind.PARAGRAPH, non_empty(current), source)
            current = [replace(span, text=line)]
    yield Block(BlockKind.PARAGRAPH, non_empty(current), source)


def non_empty(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans whose text is not empty."""
    return tuple(span for span in spans if span.text)


def text_of(spans: Iterable[Span]) -> str:
    """The texts of the spans, joined."""
    return "".join(span.text for span in spans)


def spans_of(text: str, values: Mapping[str, Span]) -> tuple[Span, ...]:
    """A template of the style with its gaps filled."""
    return read_template(text).spans(values)
