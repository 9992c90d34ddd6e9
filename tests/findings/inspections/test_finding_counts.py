"""The numbers of findings: degrees of completion, the rate, and the unit of a sub-finding."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from findings.choices import Completion, Counting
from findings.factories import closing_fields, make_aspect, make_finding, make_inspection, make_unit, make_user
from findings.inspections.finding_counts import completion_sentence, count_findings, sum_counts
from findings.models import Finding, Inspection
from reports.gathering import gather
from reports.wording import compose

pytestmark = pytest.mark.django_db
CLOSED_ON = dt.date(2026, 3, 1)


def inspection_with_degrees(**fields: object) -> Inspection:
    """Three findings completed, one 基本完成, one 阶段性完成, and one open."""
    inspection = make_inspection(**fields)
    aspect, by = make_aspect(inspection), make_user()
    for degree in (*[Completion.COMPLETE] * 3, Completion.SUBSTANTIALLY, Completion.STAGED):
        make_finding(aspect, **closing_fields(by, CLOSED_ON, degree))
    make_finding(aspect)
    return inspection


def completion_of(inspection: Inspection) -> str:
    return completion_sentence(sum_counts(count_findings(Finding.objects.all(), inspection)), inspection)


def test_a_new_inspection_counts_only_complete_as_completed() -> None:
    assert Inspection().counted_completions() == ["complete"]


def test_the_rate_names_numerator_denominator_rounding_and_what_is_included() -> None:
    inspection = inspection_with_degrees()
    assert completion_of(inspection) == "整改完成率50.0%（6个中完成3个；四舍五入到0.1%）"
    inspection.substantially_counts = True
    assert completion_of(inspection) == "整改完成率66.7%（6个中完成4个，含基本完成1个；四舍五入到0.1%）"
    assert completion_of(make_inspection()) == ""


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (False, "已完成整改3个，基本完成1个，阶段性完成1个，正在整改1个。"),
        (True, "已完成整改4个（含基本完成1个），阶段性完成1个，正在整改1个。"),
    ],
)
def test_the_report_says_each_degree_once(counts: bool, words: str) -> None:
    inspection = inspection_with_degrees(substantially_counts=counts)
    assert words in "".join(compose(gather(inspection)).paragraphs())


@pytest.mark.parametrize(("counts", "label"), [(False, None), (True, "已完成（含基本完成）")])
def test_the_overview_has_a_number_for_each_degree(office_client: Client, counts: bool, label: str | None) -> None:
    inspection = inspection_with_degrees(substantially_counts=counts)
    overview = office_client.get(inspection.get_absolute_url()).context["overview"]
    degrees = {figure.label: figure.number for figure in overview.degrees}
    assert degrees == {"完成": 3, "基本完成": 1, "阶段性完成": 1} | ({label: 4} if label else {})
    page = office_client.get(inspection.get_absolute_url()).content.decode()
    assert "按反馈问题计，不含分项问题，截至" in page
    assert "整改完成率" in page


def test_the_list_says_in_which_way_its_number_counts(office_client: Client) -> None:
    inspection = inspection_with_degrees(counting=Counting.LEAVES)
    address = reverse("findings:finding_list", args=[inspection.pk])
    assert "共 6 个问题（含分项问题）" in office_client.get(address).content.decode()
    counted = office_client.get(f"{address}?counted=on").content.decode()
    assert "共 6 个问题（按分项问题计，有分项的只计分项）" in counted


def test_a_sub_finding_without_a_unit_counts_for_its_parents() -> None:
    inspection, unit = make_inspection(counting=Counting.LEAVES), make_unit()
    aspect = make_aspect(inspection)
    parent = make_finding(aspect, lead_unit=unit)
    make_finding(aspect, parent=parent, lead_unit=None)
    make_finding(aspect, lead_unit=None)
    groups = {group.unit: group.counts.total for group in count_findings(Finding.objects.all(), inspection)}
    assert groups == {unit.pk: 1, None: 1}
