"""Recognition of a report or feedback letter in any form: its facts, headings, and what a person should check. Pure.

A text in the form that the product writes is parsed exactly; every other one is read line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reports.facts import ReportFacts
from reports.lines import HeadingKind, HeadingPattern, ParseError, lines_of
from reports.parsing import Parsed, parse
from reports.reading.corrections import Correction, correct_lines
from reports.reading.counters import Counter, read_counters
from reports.reading.doubts import Doubt, find_doubts, find_letter_doubts
from reports.reading.facts import facts_of, letter_facts, read_aspects
from reports.reading.kinds import LineKind, ReadLine
from reports.reading.letter import letter_lines, letter_of
from reports.reading.patterns import LABEL
from reports.reading.report import read_report
from reports.reading.source import plain_text
from reports.reading.style import recognise_style
from reports.reading.wordings import read_texts
from reports.styles.style import ReportStyle
from reports.wording import compose

HEADING_KINDS = {
    LineKind.CHAPTER: HeadingKind.CHAPTER,
    LineKind.ORGANISATION: HeadingKind.ORGANISATION,
    LineKind.ASPECT: HeadingKind.ASPECT,
    LineKind.PART: HeadingKind.PART,
    LineKind.STATUS_GROUP: HeadingKind.STATUS_GROUP,
    LineKind.FINDING: HeadingKind.FINDING,
    LineKind.SUB_FINDING: HeadingKind.SUB_FINDING,
    LineKind.STATUS: HeadingKind.STATUS,
}
UNNAMED_TEAM, UNNAMED_BODY = "【巡察组未写明】", "【被巡察党组织未写明】"
EXPECTED = "问题的标题，如“1.关于…问题”“（一）关于…问题的整改”或“关于…问题。”，下面是整改情况"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A text with what was recognised in it; ``parsed`` is what can be stored."""

    lines: tuple[ReadLine, ...]
    parsed: Parsed
    counters: tuple[Counter, ...]
    doubts: tuple[Doubt, ...]
    is_letter: bool

    @property
    def other_notes(self) -> tuple[str, ...]:
        """The notes that are no doubts about a line."""
        return self.parsed.notes[len(self.doubts) :]

    @property
    def set_aside(self) -> list[str]:
        """The lines that belong to the page the text was taken from."""
        return [line.source.text for line in self.lines if line.kind == LineKind.SET_ASIDE]


def recognise(text: str, corrections: Sequence[Correction] = (), *, may_be_empty: bool = False) -> Recognised:
    """What a report or a letter says, in any form, with the kinds that a person gave to lines.

    Raises ParseError for control characters and, unless it ``may_be_empty``, when no finding is recognised.
    """
    if not list(lines_of(text)):
        raise ParseError(0, "文本是空的。")
    lines = read_report(text)
    if is_letter(lines):
        return recognise_letter(text, corrections, may_be_empty=may_be_empty)
    corrected = correct_lines(lines, corrections)
    if not may_be_empty and not any(line.kind == LineKind.FINDING for line in corrected):
        raise _nothing_recognised(corrected)
    return _recognise_report(text, corrected, is_corrected=corrected != lines)


def is_letter(lines: Sequence[ReadLine]) -> bool:
    """Whether it is the inspectors' letter: it is called 反馈意见 and nothing in it tells of rectification."""
    title = "".join(line.source.text for line in lines if line.kind == LineKind.TITLE)
    tells = any(LABEL.match(line.source.plain) or line.kind == LineKind.STATUS for line in lines)
    return "反馈" in title and not tells and not re.search("整改.{0,10}(通报|报告|公告|情况)$", title)


def recognise_letter(text: str, corrections: Sequence[Correction] = (), *, may_be_empty: bool = False) -> Recognised:
    """What a feedback letter says. Raises ParseError as ``recognise`` does."""
    letter = letter_of(correct_lines(letter_lines(text), corrections))
    if not letter.findings and not letter.immediate and not may_be_empty:
        raise _nothing_recognised(letter.lines)
    facts = _fill_in_names(letter_facts(letter))
    doubts = find_letter_doubts(letter.lines)
    notes = (*map(str, doubts), *_notes(letter.lines, facts, ()))
    parsed = Parsed(facts, tuple(_headings(letter.lines)), notes)
    return Recognised(letter.lines, parsed, (), tuple(doubts), is_letter=True)


