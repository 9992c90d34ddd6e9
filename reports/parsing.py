"""Parsing of a report text in a given style into facts: the inverse of ``wording``. Pure.

For any facts and any style, ``parse(text of compose(facts, style), style)`` gives the same facts without the keys of
records. ``reading`` understands texts whose style is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reports import phrases
from reports.annexes import ANNEXES
from reports.facts import SUMMARY_PLACE, AspectFacts, RegulationFacts, ReportFacts
from reports.finding_parsing import FindingReader, check_title, expect, read_heading, with_details
from reports.lines import HeadingKind, HeadingPattern, ParseError, TextLine, lines_of
from reports.styles.gaps import is_total, patterns_of
from reports.styles.numbers import read_number, write_number
from reports.styles.shipped import SHIPPED
from reports.styles.style import WAYS, Chapter, ChapterPart, ReportStyle
from reports.styles.templates import read_template
from reports.summary import with_summary
from reports.values import contact_of, date_of, later_date_of, period_of
from reports.wording import HEADINGS, standard_heading

# The annexes are tables of what the report says, and are not read again.
_ANNEX = re.compile(r"附件\d{0,2}")
_ANNEX_NOTE = re.compile(rf"(?:附件：)?(?:\d{{1,2}}\.)?(?:{'|'.join(annex.title for annex in ANNEXES.values())})")
_REGULATION = re.compile(r"\d+[.．]《(.{1,200})》(?:[（(]([^（）()]{1,60})[）)])?")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The result of parsing: the facts, the headings word for word, and Chinese notes to be checked by the user."""

    facts: ReportFacts
    headings: tuple[HeadingPattern, ...]
    notes: tuple[str, ...]
    style: ReportStyle | None = None

    def headings_of(self, kind: HeadingKind) -> list[str]:
        """The headings of one kind, word for word, in order."""
        return [heading.text for heading in self.headings if heading.kind == kind]


def parse(text: str, *styles: ReportStyle) -> Parsed:
    """Parse a report text in one of the styles, by default those that come with the product.

    Raises ParseError with the line that cannot be read in the style in which most lines can.
    """
    lines = list(lines_of(text))
    if not lines:
        raise ParseError(0, "文本是空的。")
    refusals: list[ParseError] = []
    for style in styles or SHIPPED.values():
        try:
            return _Reader(lines, style).read()
        except ParseError as refusal:
            refusals.append(refusal)
    raise max(refusals, key=lambda refusal: refusal.line)


