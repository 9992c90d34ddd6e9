"""Styles that could not be written, or not be read again, are refused with the part that is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from documents.document import BlockKind
from reports.styles.description import describe_style
from reports.styles.numbers import heading_kind, read_number, write_number
from reports.styles.shipped import PLAIN, SHIPPED
from reports.styles.style import (
    Chapter,
    ChapterPart,
    Grouping,
    HeadingStyle,
    MeasureList,
    StatusPlace,
    StyleError,
    style_of,
)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"chapters": (Chapter(ChapterPart.OVERVIEW, "情况"),)}, "没有写问题和整改情况的一章"),
        ({"chapters": (*PLAIN.chapters, PLAIN.chapters[0])}, "两章写同样的内容"),
        ({"chapters": (Chapter(ChapterPart.FINDINGS, ""),)}, "没有写标题"),
        ({"chapters": (*PLAIN.chapters[:2], Chapter(ChapterPart.NEXT_STEPS, is_headed=False))}, "最前面的两章"),
        ({"preamble": "根据【党委】部署"}, "引言：没有【党委】这一项，是不是【派出党委】"),
        ({"summary": "共{【问题数】条"}, "计数句：第 2 个字"),
        ({"grouping": Grouping.STATUS, "aspect": None}, "按整改状态分组时"),
        ({"finding": HeadingStyle("1.", "关于问题")}, "问题的写法里要有【标题】"),
        ({"aspect": HeadingStyle("", "【标题】。")}, "方面没有编号"),
        ({"finding": HeadingStyle("甲、", "关于【标题】问题")}, "问题的编号“甲、”里没有"),
        ({"status": "整改状态"}, "要有【状态】"),
        ({"status": "【状态】", "status_place": StatusPlace.OPENING}, "要用标点和正文分开"),
        ({"status": "【状态】。", "status_place": StatusPlace.ENDING}, "要和正文分开"),
        ({"listing": MeasureList("第"), "label": "整改情况："}, "措施的编号“第”"),
        ({"listing": MeasureList("（1）"), "label": ""}, "和分项问题的编号一样"),
    ],
)
def test_a_style_that_cannot_be_read_again_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(StyleError, match=reason):
        replace(PLAIN, **changes).check()


def test_data_of_a_newer_version_or_of_no_style_is_refused() -> None:
    with pytest.raises(StyleError, match="更新版本"):
        style_of(PLAIN.as_dict() | {"version": 99})
    for data in ({}, {"chapters": 3}, PLAIN.as_dict() | {"chapters": [{"part": "nonsense"}]}):
        with pytest.raises(StyleError, match="不完整"):
            style_of(data)


@pytest.mark.parametrize(
    ("sample", "third", "kind"),
    [
        ("一、", "三、", BlockKind.HEADING_1),
        ("(一)", "(三)", BlockKind.HEADING_2),
        ("1.", "3.", BlockKind.HEADING_3),
        ("（1）", "（3）", BlockKind.HEADING_4),
        ("1.问题1：", "3.问题3：", BlockKind.HEADING_3),
        ("①", "③", BlockKind.HEADING_4),
        ("第一部分 ", "第三部分 ", BlockKind.HEADING_1),
    ],
)
def test_a_number_is_written_and_read_after_the_first_one(sample: str, third: str, kind: BlockKind) -> None:
    assert write_number(sample, 3) == third
    assert read_number(sample, f"{third}学习不够") == (3, "学习不够")
    assert heading_kind(sample, BlockKind.PARAGRAPH) == kind


@pytest.mark.parametrize("code", SHIPPED)
def test_every_style_is_described_by_samples(code: str) -> None:
    described = dict(describe_style(SHIPPED[code]))
    assert "…" in described["问题"]
    assert described["各章"]
