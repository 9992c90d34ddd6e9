"""A sub-finding without a lead unit has its parent's: lists show it, find it and sort by it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from findings.factories import make_evidence, make_extension, make_finding, make_measure, make_unit
from findings.models import Finding, Measure
from ledgers.archive_texts import feedback
from tests.findings.conftest import TODAY, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sub() -> Finding:
    """A sub-finding whose parent 综合科 leads, which itself names no unit."""
    parent = make_finding(title="台账管理不严", lead_unit=make_unit(name="综合科"))
    return make_finding(parent=parent, title="台账不全")


@pytest.fixture
def measure(sub: Finding) -> Measure:
    """A measure of the sub-finding, which names no unit either."""
    return make_measure(sub, plan="补齐台账。", due_on=TODAY)


@pytest.mark.parametrize("view", ["finding_list", "measure_list", "evidence_list"])
def test_the_filter_by_unit_finds_what_has_its_unit_from_the_parent(
    office_client: Client, measure: Measure, view: str
) -> None:
    unit, other = measure.answering_unit, make_unit(name="督查科")
    assert unit
    evidence = make_evidence(measure)
    record = {"finding_list": measure.finding, "measure_list": measure, "evidence_list": evidence}[view]
    address = reverse(f"findings:{view}", args=[measure.inspection_id])
    found = office_client.get(address, {"unit": str(unit.pk)}).context["listing"].page.records
    assert record in found
    assert not office_client.get(address, {"unit": str(other.pk)}).context["listing"].page.records


@pytest.mark.parametrize("view", ["inspection_detail", "measure_list", "extension_list"])
def test_pages_show_the_unit_of_the_parent(office_client: Client, measure: Measure, view: str) -> None:
    make_extension(measure)
    words = words_of(office_client.get(reverse(f"findings:{view}", args=[measure.inspection_id])).content.decode())
    assert "综合科" in words
    assert "单位未定" not in words and "未定 " not in words


def test_the_list_of_findings_shows_it_in_both_rows_and_sorts_by_it(office_client: Client, sub: Finding) -> None:
    make_finding(sub.aspect, title="后面的", lead_unit=make_unit(name="督查科"))
    make_finding(sub.aspect, title="没有单位的")
    answer = office_client.get(reverse("findings:finding_list", args=[sub.inspection_id]), {"sort": "unit"})
    records = [record.title for record in answer.context["listing"].page.records]
    assert records == ["台账管理不严", "台账不全", "后面的", "没有单位的"]
    assert answer.content.decode().count('title="综合科"') == 2


def test_the_page_of_the_parent_and_the_archive_name_it(office_client: Client, sub: Finding) -> None:
    assert sub.parent
    words = words_of(office_client.get(sub.parent.get_absolute_url()).content.decode())
    assert "单位未定" not in words
    assert "牵头单位：综合科" in feedback(sub)
