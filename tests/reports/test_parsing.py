"""Reading report texts: the forms that are understood, and the refusals that name a line."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from documents.text import render_text
from reports.facts import AspectFacts, Contact, FacetFacts, FindingFacts, MeasureFacts
from reports.lines import ParseError
from reports.parsing import parse
from reports.recognition import recognise
from reports.styles.style import MeasureList
from reports.values import split_measures
from reports.wording import compose

PREAMBLE = (
    "根据区委统一部署，2025年9月至11月，区委第三巡察组对区文体局党组进行了巡察。2026年1月15日，区委巡察组向区文体局党组"
    "反馈了巡察意见。按照党务公开原则和巡察工作有关要求，现将巡察整改情况通报如下。"
)
SUMMARY = "态度端正。对照巡察反馈问题，共梳理甲、乙等2个方面存在的2条问题，已完成整改1个。制定整改措施3条。"
LINES = [
    "关于巡察整改情况的通报",
    PREAMBLE,
    "一、整改工作基本情况",
    SUMMARY,
    "二、区委巡察组反馈意见整改落实情况",
    "（一）甲存在差距问题。",
    "关于学习不够问题。",
    "整改情况：一是学了。二是考了。",
    "（二）乙存在差距问题。",
    "关于监督不够问题。",
    "整改情况：查了一遍。",
    "三、下一步整改工作打算",
    "继续努力。",
]


def changed(line: int, *replacement: str) -> str:
    """The text with one line (from 1) replaced."""
    return "\n".join(LINES[: line - 1] + list(replacement) + LINES[line:])


def test_the_parts_of_a_report_are_read() -> None:
    facts = parse("\n".join(LINES)).facts
    assert facts.title == "关于巡察整改情况的通报"
    assert (facts.commissioner, facts.team, facts.body, facts.genre) == (
        "区委",
        "区委第三巡察组",
        "区文体局党组",
        "通报",
    )
    assert (facts.started_on, facts.ended_on) == (dt.date(2025, 9, 1), dt.date(2025, 11, 30))
    assert facts.feedback_on == dt.date(2026, 1, 15)
    assert facts.pledge == "态度端正。"
    assert [aspect.short_title for aspect in facts.aspects] == ["甲", "乙"]
    assert facts.counts.completed == 1
    assert facts.counts.regulations == 0  # the clause is left out, which says nought


def test_closing_lines_are_read() -> None:
    contact = (
        "欢迎广大干部群众对巡察整改落实情况进行监督。如有意见建议，请及时向我们反映。"
        "联系电话：0500-1234567；电子邮箱：a@example.cn。"
    )
    facts = parse("\n".join([*LINES, contact, "中共区文体局党组", "2026年8月20日"])).facts
    assert facts.next_steps == "继续努力。"
    assert facts.contact == Contact(phone="0500-1234567", email="a@example.cn")
    assert facts.signature == "中共区文体局党组"
    assert facts.dated_on == dt.date(2026, 8, 20)


def test_half_width_marks_are_understood_and_kept_inside_titles() -> None:
    text = changed(6, "(一)甲不够强,存在差距问题。").replace("整改情况：查", "整改情况:查")
    facts = parse(text).facts
    assert facts.aspects[0].title == "甲不够强,存在差距问题"
    assert facts.aspects[1].findings[0].facets[0].measures[0].outcome == "查了一遍。"


def test_windows_line_ends_indents_and_empty_lines_do_not_matter() -> None:
    assert parse("\r\n\r\n".join(f"　　{line}  " for line in LINES)).facts == parse("\n".join(LINES)).facts


def test_numbered_findings_and_sub_findings_are_read() -> None:
    text = changed(7, "1.关于“学习不够”问题", "（1）关于“学。不深”问题").replace(
        "关于监督不够问题。", "1.关于“监督不够”问题"
    )
    finding = parse(text).facts.aspects[0].findings[0]
    assert (finding.title, finding.facets) == ("学习不够", ())
    assert finding.sub_findings[0].title == "学。不深"


def test_a_paragraph_that_opens_no_facet_continues_the_measure() -> None:
    finding = parse(changed(11, LINES[10], "又查了一遍。")).facts.aspects[1].findings[0]
    assert finding.facets[0].measures[0].outcome == "查了一遍。\n又查了一遍。"


@pytest.mark.parametrize(
    ("text", "introduction", "measures"),
    [
        ("一是学。二是考。", "", ["学。", "考。"]),
        ("党组重视。一是学；二是考。", "党组重视。", ["学；", "考。"]),
        ("统一是关键，一是一。", "", ["统一是关键，一是一。"]),
        ("只有一是学。", "", ["只有一是学。"]),
        (
            "".join(f"{n}是做了。" for n in "一二三四五六七八九十") + "十一是又做了。",
            "",
            ["做了。"] * 10 + ["又做了。"],
        ),
    ],
)
def test_measures_are_counted_apart(text: str, introduction: str, measures: list[str]) -> None:
    assert split_measures(text, MeasureList()) == (introduction, measures)


def test_numbers_that_do_not_add_up_are_noted() -> None:
    notes = parse(changed(4, SUMMARY.replace("2条问题", "5条问题").replace("3条", "9条").replace("甲、乙", "甲"))).notes
    assert notes == (
        "第 4 行：计数句里方面的名称与正文的方面对不上，请补填各方面的简称。",
        "第 4 行：计数句写了 5 条问题，正文有 2 条。",
        "第 4 行：计数句写了 9 条措施，正文有 3 条。",
    )


def test_a_gap_in_the_counting_off_is_noted() -> None:
    (note,) = parse(changed(8, "整改情况：一是学了。二是考了。四是评了。")).notes
    assert "次序不连续" in note


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 0, "空"),
        ("\n \n", 0, "空"),
        ("随便一段话。", 1, "没有找到引言"),
        ("\n".join(LINES[:2]), 2, "“一、”"),
        (changed(2, "根据安排，进行了巡察。"), 1, "没有找到引言"),
        (changed(2, PREAMBLE.replace("1月15日", "2月30日")), 2, "日历上没有"),
        (changed(4), 3, "没有正文"),
        (changed(4, "态度端正。"), 4, "没有找到计数句"),
        (changed(5, "三、落实情况"), 5, "应为“二、”"),
        (changed(6, "关于学习不够问题。"), 6, "方面标题"),
        (changed(9, "（一）乙存在差距问题。"), 9, "重复"),
        (changed(9, "（三）乙存在差距问题。"), 9, "缺了序号"),
        (changed(10, "关于监督不够问题"), 10, "看不懂"),
        (changed(11), 10, "没有整改情况"),
        (changed(11, "查了一遍。"), 11, "整改情况："),
        (changed(11, "整改情况：一是。二是考了。"), 10, "是空的"),
        (changed(10, f"关于{'长' * 300}问题。"), 10, "最多 200 个字"),
        (changed(8, LINES[7], LINES[6], LINES[7]), 9, "与第 7 行的标题相同"),
        (changed(7, "1.关于甲问题。").replace("关于监督", "2.关于监督"), 10, "应为“1.”"),
        (changed(13, "四、附则"), 13, "只有三章"),
        (changed(11, "整改情况：查了\x07一遍。"), 11, "U+0007"),
        (changed(11, "整改情况：查了\u202e一遍。"), 11, "U+202E"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_at_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(ParseError) as refusal:
        parse(text)
    assert refusal.value.line == line
    assert reason in refusal.value.reason


def test_markup_is_read_as_the_words_it_is() -> None:
    facts = parse(changed(7, "关于<script>alert(1)</script>问题。")).facts
    assert facts.aspects[0].findings[0].title == "<script>alert(1)</script>"


def test_parts_that_do_not_add_up_to_the_findings_are_noted() -> None:
    text = "\n".join(LINES)
    stated = next(line for line in LINES if "已完成整改" in line)
    findings = parse(text).facts.counts.findings
    assert findings is not None
    for waiting, is_noted in ((findings - 1, False), (findings, True)):
        changed_line = stated.replace("已完成整改1个", f"已完成整改1个，正在整改{waiting}个")
        notes = parse(text.replace(stated, changed_line)).notes
        assert any("相加" in note for note in notes) == is_noted


def test_placeholders_of_a_draft_are_read_as_nothing() -> None:
    done = FacetFacts((MeasureFacts("学了。"), MeasureFacts("")))
    findings = (FindingFacts("学习不够", (done,)), FindingFacts("监督不够"))
    facts = replace(parse("\n".join(LINES)).facts, aspects=(AspectFacts("甲", "甲", findings),))
    read = parse(render_text(compose(facts))).facts.aspects
    assert read == facts.aspects
    other = recognise(render_text(compose(facts)).replace("统一部署", "部署"))
    assert other.parsed.facts.aspects[0].findings == facts.aspects[0].findings
