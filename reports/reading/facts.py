"""The facts of a report that was read in any form: what can be stored as records. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace

from reports.facts import (
    UNGROUPED,
    AspectFacts,
    Contact,
    Counts,
    FacetFacts,
    FindingFacts,
    MeasureFacts,
    ReportFacts,
)
from reports.reading.counters import Counter
from reports.reading.headings import heading_text
from reports.reading.kinds import LineKind, ReadLine
from reports.reading.letter import FeedbackLetter
from reports.reading.outcomes import split_outcomes, without_label
from reports.reading.patterns import NEXT_STEPS
from reports.reading.preamble import read_day, read_occasion
from reports.values import contact_of

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
    "in_progress": "正在整改",
}
_WAY = re.compile("|".join(name for name in ("联系电话", "监督电话", "邮政信箱", "通讯地址", "电子邮箱", "电子信箱")))


@dataclass
class _FindingDraft:
    """A finding whose lines are still being collected."""

    title: str
    detail: str = ""
    paragraphs: list[str] = field(default_factory=list)
    sub_findings: list[_FindingDraft] = field(default_factory=list)


@dataclass
class _Aspect:
    title: str
    findings: list[_FindingDraft] = field(default_factory=list)


def facts_of(lines: Sequence[ReadLine], counters: Iterable[Counter]) -> ReportFacts:
    """The facts of a report from its lines and counters."""
    titles = [line.source.text for line in lines if line.kind == LineKind.TITLE]
    overview, findings_heading, next_heading, next_steps = _chapters(lines)
    salutation = next((line.source.text for line in lines if line.kind == LineKind.SALUTATION), "")
    signatures = [line.source.text for line in lines if line.kind == LineKind.SIGNATURE]
    dates = [line.source for line in lines if line.kind == LineKind.DATE]
    genre = "报告" if "".join(titles).endswith("报告") else "通报"
    facts = ReportFacts(**asdict(read_occasion(lines)))
    return replace(
        facts,
        counts=_counts(counters),
        aspects=_aspects(lines),
        title="\n".join(titles),
        salutation=salutation.rstrip("：:"),
        genre=genre,
        pledge="\n".join(_organisation(lines)),
        overview_heading=overview or facts.overview_heading,
        findings_heading=findings_heading,
        next_steps_heading=next_heading or facts.next_steps_heading,
        next_steps=next_steps,
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
        aspects[IMMEDIATE] = [FindingFacts(title) for title in letter.immediate]
    return replace(
        facts,
        feedback_on=facts.feedback_on or (read_day(dates[-1].plain) if dates else None),
        aspects=tuple(AspectFacts(title, findings=tuple(findings)) for title, findings in aspects.items()),
    )


def _counts(counters: Iterable[Counter]) -> Counts:
    stated = {counter.name: counter.value for counter in counters}
    values = {name: stated.get(label, 0) for name, label in _COUNTS.items()}
    return Counts(**{name: value if isinstance(value, int) else None for name, value in values.items()})


def _chapters(lines: Sequence[ReadLine]) -> tuple[str, str, str, str]:
    """The headings of the chapters before, with and after the findings, and the text of those after."""
    overview = findings = after = ""
    texts: list[str] = []
    for heading, below in _by_chapter(lines):
        title = heading_text(heading).title
        tells = any(line.kind in {LineKind.FINDING, LineKind.ANSWER} for line in below)
        if NEXT_STEPS.match(title) or (findings and not tells):
            after = after or title
            texts += [line.source.text for line in below if line.kind == LineKind.TEXT]
        elif tells:
            findings = findings or title
        else:
            overview = overview or title
    return overview, findings, after, "\n".join(texts)


def _by_chapter(lines: Sequence[ReadLine]) -> list[tuple[ReadLine, list[ReadLine]]]:
    chapters: list[tuple[ReadLine, list[ReadLine]]] = []
    for line in lines:
        if line.kind == LineKind.CHAPTER:
            chapters.append((line, []))
        elif chapters:
            chapters[-1][1].append(line)
    return chapters


def _organisation(lines: Sequence[ReadLine]) -> list[str]:
    """The paragraphs of the chapter about the organisation of the work, before the first finding."""
    kept: list[str] = []
    for line in lines:
        if line.kind in {LineKind.ASPECT, LineKind.STATUS_GROUP, LineKind.FINDING}:
            break
        if line.kind in {LineKind.ORGANISATION, LineKind.TEXT}:
            kept.append(line.source.text)
    return kept


def _aspects(lines: Sequence[ReadLine]) -> tuple[AspectFacts, ...]:
    aspects = _collect(lines)
    return tuple(
        AspectFacts(aspect.title, findings=tuple(_finding(draft) for draft in aspect.findings))
        for aspect in aspects
        if aspect.findings
    )


def _collect(lines: Sequence[ReadLine]) -> list[_Aspect]:
    """The aspects with their findings; a heading that answers one of an earlier chapter leads its text there."""
    aspects: list[_Aspect] = []
    current: _FindingDraft | None = None
    for line in lines:
        match line.kind:
            case LineKind.ASPECT | LineKind.STATUS_GROUP:
                current = None
                title = heading_text(line).title
                if not any(aspect.title == title for aspect in aspects):
                    aspects.append(_Aspect(title))
            case LineKind.PART | LineKind.CHAPTER:
                current = None
            case LineKind.FINDING:
                if not aspects:
                    aspects.append(_Aspect(UNGROUPED))
                current = _draft(line)
                aspects[-1].findings.append(current)
            case LineKind.ANSWER:
                current = _find_answered_finding(aspects, line)
            case LineKind.SUB_FINDING if current is not None and aspects and aspects[-1].findings:
                current = _draft(line)
                aspects[-1].findings[-1].sub_findings.append(current)
            case LineKind.TEXT if current is not None:
                current.paragraphs.append(without_label(line.source.text))
            case _:
                pass
    return aspects


def _draft(line: ReadLine) -> _FindingDraft:
    """The finding of a heading; what stands behind its title is its text, or its detail when it is answered later."""
    divided = heading_text(line)
    draft = _FindingDraft(divided.title)
    if divided.rest:
        draft.paragraphs.append(without_label(divided.rest))
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


def _finding(draft: _FindingDraft) -> FindingFacts:
    introduction, outcomes = split_outcomes("\n".join(draft.paragraphs))
    measures = tuple(MeasureFacts(outcome) for outcome in outcomes if outcome.strip("。；;"))
    facets = (FacetFacts(measures, introduction=introduction),) if measures else ()
    subs = tuple(_finding(sub_finding) for sub_finding in draft.sub_findings)
    return FindingFacts(draft.title, facets, subs, detail=draft.detail)


def _contact(lines: Sequence[ReadLine]) -> Contact:
    found = Contact()
    for line in lines:
        if line.kind == LineKind.CONTACT and (start := _WAY.search(line.source.text)):
            ways = line.source.text[start.start() :].rstrip("。")
            found = contact_of(ways.replace("监督电话", "联系电话").replace("电子信箱", "电子邮箱"))
    return found if any((found.phone, found.address, found.email)) else Contact()
