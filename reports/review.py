"""What the page shows beside a text that was read: its lines with their kinds, and the kinds a person may give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reports.reading.corrections import KINDS, Correction, line_keys, read_corrections
from reports.reading.kinds import LineKind
from reports.recognition import Recognised

LABELS = {
    LineKind.TITLE: "标题",
    LineKind.SALUTATION: "主送",
    LineKind.PREAMBLE: "引言",
    LineKind.CHAPTER: "章",
    LineKind.ORGANISATION: "小标题",
    LineKind.ASPECT: "方面",
    LineKind.PART: "分组",
    LineKind.STATUS_GROUP: "按状态",
    LineKind.FINDING: "问题",
    LineKind.ANSWER: "问题",
    LineKind.SUB_FINDING: "分项问题",
    LineKind.STATUS: "状态",
    LineKind.IMMEDIATE_HEADING: "小标题",
    LineKind.IMMEDIATE: "立行立改",
    LineKind.TEXT: "正文",
    LineKind.CONTACT: "联系方式",
    LineKind.SIGNATURE: "落款",
    LineKind.DATE: "日期",
    LineKind.SET_ASIDE: "不放进来",
}
UNDO = "undo"
# What a person can make of a line, with the key that does it.
OFFERED = (
    (LineKind.ASPECT, "方面", "a"),
    (LineKind.FINDING, "问题", "f"),
    (LineKind.SUB_FINDING, "分项问题", "s"),
    (LineKind.IMMEDIATE, "立行立改", "i"),
    (LineKind.TEXT, "正文（并入上面）", "t"),
    (LineKind.CHAPTER, "章", "c"),
    (LineKind.SET_ASIDE, "不放进来", "x"),
)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A line on the page; ``number`` is 0 when it is a later part of a line that was divided."""

    number: int
    key: str
    text: str
    kind: LineKind
    is_chosen: bool
    is_doubtful: bool
    is_corrected: bool

    @property
    def label(self) -> str:
        """The kind in Chinese."""
        return LABELS[self.kind]


def posted_corrections(data: Mapping[str, str]) -> list[Correction]:
    """The corrections made so far and the one just asked for: a kind for the chosen line, or the last one undone."""
    corrections = read_corrections(data.get("corrections", ""))
    asked, chosen = data.get("kind", ""), data.get("chosen", "")
    if asked == UNDO:
        return corrections[:-1]
    if asked in KINDS and chosen:
        corrections += read_corrections(f"{chosen}={asked}")
    return corrections


def source_rows(recognised: Recognised, corrections: list[Correction], chosen: str) -> Iterator[SourceRow]:
    """The rows of all lines, in order."""
    corrected = {one.key for one in corrections}
    doubtful = {doubt.line for doubt in recognised.doubts}
    before = 0
    for line, key in zip(recognised.lines, line_keys(recognised.lines), strict=True):
        number = line.source.number
        is_first = number != before
        yield SourceRow(
            number if is_first else 0,
            key,
            line.source.text,
            line.kind,
            is_chosen=key == chosen,
            is_doubtful=is_first and number in doubtful,
            is_corrected=key in corrected,
        )
        before = number
