"""parse(text(compose(facts, style)), style) gives the same facts back, for any facts and any style."""

from __future__ import annotations

import datetime as dt
import json
from calendar import monthrange
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.text import render_text
from reports.annexes import ANNEXES
from reports.facts import (
    UNGROUPED,
    AspectFacts,
    Contact,
    Counts,
    FacetFacts,
    FindingFacts,
    MeasureFacts,
    RegulationFacts,
    ReportFacts,
)
from reports.gap_values import COUNTS
from reports.parsing import parse
from reports.styles.shipped import SHIPPED, STANDARD
from reports.styles.style import ChapterPart, Grouping, HeadingStyle, MeasureList, ReportStyle, StatusPlace, style_of
from reports.styles.templates import read_template
from reports.values import COUNT_OFF
from reports.wording import compose

# Words that look like the fixed wording, to be told from it, and characters that need care.
TRICKY = [
    "统一是",
    "一是非",
    "十一是",
    "问题",
    "方面",
    "在会",
    "对照",
    "关于",
    "整改情况",
    "<b>",
    "&",
    "“四个意识”",
    "（一",
    "一、",
]
WORDS = st.lists(st.sampled_from([*TRICKY, *"学习制度落实建设监督群众服务会议甲乙丙ABC0123%"]), min_size=1, max_size=6)
PHRASES = WORDS.map("".join)
# A name stands between fixed words, so it may not contain them; nor may any real one.
NAMES = st.text("区市县委巡察组政府办公室党组第一二三甲乙丙", min_size=1, max_size=12).filter(
    lambda name: not any(word in name for word in ("巡察组", "一、"))
)


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """One finished sentence or several, never taken for a counted-off measure."""
    marks = st.sampled_from(["，", "；", "。", "、", "《规则》", "：", "——"])
    parts = draw(st.lists(st.tuples(PHRASES, marks), max_size=3))
    text = "".join(words + mark for words, mark in parts) + draw(PHRASES)
    text = text.strip("，；。、：— ") + draw(st.sampled_from("。！”）"))
    misread = COUNT_OFF.search(text) or text.startswith(("在", "一、", "关于"))
    return "改好了。" if misread else text


TITLES = PHRASES.filter(lambda words: not words.startswith("“"))
SHORT_TITLES = st.text("学习制度落实建设监督群众服务", min_size=1, max_size=8)
MEASURES = st.builds(MeasureFacts, sentences())


@st.composite
def facets(draw: st.DrawFn, title: str) -> FacetFacts:
    """An introduction stands only before several measures, and ends as a sentence does."""
    measures = tuple(draw(st.lists(MEASURES, min_size=1, max_size=4)))
    introduction = draw(st.one_of(st.just(""), sentences())) if len(measures) > 1 else ""
    return FacetFacts(measures, title, introduction)


@st.composite
def findings(draw: st.DrawFn, title: str, depth: int = 1) -> FindingFacts:
    """A finding with facets, or one that only groups its sub-findings."""
    subs: list[FindingFacts] = []
    if depth and draw(st.booleans()):
        titles = draw(st.lists(TITLES, max_size=2, unique=True))
        subs = [draw(findings(sub_title, depth - 1)) for sub_title in titles]
    names = draw(st.lists(st.text("优化营商环境增强意识建设", min_size=1, max_size=8), max_size=2))
    untitled = [""] if draw(st.booleans()) or not (names or subs) else []
    return FindingFacts(title, tuple(draw(facets(name)) for name in untitled + names), tuple(subs))


@st.composite
def aspects(draw: st.DrawFn) -> AspectFacts:
    """An aspect with one finding or several; titles within it differ."""
    titles = draw(st.lists(TITLES, min_size=1, max_size=3, unique=True))
    title = draw(PHRASES)
    return AspectFacts(title, draw(SHORT_TITLES), tuple(draw(findings(words)) for words in titles))


LEVELS = {
    "aspect": ("（一）", "一、"),
    "part": ("一、", "第一类"),
    "finding": ("1.", "问题1：", "1.问题1："),
    "sub_finding": ("（1）", "①"),
}
STATUSES = {
    StatusPlace.BEFORE: ("", "整改状态：【状态】"),
    StatusPlace.AFTER: ("", "完成情况：【状态】。"),
    StatusPlace.OPENING: ("【状态】。", "目前状态为【状态】，"),
    StatusPlace.ENDING: ("（【状态】）", "目前状态：【状态】。"),
}
WORDINGS = ("关于【标题】问题。", "关于“【标题】”问题的整改", "针对“【标题】”的问题。")


