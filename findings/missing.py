"""What a finding still lacks, in words; the page shows the sentences, and whoever signs off can ask for the same."""

from __future__ import annotations

from collections.abc import Sequence

from findings.models import Finding, Measure


def missing_from(finding: Finding, measures: Sequence[Measure], *, has_sub_findings: bool) -> list[str]:
    """Sentences about what is not there yet; measures need their progress fetched."""
    sentences = []
    if finding.lead_unit is None:
        sentences.append("没有确定牵头单位。")
    if finding.due_on is None:
        sentences.append("没有填写完成时限。")
    if finding.long_term and not finding.review_cycle_months:
        sentences.append("长期坚持的问题没有填写复查周期。")
    if not measures and not has_sub_findings:
        sentences.append("还没有整改措施。")
    counts = (
        (sum(not measure.outcome for measure in measures), "{} 条措施没有填写公开成效。"),
        (sum(not measure.progress.all() for measure in measures), "{} 条措施没有填报过进展。"),
        (sum(measure.completed_on is None for measure in measures), "{} 条措施没有完成。"),
    )
    return sentences + [words.format(number) for number, words in counts if number]
