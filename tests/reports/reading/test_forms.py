"""Reading reports in generated forms: whatever numbering, wording, label and status a report has, its tree is read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.numerals import to_chinese
from reports.lines import HeadingKind
from reports.reading.doubts import find_doubts
from reports.reading.report import read_report
from reports.recognition import recognise

PREAMBLE = (
    "根据市委统一部署，2024年4月1日至6月5日，市委第二巡察组对市水务局党组进行了巡察。2024年8月2日反馈意见。"
    "现将整改情况通报如下。"
)
TITLE = "中共某市水务局党组关于巡察整改进展情况的通报"
NAMES = ("理论学习抓得不够", "项目推进缓慢", "内控制度不健全", "干部轮岗不及时", "督办落实有差距", "资金使用不规范")
AREAS = ("贯彻落实上级决策部署", "全面从严治党", "基层组织建设")
OUTCOMES = ("修订制度2项", "开展检查6次", "约谈负责人3人", "建立台账并每月通报")


@dataclass(frozen=True)
class Form:
    """The form of a generated report; "{n}" is the number and "{t}" the title of a heading."""

    aspect: str
    finding: str
    label: str = "整改情况："
    status: str = ""
    listing: str = "一是"
    part: str = ""
    chapters: bool = True
    sub: str = ""


FORMS = {
    "plain": Form("（{c}）{t}方面", "关于{t}问题。"),
    "quoted": Form("（{c}）在“{t}”方面", "{n}.关于“{t}”的问题"),
    "rectified": Form("（{c}）{t}方面", "{n}.关于“{t}”问题的整改", label=""),
    "short titles with status": Form("（{c}）反馈问题：{t}", "{n}.{t}", status="整改状态：完成"),
    "running": Form("（{c}）关于{t}方面", "问题{r}：{t}。", status="完成情况：已完成", part="{n}.关于“{t}”方面"),
    "no aspects": Form("", "（{c}）关于“{t}”问题的整改", label="整改落实情况："),
    "no chapters": Form("（{c}）{t}方面", "{n}.{t}", label="整改措施：", chapters=False),
    "by status": Form("（{c}）集中整改期内已完成的整改事项", "{r}.关于“{t}”问题的整改", label=""),
    "chapters are aspects": Form("{c}、在{t}方面", "（{c}）关于“{t}”问题的整改", label="整改情况：", chapters=False),
    "listed": Form("（{c}）{t}方面", "{n}.关于{t}的问题", listing="1."),
    "bracketed": Form("（{c}）聚焦{t}方面的问题", "{n}.{t}", label="整改成效：", listing="（1）"),
    "prose": Form("（{c}）{t}方面", "{n}.关于“{t}”问题", label="进展情况：", listing=""),
    "sub-findings": Form("（{c}）在“{t}”方面", "{n}.关于“{t}”问题的整改", label="", sub="（{n}）关于“{t}”问题"),
}


def write_heading(pattern: str, number: int, title: str, running: int = 0) -> str:
    """A heading in its form."""
    return pattern.format(n=number, c=to_chinese(number), r=running, t=title)


def body(form: Form, outcomes: list[str]) -> list[str]:
    """The paragraphs below a finding."""
    if form.listing == "一是":
        words = "".join(f"{to_chinese(n)}是{one}。" for n, one in enumerate(outcomes, 1))
    elif form.listing:
        words = "".join(form.listing.replace("1", str(n)) + f"{one}。" for n, one in enumerate(outcomes, 1))
    else:
        words = f"{'，'.join(outcomes)}。"
    return [f"{form.label}{words}", *([form.status] if form.status else [])]


@dataclass(frozen=True)
class Written:
    """A report in a form, with the headings it should be read as."""

    text: str
    aspects: list[str]
    findings: list[str]
    subs: list[str]


def write(form: Form, areas: list[str], names: list[list[str]], outcomes: list[str]) -> Written:
    """A report over areas with findings of these names."""
    lines, aspects, findings, subs = [TITLE, PREAMBLE], [], [], []
    if form.chapters:
        lines += ["一、整改工作组织情况", "局党组高度重视，召开会议4次。", "二、巡察反馈问题整改落实情况"]
    running = 0
    for number, (area, within) in enumerate(zip(areas, names, strict=True), 1):
        if form.aspect:
            aspects.append(write_heading(form.aspect, number, area))
            lines.append(aspects[-1])
        if form.part:
            lines.append(write_heading(form.part, 1, area))
        for order, name in enumerate(within, 1):
            running += 1
            place = order if form.aspect else running
            findings.append(write_heading(form.finding, place, f"{area[:4]}中{name}", running))
            lines.append(findings[-1])
            if form.sub:
                subs.append(write_heading(form.sub, 1, f"{name}的具体方面。没有及时整改"))
                lines.append(subs[-1])
            lines += body(form, outcomes)
    if form.chapters:
        lines += ["三、下一步工作打算", "持续巩固整改成果。"]
    return Written("\n".join([*lines, "中共某市水务局党组", "2025年3月1日"]), aspects, findings, subs)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(data=st.data())
def test_a_report_in_any_form_is_read(form: Form, data: st.DataObject) -> None:
    areas = list(AREAS[: data.draw(st.integers(2, 3))])
    names = [data.draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True)) for _ in areas]
    outcomes = data.draw(st.lists(st.sampled_from(OUTCOMES), min_size=2, max_size=4, unique=True))
    report = write(form, areas, names, outcomes)
    parsed = recognise(report.text).parsed
    kind = HeadingKind.STATUS_GROUP if "事项" in form.aspect else HeadingKind.ASPECT
    assert parsed.headings_of(kind) == report.aspects
    assert parsed.headings_of(HeadingKind.FINDING) == report.findings
    assert parsed.headings_of(HeadingKind.SUB_FINDING) == report.subs
    assert len(parsed.headings_of(HeadingKind.STATUS)) == (len(report.findings) if form.status else 0)
    assert parsed.facts.signature == "中共某市水务局党组"
    if form.listing and not form.sub:
        measures = [measure.outcome for finding in parsed.facts.findings() for measure in finding.measures()]
        assert measures == [f"{one}。" for one in outcomes] * len(report.findings)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_whole_report_leaves_no_doubt(form: Form) -> None:
    report = write(form, list(AREAS[:2]), [list(NAMES[:3]), list(NAMES[3:])], list(OUTCOMES[:2]))
    assert [str(doubt) for doubt in find_doubts(read_report(report.text))] == []


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_half_of_a_report_is_read_as_far_as_it_goes(form: Form) -> None:
    report = write(form, list(AREAS[:2]), [list(NAMES[:3]), list(NAMES[3:])], list(OUTCOMES[:2]))
    lines = report.text.split("\n")
    first = next(place for place, line in enumerate(lines) if line == report.findings[3])
    assert recognise("\n".join(lines[:first])).parsed.headings_of(HeadingKind.FINDING) == report.findings[:3]
    kept = recognise("\n".join(lines[first:])).parsed.headings_of(HeadingKind.FINDING)
    assert kept == report.findings[3:]
