"""Parsing of the summary paragraph: the pledge, the stated numbers and the names of the aspects. Pure."""

from __future__ import annotations

from dataclasses import replace

from reports import phrases
from reports.facts import AspectFacts, Counts, ReportFacts
from reports.lines import ParseError, TextLine
from reports.values import clause_of, number_of


def with_summary(
    facts: ReportFacts, summary: TextLine, aspects: tuple[AspectFacts, ...]
) -> tuple[ReportFacts, list[str]]:
    """The facts with aspects, pledge and stated numbers, and a note for each number that differs from the text.

    Raises ParseError when there is no summary sentence.
    """
    found = phrases.SUMMARY.find(summary.text)
    if found is None:
        raise ParseError(summary.number, "没有找到计数句“对照巡察反馈问题，共梳理…条问题，已完成整改…个”。")
    start, end, gaps = found
    rest = summary.text[end:]
    sentence = rest.partition("。")[0]
    clauses = phrases.SUMMARY_INCLUDING | phrases.SUMMARY_BESIDE
    counts = Counts(
        aspects=len(aspects),
        findings=number_of(gaps["findings"]),
        completed=number_of(gaps["completed"]),
        long_term=clause_of(phrases.SUMMARY_LONG_TERM, "long_term", rest),
        regulations=clause_of(phrases.SUMMARY_REGULATIONS, "regulations", rest),
        measures=clause_of(phrases.SUMMARY_MEASURES, "measures", rest),
        **{name: clause_of(phrase, name, sentence) for name, phrase in clauses.items()},
    )
    named, notes = with_short_titles(gaps["aspects"], aspects)
    facts = replace(facts, pledge=summary.text[:start], counts=counts, aspects=named)
    return facts, [f"第 {summary.number} 行：{note}" for note in notes + differences(facts)]


def with_short_titles(words: str, aspects: tuple[AspectFacts, ...]) -> tuple[tuple[AspectFacts, ...], list[str]]:
    """The aspects with their names in the summary as short titles, and notes.

    ``words`` is the summary's list of aspects. Unless it has as many names as there are aspects, they stay unchanged.
    """
    several = phrases.SEVERAL_ASPECTS.read(words)
    single = phrases.ONE_ASPECT.read(words)
    names = several["names"].split("、") if several else [single["names"]] if single else []
    notes = []
    if several and (stated := number_of(several["aspects"])) not in {None, len(aspects)}:
        notes.append(f"计数句写了 {stated} 个方面，正文有 {len(aspects)} 个。")
    if len(names) != len(aspects):
        return aspects, [*notes, "计数句里方面的名称与正文的方面对不上，请补填各方面的简称。"]
    named = (replace(aspect, short_title=name) for aspect, name in zip(aspects, names, strict=True))
    return tuple(named), notes


def differences(facts: ReportFacts) -> list[str]:
    """Notes for the stated numbers that differ from the findings and measures in the text."""
    # Published summaries count either findings or, where there are any, sub-findings: both are accepted.
    findings = sum(1 for _ in facts.findings())
    leaves = sum(max(1, len(finding.sub_findings)) for finding in facts.findings())
    measures = sum(1 for finding in facts.findings() for _ in finding.measures())
    notes = []
    if facts.counts.findings not in {None, findings, leaves}:
        notes.append(f"计数句写了 {facts.counts.findings} 条问题，正文有 {findings} 条。")
    counts = facts.counts
    beside = [getattr(counts, name) for name in phrases.SUMMARY_BESIDE]
    # Many reports leave out what is not completed; where they say it, all parts are there.
    if any(beside) and None not in {*beside, counts.completed, counts.findings}:
        parts = sum(number or 0 for number in (*beside, counts.completed))
        if parts != counts.findings:
            notes.append(
                f"计数句里已完成、基本完成、阶段性完成和正在整改的相加是 {parts} 个，不是 {counts.findings} 个。"
            )
    if facts.counts.measures not in {None, measures}:
        notes.append(f"计数句写了 {facts.counts.measures} 条措施，正文有 {measures} 条。")
    return notes
