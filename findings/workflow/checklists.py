"""What has to be there before a measure is reported as done: the list that the page shows is the one that refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from findings.inspections.models.measures import Measure

UNFINISHED = ("正在推进", "正在研究", "正在开展", "正在办理")


@dataclass(frozen=True)
class Check:
    """One point of the list: what has to be there, and what is against it; nothing when it is there."""

    words: str
    against: str

    @property
    def is_met(self) -> bool:
        """Whether this is there."""
        return not self.against


def before_report(measure: Measure) -> list[Check]:
    """The points of a measure as it stands, in the order of its sheet."""
    return [Check(words, look(measure)) for words, look in BEFORE_REPORT]


def unfinished_words(outcome: str) -> str:
    """The first words of an outcome that tell of plans, not of results; nothing when there are none."""
    return next((words for words in UNFINISHED if words in outcome), "")


def _outcome(measure: Measure) -> str:
    if not measure.outcome:
        return "没有填写整改成效（公开用语）。"
    found = unfinished_words(measure.outcome)
    return f"整改成效里还写着“{found}”，请写已经做到的结果。" if found else ""


def _day(measure: Measure) -> str:
    return "没有填写完成日期。" if measure.completed_on is None else ""


def _evidence(measure: Measure) -> str:
    return "" if measure.evidence.live().exists() else "没有上传佐证材料。"


BEFORE_REPORT: tuple[tuple[str, Callable[[Measure], str]], ...] = (
    ("整改成效已经填写，写的是做到的结果", _outcome),
    ("完成日期已经填写", _day),
    ("佐证材料已经上传", _evidence),
)
