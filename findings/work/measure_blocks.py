"""The measures of a finding as its page shows them: what came of each, what is missing, and whether its check holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from findings.choices import MeasureStatus
from findings.evidence.models import Evidence
from findings.inspections.display import measure_number
from findings.inspections.models.facets import Facet
from findings.inspections.models.measures import Measure
from findings.inspections.models.progress import Progress
from findings.workflow import StepName
from findings.workflow.checklists import before_report, missing_nouns
from findings.workflow.editing import undone_by_edit
from findings.workflow.models.signoffs import Step

MOST_THUMBS = 6  # of one measure; the rest is in the catalogue of the finding


@dataclass(frozen=True)
class MeasureBlock:
    """One measure on the page of its finding."""

    measure: Measure
    number: str
    sent_back: Step | None
    expired: Step | None  # the step that ended its verification, if nothing came after it
    missing: list[str]  # before it can be reported, as nouns; empty once it is
    evidence: list[Evidence]
    last_progress: Progress | None
    is_workable: bool

    @property
    def thumbs(self) -> list[Evidence]:
        """The first pieces of evidence."""
        return self.evidence[:MOST_THUMBS]

    @property
    def more_evidence(self) -> int:
        """The number of pieces of evidence that are not among the thumbnails."""
        return max(0, len(self.evidence) - MOST_THUMBS)

    @property
    def is_open(self) -> bool:
        """Whether the measure is with its unit."""
        return not self.measure.is_done

    @property
    def edit_effect(self) -> str:
        """What an edit of the measure undoes (Chinese), "" for nothing."""
        return undone_by_edit(self.measure)

    @property
    def words_missing(self) -> str:
        """What keeps the measure from being reported, in short: 被退回, or what is missing."""
        if self.sent_back is not None:
            return "被退回"
        return f"缺{'、'.join(self.missing)}" if self.missing else "可以报完成"


def blocks_of(
    measures: Sequence[Measure], steps: Iterable[Step], evidence: Mapping[int, list[Evidence]], user: User
) -> list[MeasureBlock]:
    """The measures with their last step (of ``steps``, newest first) and the evidence by the key of the measure."""
    last: dict[int, Step] = {}
    for step in steps:
        if step.measure_id is not None:
            last.setdefault(step.measure_id, step)
    return [_block(measure, last.get(measure.pk), evidence.get(measure.pk, []), user) for measure in measures]


def _block(measure: Measure, last: Step | None, evidence: list[Evidence], user: User) -> MeasureBlock:
    name = last.transition if last is not None else ""
    is_back = measure.status == MeasureStatus.SENT_BACK and name == StepName.SEND_BACK
    is_expired = measure.status == MeasureStatus.REPORTED and name == StepName.EXPIRE_VERIFICATION
    return MeasureBlock(
        measure,
        measure_number(measure),
        last if is_back else None,
        last if is_expired else None,
        [] if measure.is_done else missing_nouns(before_report(measure, is_proved=bool(evidence))),
        evidence,
        next(iter(measure.progress.all()), None),
        measure.is_editable_by(user),
    )


def group_by_facet(
    blocks: Iterable[MeasureBlock], facets: Iterable[Facet]
) -> list[tuple[Facet | None, list[MeasureBlock]]]:
    """Measures without a facet, then those of each facet, also of facets without measures."""
    blocks = list(blocks)
    groups: list[tuple[Facet | None, list[MeasureBlock]]] = [
        (None, [block for block in blocks if block.measure.facet_id is None])
    ]
    groups += [(facet, [block for block in blocks if block.measure.facet_id == facet.pk]) for facet in facets]
    return [(facet, group) for facet, group in groups if facet or group]


def summary_of(blocks: Iterable[MeasureBlock]) -> str:
    """The numbers of measures by status, as 已核实 1，退回 1，进行中 1; an empty string without measures."""
    numbers: dict[str, int] = {}
    for block in blocks:
        numbers[block.measure.status] = numbers.get(block.measure.status, 0) + 1
    order = (
        MeasureStatus.VERIFIED,
        MeasureStatus.REPORTED,
        MeasureStatus.SENT_BACK,
        MeasureStatus.UNDER_WAY,
        MeasureStatus.NOT_STARTED,
    )
    return "，".join(f"{status.label} {numbers[status]}" for status in order if status in numbers)


def unsettled_in_report(blocks: Iterable[MeasureBlock]) -> list[str]:
    """What of the measures is in the report and not settled, or missing there, with why (Chinese)."""
    numbers: dict[str, list[str]] = {}
    for block in blocks:
        if not block.measure.outcome:
            numbers.setdefault("没有成效，报告里空着", []).append(block.number)
        elif block.sent_back is not None:
            numbers.setdefault("被退回，成效还会改", []).append(block.number)
        elif block.measure.status != MeasureStatus.VERIFIED:
            numbers.setdefault("还没有核实", []).append(block.number)
    return [f"措施 {'、'.join(of_kind)} {words}。" for words, of_kind in numbers.items()]