@st.composite
def styles(draw: st.DrawFn) -> ReportStyle:
    """A style that comes with the product, or one changed in any of its parts."""
    style = draw(st.sampled_from(list(SHIPPED.values())))
    if draw(st.booleans()) or style.grouping == Grouping.STATUS:
        return style
    plain = {"aspect": ("【标题】", "【标题】。", "在“【标题】”方面"), "part": ("【标题】", "聚焦【标题】方面")}
    levels = {
        level: HeadingStyle(
            draw(st.sampled_from(numbers)),
            draw(st.sampled_from(plain.get(level, WORDINGS))),
            runs_on=level == "finding" and draw(st.booleans()),
            runs_in=level in {"finding", "sub_finding"} and draw(st.booleans()),
        )
        for level, numbers in LEVELS.items()
    }
    for level in ("finding", "sub_finding"):
        if levels[level].runs_in:
            levels[level] = replace(levels[level], words="针对“【标题】”的问题。")
    place = draw(st.sampled_from(StatusPlace))
    numbered = levels["aspect"].number != style.chapter_number and levels["part"].number != levels["aspect"].number
    made = replace(
        style,
        aspect=draw(st.sampled_from([None, levels["aspect"]])) if numbered else HeadingStyle("（一）", "【标题】。"),
        part=draw(st.sampled_from([None, replace(levels["part"], number="第一类：")])),
        finding=levels["finding"],
        sub_finding=levels["sub_finding"],
        label=draw(
            st.sampled_from(["", "整改情况：", "整改措施：", "【整改落实】".replace("【", "[").replace("】", "]")])
        ),
        is_label_apart=draw(st.booleans()),
        status=draw(st.sampled_from(STATUSES[place])),
        status_place=place,
        listing=draw(
            st.sampled_from(
                [MeasureList(), MeasureList("一是", "；"), MeasureList("①", is_apart=True), MeasureList("（1）")]
            )
        ),
    )
    # The text of a finding begins a line where nothing stands before it, and could be taken for a sub-finding.
    own_line = not made.label or made.is_label_apart
    return (
        replace(made, is_label_apart=made.is_label_apart and bool(made.label), listing=MeasureList())
        if own_line
        else made
    )


@st.composite
def reports(draw: st.DrawFn, style: ReportStyle) -> ReportFacts:
    """Any report in a style, with the counts that go with it."""
    months = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)).map(lambda day: day.replace(day=1))
    started, ended = sorted([draw(months), draw(months)])
    ended = ended.replace(day=monthrange(ended.year, ended.month)[1])
    known = draw(st.booleans())
    body = draw(NAMES)
    report = ReportFacts(
        commissioner=draw(NAMES),
        team=draw(NAMES),
        body=body,
        started_on=started if known else None,
        ended_on=ended if known else None,
        feedback_on=draw(st.one_of(st.none(), st.dates(dt.date(2000, 1, 1)))),
        aspects=regroup(tuple(draw(st.lists(aspects(), min_size=1, max_size=3))), style),
        title=draw(st.sampled_from(["", "关于巡察整改情况的报告", "某党组\n关于巡察整改情况的通报"])),
        salutation=draw(st.sampled_from(["", "区委巡察办"])),
        term=draw(st.sampled_from(["巡察", "巡视"])),
        genre=draw(st.sampled_from(["报告", "通报"])),
        pledge=draw(st.sampled_from(["", "态度端正。", "第一段。\n第二段。"])),
        next_steps=draw(st.lists(sentences(), min_size=1, max_size=3).map("\n".join)),
        overview_heading=draw(st.sampled_from(["", "提高站位，抓好整改"])),
        findings_heading=draw(st.sampled_from(["", "逐项整改，落实到位"])),
        contact=draw(st.sampled_from([Contact(), Contact("0500-12345678", "政通路1号（邮编100000）", "a@example.cn")])),
        signature=body + "公室",
        dated_on=draw(st.one_of(st.none(), st.dates(dt.date(2000, 1, 1)))),
    )
    leaves = list(report.findings())
    substantially, staged = draw(st.integers(0, 1)), draw(st.integers(0, 1))
    beside = min(substantially + staged, len(leaves))
    waiting = draw(st.integers(0, len(leaves) - beside))
    counts = Counts(
        aspects=len(report.aspects),
        findings=len(leaves),
        completed=len(leaves) - beside - waiting,
        substantially=min(substantially, beside),
        staged=beside - min(substantially, beside),
        in_progress=waiting,
        including_substantially=draw(st.integers(0, 12)),
        including_staged=draw(st.integers(0, 12)),
        long_term=draw(st.integers(0, 3)),
        regulations=draw(st.integers(0, 120)),
        measures=sum(1 for finding in leaves for _ in finding.measures()),
    )
    return fit(replace(report, counts=counts), style, draw(st.sampled_from(["常规巡察", "巡察“回头看”", ""])))


