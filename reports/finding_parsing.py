"""Parsing of the aspects, findings and measures of a chapter in a style: the inverse of ``finding_wording``. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from reports import phrases
from reports.facts import NO_STATUS, UNDONE, UNGROUPED, AspectFacts, FacetFacts, FindingFacts, MeasureFacts
from reports.lines import HeadingKind, HeadingPattern, ParseError, TextLine
from reports.styles.numbers import read_number, write_number
from reports.styles.style import STATUS, TITLE, Grouping, HeadingStyle, ReportStyle, StatusPlace
from reports.styles.templates import read_template
from reports.values import COUNT_OFF, split_measures, stated_outcome

MAX_TITLE = 200  # characters of a heading, the limit of the records
_TITLES = {TITLE: ".+?"}
_STATUSES = {STATUS: "[^，,。；;：:（）()\n]{1,30}?"}


# The paragraph of a finding that says its status.
_PLACES = {StatusPlace.BEFORE: 0, StatusPlace.OPENING: 0, StatusPlace.ENDING: -1, StatusPlace.AFTER: -1}


@dataclass(frozen=True, slots=True)
class FoundHeading:
    """A heading that was read: its number (0 where the level has none), its title, and the text behind it."""

    number: int
    title: str
    text: str = ""


def read_heading(style: HeadingStyle, text: str) -> FoundHeading | None:
    """The heading in a line, None when it is another line."""
    number, words = read_number(style.number, text) or (0, "") if style.number else (0, text)
    # The full stop behind a bare title is often left out.
    for written in (style.words, f"【{TITLE}】") if style.words == f"【{TITLE}】。" else (style.words,):
        template = read_template(written)
        if style.runs_in and (begun := template.read_beginning(words, _TITLES)):
            end, gaps = begun
            return FoundHeading(number, gaps[TITLE], words[end:])
        if found := template.read(words, _TITLES):
            return FoundHeading(number, found[TITLE])
    return None


@dataclass
class _Draft:
    """A finding whose paragraphs are still being collected."""

    title: str
    line: int
    part: str = ""
    paragraphs: list[TextLine] = field(default_factory=list)
    sub_findings: list[_Draft] = field(default_factory=list)


@dataclass
class _AspectDraft:
    title: str
    line: TextLine
    findings: list[_Draft] = field(default_factory=list)


class FindingReader:
    """Reads the lines of one chapter; headings and notes are added to the lists of the whole report."""

    def __init__(self, style: ReportStyle, headings: list[HeadingPattern], notes: list[str]) -> None:
        self.style, self.headings, self.notes = style, headings, notes
        self.aspects: list[_AspectDraft] = []
        self.part = ""
        self.parts = self.running = 0

    def read(self, lines: Sequence[TextLine], before: TextLine, *, is_listed: bool = False) -> tuple[AspectFacts, ...]:
        """The aspects in these lines, ``before`` the line above them; of a list each finding has only its detail."""
        if is_listed:
            self.style = replace(self.style, finding=replace(self.style.finding, runs_in=self.style.detail_runs_in))
        for line in lines:
            self._place(line)
        if not self.aspects:
            above = self.style.aspect or self.style.finding
            raise ParseError(before.number, f"这一章没有“{write_number(above.number, 1)}”开头的{self._first_level()}。")
        self._check_that_findings_follow(self.aspects[-1])
        return tuple(self._aspect(draft, is_listed=is_listed) for draft in self.aspects)

    def _first_level(self) -> str:
        return "方面" if self.style.aspect else "问题"

    def _place(self, line: TextLine) -> None:
        """Take a line as a heading, else as a paragraph of the last finding."""
        style = self.style
        if style.aspect and (found := read_heading(style.aspect, line.text)):
            self._begin_aspect(line, found, style.aspect)
            return
        if style.aspect and not self.aspects:
            number = write_number(style.aspect.number, 1)
            raise ParseError(line.number, f"看不懂这一行：这里应是“{number}”开头的方面标题。")
        if not self.aspects:
            self.aspects.append(_AspectDraft(UNGROUPED, line))
        findings = self.aspects[-1].findings
        if style.part and (found := read_heading(style.part, line.text)):
            self.part = self._heading(HeadingKind.PART, line, found.title)
            self.parts = self._expect(line, found.number, self.parts + 1, style.part)
            self.running = 0 if not style.finding.runs_on else self.running
        elif found := read_heading(style.finding, line.text):
            self.running = self._expect(line, found.number, self.running + 1, style.finding)
            self._begin(line, found, findings, HeadingKind.FINDING)
        elif findings and (found := read_heading(style.sub_finding, line.text)):
            into = findings[-1].sub_findings
            self._expect(line, found.number, len(into) + 1, style.sub_finding)
            self._begin(line, found, into, HeadingKind.SUB_FINDING)
        elif findings:
            # To the last sub-finding, if there is one: a finding's own paragraphs come before them.
            (findings[-1].sub_findings or findings)[-1].paragraphs.append(line)
        else:
            wording = style.finding.words.replace(f"【{TITLE}】", "…")
            number = write_number(style.finding.number, 1)
            raise ParseError(line.number, f"看不懂这一行：这里应是问题标题，写作“{number}{wording}”。")

    def _begin_aspect(self, line: TextLine, found: FoundHeading, level: HeadingStyle) -> None:
        if self.aspects:
            self._check_that_findings_follow(self.aspects[-1])
        self._expect(line, found.number, len(self.aspects) + 1, level)
        kind = HeadingKind.STATUS_GROUP if self.style.grouping == Grouping.STATUS else HeadingKind.ASPECT
        self.aspects.append(_AspectDraft(self._heading(kind, line, found.title), line))
        self.part, self.parts = "", 0
        self.running = self.running if self.style.finding.runs_on else 0

    def _check_that_findings_follow(self, aspect: _AspectDraft) -> None:
        if not aspect.findings:
            wording = self.style.finding.words.replace(f"【{TITLE}】", "…")
            raise ParseError(aspect.line.number, f"这个方面下面没有读到问题（“{wording}”）。")

    def _begin(self, line: TextLine, found: FoundHeading, into: list[_Draft], kind: HeadingKind) -> None:
        """Begin a finding; ParseError when another one of its aspect has its title."""
        same = next((draft for draft in into if draft.title == found.title), None)
        if same and self.style.grouping == Grouping.ASPECT:
            raise ParseError(line.number, f"这个问题与第 {same.line} 行的标题相同。")
        draft = _Draft(self._heading(kind, line, found.title), line.number, self.part)
        if found.text:
            draft.paragraphs.append(TextLine(line.number, found.text))
        into.append(draft)

    def _heading(self, kind: HeadingKind, line: TextLine, title: str) -> str:
        """Record a heading and return its title; ParseError when a record cannot hold it."""
        check_title(line, title)
        self.headings.append(HeadingPattern(kind, line.number, line.text))
        return title

    def _expect(self, line: TextLine, number: int, wanted: int, level: HeadingStyle) -> int:
        """The wanted number; ParseError for a heading that has another one."""
        if level.number:
            expect(line, number, wanted, level.number)
        return wanted

    def _aspect(self, draft: _AspectDraft, *, is_listed: bool) -> AspectFacts:
        findings = tuple(self._finding(one, is_listed=is_listed) for one in draft.findings)
        if self.style.grouping == Grouping.STATUS:
            found = read_template(self.style.group).read(draft.title, _STATUSES)
            findings = tuple(replace(one, status=found[STATUS]) if found else one for one in findings)
        return AspectFacts(draft.title, findings=findings)

    def _finding(self, draft: _Draft, *, is_listed: bool) -> FindingFacts:
        """The facts of a finding, with its paragraphs divided into facets and measures."""
        subs = tuple(self._finding(one, is_listed=is_listed) for one in draft.sub_findings)
        texts = [line.text for line in draft.paragraphs]
        if is_listed:
            return FindingFacts(draft.title, sub_findings=subs, detail="\n".join(texts), part=draft.part)
        status = self._take_status(draft)
        facets = tuple(self._facets(draft))
        return FindingFacts(draft.title, facets, subs, part=draft.part, status=status)

    def _take_status(self, draft: _Draft) -> str:
        """The status of a finding, taken off its paragraphs; "" when none is said."""
        style = self.style
        if not style.status or not draft.paragraphs:
            return ""
        template = read_template(style.status)
        place = _PLACES[style.status_place]
        if style.is_label_apart and style.status_place == StatusPlace.OPENING and len(draft.paragraphs) > 1:
            place, is_labelled = 1, False
        else:
            is_labelled = style.status_place == StatusPlace.OPENING
        line = draft.paragraphs[place]
        text = self._without_label(line) if is_labelled else line.text
        match style.status_place:
            case StatusPlace.OPENING if begun := template.read_beginning(text, _STATUSES):
                rest, gaps = line.text.removesuffix(text) + text[begun[0] :], begun[1]
                draft.paragraphs[place] = TextLine(line.number, rest)
            case StatusPlace.ENDING if ended := template.read_ending(text, _STATUSES):
                gaps = ended[1]
                draft.paragraphs[place] = TextLine(line.number, text[: ended[0]])
            case StatusPlace.BEFORE | StatusPlace.AFTER if gaps := template.read(text, _STATUSES) or {}:
                draft.paragraphs.pop(place)
            case _:
                return ""
        return "" if gaps[STATUS] == NO_STATUS else gaps[STATUS]

    def _without_label(self, line: TextLine) -> str:
        """The text behind the label; ParseError without it."""
        label = read_template(self.style.label).read_beginning(line.text, {})
        if label is None:
            raise ParseError(line.number, f"问题之后的一段应以“{self.style.label}”开头。")
        return line.text[label[0] :]

    def _facets(self, draft: _Draft) -> Iterator[FacetFacts]:
        """The facets of a finding; a paragraph that does not begin a facet continues the one before."""
        if not draft.paragraphs:
            if draft.sub_findings:
                return
            raise ParseError(draft.line, "这个问题没有整改情况。")
        first, *rest = draft.paragraphs
        texts = [self._without_label(first), *(line.text for line in rest)]
        if self.style.is_label_apart and not texts[0]:
            texts.pop(0)
        if texts == [UNDONE]:
            return
        current: list[str] = []
        title = ""
        for text in texts:
            if opened := phrases.FACET.read(text):
                if current:
                    yield self._facet(draft, title, current)
                current, title = [opened["text"]] if opened["text"] else [], opened["title"]
            else:
                current.append(text)
        yield self._facet(draft, title, current)

    def _facet(self, draft: _Draft, title: str, paragraphs: list[str]) -> FacetFacts:
        """One facet; adds a note where 一是, 二是 are not in sequence, ParseError for an empty measure."""
        introduction, outcomes = split_measures("\n".join(paragraphs), self.style.listing)
        if any(COUNT_OFF.search(outcome) for outcome in outcomes):
            self.notes.append(f"第 {draft.line} 行起的问题“{draft.title}”：一是、二是…的次序不连续，请核对。")
        if not all(outcome.strip("。；;") for outcome in outcomes):
            raise ParseError(draft.line, "这个问题有一条措施是空的。")
        return FacetFacts(tuple(MeasureFacts(stated_outcome(one)) for one in outcomes), title, introduction)


def check_title(line: TextLine, title: str) -> None:
    """Raise ParseError for a title that a record cannot hold."""
    if len(title) > MAX_TITLE:
        raise ParseError(line.number, f"标题有 {len(title)} 个字，最多 {MAX_TITLE} 个字。")


def expect(line: TextLine, number: int, wanted: int, sample: str) -> None:
    """Raise ParseError for a heading whose number is not the wanted one."""
    if number == wanted:
        return
    reason = "与前面的序号重复" if number < wanted else "前面缺了序号"
    written, right = write_number(sample, number), write_number(sample, wanted)
    raise ParseError(line.number, f"这里的序号是“{written}”，应为“{right}”，{reason}。")


def with_details(aspects: Sequence[AspectFacts], listed: Sequence[AspectFacts]) -> tuple[AspectFacts, ...]:
    """The aspects with what the inspectors found, from the chapter that lists it; they answer it one to one."""
    pairs = zip(aspects, listed, strict=True)
    return tuple(replace(own, findings=_with_details(own.findings, other.findings)) for own, other in pairs)


def _with_details(findings: Sequence[FindingFacts], listed: Sequence[FindingFacts]) -> tuple[FindingFacts, ...]:
    return tuple(
        replace(own, detail=other.detail, sub_findings=_with_details(own.sub_findings, other.sub_findings))
        for own, other in zip(findings, listed, strict=True)
    )
