"""Facts into sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from documents.document import BlockKind, Document, Source
from reports.facts import AspectFacts, Contact, Counts, FacetFacts, FindingFacts, MeasureFacts, ReportFacts, SourceKind
from reports.finding_wording import measure_spans, text_of
from reports.gap_values import months
from reports.masking import mask_digits
from reports.styles.shipped import SHIPPED
from reports.styles.style import MeasureList
from reports.wording import compose


def report(*findings: FindingFacts, **changes: object) -> ReportFacts:
    """A small report about these findings."""
    facts = ReportFacts(
        key="1",
        name="巡察",
        commissioner="区委",
        team="区委第三巡察组",
        body="区政府办党组",
        started_on=dt.date(2025, 9, 1),
        ended_on=dt.date(2025, 11, 1),
        feedback_on=dt.date(2026, 1, 15),
        counts=Counts(1, 1, 1, 1, 1, 1),
        aspects=(AspectFacts("甲存在差距问题", "甲", findings, key="2"),),
        pledge="态度端正。",
        next_steps="继续努力。",
    )
    return replace(facts, **changes)  # type: ignore[arg-type] # the tests change any field


FINDING = FindingFacts("学习不够", (FacetFacts((MeasureFacts("学了", "7"), MeasureFacts("考了。", "8"))),), key="3")


def paragraphs(facts: ReportFacts) -> list[str]:
    return list(compose(facts).paragraphs())


def test_one_measure_stands_alone_and_several_are_counted_off() -> None:
    one, two = MeasureFacts("学了"), MeasureFacts("考了。")
    assert text_of(measure_spans([one], MeasureList())) == "学了。"
    assert text_of(measure_spans([one, two], MeasureList())) == "一是学了。二是考了。"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (dt.date(2025, 9, 1), dt.date(2025, 11, 30), "2025年9月至11月"),
        (dt.date(2025, 12, 1), dt.date(2026, 1, 31), "2025年12月至2026年1月"),
        (dt.date(2025, 9, 1), dt.date(2025, 9, 30), "2025年9月"),
        (None, dt.date(2025, 9, 30), ""),
    ],
)
def test_a_period_says_the_year_once(start: dt.date | None, end: dt.date | None, said: str) -> None:
    assert months(report(started_on=start, ended_on=end)) == said


def test_facets_stand_in_paragraphs_of_their_own() -> None:
    facets = (FacetFacts((MeasureFacts("学了"),)), FacetFacts((MeasureFacts("管了"),), "管理", "严。"))
    assert paragraphs(report(FindingFacts("学习不够", facets)))[6:8] == ["整改情况：学了。", "在管理方面，严。管了。"]


def test_a_clause_that_would_say_nought_is_left_out() -> None:
    summary = paragraphs(report(FINDING, counts=Counts(1, 1, 0, 0, 0, 2)))[2]
    assert summary == "态度端正。对照巡察反馈问题，共梳理甲方面存在的1条问题，已完成整改0个。制定整改措施2条。"


def test_what_the_record_does_not_hold_is_marked_and_listed() -> None:
    facets = (FacetFacts((MeasureFacts("", "7"),)),)
    document = compose(report(FindingFacts("甲", facets), FindingFacts("乙"), feedback_on=None, next_steps=""))
    assert document.missing() == ["【反馈日期未填】", "【整改成效未填】。", "【整改措施未录入】", "【下一步打算未填】"]


def test_an_inspection_without_findings_says_so() -> None:
    assert "【反馈问题未录入】" in paragraphs(report(aspects=()))[2]


def test_every_sentence_says_what_it_was_composed_from() -> None:
    document = compose(report(FINDING))
    measures = [span for block in document.blocks for span in block.spans if span.source.kind == SourceKind.MEASURE]
    assert [(span.text, span.source.key) for span in measures] == [("学了。", "7"), ("考了。", "8")]
    counts = [span for block in document.blocks for span in block.spans if span.source.kind == SourceKind.COUNT]
    assert [span.source.key for span in counts] == [
        "aspects",
        "findings",
        "completed",
        "long_term",
        "regulations",
        "measures",
    ]
    assert all(isinstance(block.source, Source) for block in document.blocks)


def test_a_document_survives_json() -> None:
    document = compose(report(FINDING, title="关于整改的报告"))
    assert Document.from_dict(document.as_dict()) == document


def test_the_masked_edition_hides_digits_but_neither_numbering_nor_contact() -> None:
    facts = report(FINDING, contact=Contact(phone="0500-123"), dated_on=dt.date(2026, 8, 20))
    masked = mask_digits(compose(facts, SHIPPED["numbered"]))
    texts = {block.kind: block.text for block in masked.blocks}
    assert texts[BlockKind.HEADING_3] == "1.关于学习不够问题。"
    assert "0500-123" in texts[BlockKind.CONTACT]
    assert texts[BlockKind.DATE] == "****年*月**日"
    assert next(iter(masked.paragraphs())).startswith("根据区委统一部署，****年*月至**月，")


def test_a_degree_within_the_completed_ones_is_said_to_be_within_and_one_beside_stands_beside() -> None:
    counts = Counts(1, 12, 9, 2, 0, 30, including_substantially=2, including_staged=1, in_progress=3)
    summary = paragraphs(report(FINDING, counts=counts))[2]
    assert "已完成整改9个（含基本完成2个、含阶段性完成1个），整改成果中需长期坚持的2个，正在整改3个。" in summary
    counts = Counts(1, 12, 6, 0, 0, 30, substantially=2, staged=1, in_progress=3)
    summary = paragraphs(report(FINDING, counts=counts))[2]
    assert "已完成整改6个，基本完成2个，阶段性完成1个，正在整改3个。" in summary
