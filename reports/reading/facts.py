"""The facts of a report that was read in any form: what can be stored as records. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace

from reports.facts import (
    UNDONE,
    UNGROUPED,
    AspectFacts,
    Contact,
    Counts,
    FacetFacts,
    FindingFacts,
    MeasureFacts,
    ReportFacts,
)
from reports.phrases import FACET
from reports.reading.chapters import office_text, read_chapters
from reports.reading.counters import Counter
from reports.reading.headings import heading_text
from reports.reading.kinds import LineKind, ReadLine
from reports.reading.letter import FeedbackLetter
from reports.reading.outcomes import opening_status, split_outcomes, without_label
from reports.reading.patterns import CONTACT_WAY, STATUS_LINE
from reports.reading.preamble import read_day, read_occasion
from reports.styles.style import ChapterPart, ReportStyle, StatusPlace
from reports.values import contact_of, stated_outcome

IMMEDIATE = "立行立改问题"
_COUNTS = {
    "aspects": "方面",
    "findings": "反馈问题",
    "completed": "已完成",
    "long_term": "长期坚持",
    "regulations": "制度",
    "measures": "措施",
    "substantially": "基本完成",
    "staged": "阶段性完成",
    "in_progress": "正在整改|整改中|未完成",
}


@dataclass
class _FindingDraft:
    """A finding whose lines are still being collected."""

    title: str
    detail: str = ""
    part: str = ""
    status: str = ""
    paragraphs: list[str] = field(default_factory=list)
    sub_findings: list[_FindingDraft] = field(default_factory=list)

    def take(self, line: ReadLine) -> None:
        """Take a line below the heading: a paragraph, or the status."""
        if line.kind == LineKind.TEXT:
            self.paragraphs.append(line.source.text)
        else:
            found = STATUS_LINE.match(line.source.plain)
            self.status = line.source.text[found.start(1) : found.end(1)] if found else line.source.text


@dataclass
class _Aspect:
    title: str
    findings: list[_FindingDraft] = field(default_factory=list)


def facts_of(lines: Sequence[ReadLine], counters: Iterable[Counter]) -> ReportFacts:
    """The facts of a report that its headings do not tell: the occasion, the numbers, what stands around the text."""
    titles = [line.source.text for line in lines if line.kind == LineKind.TITLE]
    chapters = read_chapters(lines)
    salutation = next((line.source.text for line in lines if line.kind == LineKind.SALUTATION), "")
    signatures = [line.source.text for line in lines if line.kind == LineKind.SIGNATURE]
    dates = [line.source for line in lines if line.kind == LineKind.DATE]
    genre = "报告" if "".join(titles).endswith("报告") else "通报"
    return replace(
        ReportFacts(**asdict(read_occasion(lines))),
        counts=_counts(counters),
        title="\n".join(titles),
        salutation=salutation.rstrip("：:"),
        genre=genre,
        pledge=office_text(chapters, ChapterPart.OVERVIEW),
        next_steps=office_text(chapters, ChapterPart.NEXT_STEPS),
        contact=_contact(lines),
        signature=signatures[-1] if signatures else "",
        dated_on=read_day(dates[-1].plain) if dates else None,
    )


def letter_facts(letter: FeedbackLetter) -> ReportFacts:
    """The facts of a feedback letter: findings with details and without measures."""
    facts = ReportFacts(**asdict(read_occasion(letter.lines)))
    dates = [line.source for line in letter.lines if line.kind == LineKind.DATE]
    aspects: dict[str, list[FindingFacts]] = {}
    for finding in letter.findings:
        aspects.setdefault(finding.aspect or UNGROUPED, []).append(FindingFacts(finding.title, detail=finding.detail))
    if letter.immediate:
        aspects[IMMEDIATE] = [FindingFacts(one.title, detail=one.detail, is_immediate=True) for one in letter.immediate]
    return replace(
        facts,
        feedback_on=facts.feedback_on or (read_day(dates[-1].plain) if dates else None),
        aspects=tuple(AspectFacts(title, findings=tuple(findings)) for title, findings in aspects.items()),
    )


def _counts(counters: Iterable[Counter]) -> Counts:
    stated = {counter.name: counter.value for counter in counters}
    values = {
        name: next((stated[label] for label in labels.split("|") if label in stated), 0)
        for name, labels in _COUNTS.items()
    }
    return Counts(**{name: value if isinstance(value, int) else None for name, value in values.items()})


def read_aspects(lines: Sequence[ReadLine], style: ReportStyle) -> tuple[AspectFacts, ...]:
    """The aspects with their findings and measures, which are written in a style."""
    return tuple(
        AspectFacts(aspect.title, findings=tuple(_finding(draft, style) for draft in aspect.findings))
        for aspect in _collect(lines)
        if aspect.findings
    )


def _collect(lines: Sequence[ReadLine]) -> list[_Aspect]:
    """The aspects with their findings; a heading that answers one of an earlier chapter leads its text there."""
    aspects: list[_Aspect] = []
    current: _FindingDraft | None = None
    part = ""
    for line in lines:
        match line.kind:
            case LineKind.ASPECT | LineKind.STATUS_GROUP:
                current = None
                title = heading_text(line).title
                if not any(aspect.title == title for aspect in aspects):
                    aspects.append(_Aspect(title))
                part = ""
            case LineKind.PART | LineKind.CHAPTER:
                current, part = None, heading_text(line).title if line.kind == LineKind.PART else ""
            case LineKind.FINDING:
                if not aspects:
                    aspects.append(_Aspect(UNGROUPED))
                current = _draft(line)
                current.part = part
                aspects[-1].findings.append(current)
            case LineKind.ANSWER:
                current = _find_answered_finding(aspects, line)
            case LineKind.SUB_FINDING if current is not None and aspects and aspects[-1].findings:
                current = _draft(line)
                aspects[-1].findings[-1].sub_findings.append(current)
            case LineKind.TEXT | LineKind.STATUS if current is not None:
                current.take(line)
            case _:
                pass
    return aspects


def _draft(line: ReadLine) -> _FindingDraft:
    """The finding of a heading; what stands behind its title is its text, or its detail when it is answered later."""
    divided = heading_text(line)
    draft = _FindingDraft(divided.title)
    if divided.rest:
        draft.paragraphs.append(divided.rest)
    return draft


def _find_answered_finding(aspects: Sequence[_Aspect], line: ReadLine) -> _FindingDraft | None:
    """The finding of an earlier chapter that a heading answers, by its title; its text there is its detail."""
    title = heading_text(line).title
    for aspect in aspects:
        for finding in aspect.findings:
            if finding.title == title:
                if not finding.detail:
                    finding.detail = "\n".join(finding.paragraphs)
                    finding.paragraphs.clear()
                return finding
    return None


def _finding(draft: _FindingDraft, style: ReportStyle) -> FindingFacts:
    """The facts of a finding, with its paragraphs divided into facets and measures."""
    paragraphs = list(draft.paragraphs)
    if style.status_place == StatusPlace.OPENING and paragraphs and (found := opening_status(paragraphs[0])):
        draft.status = found[1]
        paragraphs[0] = paragraphs[0][found.end() :]
    facets: list[tuple[str, list[str]]] = []
    for paragraph in paragraphs:
        text = without_label(paragraph)
        if opened := FACET.read(text):
            facets.append((opened["title"], [opened["text"]]))
        elif facets:
            facets[-1][1].append(text)
        else:
            facets.append(("", [text]))
    subs = tuple(_finding(sub_finding, style) for sub_finding in draft.sub_findings)
    read = (_facet(title, texts, style.listing.joint) for title, texts in facets)
    return FindingFacts(
        draft.title,
        tuple(facet for facet in read if facet.measures),
        subs,
        detail=draft.detail,
        part=draft.part,
        status=draft.status,
    )


def _facet(title: str, paragraphs: Sequence[str], joint: str) -> FacetFacts:
    introduction, outcomes = split_outcomes("\n".join(paragraphs).strip("\n"), joint)
    measures = tuple(MeasureFacts(stated_outcome(one)) for one in outcomes if one.strip("。；;") not in {"", UNDONE})
    return FacetFacts(measures, title, introduction)


def _contact(lines: Sequence[ReadLine]) -> Contact:
    found = Contact()
    for line in lines:
        if line.kind == LineKind.CONTACT and (start := CONTACT_WAY.search(line.source.text)):
            ways = line.source.text[start.start() :].rstrip("。")
            found = contact_of(ways.replace("监督电话", "联系电话").replace("电子信箱", "电子邮箱"))
    return found if any((found.phone, found.address, found.email)) else Contact()
