"""The checklist of a measure before it is reported as done; the page shows it and the step refuses by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from findings.inspections.models.measures import Measure

_NO_EVIDENCE = "没有上传佐证材料。"
# Phrases of work that is still going on; the published outcome must state results.
UNFINISHED = ("正在推进", "正在研究", "正在开展", "正在办理")


@dataclass(frozen=True)
class Check:
    """One point of the checklist: its requirement and, when it is not met, the sentence that says so."""

    words: str
    against: str

    @property
    def is_met(self) -> bool:
        """Whether the requirement is met."""
        return not self.against


def before_report(measure: Measure) -> list[Check]:
    """The points of the checklist for the measure as it stands, in the order of its page; one query."""
    return [Check(words, look(measure)) for words, look in BEFORE_REPORT]


def unfinished_words(outcome: str) -> str:
    """The first phrase in an outcome that tells of plans instead of results, or an empty string."""
    return next((words for words in UNFINISHED if words in outcome), "")


def lacks_before_report(measure: Measure, *, has_evidence: bool) -> list[str]:
    """What the measure lacks before it can be reported, as nouns (Chinese); no query, for lists of measures."""
    lacks = {
        "整改成效": _check_outcome(measure),
        "完成日期": _check_day(measure),
        "佐证材料": "" if has_evidence else _NO_EVIDENCE,
    }
    return [noun for noun, against in lacks.items() if against]


def _check_outcome(measure: Measure) -> str:
    if not measure.outcome:
        return "没有填写整改成效（公开用语）。"
    found = unfinished_words(measure.outcome)
    return f"整改成效里还写着“{found}”，请写已经做到的结果。" if found else ""


def _check_day(measure: Measure) -> str:
    return "没有填写完成日期。" if measure.completed_on is None else ""


def _check_evidence(measure: Measure) -> str:
    return "" if measure.evidence.live().exists() else _NO_EVIDENCE


# Requirement, and the function that returns the sentence against it.
BEFORE_REPORT: tuple[tuple[str, Callable[[Measure], str]], ...] = (
    ("整改成效已经填写，写的是做到的结果", _check_outcome),
    ("完成日期已经填写", _check_day),
    ("佐证材料已经上传", _check_evidence),
)
