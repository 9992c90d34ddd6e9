"""What was changed in a text, in pieces that read well."""

from __future__ import annotations

import pytest

from findings.work import text_differences
from findings.work.text_differences import compare_texts


def comparison_line(before: str, after: str) -> str:
    """The comparison in one line: [-deleted-] and {+inserted+}."""
    marks = {"same": "{}", "del": "[-{}-]", "ins": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in compare_texts(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("新增场地4处。", "新增场地6处，全部完工投用。", "新增场地[-4-]{+6+}处{+，全部完工投用+}。"),
        ("共120次", "共126次", "共[-120-]{+126+}次"),  # a number is one word
        ("挽回1,200.50元", "挽回1,300.50元", "挽回[-1,200.50-]{+1,300.50+}元"),
        ("组织开展培训", "统一开展督导", "[-组织-]{+统一+}开展[-培训-]{+督导+}"),
        ("甲的乙", "丙的丁", "[-甲的乙-]{+丙的丁+}"),  # one character between two changes is no island
        ("", "新写的成效。", "{+新写的成效。+}"),
        ("第一段\n第二段", "第一段", "第一段[-\n第二段-]"),
        ("没有改", "没有改", "没有改"),
    ],
)
def test_a_change_is_marked_as_people_read_it(before: str, after: str, expected: str) -> None:
    assert comparison_line(before, after) == expected


def test_what_is_too_long_to_compare_is_shown_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_differences, "MOST_TOKENS", 5)
    assert comparison_line("甲乙丙", "甲乙丁") == "[-甲乙丙-]{+甲乙丁+}"
