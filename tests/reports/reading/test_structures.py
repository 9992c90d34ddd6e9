"""Reading real structures: every sample gives its expected tree, and nothing of a text is lost or invented."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from reports.lines import HeadingKind
from reports.reading.kinds import ReadLine
from reports.reading.report import read_report
from reports.recognition import recognise
from tests.samples import sample

SAMPLES = [f"{number:02}" for number in range(1, 29, 2)]
REMARKS = 2  # the first lines of a sample are no part of it
pytestmark = pytest.mark.samples


def structure(number: str) -> str:
    """The text of a sample without its remarks."""
    return "\n".join(sample(f"structures/{number}.txt").split("\n")[REMARKS:])


def visible(text: str) -> str:
    """The characters of a text without blanks and line breaks."""
    return re.sub(r"\s", "", text)


def tree(text: str) -> dict[str, object]:
    """What the grader compares: headings word for word by kind, the title and the counters."""
    recognised = recognise(text)
    parsed = recognised.parsed
    return {
        "title": parsed.facts.title.replace("\n", "") or None,
        **{kind.value: parsed.headings_of(kind) for kind in HeadingKind},
        "n_findings": len(parsed.headings_of(HeadingKind.FINDING)),
        "counters": {one.name: one.value for one in recognised.counters if one.value is not None},
    }


@pytest.mark.parametrize("number", SAMPLES)
def test_a_sample_is_read_as_a_person_read_it(number: str) -> None:
    expected = json.loads(sample(f"structures/{number}.expected.json"))
    read = tree(structure(number))
    assert {key: value for key, value in read.items() if key in expected} == {
        key: value for key, value in expected.items() if key in read
    }


def covers(lines: tuple[ReadLine, ...], text: str) -> bool:
    """Whether the lines are all of the text, each at its place, in order."""
    in_place = all(text[line.source.start : line.source.end] == line.source.text for line in lines)
    ordered = all(before.source.end <= after.source.start for before, after in pairwise(lines))
    return in_place and ordered and visible("".join(line.source.text for line in lines)) == visible(text)


@pytest.mark.parametrize("number", SAMPLES)
def test_every_character_is_in_the_tree_or_set_aside(number: str) -> None:
    text = structure(number)
    assert covers(read_report(text), text)
    for cut in range(0, len(text), max(1, len(text) // 12)):
        assert covers(read_report(text[:cut]), text[:cut])
        assert covers(read_report(text[cut:]), text[cut:])
    joined = text.replace("\n", " ")
    assert covers(read_report(joined), joined)


FULL_WIDTH = {code: code + 0xFEE0 for code in map(ord, "():,;0123456789")}
HALF_WIDTH = {code + 0xFEE0: code for code in map(ord, "():,;")}


@pytest.mark.parametrize("number", SAMPLES)
@pytest.mark.parametrize("widths", [FULL_WIDTH, HALF_WIDTH], ids=["full", "half"])
def test_widths_of_marks_and_digits_do_not_matter(number: str, widths: dict[int, int]) -> None:
    text = structure(number)
    expected, read = tree(text), tree(text.translate(widths))
    for kind in HeadingKind:
        assert read[kind.value] == [words.translate(widths) for words in expected[kind.value]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", SAMPLES)
def test_furniture_of_a_page_and_blanks_in_numbers_do_not_matter(number: str) -> None:
    text = structure(number)
    furniture = "当前位置：首页 > 通知公告\n字体：[大] [中] [小]\n浏览次数：128\n"
    spaced = re.sub(r"(?m)^([(（][一二三四五六]+[)）]|\d{1,2}[.、])(?=\S)(?!\d)", r"\1 ", text)
    read = tree(f"{furniture}{spaced}\n打印本页\n上一篇：无\n")
    expected = tree(text)
    for kind in HeadingKind:
        squeezed = [visible(words) for words in read[kind.value]]  # type: ignore[attr-defined]
        assert squeezed == [visible(words) for words in expected[kind.value]]  # type: ignore[attr-defined]
    assert (read["title"], read["counters"]) == (expected["title"], expected["counters"])


@pytest.mark.parametrize("number", SAMPLES)
def test_a_number_that_is_missing_or_repeated_is_a_doubt_and_the_tree_stays(number: str) -> None:
    text = structure(number)
    lines = text.split("\n")
    numbered = [place for place, line in enumerate(lines) if re.match(r"2[.．]|[(（]二[)）]", line)]
    if not numbered:
        pytest.skip(f"sample {number} has no line of its own with a second number")
    for place in numbered:
        for wrong in ("4", "1"):
            mutated = list(lines)
            chinese = {"4": "四", "1": "一"}[wrong]
            renumbered = re.sub(r"^([(（])二", rf"\1{chinese}", lines[place])
            mutated[place] = re.sub(r"^2\.问题2", f"2.问题{wrong}", re.sub(r"^2(?!\.问题)", wrong, renumbered))
            read, expected = recognise("\n".join(mutated)), recognise(text)
            assert len(read.parsed.headings) == len(expected.parsed.headings)
            is_heading = any(heading.line == place + 1 for heading in expected.parsed.headings)
            organisation = expected.parsed.headings_of(HeadingKind.ORGANISATION)
            if is_heading and lines[place].strip() not in organisation:
                assert any(doubt.line == place + 1 for doubt in read.doubts), mutated[place]


@pytest.mark.parametrize("number", SAMPLES)
def test_a_text_whose_breaks_are_lost_gives_the_same_tree_and_a_doubt(number: str) -> None:
    text = structure(number)
    expected = recognise(text).parsed
    for between, kinds in ((" ", list(HeadingKind)), ("", [HeadingKind.FINDING, HeadingKind.STATUS])):
        read = recognise(text.replace("\n", between))
        assert any("丢了换行" in doubt.reason for doubt in read.doubts)
        for kind in kinds:
            words = [visible(heading) for heading in read.parsed.headings_of(kind)]
            assert words == [visible(heading) for heading in expected.headings_of(kind)]
