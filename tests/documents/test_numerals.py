"""Chinese numerals."""

from __future__ import annotations

import pytest

from documents.numerals import from_chinese, to_chinese


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
