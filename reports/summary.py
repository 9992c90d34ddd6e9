"""What the summary of a report states: its numbers and the names of the aspects. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reports import phrases
from reports.facts import AspectFacts, ReportFacts
from reports.gap_values import read_counts
from reports.lines import TextLine
from reports.styles.gaps import is_total
from reports.values import number_of


def with_summary(facts: ReportFacts, summary: TextLine, gaps: Mapping[str, str]) -> tuple[ReportFacts, list[str]]:
    """The facts with the stated numbers and the short titles of aspects, and a note for each number that differs.

    ``gaps`` are the texts in the gaps of the summary.
    """
    counts = read_counts(gaps, len(facts.aspects))
    totals = {name: text for name, text in gaps.items() if is_total(name)}
    facts = replace(facts, counts=counts, totals={**facts.totals, **totals})
    notes: list[str] = []
    if "方面名称" in gaps:
        named, notes = with_short_titles(gaps["方面名称"], facts.aspects)
        facts = replace(facts, aspects=named)
    return facts, [f"第 {summary.number} 行：{note}" for note in notes + differences(facts, gaps)]


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


def differences(facts: ReportFacts, gaps: Mapping[str, str]) -> list[str]:
    """Notes for the stated numbers that differ from the findings and measures in the text."""
    # Published summaries count either findings or, where there are any, sub-findings: both are accepted.
    findings = sum(1 for _ in facts.findings())
    leaves = sum(max(1, len(finding.sub_findings)) for finding in facts.findings())
    measures = sum(1 for finding in facts.findings() for _ in finding.measures())
    notes = []
    if "问题数" in gaps and facts.counts.findings not in {None, findings, leaves}:
        notes.append(f"计数句写了 {facts.counts.findings} 条问题，正文有 {findings} 条。")
    counts = facts.counts
    beside = [counts.substantially, counts.staged, counts.in_progress]
    # Many reports leave out what is not completed; where they say it, all parts are there.
    if any(beside) and None not in {*beside, counts.completed, counts.findings}:
        parts = sum(number or 0 for number in (*beside, counts.completed))
        if parts != counts.findings:
            notes.append(
                f"计数句里已完成、基本完成、阶段性完成和正在整改的相加是 {parts} 个，不是 {counts.findings} 个。"
            )
    if "措施数" in gaps and facts.counts.measures not in {None, measures}:
        notes.append(f"计数句写了 {facts.counts.measures} 条措施，正文有 {measures} 条。")
    return notes