def _recognise_report(text: str, lines: tuple[ReadLine, ...], *, is_corrected: bool) -> Recognised:
    counters, doubts = read_counters(lines), find_doubts(lines)
    headings = tuple(_headings(lines))
    exact = None if is_corrected else _parse_exactly(text)
    if exact:
        parsed, doubts = replace(exact, headings=headings), []
    else:
        facts, style = _read_facts(lines, counters)
        notes = (*map(str, doubts), *_notes(lines, facts, counters), *_changed_paragraphs(lines, facts, style))
        parsed = Parsed(facts, headings, notes, style)
    return Recognised(lines, parsed, tuple(counters), tuple(doubts), is_letter=False)


def _read_facts(lines: Sequence[ReadLine], counters: Sequence[Counter]) -> tuple[ReportFacts, ReportStyle]:
    """The facts and the style of a report: what stands around the findings, then these in the style of the whole."""
    facts = facts_of(lines, counters)
    texts = read_texts(lines, facts.pledge, facts, counters)
    style = recognise_style(lines, texts)
    facts = replace(facts, pledge=texts.pledge, aspects=read_aspects(lines, style))
    return _fill_in_names(facts), style


def _changed_paragraphs(lines: Sequence[ReadLine], facts: ReportFacts, style: ReportStyle) -> Iterator[str]:
    """A note when the report would not be written again as it was, with the first line that changes."""
    aside = {LineKind.SET_ASIDE, LineKind.TITLE}
    source = [line.source for line in lines if line.kind not in aside]
    written = {_visible(text) for text in compose(facts, style).paragraphs()}
    changed = [line for line in source if _visible(line.text) not in written]
    if changed:
        first = changed[0]
        yield (
            f"按识别出的体例重新写，有 {len(changed)} 段与原文不完全一样，第一处是第 {first.number} 行"
            f"“{first.text[:20]}…”。原文另存，内容没有丢；导入后请在报告页核对。"
        )


def _visible(text: str) -> str:
    """The text in half-width forms without blanks."""
    return re.sub(r"\s", "", plain_text(text))


def _parse_exactly(text: str) -> Parsed | None:
    """The text in the form that the product writes, None when it is in another one."""
    try:
        return parse(text)
    except ParseError:
        return None


def _headings(lines: Sequence[ReadLine]) -> Iterator[HeadingPattern]:
    for line in lines:
        if kind := HEADING_KINDS.get(line.kind):
            yield HeadingPattern(kind, line.source.number, line.source.text)


def _nothing_recognised(lines: Sequence[ReadLine]) -> ParseError:
    """The refusal of a text without findings: the line that comes nearest, and what was expected."""
    near = [line for line in lines if "问题" in line.source.text and line.kind != LineKind.TITLE]
    nearest = next((line for line in near if line.heading_number), next(iter(near), lines[0]))
    words = nearest.source.text[:30]
    return ParseError(
        nearest.source.number,
        f"没有读到任何问题。最接近的是这一行“{words}”；应当有{EXPECTED}。请核对选对了文件，或改好这一行再读取。",
    )


def _fill_in_names(facts: ReportFacts) -> ReportFacts:
    """The facts with stand-ins for the team and the body that the text does not name."""
    return replace(
        facts,
        team=facts.team or UNNAMED_TEAM,
        body=facts.body or UNNAMED_BODY,
        commissioner=facts.commissioner or facts.team.partition("第")[0].removesuffix("巡察组") or UNNAMED_TEAM,
    )


def _notes(lines: Sequence[ReadLine], facts: ReportFacts, counters: Sequence[Counter]) -> Iterator[str]:
    """What the records cannot hold or the text does not say, as Chinese sentences."""
    if UNNAMED_TEAM in {facts.team, facts.commissioner} or facts.body == UNNAMED_BODY:
        yield "引言里没有读到巡察组或被巡察党组织，导入后请在“设置”里补填。"
    statuses = [line.source.text for line in lines if line.kind == LineKind.STATUS]
    if statuses:
        yield f"文中 {len(statuses)} 处写明了状态（如“{statuses[0]}”）。状态要经审核销号才算数，没有写入。"
    found = sum(1 for _ in facts.findings())
    stated = next((counter for counter in counters if counter.name == "反馈问题"), None)
    if stated and isinstance(stated.value, int) and stated.value != found:
        yield f"第 {stated.line} 行写的是“{stated.words}”，正文里读到 {found} 个问题，请核对口径。"
