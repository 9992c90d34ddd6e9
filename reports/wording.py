"""Composition of the report from facts in a style; the functions are named after its parts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from documents.document import Block, BlockKind, Document, Source, Span
from documents.numerals import NUMERAL, full_date
from reports import phrases
from reports.annexes import annex_blocks, annex_notes
from reports.facts import SUMMARY_PLACE, ReportFacts, SourceKind
from reports.finding_wording import arrange_aspects, aspect_blocks, paragraphs, spans_of, text_of
from reports.gap_values import GapValues, inspection_source, or_placeholder
from reports.styles.numbers import write_number
from reports.styles.shipped import PLAIN
from reports.styles.style import WAYS, Chapter, ChapterPart, ReportStyle

HEADINGS = {
    ChapterPart.OVERVIEW: "overview_heading",
    ChapterPart.FINDINGS: "findings_heading",
    ChapterPart.NEXT_STEPS: "next_steps_heading",
}
# A line of its own in the texts of an office: 四、群众监督 and （一）加强领导.
_HEADING_LINES = (
    (BlockKind.HEADING_1, re.compile(rf"({NUMERAL}、)([^。；\n]{{1,40}})")),
    (BlockKind.HEADING_2, re.compile(rf"([（(]{NUMERAL}[）)])([^。；\n]{{1,40}}。?)")),
)


def compose(facts: ReportFacts, style: ReportStyle = PLAIN, annexes: Sequence[str] = ()) -> Document:
    """The whole report in a style with annexes; values that the records do not have yet are placeholders in 【】."""
    body = chain(opening(facts, style), chapters(facts, style), contact(facts, style))
    end = chain(annex_notes(facts, annexes), closing(facts), annex_blocks(facts, style, annexes))
    # A title may be set over several lines; the name of the document is one line.
    return Document(facts.title.replace("\n", "") or facts.name, (*body, *end))


def opening(facts: ReportFacts, style: ReportStyle) -> Iterator[Block]:
    """Title, addressee and preamble."""
    if facts.title:
        yield block(BlockKind.TITLE, details(facts, facts.title))
    if facts.salutation:
        # Typed with or without its colon: it is printed once.
        yield block(BlockKind.SALUTATION, details(facts, f"{facts.salutation.rstrip('：')}："))
    if style.preamble:
        yield from paragraphs(spans_of(style.preamble, GapValues(facts)), inspection_source(facts))


def chapters(facts: ReportFacts, style: ReportStyle) -> Iterator[Block]:
    """The chapters in the order of the style."""
    number = 0
    for chapter in style.chapters:
        if chapter.is_headed:
            number += 1
            span = details(facts, heading_of(facts, chapter))
            yield Block(BlockKind.HEADING_1, (span,), span.source, write_number(style.chapter_number, number))
        if chapter.part == ChapterPart.FINDINGS and style.aspect and style.aspect.number == style.chapter_number:
            # The aspects are the chapters themselves, and are counted with them.
            yield from aspect_blocks(facts, style, before=number)
            number += len(list(arrange_aspects(facts, style)))
        else:
            yield from _CHAPTERS[chapter.part](facts, style)


def heading_of(facts: ReportFacts, chapter: Chapter) -> str:
    """The heading of a chapter: the report's own, else the one of the style."""
    own = getattr(facts, HEADINGS[chapter.part]) if chapter.part in HEADINGS else ""
    return own or standard_heading(facts, chapter)


def standard_heading(facts: ReportFacts, chapter: Chapter) -> str:
    """The heading that the style gives a chapter."""
    return text_of(spans_of(chapter.heading, GapValues(facts)))


def overview(facts: ReportFacts, style: ReportStyle) -> Iterator[Block]:
    """What the office says of its work, and the numbers, which follow it unless it says where they stand."""
    # Its own source: the pledge is a text of the office, the numbers within it are computed.
    source = Source(SourceKind.DETAILS, facts.key)
    before, _, after = facts.pledge.partition(SUMMARY_PLACE)
    spans = [Span(before, source), *summary(facts, style), Span(after, source)]
    if text_of(spans):
        yield from map(with_heading_number, paragraphs(spans, inspection_source(facts)))


