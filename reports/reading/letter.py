"""Reading of a feedback letter: the aspects, the findings with their details, what is to be rectified at once. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from documents.numerals import NUMERAL
from reports.reading import patterns
from reports.reading.headings import heading_text
from reports.reading.kinds import LineKind, ReadLine
from reports.reading.levels import Levels, PossibleHeading, choose_levels, fit_in_letter, possible_headings
from reports.reading.numbering import number_of_line
from reports.reading.report import Section, below_heading, divide_sections, split_text
from reports.reading.source import SourceLine

_ADVICE = re.compile(r".{0,20}(?:建议|要求|希望|总体(?:评价|情况)|主要成效|肯定|基本情况|工作情况)")
_FINDINGS = re.compile(r".{0,30}(?:问题|不足|差距)")
_IMMEDIATE = re.compile(r".{0,20}(?:立行立改|边巡边改|即知即改|立查立改)")
_ADVICE_LINE = re.compile(r"(?:下一步)?(?:整改)?(?:工作)?(?:意见)?(?:和)?(?:建议|要求):")
_COUNTED_OFF = re.compile(rf"(?:^|(?<=[:。;!?”)》])){NUMERAL}是")
_COUNTED_FINDINGS = re.compile(rf"[^。]{{0,40}}问题[^。]{{0,20}}?:?{NUMERAL}是")


@dataclass(frozen=True, slots=True)
class LetterFinding:
    """A finding of a letter with its aspect's title ("" without one) and its line."""

    title: str
    detail: str
    aspect: str
    line: int


@dataclass(frozen=True, slots=True)
class FeedbackLetter:
    """What a feedback letter asks for."""

    lines: tuple[ReadLine, ...]
    aspects: tuple[str, ...]
    findings: tuple[LetterFinding, ...]
    immediate: tuple[LetterFinding, ...]


def read_letter(text: str) -> FeedbackLetter:
    """The letter in a text; without findings when none were recognised."""
    return letter_of(letter_lines(text))


def letter_lines(text: str) -> tuple[ReadLine, ...]:
    """Every line of the letter with its kind, in order."""
    opening, body, closing = split_text(text)
    return (*opening, *_read_sections(divide_sections(body)), *closing)


def letter_of(lines: tuple[ReadLine, ...]) -> FeedbackLetter:
    """What lines with their kinds say."""
    aspects = tuple(heading_text(line).title for line in lines if line.kind == LineKind.ASPECT)
    findings = _findings(lines, LineKind.FINDING)
    return FeedbackLetter(lines, aspects, tuple(findings), tuple(_findings(lines, LineKind.IMMEDIATE)))


def _read_sections(sections: Sequence[Section]) -> Iterator[ReadLine]:
    telling = {place for place, section in enumerate(sections) if _tells_of_findings(section)}
    by_chapter = len([place for place in telling if patterns.ASPECT.match(sections[place].heading)]) >= 2
    urgent = {place for place in telling if _IMMEDIATE.match(sections[place].heading)}
    below = [one for place in sorted(telling - urgent) for one in possible_headings(below_heading(sections[place]))]
    levels = choose_levels(below, _fit_below_aspect if by_chapter else fit_in_letter)
    for place, section in enumerate(sections):
        if place not in telling:
            otherwise = LineKind.TEXT if section.heading else LineKind.PREAMBLE
            yield from _read_advice(section, otherwise)
            continue
        if section.heading:
            is_aspect = by_chapter and place not in urgent
            yield ReadLine(section.lines[0], LineKind.ASPECT if is_aspect else LineKind.CHAPTER)
        if place in urgent:
            yield from _read_immediate(below_heading(section))
        else:
            yield from _read_findings(below_heading(section), levels)


def _read_immediate(lines: Sequence[SourceLine]) -> Iterator[ReadLine]:
    """A chapter of what is to be rectified at once: the items of its outermost numbering."""
    outermost = next((found.numbering for line in lines if (found := number_of_line(line.plain))), "")
    for line in lines:
        numbered = number_of_line(line.plain)
        is_item = numbered is not None and numbered.numbering == outermost
        yield ReadLine(line, LineKind.IMMEDIATE if is_item else LineKind.TEXT)


