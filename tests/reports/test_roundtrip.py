"""parse(text(compose(facts))) gives the same facts back, for any facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from documents.text import render_text
from reports.facts import AspectFacts, Contact, Counts, FacetFacts, FindingFacts, MeasureFacts, ReportFacts
from reports.parsing import parse
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


@st.composite
def reports(draw: st.DrawFn) -> ReportFacts:
    """Any report, with the counts that go with it."""
    months = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)).map(lambda day: day.replace(day=1))
    started, ended = sorted([draw(months), draw(months)])
    known = draw(st.booleans())
    body = draw(NAMES)
    report = ReportFacts(
        commissioner=draw(NAMES),
        team=draw(NAMES),
        body=body,
        started_on=started if known else None,
        ended_on=ended if known else None,
        feedback_on=draw(st.one_of(st.none(), st.dates(dt.date(2000, 1, 1)))),
        aspects=tuple(draw(st.lists(aspects(), min_size=1, max_size=3))),
        title=draw(st.sampled_from(["", "关于巡察整改情况的报告", "某党组\n关于巡察整改情况的通报"])),
        salutation=draw(st.sampled_from(["", "区委巡察办"])),
        term=draw(st.sampled_from(["巡察", "巡视"])),
        genre=draw(st.sampled_from(["报告", "通报"])),
        pledge=draw(st.sampled_from(["", "态度端正。", "第一段。\n第二段。"])),
        next_steps=draw(st.lists(sentences(), min_size=1, max_size=3).map("\n".join)),
        finding_style=draw(st.sampled_from(["plain", "numbered", "quoted"])),
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
    return replace(report, counts=counts, findings_heading=f"{report.inspectors}反馈意见整改落实情况")


@settings(max_examples=100, deadline=None)
@given(reports())
def test_parsing_is_the_inverse_of_wording(report: ReportFacts) -> None:
    parsed = parse(render_text(compose(report)))
    assert parsed.facts == report
    assert parsed.notes == ()
