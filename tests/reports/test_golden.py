"""The real report goes in and comes out character by character."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import User
from documents.text import render_text
from findings.factories import closing_fields, make_regulation, make_user
from findings.models import Finding, Inspection
from reports.gathering import gather
from reports.importing import store
from reports.lines import HeadingKind
from reports.masking import mask_digits
from reports.parsing import parse
from reports.wording import compose
from tests.raw_writes import unchecked_writes
from tests.samples import sample

pytestmark = [pytest.mark.samples, pytest.mark.django_db]

PREAMBLE, SUMMARY = 0, 2  # the two paragraphs that are computed


@pytest.fixture
def text() -> str:
    return sample("report.txt").rstrip("\n") + "\n"


@pytest.fixture
def inspection(text: str) -> Inspection:
    return store(parse(text), text).inspection


def complete(inspection: Inspection, by: User) -> None:
    """What an office knows and a masked report cannot tell; chosen so that every number has its published width."""
    inspection.started_on = dt.date(2020, 11, 2)
    inspection.ended_on = dt.date(2021, 1, 22)
    inspection.feedback_on = dt.date(2021, 3, 18)
    with unchecked_writes():
        inspection.save()
        Finding.objects.of(inspection).update(long_term=True, **closing_fields(by, dt.date(2021, 9, 1)))
        Finding.objects.of(inspection).filter(aspect__order=3, order=5).update(long_term=False)
    for number in range(15):
        make_regulation(inspection, title=f"制度{number}")


def test_the_completed_records_compose_to_the_real_report(inspection: Inspection, text: str) -> None:
    complete(inspection, make_user())
    assert render_text(mask_digits(compose(gather(inspection)))) == text


def test_the_full_edition_says_the_numbers_that_the_masked_one_hides(inspection: Inspection) -> None:
    complete(inspection, make_user())
    paragraphs = list(compose(gather(inspection)).paragraphs())
    assert "2020年11月至2021年1月" in paragraphs[PREAMBLE]
    assert "2021年3月18日" in paragraphs[PREAMBLE]
    assert "等3个方面存在的12条问题，已完成整改12个，整改成果中需长期坚持的11个" in paragraphs[SUMMARY]
    assert "已建立规章制度15项，制定整改措施33条。" in paragraphs[SUMMARY]


def test_straight_after_import_only_the_two_computed_paragraphs_differ(inspection: Inspection, text: str) -> None:
    composed = list(mask_digits(compose(gather(inspection))).paragraphs())
    published = text.splitlines()
    assert len(composed) == len(published)
    differing = [number for number, pair in enumerate(zip(composed, published, strict=True)) if pair[0] != pair[1]]
    assert differing == [PREAMBLE, SUMMARY]


def test_the_shape_of_the_real_report(text: str) -> None:
    parsed = parse(text)
    assert [len(aspect.findings) for aspect in parsed.facts.aspects] == [4, 3, 5]
    assert [len(parsed.headings_of(kind)) for kind in HeadingKind] == [3, 0, 3, 0, 0, 12, 0, 0]
    facets = [facet for finding in parsed.facts.findings() for facet in finding.facets]
    assert [facet.title for facet in facets if facet.title] == [
        "增强班子成员和党员干部大局意识",
        "优化营商环境",
    ]
    assert sum(bool(facet.introduction) for facet in facets) == 1
    assert sum(len(facet.measures) == 1 for facet in facets) == 2
    assert parsed.notes == ()
