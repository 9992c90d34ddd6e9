"""Chinese numerals."""

from __future__ import annotations

import pytest

from documents.numerals import from_chinese, percentage, to_chinese


@pytest.mark.parametrize(
    ("number", "numeral"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (110, "一百一十"), (203, "二百零三")],
)
def test_numerals_are_those_of_official_documents(number: int, numeral: str) -> None:
    assert to_chinese(number) == numeral
    assert from_chinese(numeral) == number


@pytest.mark.parametrize("number", [0, -1, 1000])
def test_no_report_counts_that_far(number: int) -> None:
    with pytest.raises(ValueError, match="ordinal"):
        to_chinese(number)


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [(37, 38, "97.4%"), (19, 25, "76.0%"), (1, 8, "12.5%"), (1, 16, "6.3%"), (38, 38, "100%"), (0, 38, "0%")],
)
def test_a_share_is_rounded_half_up_to_a_tenth(part: int, whole: int, written: str) -> None:
    assert percentage(part, whole) == written


def test_a_share_never_rounds_to_all_or_to_none() -> None:
    assert percentage(9999, 10000) == "99.9%"
    assert percentage(1, 10000) == "0.1%"
