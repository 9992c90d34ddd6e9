"""The line breaker: nothing lost, every line full, no mark on the wrong side of a break."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.typesetting.paragraphs import (
    CLOSERS,
    NEVER_CUT,
    NEVER_FIRST,
    NEVER_LAST,
    OPENERS,
    SQUEEZE,
    TypesetLine,
    break_lines,
)

COLUMNS = 28
CHINESE = st.sampled_from("党组织整改落实情况问题一二三的了")
REALISTIC = st.lists(
    st.one_of(
        st.text(CHINESE, min_size=1, max_size=12),
        st.sampled_from(
            [
                "，",
                "。",
                "、",
                "；",
                "：“",
                "”，",
                "《",
                "》、《",
                "（",
                "）。",
                "——",
                "……",
                "86.5%",
                "2025年11月",
                "！",
                "ABC ",
            ]
        ),
    ),
    max_size=80,
).map("".join)


def width(character: str) -> float:
    """Full-width characters are one cell, the others half of one."""
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5


def natural(line: TypesetLine) -> float:
    return sum(map(width, line.text.rstrip(" \n")))


def printed_width(line: TypesetLine) -> float:
    """How wide the line comes out, blanks at its end not counted."""
    text = line.text.rstrip(" \n")
    return natural(line) - sum(lost for _, lost in line.squeezed) + line.gap * (len(text) - 1)


@given(st.text(), st.integers(2, 40), st.integers(0, 2))
def test_lines_put_together_are_the_text(text: str, room: int, indent: int) -> None:
    assert "".join(line.text for line in break_lines(text, width, room, indent)) == text


@given(REALISTIC)
def test_no_line_begins_or_ends_with_the_wrong_mark(text: str) -> None:
    lines = break_lines(text, width, COLUMNS, 2)
    for before, after in pairwise(lines):
        wrong_start = after.text[0] in NEVER_FIRST and after.text[:2] not in {"——", "……"}
        wrong_end = before.text[-1] in NEVER_LAST
        cut = before.text[-1] == after.text[0] and after.text[0] in NEVER_CUT
        if wrong_start or wrong_end or cut:
            # Only where the text leaves no other way: marks upon marks, more than a line can squeeze.
            assert sum(c in NEVER_FIRST or c in NEVER_LAST or c in NEVER_CUT for c in before.text + after.text) > 12


@given(REALISTIC)
def test_every_full_line_ends_flush(text: str) -> None:
    for order, line in enumerate(lines := break_lines(text, width, COLUMNS, 2)):
        room = COLUMNS - (0 if order else 2)
        if line is not lines[-1]:
            assert printed_width(line) == pytest.approx(room)
        else:
            assert printed_width(line) <= room + 1e-6


@given(REALISTIC)
def test_letters_are_never_set_visibly_tight(text: str) -> None:
    assert all(line.gap > -0.06 for line in break_lines(text, width, COLUMNS, 2))


@given(REALISTIC)
def test_only_marks_are_squeezed_and_by_their_blank_half_at_most(text: str) -> None:
    for line in break_lines(text, width, COLUMNS, 2):
        for index, lost in line.squeezed:
            assert line.text[index] in CLOSERS | OPENERS
            assert 0 < lost <= SQUEEZE


@given(REALISTIC)
def test_letters_are_left_alone_where_marks_can_give_enough(text: str) -> None:
    for order, line in enumerate(break_lines(text, width, COLUMNS, 2)):
        excess = natural(line) - COLUMNS + (0 if order else 2)
        if 0 < excess <= SQUEEZE * sum(mark in CLOSERS | OPENERS for mark in line.text):
            assert line.gap == pytest.approx(0)


def test_marks_alone_in_a_line_share_what_has_to_go() -> None:
    """An end mark gives its whole blank half; the others the same each, so that none looks tight beside the rest."""
    text = "改" * 5 + "，" + "改" * 5 + "，" + "改" * 16 + "，" + "改" * 10
    first, *_ = break_lines(text, width, COLUMNS)
    assert first.squeezed == ((5, 0.25), (11, 0.25), (28, 0.5))


def test_marks_side_by_side_give_before_marks_alone() -> None:
    text = "改" * 5 + "，" + "改" * 5 + "》（" + "改" * 15 + "，" + "改" * 10
    first, *_ = break_lines(text, width, COLUMNS)
    assert first.squeezed == ((11, 0.25), (12, 0.25), (28, 0.5))


def test_plain_text_falls_on_the_grid() -> None:
    lines = break_lines("整" * 100, width, COLUMNS, 2)
    assert [len(line.text) for line in lines] == [26, 28, 28, 18]
    assert all(not line.squeezed and line.gap == 0 for line in lines)


@pytest.mark.parametrize("tail", ["，", "。", "）。", "”，", "》，"])
def test_a_mark_at_the_margin_is_pulled_in(tail: str) -> None:
    text = "改" * 10 + "，" + "改" * 17 + tail + "改" * 20
    first, *_ = break_lines(text, width, COLUMNS)
    assert first.text.endswith(tail)
    assert natural(first) >= COLUMNS


def test_an_opening_mark_at_the_margin_goes_down_with_its_word_or_takes_it_along() -> None:
    text = "改，" * 3 + "改" * 21 + "《条例》" + "改" * 30
    first, *_ = break_lines(text, width, COLUMNS)
    assert not first.text.endswith("《")
    assert natural(first) >= COLUMNS


@pytest.mark.parametrize("mark", ["——", "……"])
@pytest.mark.parametrize("offset", range(24, 30))
def test_two_part_marks_are_not_cut(mark: str, offset: int) -> None:
    text = "改，" * 4 + "改" * (offset - 8) + mark + "改" * 40
    assert all(line.text.count(mark[0]) % 2 == 0 for line in break_lines(text, width, COLUMNS))


@pytest.mark.parametrize("offset", range(20, 29))
def test_numbers_stay_whole_with_their_sign(offset: int) -> None:
    text = "改，改；" + "改" * (offset - 4) + "，98.75%，改、" + "改" * 60
    assert any("98.75%" in line.text for line in break_lines(text, width, COLUMNS, 2))


def test_half_a_cell_left_by_an_odd_digit_is_spread() -> None:
    first, *_ = break_lines("第1" + "条" * 60, width, COLUMNS)
    assert natural(first) == COLUMNS - 0.5
    assert 0 < first.gap < 0.02


def test_a_line_feed_begins_a_line() -> None:
    assert [line.text for line in break_lines("上\n下\n", width, COLUMNS)] == ["上\n", "下\n"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    lines = break_lines("a" * 200, width, COLUMNS)
    assert [len(line.text) for line in lines] == [56, 56, 56, 32]


def test_empty_text_is_one_empty_line() -> None:
    assert break_lines("", width, COLUMNS) == [TypesetLine("")]


@given(REALISTIC, st.integers(3, 12))
def test_ragged_lines_fit_their_column_and_are_never_spaced(text: str, room: int) -> None:
    lines = break_lines(text, width, room, ragged=True)
    assert "".join(line.text for line in lines) == text
    for line in lines:
        assert line.gap == pytest.approx(0)
        assert printed_width(line) <= room + 1e-6


@pytest.mark.parametrize("room", range(5, 12))
def test_numbers_stay_whole_in_a_column(room: int) -> None:
    lines = break_lines("于2025年11月前完成98.75%，联系", width, room, ragged=True)
    assert any("2025" in line.text for line in lines)
    assert any("98.75%" in line.text for line in lines)


def test_a_long_number_in_a_column_goes_down_whole() -> None:
    lines = break_lines("电话0532-12345678", width, 8, ragged=True)
    assert [line.text for line in lines] == ["电话", "0532-12345678"]


def test_a_negative_indent_makes_the_first_line_longer() -> None:
    assert [len(line.text) for line in break_lines("整" * 30, width, 10, -3)] == [13, 10, 7]