def _fit_below_aspect(_: PossibleHeading, kind: LineKind) -> float:
    """Below chapters that are the aspects: the outermost numbering is the findings', deeper ones are their text."""
    return {LineKind.FINDING: 1.0, LineKind.TEXT: 0.5}.get(kind, -1.0)


def _tells_of_findings(section: Section) -> bool:
    if section.heading:
        is_immediate = _IMMEDIATE.match(section.heading) and possible_headings(below_heading(section))
        is_advice = _ADVICE.match(section.heading) and not re.search(r"问题", section.heading)
        is_worded = _FINDINGS.match(section.heading) or patterns.ASPECT.match(section.heading)
        return bool(is_immediate or (is_worded and not is_advice))
    return any(_lists_findings(line) or number_of_line(line.plain) for line in section.lines)


def _lists_findings(line: SourceLine) -> bool:
    """Whether a paragraph counts findings off: 主要问题：一是…二是…."""
    return bool(_COUNTED_FINDINGS.match(line.plain)) and len(_COUNTED_OFF.findall(line.plain)) >= 2


def _read_advice(section: Section, otherwise: LineKind) -> Iterator[ReadLine]:
    for place, line in enumerate(section.lines):
        is_heading = place == 0 and bool(section.heading)
        yield ReadLine(line, LineKind.CHAPTER if is_heading else otherwise)


def _read_findings(lines: Sequence[SourceLine], levels: Levels) -> Iterator[ReadLine]:
    headings = {one.place: one for one in possible_headings(lines)}
    is_immediate = False
    for place, line in enumerate(lines):
        heading = headings.get(place)
        if heading is None and _lists_findings(line):
            yield from _counted_off(line)
            continue
        kind = levels.get(heading.numbering, LineKind.TEXT) if heading else LineKind.TEXT
        if heading is None and _ADVICE_LINE.match(line.plain):
            kind = LineKind.CHAPTER
        if kind in {LineKind.ASPECT, LineKind.FINDING} and _IMMEDIATE.match(line.plain):
            is_immediate, kind = True, LineKind.IMMEDIATE_HEADING
        elif kind == LineKind.ASPECT:
            is_immediate = False
        elif kind == LineKind.FINDING and is_immediate:
            kind = LineKind.IMMEDIATE
        yield ReadLine(line, kind)


def _counted_off(line: SourceLine) -> Iterator[ReadLine]:
    """The findings that a paragraph counts off, each as a line of its own, after the words before them."""
    starts = [found.start() for found in _COUNTED_OFF.finditer(line.plain)]
    if starts[0]:
        yield ReadLine(line.part(0, starts[0]), LineKind.TEXT)
    kind = LineKind.IMMEDIATE if _IMMEDIATE.match(line.plain) else LineKind.FINDING
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        yield ReadLine(line.part(start, end), kind)


def _findings(lines: Sequence[ReadLine], kind: LineKind) -> Iterator[LetterFinding]:
    """The findings of one kind with the aspect above them, and the paragraphs below them as their detail."""
    aspect, title, details, place = "", "", list[str](), 0
    for line in lines:
        if title and line.kind == LineKind.TEXT:
            details.append(line.source.text)
            continue
        if title:
            yield LetterFinding(title, "\n".join(filter(None, details)), aspect, place)
            title = ""
        if line.kind == LineKind.ASPECT:
            aspect = heading_text(line).title
        elif line.kind == kind:
            divided = heading_text(line)
            title, details, place = divided.title, [divided.rest], line.source.number
        elif line.kind in {LineKind.CHAPTER, LineKind.IMMEDIATE_HEADING}:
            aspect = ""
    if title:
        yield LetterFinding(title, "\n".join(filter(None, details)), aspect, place)
