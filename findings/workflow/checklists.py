"""The checklist of a measure before it is reported as done; the page shows it and the step refuses by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from findings.inspections.models.measures import Measure

# Phrases of work that is still going on; the published outcome must state results.
UNFINISHED = ("正在推进", "正在研究", "正在开展", "正在办理")
STILL_GOING_ON = "整改成效里还写着“{}”，请写已经做到的结果。"


@dataclass(frozen=True)
class Requirement:
    """One requirement of a report: its name, the requirement, the sentence and the noun of what is missing."""

    name: str
    words: str
    missing: str
    noun: str


OUTCOME = Requirement("outcome", "整改成效已经填写，写的是做到的结果", "没有填写整改成效（公开用语）。", "整改成效")
DAY = Requirement("day", "完成日期已经填写", "没有填写完成日期。", "完成日期")
EVIDENCE = Requirement("evidence", "佐证材料已经上传", "没有上传佐证材料。", "佐证材料")


@dataclass(frozen=True)
class Check:
    """A requirement for one measure and, when it is not met, the sentence that says so."""

    requirement: Requirement
    against: str
    noun: str  # of what is missing

    @property
    def words(self) -> str:
        """The requirement in words."""
        return self.requirement.words

    @property
    def is_met(self) -> bool:
        """Whether the requirement is met."""
        return not self.against


def before_report(measure: Measure, *, is_proved: bool | None = None) -> list[Check]:
    """The checks of the measure as it stands, in the order of its page.

    ``is_proved`` tells whether it has evidence that counts; without it one query does.
    """
    proved = measure.evidence.live().exists() if is_proved is None else is_proved
    found = unfinished_words(measure.outcome)
    outcome = f"做到的结果（成效里还写着“{found}”）" if found else OUTCOME.noun
    return [
        Check(OUTCOME, _check_outcome(measure.outcome), outcome),
        Check(DAY, DAY.missing if measure.completed_on is None else "", DAY.noun),
        Check(EVIDENCE, "" if proved else EVIDENCE.missing, EVIDENCE.noun),
    ]


def missing_nouns(checks: Iterable[Check]) -> list[str]:
    """What is missing by these checks, as nouns (Chinese)."""
    return [check.noun for check in checks if not check.is_met]


def unfinished_words(outcome: str) -> str:
    """The first phrase in an outcome that tells of plans instead of results, or an empty string."""
    return next((words for words in UNFINISHED if words in outcome), "")


def _check_outcome(outcome: str) -> str:
    if not outcome:
        return OUTCOME.missing
    found = unfinished_words(outcome)
    return STILL_GOING_ON.format(found) if found else ""