def summary(facts: ReportFacts, style: ReportStyle) -> tuple[Span, ...]:
    """The summary sentences, with computed numbers."""
    if style.summary and not facts.aspects:  # without findings the sentence would count nothing
        return (Span("【反馈问题未录入】", inspection_source(facts), missing=True),)
    return spans_of(style.summary, GapValues(facts))


def with_heading_number(paragraph: Block) -> Block:
    """A paragraph of the office that is a heading by its number as such a heading."""
    for kind, pattern in _HEADING_LINES:
        if len(paragraph.spans) == 1 and (found := pattern.fullmatch(paragraph.text)):
            number, words = found.groups()
            return replace(paragraph, kind=kind, number=number, spans=(replace(paragraph.spans[0], text=words),))
    return paragraph


def findings_list(facts: ReportFacts, style: ReportStyle) -> Iterator[Block]:
    """The findings alone."""
    return aspect_blocks(facts, style, is_listed=True)


def regulations(facts: ReportFacts, style: ReportStyle) -> Iterator[Block]:
    """The regulations, one a paragraph: 1.《…》（文号）."""
    if not facts.regulations:
        yield Block(BlockKind.PARAGRAPH, (Span("没有新制定和修订的制度。"),), inspection_source(facts))
    for number, one in enumerate(facts.regulations, start=1):
        source = Source(SourceKind.REGULATION, one.key)
        name = f"《{one.title}》" + (f"（{one.number}）" if one.number else "")
        yield Block(BlockKind.PARAGRAPH, (Span(name, source),), source, f"{number}.")


def accountability(facts: ReportFacts, style: ReportStyle) -> Iterator[Block]:
    """The people held to account and the money, from the ledgers."""
    return paragraphs(spans_of(style.accountability, GapValues(facts)), inspection_source(facts))


def next_steps(facts: ReportFacts, style: ReportStyle) -> Iterator[Block]:
    """The next steps, in the words of the office."""
    source = Source(SourceKind.DETAILS, facts.key)
    text = or_placeholder(facts.next_steps, "【下一步打算未填】", source)
    return map(with_heading_number, paragraphs([text], source))


_CHAPTERS = {
    ChapterPart.OVERVIEW: overview,
    ChapterPart.LISTED: findings_list,
    ChapterPart.FINDINGS: aspect_blocks,
    ChapterPart.REGULATIONS: regulations,
    ChapterPart.ACCOUNTABILITY: accountability,
    ChapterPart.NEXT_STEPS: next_steps,
}


def contact_ways(facts: ReportFacts) -> str:
    """The contact details that are filled in, in the order of ``CONTACT_WAYS``; "" without any."""
    ways = ((phrase, getattr(facts.contact, name)) for name, phrase in phrases.CONTACT_WAYS.items())
    return "；".join(text_of(phrase.spans(value=Span(value))) for phrase, value in ways if value)


def contact(facts: ReportFacts, style: ReportStyle) -> Iterator[Block]:
    """The contact details, if they are filled in."""
    if ways := contact_ways(facts):
        source = Source(SourceKind.DETAILS, facts.key)
        values = GapValues(facts)
        values[WAYS] = Span(ways, source)
        yield Block(BlockKind.CONTACT, spans_of(style.contact, values), source)


def closing(facts: ReportFacts) -> Iterator[Block]:
    """Signature and date, each if it is filled in."""
    if facts.signature:
        yield block(BlockKind.SIGNATURE, details(facts, facts.signature))
    if facts.dated_on:
        yield block(BlockKind.DATE, details(facts, full_date(facts.dated_on)))


def block(kind: BlockKind, span: Span) -> Block:
    """A block of one span, with the span's source."""
    return Block(kind, (span,), span.source)


def details(facts: ReportFacts, text: str) -> Span:
    """A text the office wrote for this report, with the report's details as the source."""
    return Span(text, Source(SourceKind.DETAILS, facts.key))
