"""Parsing of a report text into facts: the inverse of ``wording``. Pure.

For any facts, ``parse(text of compose(facts))`` gives the same facts without the keys of records.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from reports import phrases
from reports.facts import (
    AspectFacts,
    FacetFacts,
    FindingFacts,
    MeasureFacts,
    ReportFacts,
)
from reports.lines import HeadingKind, HeadingPattern, ParseError, TextLine, lines_of
from reports.summary import with_summary
from reports.values import COUNT_OFF, contact_of, date_of, period_of, split_measures

MAX_TITLE = 200  # characters of a heading, the limit of the records


@dataclass(frozen=True, slots=True)
class Parsed:
    """The result of parsing: the facts, the headings word for word, and Chinese notes to be checked by the user."""

    facts: ReportFacts
    headings: tuple[HeadingPattern, ...]
    notes: tuple[str, ...]

    def headings_of(self, kind: HeadingKind) -> list[str]:
        """The headings of one kind, word for word, in order."""
        return [heading.text for heading in self.headings if heading.kind == kind]


def parse(text: str) -> Parsed:
    """Parse a report text; raises ParseError with the line that cannot be read."""
    return _Reader(list(lines_of(text))).read()


@dataclass
class _Draft:
    """A finding whose paragraphs are still being collected."""

    title: str
    line: int
    paragraphs: list[TextLine] = field(default_factory=list)
    sub_findings: list[_Draft] = field(default_factory=list)


class _Reader:
    """Reads the lines once, from the title to the date; ``at`` is the index of the next line."""

    def __init__(self, lines: list[TextLine]) -> None:
        if not lines:
            raise ParseError(0, "文本是空的。")
        self.lines = lines
        self.at = 0
        self.headings: list[HeadingPattern] = []
        self.notes: list[str] = []

    def read(self) -> Parsed:
        # In the order of the report: each part reads on where the one before has stopped.
        opening = self.opening()
        style = self.style()
        overview_heading = self.chapter(1)
        summary = self.summary()
        findings_heading = self.chapter(2)
        aspects = self.aspects(style)
        next_steps_heading = self.chapter(3)
        facts = replace(
            opening,
            overview_heading=overview_heading,
            findings_heading=findings_heading,
            finding_style=style,
            next_steps_heading=next_steps_heading,
        )
        facts = self.with_closing(facts)
        facts, differences = with_summary(facts, summary, aspects)
        self.notes += differences
        return Parsed(facts, tuple(self.headings), tuple(self.notes))

    # Lines

    def peek(self) -> TextLine | None:
        return self.lines[self.at] if self.at < len(self.lines) else None

    def until_heading(self, numbering: phrases.Numbering) -> list[TextLine]:
        """The lines before the next heading of this numbering, which becomes the next line."""
        start = self.at
        while (line := self.peek()) and numbering.read(line.text) is None:
            self.at += 1
        return self.lines[start : self.at]

    def heading(self, kind: HeadingKind, line: TextLine, title: str) -> str:
        """Record a heading and return its title; ParseError when a record cannot hold it."""
        if len(title) > MAX_TITLE:
            raise ParseError(line.number, f"标题有 {len(title)} 个字，最多 {MAX_TITLE} 个字。")
        self.headings.append(HeadingPattern(kind, line.number, line.text))
        return title

    def expect(self, line: TextLine, number: int, wanted: int, numbering: phrases.Numbering) -> None:
        """Raise ParseError for a heading whose number is not the wanted one."""
        if number == wanted:
            return
        reason = "与前面的序号重复" if number < wanted else "前面缺了序号"
        raise ParseError(
            line.number, f"这里的序号是“{numbering.write(number)}”，应为“{numbering.write(wanted)}”，{reason}。"
        )

    # Parts of the report, in their order

    def opening(self) -> ReportFacts:
        """Title, addressee and preamble."""
        before: list[TextLine] = []
        for line in self.lines:
            self.at += 1
            if found := phrases.PREAMBLE.read(line.text):
                return self.read_preamble(before, line, found)
            if phrases.CHAPTERS.read(line.text):  # the preamble must come before chapter one
                break
            before.append(line)
        raise ParseError(self.lines[0].number, "没有找到引言“根据…统一部署，…对…进行了巡察。…反馈了巡察意见。…”。")

    def read_preamble(self, before: list[TextLine], preamble: TextLine, gaps: dict[str, str]) -> ReportFacts:
        """The facts of the preamble, with the lines before it as title (up to three lines) and addressee."""
        salutation = before.pop().text if before and before[-1].text[-1] in "：:" else ""
        if len(before) > 3:
            raise ParseError(before[3].number, "引言“根据…统一部署”之前只能有标题和主送机关。")
        started, ended = period_of(gaps["period"], preamble)
        return ReportFacts(
            title="\n".join(line.text for line in before),
            salutation=salutation.rstrip("：:"),
            started_on=started,
            ended_on=ended,
            feedback_on=date_of(gaps["feedback_on"], preamble),
            commissioner=gaps["commissioner"],
            team=gaps["team"],
            body=gaps["body"],
            term=gaps["term"],
            genre=gaps["genre"],
        )

    def style(self) -> str:
        """The style of the findings' headings in this text: the one that most lines match."""
        # The most frequent wins, as a paragraph may look like a heading; on a tie the first style.
        fits: Counter[str] = Counter()
        for name, style in phrases.FINDING_STYLES.items():
            fits[name] = sum(_finding_heading(line.text, style.numbering, style) is not None for line in self.lines)
        return fits.most_common(1)[0][0]

    def chapter(self, wanted: int) -> str:
        """The title of the next line, which must be the heading of chapter ``wanted``."""
        line = self.peek()
        found = phrases.CHAPTERS.read(line.text) if line else None
        if line is None or found is None:
            name = phrases.CHAPTERS.write(wanted)
            raise ParseError(
                line.number if line else self.lines[-1].number, f"这里应是“{name}”开头的章标题，没有找到。"
            )
        number, title = found
        self.expect(line, number, wanted, phrases.CHAPTERS)
        self.at += 1
        return self.heading(HeadingKind.CHAPTER, line, title)

    def summary(self) -> TextLine:
        """The paragraphs of chapter one, joined by line feeds."""
        lines = self.until_heading(phrases.CHAPTERS)
        if not lines:
            raise ParseError(self.lines[self.at - 1].number, "第一章没有正文。")
        return TextLine(lines[0].number, "\n".join(line.text for line in lines))

    def aspects(self, style_name: str) -> tuple[AspectFacts, ...]:
        """All aspects of chapter two with their findings."""
        style = phrases.FINDING_STYLES[style_name]
        aspects: list[AspectFacts] = []
        while (line := self.peek()) and phrases.CHAPTERS.read(line.text) is None:
            found = phrases.ASPECTS.read(line.text)
            if found is None:
                raise ParseError(
                    line.number, f"看不懂这一行：这里应是“{phrases.ASPECTS.write(len(aspects) + 1)}”开头的方面标题。"
                )
            self.expect(line, found[0], len(aspects) + 1, phrases.ASPECTS)
            self.at += 1
            title = self.heading(HeadingKind.ASPECT, line, found[1].removesuffix("。"))
            aspects.append(AspectFacts(title, findings=self.findings(style, line)))
        if not aspects:
            raise ParseError(self.lines[self.at - 1].number, "第二章没有“（一）”开头的方面。")
        return tuple(aspects)

    def findings(self, style: phrases.FindingStyle, aspect: TextLine) -> tuple[FindingFacts, ...]:
        """The findings of one aspect; ``aspect`` is its heading, for the message when there are none."""
        drafts: list[_Draft] = []
        while (line := self.peek()) and not phrases.CHAPTERS.read(line.text) and not phrases.ASPECTS.read(line.text):
            self.at += 1
            self.place(line, drafts, style)
        if not drafts:
            raise ParseError(aspect.number, "这个方面下面没有读到问题（“关于…问题。”）。")
        return tuple(self.finish_finding(draft) for draft in drafts)

    def place(self, line: TextLine, drafts: list[_Draft], style: phrases.FindingStyle) -> None:
        """Take a line as the heading of a finding or sub-finding, else as a paragraph of the last one."""
        if found := _finding_heading(line.text, style.numbering, style):
            self.begin(line, found, drafts, style.numbering, HeadingKind.FINDING)
        elif drafts and (found := _finding_heading(line.text, phrases.BRACKETED, style)):
            self.begin(line, found, drafts[-1].sub_findings, phrases.BRACKETED, HeadingKind.SUB_FINDING)
        elif drafts:
            # To the last sub-finding, if there is one: a finding's own paragraphs come before them.
            (drafts[-1].sub_findings or drafts)[-1].paragraphs.append(line)
        else:
            raise ParseError(line.number, "看不懂这一行：这里应是问题标题，写作“关于…问题。”。")

    def begin(
        self,
        line: TextLine,
        found: tuple[int, str],
        into: list[_Draft],
        numbering: phrases.Numbering | None,
        kind: HeadingKind,
    ) -> None:
        """Begin a finding; ParseError when its number is out of sequence or another one has its title."""
        number, title = found
        if numbering:
            self.expect(line, number, len(into) + 1, numbering)
        if same := next((draft for draft in into if draft.title == title), None):
            raise ParseError(line.number, f"这个问题与第 {same.line} 行的标题相同。")
        into.append(_Draft(self.heading(kind, line, title), line.number))

    def finish_finding(self, draft: _Draft) -> FindingFacts:
        """The facts of a finding, with its paragraphs divided into facets and measures."""
        subs = tuple(self.finish_finding(sub_finding) for sub_finding in draft.sub_findings)
        return FindingFacts(draft.title, tuple(self.facets(draft)), subs)

    def facets(self, draft: _Draft) -> Iterator[FacetFacts]:
        """The facets of a finding; a paragraph that does not begin a facet continues the one before."""
        if not draft.paragraphs:
            if draft.sub_findings:
                return
            raise ParseError(draft.line, "这个问题没有整改情况。")
        label = phrases.LABEL.read(draft.paragraphs[0].text)
        if label is None:
            raise ParseError(draft.paragraphs[0].number, "问题之后的一段应以“整改情况：”开头。")
        current, title = [label["text"]], ""
        opened = phrases.FACET.read(label["text"])
        if opened:
            current, title = [opened["text"]], opened["title"]
        for line in draft.paragraphs[1:]:
            if opened := phrases.FACET.read(line.text):
                yield self.facet(draft, title, current)
                current, title = [opened["text"]], opened["title"]
            else:
                current.append(line.text)
        yield self.facet(draft, title, current)

    def facet(self, draft: _Draft, title: str, paragraphs: list[str]) -> FacetFacts:
        """One facet; adds a note where 一是, 二是 are not in sequence, ParseError for an empty measure."""
        introduction, outcomes = split_measures("\n".join(paragraphs))
        if any(COUNT_OFF.search(outcome) for outcome in outcomes):
            self.notes.append(f"第 {draft.line} 行起的问题“{draft.title}”：一是、二是…的次序不连续，请核对。")
        if not all(outcome.strip("。；;") for outcome in outcomes):
            raise ParseError(draft.line, "这个问题有一条措施是空的。")
        return FacetFacts(tuple(MeasureFacts(outcome) for outcome in outcomes), title, introduction)

    def with_closing(self, facts: ReportFacts) -> ReportFacts:
        """The facts with the lines after the last heading: next steps, contact, signature and date."""
        # From the end, because all of them may be missing: what is left over are the next steps.
        rest = self.lines[self.at :]
        for line in rest:
            if phrases.CHAPTERS.read(line.text):
                raise ParseError(line.number, "报告应只有三章，这里又起了一章。")
        if rest and (dated := re.fullmatch(phrases.DAY, rest[-1].text)):
            facts = replace(facts, dated_on=date_of(dated[0], rest.pop()))
        # A signature is a name: it does not end like a sentence.
        if rest and rest[-1].text[-1] not in "。！；：":
            facts = replace(facts, signature=rest.pop().text)
        if rest and (contact := phrases.CONTACT.read(rest[-1].text)):
            facts = replace(facts, contact=contact_of(contact["ways"]))
            rest.pop()
        return replace(facts, next_steps="\n".join(line.text for line in rest))


def _finding_heading(
    text: str, numbering: phrases.Numbering | None, style: phrases.FindingStyle
) -> tuple[int, str] | None:
    """The number (0 for a style without numbers) and title of a finding's heading, None for another line."""
    number, words = (0, text) if numbering is None else numbering.read(text) or (0, "")
    found = style.heading.read(words)
    return (number, found["title"]) if found else None
