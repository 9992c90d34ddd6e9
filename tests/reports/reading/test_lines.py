"""Single rules of reading: annexes, labels in brackets, measures of their own lines, counters, dates, refusals."""

from __future__ import annotations

import datetime as dt

import pytest

from reports.lines import HeadingKind, ParseError
from reports.reading.kinds import LineKind
from reports.reading.preamble import read_occasion
from reports.reading.report import read_report
from reports.recognition import recognise

TITLE = "中共某市水务局党组关于巡察整改情况的通报"
PREAMBLE = "根据市委统一部署，2024年4月1日至6月5日，市委第二巡察组对市水务局党组进行了巡察。2024年8月2日反馈意见。"


def report(overview: str, *findings: str, after: str = "") -> str:
    """A report with this chapter one and these lines in chapter two."""
    lines = [TITLE, PREAMBLE, "一、整改工作组织情况", overview, "二、反馈问题整改落实情况", *findings]
    return "\n".join([*lines, "三、下一步打算", "继续。", "中共某市水务局党组", "2025年3月1日", after])


FINDING = ("1.关于“学习不深入”的问题", "整改情况：学习6次。")


def counters(overview: str) -> dict[str, object]:
    """The counters that a text with this overview states; None for masked ones."""
    return {one.name: one.value for one in recognise(report(overview, *FINDING)).counters}


@pytest.mark.parametrize(
    ("overview", "expected"),
    [
        ("反馈4个方面12类问题和4条建议，梳理出39个具体问题。", {"方面": 4, "类": 12, "建议": 4, "反馈问题": 39}),
        ("六个方面的问题和五个方面的建议。", {"方面": 6, "建议": 5}),
        ("已完成整改35个，基本完成1个，未完成2个。", {"已完成": 35, "基本完成": 1, "未完成": 2}),
        ("阶段性完成并需要长期坚持11个，整改中5个。", {"阶段性完成并长期坚持": 11, "整改中": 5}),
        ("处理213人（217人次），诫勉谈话24人，立案13件。", {"处理": 213, "诫勉": 24, "立案": 13}),
        ("批评教育7人，谈话提醒124人次。", {"批评教育": 7, "谈话提醒人次": 124}),
        ("挽回经济损失203万元，追缴资金6.528万元。", {"挽回损失万元": 203, "追缴万元": 6.528}),
        ("整改完成率97.4%。", {"完成率": "97.4%"}),
        ("*个方面，共**条反馈问题。", {"方面": None, "反馈问题": None}),
        ("推进8项重点事项，新增重点专科10个，对3个处室发函，完成一项销号一项。", {}),
    ],
)
def test_only_what_is_worded_as_a_counter_counts(overview: str, expected: dict[str, object]) -> None:
    assert counters(overview) == expected


def test_labels_and_statuses_may_stand_in_brackets() -> None:
    text = report("开会。", "1.关于学习不够的问题。", "【整改情况】学习6次。", "【完成情况】基本完成，取得阶段性成果")
    read = recognise(text).parsed
    assert read.headings_of(HeadingKind.STATUS) == ["【完成情况】基本完成，取得阶段性成果"]
    assert [one.outcome for finding in read.facts.findings() for one in finding.measures()] == ["学习6次。"]


def test_measures_on_lines_of_their_own_are_no_findings() -> None:
    listed = ("（1）完善制度。修订1项。", "（2）强化学习。学习12次。")
    text = report(
        "开会。", "（一）“组织建设”方面", "1.关于“学习不深入”的问题", *listed, "2.关于“轮岗不够”的问题", *listed
    )
    read = recognise(text).parsed
    assert len(read.headings_of(HeadingKind.FINDING)) == 2
    outcomes = [[one.outcome for one in finding.measures()] for finding in read.facts.findings()]
    assert outcomes == [["完善制度。修订1项。", "强化学习。学习12次。"]] * 2


def test_an_annex_behind_the_date_is_set_aside() -> None:
    recognised = recognise(report("开会。", *FINDING, after="附件：问题清单\n序号 | 问题\n1 | 学习"))
    assert recognised.set_aside == ["附件：问题清单", "序号 | 问题", "1 | 学习"]
    assert recognised.parsed.facts.signature == "中共某市水务局党组"


def test_a_chapter_of_findings_is_paired_with_the_one_that_answers_it() -> None:
    found = ("一、巡察发现的问题", "（一）理论武装不到位", "1.学习不够。只学了4次。")
    answered = ("二、整改落实情况", "（一）理论武装不到位", "1.学习不够。", "整改情况：学习12次。")
    text = "\n".join([TITLE, PREAMBLE, *found, *answered])
    recognised = recognise(text)
    (aspect,) = recognised.parsed.facts.aspects
    (finding,) = aspect.findings
    assert (finding.title, finding.detail) == ("学习不够", "只学了4次。")
    assert [one.outcome for one in finding.measures()] == ["学习12次。"]
    assert recognised.doubts == ()


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2024718日", dt.date(2024, 7, 18)), ("2024年8月2日", dt.date(2024, 8, 2)), ("20241111日", None)],
)
def test_a_date_that_lost_its_year_and_month_is_read_when_only_one_can_be_meant(
    date: str, expected: dt.date | None
) -> None:
    text = f"{TITLE}\n根据市委部署，市委第二巡察组对市水务局党组进行了巡察，{date}反馈意见，现通报如下。\n{FINDING[0]}"
    assert read_occasion(read_report(text)).feedback_on == (dt.date(2024, 11, 11) if date == "20241111日" else expected)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("1.关于“甲”的问题", "整改情况：学了。", "3.关于“乙”的问题", "整改情况：查了。"), "前面可能缺了一条"),
        (("1.关于“甲”的问题", "整改情况：学了。", "2.关于“甲”的问题", "整改情况：查了。"), "标题相同"),
        (("1.关于“甲”的问题", "整改情况：学了。", "2.关于“乙”的问题"), "下面没有整改情况"),
        (("（一）甲方面", "这一段没有归属。", "1.关于“甲”的问题", "整改情况：学了。"), "不属于任何问题"),
        ((f"1.关于“{'长' * 201}”的问题", "整改情况：学了。"), "标题超过 200 个字"),
    ],
)
def test_what_is_odd_is_a_doubt_with_its_line(lines: tuple[str, ...], reason: str) -> None:
    doubts = recognise(report("开会。", *lines)).doubts
    assert [reason in str(doubt) for doubt in doubts] == [True]
    assert report("开会。", *lines).split("\n")[doubts[0].line - 1] == doubts[0].words


def test_a_text_without_findings_is_refused_with_the_nearest_line() -> None:
    with pytest.raises(
        ParseError, match="第 3 行：没有读到任何问题。最接近的是这一行“大家谈到的问题很多。”；应当有问题的标题"
    ):
        recognise("一封信\n你好。\n大家谈到的问题很多。")


def test_the_middle_of_a_text_keeps_every_line() -> None:
    lines = read_report(report("开会。", *FINDING))
    assert [line.kind for line in lines].count(LineKind.SET_ASIDE) == 0
    assert [line.source.number for line in lines] == list(range(1, len(lines) + 1))