class _Reader:
    """Reads the lines once, from the title to the date; ``at`` is the index of the next line."""

    def __init__(self, lines: list[TextLine], style: ReportStyle) -> None:
        self.lines, self.style = lines, style
        self.at = 0
        self.headings: list[HeadingPattern] = []
        self.notes: list[str] = []
        self.listed: tuple[AspectFacts, ...] = ()
        self.summary: tuple[TextLine, int, int, dict[str, str]] | None = None

    def read(self) -> Parsed:
        # In the order of the report: each part reads on where the one before has stopped.
        facts = self.opening()
        facts = self.closing(facts)
        for place, chapter in enumerate(self.style.chapters):
            facts = self.chapter(place, chapter, facts)
        if self.at < len(self.lines):
            raise ParseError(
                self.lines[self.at].number,
                f"报告应只有{write_number('一', len(self.style.chapters))}章，这里又起了一章。",
            )
        if self.summary:
            line, start, end, gaps = self.summary
            before, after = line.text[:start], line.text[end:]
            facts = replace(facts, pledge=f"{before}{SUMMARY_PLACE}{after}" if after else before)
            facts, notes = with_summary(facts, line, gaps)
            self.notes += notes
        return Parsed(facts, tuple(self.headings), tuple(self.notes), self.style)

    # Parts of the report, in their order

    def opening(self) -> ReportFacts:
        """Title, addressee and preamble."""
        template, patterns = read_template(self.style.preamble), patterns_of(self.style.preamble)
        size = self.style.preamble.count("\n") + 1
        for place, line in enumerate(self.lines):
            text = "\n".join(one.text for one in self.lines[place : place + size])
            if (found := template.read(text, patterns)) is not None:
                self.at = place + size
                return self.read_preamble(self.lines[:place], line, found)
            if read_number(self.style.chapter_number, line.text):  # the preamble must come before chapter one
                break
        raise ParseError(self.lines[0].number, f"没有找到引言“{_beginning(self.style.preamble)}…”。")

    def read_preamble(self, before: list[TextLine], preamble: TextLine, gaps: Mapping[str, str]) -> ReportFacts:
        """The facts of the preamble, with the lines before it as title (up to three lines) and addressee."""
        salutation = before.pop().text if before and before[-1].text[-1] in "：:" else ""
        if len(before) > 3:
            raise ParseError(before[3].number, f"引言“{_beginning(self.style.preamble)}”之前只能有标题和主送机关。")
        period = gaps.get("巡察起止日期") or gaps.get("巡察起止月份") or ""
        started, ended = period_of(period, preamble)
        term = gaps.get("巡察类别", "巡察")
        kind = gaps.get("巡察方式", "")
        if day := gaps.get("反馈月日"):
            feedback_on = later_date_of(day, ended, preamble)
        else:
            feedback_on = date_of(gaps.get("反馈日期", ""), preamble)
        return ReportFacts(
            title="\n".join(line.text for line in before),
            salutation=salutation.rstrip("：:"),
            started_on=started,
            ended_on=ended,
            feedback_on=feedback_on,
            commissioner=gaps.get("派出党委") or gaps.get("巡察机构", "").removesuffix(f"{term}组"),
            team=gaps.get("巡察组", ""),
            body=gaps.get("被巡察党组织", ""),
            term=term,
            kind="" if kind == term else kind,
            genre=gaps.get("文种", "报告"),
            totals={name: text for name, text in gaps.items() if is_total(name)},
        )

    def closing(self, facts: ReportFacts) -> ReportFacts:
        """The facts with contact, signature and date, which are taken off the end of the lines."""
        # All of them may be missing. They stand behind the last heading of a chapter.
        last = max(
            (place for place, line in enumerate(self.lines) if read_number(self.style.chapter_number, line.text)),
            default=self.at - 1,
        )
        rest = self.lines[last + 1 :]
        annex = next((place for place, line in enumerate(rest) if _ANNEX.fullmatch(line.text)), len(rest))
        rest = rest[:annex]
        if rest and (dated := re.fullmatch(phrases.DAY, rest[-1].text)):
            facts = replace(facts, dated_on=date_of(dated[0], rest.pop()))
        # A signature is a name: it does not end like a sentence.
        if rest and rest[-1].text[-1] not in "。！；：”）》】" and not self.is_heading(rest[-1]):
            facts = replace(facts, signature=rest.pop().text)
        while rest and _ANNEX_NOTE.fullmatch(rest[-1].text):
            rest.pop()
        patterns = patterns_of(self.style.contact) | {WAYS: ".+"}
        if rest and self.style.contact and (found := read_template(self.style.contact).read(rest[-1].text, patterns)):
            contact = contact_of(found[WAYS])
            if any((contact.phone, contact.address, contact.email)):
                facts = replace(facts, contact=contact)
                rest.pop()
        self.lines = [*self.lines[: last + 1], *rest]
        return facts

    def is_heading(self, line: TextLine) -> bool:
        """Whether a line is the heading of an aspect or a finding."""
        levels = (self.style.aspect, self.style.part, self.style.finding, self.style.sub_finding)
        return any(level is not None and read_heading(level, line.text) is not None for level in levels)

    def chapter(self, place: int, chapter: Chapter, facts: ReportFacts) -> ReportFacts:
        """The facts with those of one chapter."""
        if chapter.is_headed:
            number = 1 + sum(one.is_headed for one in self.style.chapters[:place])
            title = self.chapter_heading(number)
            if chapter.part in HEADINGS and title != standard_heading(facts, chapter):
                own: dict[str, Any] = {HEADINGS[chapter.part]: title}
                facts = replace(facts, **own)
        before = self.lines[min(self.at, len(self.lines)) - 1]
        lines = self.until(self.end_of(place))
        return _READERS[chapter.part](self, facts, lines, before)

    def chapter_heading(self, wanted: int) -> str:
        """The title of the next line, which must be the heading of chapter ``wanted``."""
        sample = self.style.chapter_number
        line = self.lines[self.at] if self.at < len(self.lines) else None
        found = read_number(sample, line.text) if line else None
        if line is None or found is None:
            at = line.number if line else self.lines[-1].number
            raise ParseError(at, f"这里应是“{write_number(sample, wanted)}”开头的章标题，没有找到。")
        number, title = found
        expect(line, number, wanted, sample)
        check_title(line, title)
        self.at += 1
        self.headings.append(HeadingPattern(HeadingKind.CHAPTER, line.number, line.text))
        return title

    def end_of(self, place: int) -> Callable[[TextLine], bool]:
        """What ends a chapter: the heading of the next one, or its first heading where it has none itself."""
        following = self.style.chapters[place + 1 : place + 2]
        if following and not following[0].is_headed:
            return self.is_heading
        return lambda line: read_number(self.style.chapter_number, line.text) is not None

    def until(self, ends: Callable[[TextLine], bool]) -> list[TextLine]:
        """The lines before the first that ends the chapter, which becomes the next line."""
        start = self.at
        while self.at < len(self.lines) and not ends(self.lines[self.at]):
            self.at += 1
        return self.lines[start : self.at]

    # Chapters

    def overview(self, facts: ReportFacts, lines: list[TextLine], before: TextLine) -> ReportFacts:
        text = _join_lines(lines)
        if not self.style.summary:
            return replace(facts, pledge=text)
        if not lines:
            raise ParseError(before.number, "第一章没有正文。")
        found = read_template(self.style.summary).find(text, patterns_of(self.style.summary))
        if found is None:
            raise ParseError(lines[0].number, f"没有找到计数句“{_beginning(self.style.summary)}…”。")
        # Its numbers are compared with the findings, which follow.
        self.summary = (TextLine(lines[0].number, text), *found)
        return facts

    def findings(self, facts: ReportFacts, lines: list[TextLine], before: TextLine) -> ReportFacts:
        aspects = FindingReader(self.style, self.headings, self.notes).read(lines, before)
        if not self.listed:
            return replace(facts, aspects=aspects)
        try:
            return replace(facts, aspects=with_details(aspects, self.listed))
        except ValueError:
            raise ParseError(before.number, "这一章的问题与前面列出的问题条数不同，请核对。") from None

    def list_findings(self, facts: ReportFacts, lines: list[TextLine], before: TextLine) -> ReportFacts:
        headings: list[HeadingPattern] = []  # of the answers only, as each finding counts once
        self.listed = FindingReader(self.style, headings, self.notes).read(lines, before, is_listed=True)
        return facts

    def regulations(self, facts: ReportFacts, lines: list[TextLine], before: TextLine) -> ReportFacts:
        read = []
        for line in lines:
            if found := _REGULATION.fullmatch(line.text):
                read.append(RegulationFacts(found[1], found[2] or ""))
            elif read or not line.text.startswith("没有"):
                raise ParseError(line.number, "看不懂这一行：这里应是制度，写作“1.《…》（文号）”。")
        return replace(facts, regulations=tuple(read))

    def accountability(self, facts: ReportFacts, lines: list[TextLine], before: TextLine) -> ReportFacts:
        template, patterns = read_template(self.style.accountability), patterns_of(self.style.accountability)
        found = template.read(_join_lines(lines), patterns)
        if found is None:
            wording = _beginning(self.style.accountability)
            raise ParseError(before.number, f"没有找到追责和资金的一段“{wording}…”。")
        stated = {name: found.get(name, "0") for name in template.names() if is_total(name)}
        return replace(facts, totals={**facts.totals, **stated})

    def next_steps(self, facts: ReportFacts, lines: list[TextLine], before: TextLine) -> ReportFacts:
        return replace(facts, next_steps=_join_lines(lines))


_READERS = {
    ChapterPart.OVERVIEW: _Reader.overview,
    ChapterPart.LISTED: _Reader.list_findings,
    ChapterPart.FINDINGS: _Reader.findings,
    ChapterPart.REGULATIONS: _Reader.regulations,
    ChapterPart.ACCOUNTABILITY: _Reader.accountability,
    ChapterPart.NEXT_STEPS: _Reader.next_steps,
}


def _join_lines(lines: Iterable[TextLine]) -> str:
    return "\n".join(line.text for line in lines)


def _beginning(template: str) -> str:
    """The first words of a template, with dots for its gaps."""
    return re.sub("【[^】]*】", "…", template.strip("\n"))[:24].rstrip("…{")
