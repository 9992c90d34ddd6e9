"""Recognition of columns by their headings: the list's own, those that offices use for the same, and near misses.

This is the one place that knows what a heading can be called.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accounts.text import comparison_key
from ledgers.columns import Column

LONGEST = 200  # characters of a heading by which it is remembered
CLOSE = 0.6  # similarity from which a heading is taken for a misspelt one (difflib ratio)
# What offices call one column; of several in one file the first named here is taken.
SAME_MEANING = (
    ("完成时限", "整改时限", "完成时间", "整改期限", "完成期限"),
    ("责任科室", "责任单位", "牵头单位", "责任部门", "牵头科室"),
    ("责任领导", "牵头领导"),
    ("佐证目录号", "佐证材料"),
    ("销号日期", "销号时间"),
    ("完成日期", "实际完成日期", "实际完成时间"),
    ("整改进展", "整改进展情况"),
    ("时限类型", "整改类型"),
    ("配合单位", "配合部门", "配合科室", "协助单位"),
    ("其他责任人", "共同责任人"),
    ("开始日期", "开始时间", "启动时间"),
    ("进度（%）", "进度", "完成进度", "完成比例"),
    ("未完成原因", "未完成的原因", "未整改到位原因"),
    ("下一步措施", "下步措施", "下一步打算", "下一步整改措施"),
    ("涉及金额（元）", "涉及金额", "涉及资金"),
    ("到位金额（元）", "到位金额", "到位资金"),
    ("验收时间", "验收日期"),
    ("验收结论", "验收意见"),
    ("办理期限", "办理时限", "办结时限"),
)


@dataclass
class HeadingMatch:
    """The columns found in a row of headings: numbers from 1 by column key, and what became of the other headings."""

    places: dict[str, int] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)  # the list's heading, by the file's
    extra: dict[int, str] = field(default_factory=dict)  # headings that nobody knows, by column number
    left_out: dict[int, str] = field(default_factory=dict)  # headings that the office leaves out, by column number
    faults: list[str] = field(default_factory=list)  # Chinese sentences, each with what to do

    @property
    def headed(self) -> set[int]:
        """The numbers of all columns with a heading."""
        return {*self.places.values(), *self.extra, *self.left_out}


def normal(heading: str) -> str:
    """A heading for comparison: half-width characters, no spaces and line breaks."""
    return comparison_key(heading)


def mapping_key(heading: str) -> str:
    """The beginning of a heading for comparison, by which an office's decision about it is remembered."""
    return normal(heading)[:LONGEST]


def synonyms_of(heading: str) -> list[str]:
    """The other names of a column, the likeliest first."""
    return [name for group in SAME_MEANING if heading in group for name in group if name != heading]


def known_names(columns: Sequence[Column]) -> set[str]:
    """All headings by which columns of a list are recognised, normalised."""
    return {normal(name) for column in columns for name in (column.heading, *synonyms_of(column.heading))}


def match_headings(
    headings: Mapping[int, str], columns: Sequence[Column], mapping: Mapping[str, str], *, is_own: bool
) -> HeadingMatch:
    """The columns of a list in a row of headings, which are texts by column number.

    ``mapping`` says by ``mapping_key`` which column (key) the office reads it as, "" for none; it goes before the
    names that offices use. A heading of the list that stands twice is a fault, and in a file of ours (``is_own``) one
    that is so like a missing one that it is probably misspelt.
    """
    match = HeadingMatch()
    by_heading = {normal(column.heading): column.key for column in columns}
    for at, heading in headings.items():
        key = by_heading.get(normal(heading))
        if key is None:
            match.extra[at] = heading
        elif key in match.places:
            match.faults.append(f"有两列都叫“{heading}”，请去掉一列。")
        else:
            match.places[key] = at
    _apply_mapping(match, columns, mapping)
    for column in columns:
        if column.key not in match.places:
            _take_synonym(match, column)
    absent = [normal(column.heading) for column in columns if column.key not in match.places]
    for heading in match.extra.values() if is_own else ():
        if close := difflib.get_close_matches(normal(heading), absent, n=1, cutoff=CLOSE):
            match.faults.append(f"没有叫“{heading}”的列，是不是“{close[0]}”？请改正表头。")
    return match


def _apply_mapping(match: HeadingMatch, columns: Sequence[Column], mapping: Mapping[str, str]) -> None:
    """Give the mapped headings their columns; one whose column is there already stays unknown and is asked about."""
    own = {column.key: column.heading for column in columns}
    for at, heading in list(match.extra.items()):
        key = mapping.get(mapping_key(heading))
        if key == "":
            match.left_out[at] = match.extra.pop(at)
        elif key in own and key not in match.places:
            match.places[key] = at
            match.renamed[match.extra.pop(at)] = own[key]


def _take_synonym(match: HeadingMatch, column: Column) -> None:
    for name in synonyms_of(column.heading):
        at = next((at for at, heading in match.extra.items() if normal(heading) == normal(name)), None)
        if at is not None:
            match.places[column.key] = at
            match.renamed[match.extra.pop(at)] = column.heading
            return
