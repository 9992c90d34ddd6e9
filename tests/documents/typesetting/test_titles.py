"""Titles: words whole, a shape the standard allows."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.typesetting.titles import break_title

ROOM = 20.1


def width(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("巡察整改情况报告", ["巡察整改情况报告"]),
        (
            "中共清河区政府办公室党组关于巡察整改进展情况的通报",
            ["中共清河区政府办公室党组", "关于巡察整改进展情况的通报"],
        ),
        ("关于区委第一巡察组反馈意见整改落实情况的报告", ["关于区委第一巡察组", "反馈意见整改落实情况的报告"]),
        (
            "中共清河区发展和改革委员会党组关于十三届区委第三轮巡察集中整改进展情况的报告",
            ["中共清河区发展和改革委员会党组", "关于十三届区委第三轮巡察", "集中整改进展情况的报告"],
        ),
        ("关于整改\n情况的报告", ["关于整改", "情况的报告"]),
    ],
)
def test_titles_break_between_words(title: str, lines: list[str]) -> None:
    assert break_title(title, width, ROOM) == lines


@given(st.text(st.sampled_from("中共区委党组关于巡察整改情况的报告、《》（）ab1 "), max_size=90))
def test_no_title_is_lost_or_too_wide(title: str) -> None:
    lines = break_title(title, width, ROOM)
    assert "".join(lines) == title.strip()
    assert all(sum(map(width, line.rstrip())) <= ROOM + 4 for line in lines)
