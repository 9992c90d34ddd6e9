"""The annexes of a report: tables of the same facts. Pure. To offer another one, add an entry to ``ANNEXES``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from documents.document import NO_SOURCE, Block, BlockKind, Cell, Source, Span
from reports.facts import NO_STATUS, UNDONE, AspectFacts, FindingFacts, ReportFacts, SourceKind
from reports.finding_wording import arrange_aspects, measure_spans
from reports.gap_values import inspection_source, or_placeholder
from reports.styles.style import MeasureList, ReportStyle


@dataclass(frozen=True, slots=True)
class Annex:
    """A table behind the report: its title, the heads and shares of its columns, and its rows."""

    title: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Callable[[ReportFacts, ReportStyle], Iterator[tuple[Cell, ...]]]


def annex_notes(facts: ReportFacts, annexes: Sequence[str]) -> Iterator[Block]:
    """附件：1.问题清单, one line for each annex (GB/T 9704-2012, 7.3.4)."""
    for number, code in enumerate(annexes, start=1):
        prefix = "附件：" if number == 1 else ""
        if len(annexes) > 1:
            prefix += f"{number}."
        yield Block(BlockKind.ANNEX_NOTE, (Span(ANNEXES[code].title),), inspection_source(facts), prefix)


def annex_blocks(facts: ReportFacts, style: ReportStyle, annexes: Sequence[str]) -> Iterator[Block]:
    """Each annex on a page of its own: its number, its title and its table."""
    source = inspection_source(facts)
    for number, code in enumerate(annexes, start=1):
        annex = ANNEXES[code]
        yield Block(BlockKind.ANNEX, (), source, f"附件{number if len(annexes) > 1 else ''}")
        yield Block(BlockKind.ANNEX_TITLE, (Span(annex.title),), source)
        head = tuple(Cell((Span(words),)) for words in annex.heads)
        rows = tuple(annex.rows(facts, style))
        yield Block(BlockKind.TABLE, (), source, rows=(head, *rows), widths=annex.widths)


def _finding_rows(facts: ReportFacts, style: ReportStyle) -> Iterator[tuple[Cell, ...]]:
    number = 0
    for aspect in arrange_aspects(facts, style):
        for finding in aspect.findings:
            # One that only groups its sub-findings has nothing to say of its own.
            own = (finding,) if finding.facets or not finding.sub_findings else ()
            for one in (*own, *finding.sub_findings):
                number += 1
                yield _finding_row(number, aspect, one)


def _finding_row(number: int, aspect: AspectFacts, finding: FindingFacts) -> tuple[Cell, ...]:
    source = Source(SourceKind.FINDING, finding.key)
    measures = [measure for facet in finding.facets for measure in facet.measures]
    return (
        Cell(number=str(number)),
        Cell((Span(aspect.title, Source(SourceKind.ASPECT, aspect.key) if aspect.key else NO_SOURCE),)),
        Cell((Span(finding.title, source),)),
        Cell(tuple(measure_spans(measures, MeasureList())) or (Span(UNDONE, source, missing=True),)),
        Cell((or_placeholder(finding.status, NO_STATUS, source),)),
    )


def _regulation_rows(facts: ReportFacts, style: ReportStyle) -> Iterator[tuple[Cell, ...]]:
    for number, one in enumerate(facts.regulations, start=1):
        source = Source(SourceKind.REGULATION, one.key)
        yield (Cell(number=str(number)), Cell((Span(one.title, source),)), Cell((Span(one.number, source),)))


FINDINGS, REGULATIONS = "findings", "regulations"
ANNEXES: Mapping[str, Annex] = {
    FINDINGS: Annex(
        "巡察反馈问题整改清单", ("序号", "方面", "问题", "整改落实情况", "完成情况"), (8, 17, 22, 39, 14), _finding_rows
    ),
    REGULATIONS: Annex("建立完善制度清单", ("序号", "制度名称", "文号"), (10, 58, 32), _regulation_rows),
}