def fit(report: ReportFacts, style: ReportStyle, kind: str) -> ReportFacts:
    """The report with what only some styles say left out where this one does not say it."""
    said = read_template(style.preamble + style.summary).names()
    counts = {
        field: value for name, field in COUNTS.items() if (value := getattr(report.counts, field)) and name in said
    }
    aspects = report.aspects
    if "方面名称" not in said:
        aspects = tuple(replace(aspect, short_title="") for aspect in aspects)
    is_listed = style.chapter_of(ChapterPart.LISTED) is not None
    aspects = tuple(
        replace(aspect, findings=tuple(fit_finding(one, style, is_listed) for one in aspect.findings))
        for aspect in aspects
    )
    totals = {name: "3" if place % 2 else "0" for place, name in enumerate(read_template(style.accountability).names())}
    has_overview = style.chapter_of(ChapterPart.OVERVIEW) is not None
    return replace(
        report,
        aspects=aspects,
        counts=Counts(**({"aspects": 0, **ZERO} | counts | {"aspects": len(aspects)})) if style.summary else Counts(),
        kind=kind if "巡察方式" in said else "",
        genre=report.genre if "文种" in said else "报告",
        pledge=report.pledge if has_overview else "",
        overview_heading=report.overview_heading if has_overview else "",
        totals=totals,
        regulations=REGULATIONS if style.chapter_of(ChapterPart.REGULATIONS) else (),
    )


def regroup(aspects: tuple[AspectFacts, ...], style: ReportStyle) -> tuple[AspectFacts, ...]:
    """The aspects, or a single one with all findings of different titles where the style has none."""
    if style.aspect is not None:
        return aspects
    findings = {one.title: one for aspect in aspects for one in aspect.findings}
    return (AspectFacts(UNGROUPED, UNGROUPED, tuple(findings.values())),)


def fit_finding(finding: FindingFacts, style: ReportStyle, is_listed: bool) -> FindingFacts:
    """The finding with status, part and detail where the style says them, its measures as the style lists them."""
    is_stated = (style.status or style.grouping == Grouping.STATUS) and (finding.facets or not finding.sub_findings)
    strip = "。；" if style.listing.joint else ""

    def fit_facet(facet: FacetFacts) -> FacetFacts:
        several = len(facet.measures) > 1
        outcomes = tuple(
            replace(one, outcome=one.outcome.rstrip(strip) if several else one.outcome) for one in facet.measures
        )
        return replace(facet, measures=outcomes)

    subs = tuple(fit_finding(one, style, is_listed) for one in finding.sub_findings)
    return replace(
        finding,
        facets=tuple(fit_facet(facet) for facet in finding.facets),
        part="管理" if style.part else "",
        sub_findings=subs,
        status="已完成" if is_stated else "",
        detail="抓得不够。" if is_listed else "",
    )


ZERO = dict.fromkeys(COUNTS.values(), 0)
REGULATIONS = (RegulationFacts("学习制度", "区办发〔2026〕3号"), RegulationFacts("采购（试行）办法"))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_parsing_is_the_inverse_of_wording(data: st.DataObject) -> None:
    style = data.draw(styles())
    report = data.draw(reports(style))
    text = render_text(compose(report, style))
    parsed = parse(text, style)
    if style.grouping == Grouping.STATUS:
        assert render_text(compose(parsed.facts, style)) == text
    else:
        assert parsed.facts == report
        assert parsed.notes == ()


@settings(deadline=None)
@given(st.data(), st.lists(st.sampled_from(list(ANNEXES)), unique=True))
def test_annexes_are_not_taken_for_the_report(data: st.DataObject, annexes: list[str]) -> None:
    style = SHIPPED[STANDARD]
    report = data.draw(reports(style))
    assert parse(render_text(compose(report, style, annexes)), style).facts == report


@pytest.mark.parametrize("code", SHIPPED)
def test_a_style_survives_its_stored_form(code: str) -> None:
    style = SHIPPED[code]
    style.check()
    assert style_of(json.loads(json.dumps(style.as_dict()))) == style
