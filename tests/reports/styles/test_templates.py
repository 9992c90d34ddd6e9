"""Texts with gaps and clauses: written, read, and refused with the place of the mistake."""

from __future__ import annotations

import pytest

from documents.document import Span
from reports.finding_wording import text_of
from reports.styles.gaps import check_gaps
from reports.styles.templates import TemplateError, read_template

NUMBERS = {"甲": r"\d+", "乙": r"\d+", "丙": r"\d+"}
TEXT = "完成【甲】个{（{含【乙】个}、{欠【丙】个}）}。"


def fill_in(text: str, **values: str) -> str:
    return text_of(read_template(text).spans({name: Span(value) for name, value in values.items()}))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (("3", "0", "0"), "完成3个。"),
        (("0", "2", "0"), "完成0个（含2个）。"),
        (("3", "0", "1"), "完成3个（欠1个）。"),
        (("3", "2", "1"), "完成3个（含2个、欠1个）。"),
    ],
)
def test_a_clause_that_says_nought_is_left_out_with_the_mark_beside_it(numbers: tuple[str, ...], said: str) -> None:
    values = dict(zip("甲乙丙", numbers, strict=True))
    assert fill_in(TEXT, **values) == said
    read = read_template(TEXT).read(said, NUMBERS)
    assert read is not None
    assert {name: read.get(name, "0") for name in values} == values


def test_a_mark_joins_across_a_clause_that_is_left_out() -> None:
    assert fill_in("{甲【甲】}、{乙【乙】}、{丙【丙】}", 甲="1", 乙="0", 丙="2") == "甲1、丙2"


def test_half_width_marks_are_read_and_full_braces_are_braces() -> None:
    assert read_template("共【甲】个，｛余【乙】个｝").read("共3个,余2个", NUMBERS) == {"甲": "3", "乙": "2"}


def test_a_gap_that_occurs_twice_holds_the_same() -> None:
    template = read_template("【甲】和【甲】")
    assert template.read("3和3", NUMBERS) == {"甲": "3"}
    assert template.read("3和4", NUMBERS) is None


@pytest.mark.parametrize(("text", "place"), [("共{【甲】个", "第 2 个字"), ("共【甲】个}", "第 6 个字")])
def test_a_brace_without_its_partner_is_refused_at_its_place(text: str, place: str) -> None:
    with pytest.raises(TemplateError, match=place):
        read_template(text)


def test_an_unknown_gap_is_refused_with_the_one_that_is_meant() -> None:
    assert "【问题数】" in check_gaps("共【问提数】个")
    assert check_gaps("共【问题数】个，诫勉【诫勉.人数】人") == ""
    assert check_gaps("【工作要求】共【问题数】个") == ""


def test_other_words_in_brackets_are_words() -> None:
    assert fill_in("【工作要求】共【甲】个", 甲="3") == "【工作要求】共3个"
    assert read_template("【工作要求】共【甲】个").read("【工作要求】共3个", NUMBERS) == {"甲": "3"}
