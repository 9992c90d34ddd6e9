"""The style that is recognised in a report writes the same report again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from documents.text import render_text
from reports.facts import AspectFacts, Contact, Counts, FacetFacts, FindingFacts, MeasureFacts, ReportFacts
from reports.gathering import gather
from reports.importing import store
from reports.models import ReportDetails
from reports.reading.kinds import LineKind
from reports.recognition import Recognised, recognise
from reports.styles.shipped import SHIPPED
from reports.styles.style import ReportStyle
from reports.wording import compose
from tests.reports.reading.test_structures import SAMPLES, structure, visible

# Pages have taken 年 and 月 off the dates of these; they are written whole.
RESTORED = {"03": 1}


def write_again(recognised: Recognised) -> list[str]:
    """The paragraphs of the report that its facts and its style make."""
    style = recognised.parsed.style
    assert style is not None
    return list(compose(recognised.parsed.facts, style).paragraphs())


def differing(recognised: Recognised, paragraphs: list[str]) -> list[tuple[str, str]]:
    """The paragraphs that differ from those of the source, blanks aside; the lines of a title are one."""
    titles = [line.source.text for line in recognised.lines if line.kind == LineKind.TITLE]
    aside = {LineKind.SET_ASIDE, LineKind.TITLE}
    source = ["".join(titles)] if titles else []
    source += [line.source.text for line in recognised.lines if line.kind not in aside]
    pairs = zip(map(visible, source), map(visible, paragraphs), strict=True)
    return [pair for pair in pairs if pair[0] != pair[1]]


@pytest.mark.samples
@pytest.mark.parametrize("number", SAMPLES)
def test_a_sample_is_written_again_as_it_was(number: str) -> None:
    recognised = recognise(structure(number))
    assert len(differing(recognised, write_again(recognised))) == RESTORED.get(number, 0)


@pytest.mark.samples
@pytest.mark.django_db
@pytest.mark.parametrize("number", SAMPLES)
def test_its_records_write_it_again_but_for_what_is_computed(number: str) -> None:
    text = structure(number)
    recognised = recognise(text)
    inspection = store(recognised.parsed, text).inspection
    details = ReportDetails.objects.get(inspection=inspection)
    paragraphs = list(compose(gather(inspection), details.style).paragraphs())
    computed = sum("【" in template for template in (details.style.summary, details.style.status))
    for before, after in differing(recognised, paragraphs):
        # Numbers and statuses follow the records, in which nobody has signed anything yet.
        assert computed or number in RESTORED, (before, after)
        words = [mark for mark in ("整改", "完成") if mark in before]
        assert words and (any(character.isdigit() for character in before) or "状态" in before or "进展" in before)


def report(style: ReportStyle) -> ReportFacts:
    """A small report with what every style says."""
    finding = FindingFacts(
        "理论学习抓得不够紧",
        (FacetFacts((MeasureFacts("修订学习制度2项。"), MeasureFacts("集中学习6次。"))),),
        detail="全年只学了两次。",
        status="已完成",
    )
    other = replace(
        finding, title="项目推进缓慢", facets=(FacetFacts((MeasureFacts("倒排工期。"), MeasureFacts("按月通报。"))),)
    )
    third = replace(finding, title="内控制度不健全")
    return ReportFacts(
        commissioner="区委",
        team="区委第三巡察组",
        body="区水务局党组",
        started_on=dt.date(2025, 3, 3),
        ended_on=dt.date(2025, 5, 30),
        feedback_on=dt.date(2025, 7, 18),
        title="中共某区水务局党组关于巡察整改进展情况的通报",
        genre="通报",
        aspects=(
            AspectFacts("贯彻上级决策部署方面", "贯彻部署", (finding, other)),
            AspectFacts("全面从严治党方面", "从严治党", (third, replace(other, title="资金拨付不及时"))),
        ),
        counts=Counts(2, 4, 4, 0, 2, 8),
        pledge="局党组把整改作为重大政治任务，召开会议4次。",
        next_steps="持续巩固整改成果。",
        contact=Contact("0500-1234567"),
        signature="中共某区水务局党组",
    )


@pytest.mark.parametrize("code", [code for code in SHIPPED if code != "full"])
def test_a_report_in_a_style_of_the_product_is_recognised_line_by_line(code: str) -> None:
    style = SHIPPED[code]
    # In other words than the product's, so that it is not parsed but read.
    text = render_text(compose(report(style), style)).replace("统一部署", "部署要求").replace("党务公开", "公开透明")
    recognised = recognise(text)
    assert recognised.parsed.style is not None
    assert recognised.parsed.style not in SHIPPED.values()
    assert differing(recognised, write_again(recognised)) == []


def test_chapters_that_are_aspects_are_counted_with_the_others() -> None:
    text = "\n".join(
        (
            "中共某市水务局党组关于巡察整改进展情况的通报",
            "根据市委部署，2024年4月1日至6月5日，市委第二巡察组对市水务局党组进行了巡察。2024年8月2日反馈意见。",
            "一、在贯彻落实上级决策部署方面",
            "（一）关于“理论学习抓得不够”问题的整改",
            "整改情况：一是修订制度。二是集中学习。",
            "（二）关于“项目推进缓慢”问题的整改",
            "整改情况：一是倒排工期。二是按月通报。",
            "二、在全面从严治党方面",
            "（一）关于“内控制度不健全”问题的整改",
            "整改情况：一是建立台账。二是开展检查。",
            "三、下一步工作打算",
            "持续巩固整改成果。",
        )
    )
    recognised = recognise(text)
    assert [aspect.title for aspect in recognised.parsed.facts.aspects] == [
        "在贯彻落实上级决策部署方面",
        "在全面从严治党方面",
    ]
    assert differing(recognised, write_again(recognised)) == []
