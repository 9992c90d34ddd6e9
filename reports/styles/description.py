"""A style in words: a sample of each of its parts, for a person to recognise it by. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reports.styles.numbers import write_number
from reports.styles.style import (
    STATUS,
    TITLE,
    ChapterPart,
    Grouping,
    HeadingStyle,
    ReportStyle,
    StatusPlace,
    Unfinished,
)

PARTS = {
    ChapterPart.OVERVIEW: "组织情况",
    ChapterPart.LISTED: "发现的问题",
    ChapterPart.FINDINGS: "整改情况",
    ChapterPart.REGULATIONS: "制度",
    ChapterPart.ACCOUNTABILITY: "追责和资金",
    ChapterPart.NEXT_STEPS: "下一步",
}
STATUS_PLACES = {
    StatusPlace.BEFORE: "标题下面单独一行",
    StatusPlace.AFTER: "正文后面单独一行",
    StatusPlace.OPENING: "正文开头",
    StatusPlace.ENDING: "正文末尾",
}
UNFINISHED = {
    Unfinished.WRITTEN: "照样写出，没填的成效标出来",
    Unfinished.PROGRESS: "照样写出，没填成效的写最近一次进展",
    Unfinished.LISTED: "只写标题和状态",
    Unfinished.LEFT_OUT: "不写",
}
GROUPINGS = {Grouping.ASPECT: "按方面", Grouping.STATUS: "按整改状态"}


def describe_style(style: ReportStyle) -> Iterator[tuple[str, str]]:
    """Pairs of a part's name and a sample of it."""
    yield "各章", "、".join(PARTS[chapter.part] for chapter in style.chapters)
    yield "方面", sample_heading(style.aspect) if style.aspect else "不分方面"
    if style.part:
        yield "分组", sample_heading(style.part)
    running = "，编号全文连排" if style.finding.runs_on else ""
    yield "问题", sample_heading(style.finding) + running
    yield "整改情况", (style.label or "没有标签，直接写") + ("（单独一行）" if style.is_label_apart else "")
    if style.listing.number:
        yield "措施", f"{style.listing.number}…{write_number(style.listing.number, 2)}…"
    if style.status:
        yield "整改状态", f"{style.status.replace(f'【{STATUS}】', '…')}（{STATUS_PLACES[style.status_place]}）"


def sample_heading(level: HeadingStyle) -> str:
    """The first heading of a level, with dots for its title."""
    return level.number + level.words.replace(f"【{TITLE}】", "…")
