"""Filters, sorting and pages of the lists, and addresses nobody should type."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.web import pagination
from accounts.web.listing import Listing
from findings.factories import (
    closing_fields,
    make_aspect,
    make_finding,
    make_inspection,
    make_measure,
    make_unit,
    make_user,
    report_fields,
    submission_fields,
)
from findings.models import Inspection, Unit
from tests.databases import examples
from tests.findings.conftest import TODAY, Case, days, query_count, words_of
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


def listing(client: Client, view: str, inspection: Inspection, **query: str) -> Listing:
    """The list as the page got it."""
    answer = client.get(reverse(f"findings:{view}", args=[inspection.pk]), query)
    assert answer.status_code == 200
    found: Listing = answer.context["listing"]
    return found


def titles(listed: Listing) -> list[str]:
    """The records on the page."""
    return [str(record) for record in listed.page.records]


@pytest.fixture
def findings(office: User, first_of_june: None) -> Inspection:
    """Five findings that differ in everything that can be filtered by."""
    inspection = make_inspection()
    first, second = make_aspect(inspection), make_aspect(inspection)
    led, supporting = make_unit(name="综合科"), make_unit(name="督查科")
    make_finding(first, title="甲", lead_unit=led, due_on=days(-1))
    backed = make_finding(first, title="乙", detail="含有关键词", status="in_progress", timing="immediate")
    with unchecked_writes():
        backed.supporting_units.add(supporting)
    make_finding(second, title="丙", long_term=True, due_on=TODAY, **closing_fields(office, days(-9)))
    make_finding(parent=backed, title="丁")
    make_finding(second, title="戊", **submission_fields(make_user()), due_on=days(30))
    return inspection


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "甲乙丁丙戊"),
        ({"q": "关键词"}, "乙"),
        ({"unit": "综合科"}, "甲"),
        ({"unit": "督查科"}, "乙"),
        ({"status": "closed"}, "丙"),
        ({"status": "completed"}, "丙"),
        ({"status": "submitted"}, "戊"),
        ({"timing": "immediate"}, "乙"),
        ({"long_term": "on"}, "丙"),
        ({"overdue": "on"}, "甲"),
        ({"counted": "on"}, "甲乙丙戊"),
        ({"sort": "due"}, "甲丙戊乙丁"),
        ({"sort": "-due"}, "丁乙戊丙甲"),
        ({"sort": "status"}, "甲丁乙戊丙"),
        ({"sort": "-number"}, "戊丙丁乙甲"),
    ],
)
def test_findings_are_filtered_and_sorted(
    office_client: Client, findings: Inspection, query: dict[str, str], expected: str
) -> None:
    if "unit" in query:
        query = {"unit": str(Unit.objects.get(name=query["unit"]).pk)}
    assert "".join(titles(listing(office_client, "finding_list", findings, **query))) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "过期 完成 没期限"),
        ({"done": "yes"}, "完成"),
        ({"done": "no"}, "过期 没期限"),
        ({"overdue": "on"}, "过期"),
        ({"no_outcome": "on"}, "没期限"),
        ({"mine": "on"}, ""),
        ({"q": "完"}, "完成"),
        ({"sort": "number"}, "没期限 过期 完成"),
        ({"sort": "-done"}, "完成 没期限 过期"),
    ],
)
def test_measures_are_filtered_and_sorted(
    office_client: Client, first_of_june: None, query: dict[str, str], expected: str
) -> None:
    finding = make_finding()
    make_measure(finding, plan="没期限", outcome="")
    make_measure(finding, plan="过期", due_on=days(-1), outcome="有")
    make_measure(finding, plan="完成", due_on=TODAY, outcome="有", **report_fields(make_user()))
    listed = listing(office_client, "measure_list", finding.inspection, **query)
    assert sorted(titles(listed)) == sorted(expected.split())
    if query.keys() <= {"sort"} and query.get("sort") != "-done":
        assert titles(listed) == expected.split()


def test_a_unit_sees_what_is_its_own(client: Client, reporter: User, case: Case) -> None:
    client.force_login(reporter)
    listed = listing(client, "measure_list", case.inspection, mine="on")
    assert titles(listed) == [str(case.measure)]
    by_unit = listing(client, "measure_list", case.inspection, unit=str(case.unit.pk))
    assert titles(by_unit) == [str(case.measure)]


def test_deadlines_say_date_and_distance(office_client: Client, findings: Inspection) -> None:
    html = office_client.get(reverse("findings:finding_list", args=[findings.pk])).content.decode()
    assert "5月31日 · 逾期1天" in html
    assert "7月1日" in html and "还剩30天" not in html  # waits for the reviewers
    assert "今天报，待审核" in html
    assert "6月1日 · 今天到期" not in html  # signed off


def test_the_inspections_own_words_and_lights(office_client: Client, first_of_june: None) -> None:
    inspection = make_inspection(open_word="未启动", notice_days=40, warning_days=30)
    make_finding(make_aspect(inspection), due_on=days(30))
    html = office_client.get(reverse("findings:finding_list", args=[inspection.pk])).content.decode()
    assert "due-warn" in html
    assert "未启动" in html


def test_other_inspections_stay_out(office_client: Client, findings: Inspection) -> None:
    make_measure(make_finding(title="别处"))
    assert "别处" not in titles(listing(office_client, "finding_list", findings))
    assert titles(listing(office_client, "measure_list", findings)) == []


def test_chips_can_be_removed_one_by_one(office_client: Client, findings: Inspection) -> None:
    listed = listing(office_client, "finding_list", findings, q="甲", overdue="on", status="zzz", sort="due")
    assert [(chip["label"], chip["is_valid"]) for chip in listed.chips] == [
        ("关键词", True),
        ("状态", False),
        ("已逾期", True),
    ]
    assert listed.chips[0]["address"].endswith("?status=zzz&overdue=on&sort=due")
    assert titles(listed) == []  # until the invalid one is removed
    assert titles(listing(office_client, "finding_list", findings, q="甲", overdue="on", sort="due")) == ["甲"]


def test_nothing_found_says_what_each_filter_costs(office_client: Client, findings: Inspection) -> None:
    asked = {"status": "in_progress", "timing": "scheduled", "sort": "due"}
    page = office_client.get(reverse("findings:finding_list", args=[findings.pk]), asked)
    words = words_of(page.content.decode())
    assert "没有符合这些条件的记录" in words
    assert "去掉“整改中”有 4 条；去掉“限期整改”有 1 条。" in words.replace(" ；", "；").replace("； ", "；").replace(
        " 。", "。"
    )
    assert "清除条件" in words
    ways = page.context["listing"].ways_out
    for way in ways:
        assert office_client.get(way["address"]).context["listing"].page.total == int(way["number"])
        assert way["address"].endswith("sort=due")


def test_a_filter_that_alone_changes_nothing_is_not_offered(office_client: Client, findings: Inspection) -> None:
    listed = listing(office_client, "finding_list", findings, q="没有这个词", status="closed", overdue="on")
    assert listed.ways_out == []
    led = listing(office_client, "finding_list", findings, q="没有这个词", led="on")
    assert [(way["words"], way["number"]) for way in led.ways_out] == [("没有这个词", "5")]


def test_what_a_filter_costs_is_asked_for_an_empty_list_only(office_client: Client, findings: Inspection) -> None:
    address = reverse("findings:finding_list", args=[findings.pk])
    some = query_count(office_client, f"{address}?timing=scheduled")
    assert query_count(office_client, f"{address}?timing=scheduled&overdue=on") == some
    # No page of records and no form of columns, but a count for each of the three filters.
    none = query_count(office_client, f"{address}?q=没有这个词&timing=scheduled&overdue=on")
    assert none <= some + 3


def test_a_list_says_where_the_page_stands(office_client: Client, findings: Inspection) -> None:
    address = reverse("findings:finding_list", args=[findings.pk])
    assert "第 1–5 条，共 5 个问题" in words_of(office_client.get(address).content.decode())
    aspect = make_aspect(findings)
    for number in range(26):
        make_finding(aspect, title=f"第{number}个")
    words = words_of(office_client.get(address, {"page": "2", "per_page": "25"}).content.decode())
    assert "第 26–31 条，共 31 个问题" in words


@pytest.mark.parametrize(
    ("asked", "number"), [("2", 2), ("99999", 2), ("abc", 1), ("-1", 1), ("0", 1), ("9" * 5000, 1), ("٣", 2)]
)
def test_page_numbers_nobody_offers(office_client: Client, asked: str, number: int) -> None:
    finding = make_finding()
    for _ in range(30):
        make_measure(finding)
    page = listing(office_client, "measure_list", finding.inspection, page=asked).page
    assert page.number == number
    rows = {1: 25, 2: 5}[number] if asked.isdecimal() and len(asked) < 10 else 0  # what is no number matches nothing
    assert len(page.records) == rows


def test_the_page_size_is_remembered_and_only_those_on_offer_count(office_client: Client, findings: Inspection) -> None:
    assert listing(office_client, "finding_list", findings, per_page="100").per_page == 100
    assert listing(office_client, "finding_list", findings).per_page == 100
    assert listing(office_client, "measure_list", findings, per_page="1e9").per_page == 100


@pytest.mark.parametrize("sort", ["__class__", "title", "-", "--due", "aspect__inspection__name"])
def test_only_columns_on_offer_sort(office_client: Client, findings: Inspection, sort: str) -> None:
    assert listing(office_client, "finding_list", findings, sort=sort).sort == "number"


@pytest.mark.parametrize("sort", ["due", "-due", "number"])
@pytest.mark.parametrize("view", ["finding_list", "measure_list"])
def test_long_lists_are_capped_and_in_the_same_order(
    office_client: Client, monkeypatch: pytest.MonkeyPatch, view: str, sort: str
) -> None:
    aspect = make_aspect()
    for number in range(12):
        finding = make_finding(aspect, due_on=TODAY + dt.timedelta(days=number % 5) if number % 4 else None)
        make_measure(finding, due_on=finding.due_on)
    make_measure(make_finding(due_on=TODAY))
    whole = titles(listing(office_client, view, aspect.inspection, sort=sort))
    monkeypatch.setattr(pagination, "CAP", 6)
    listed = listing(office_client, view, aspect.inspection, sort=sort, page="9")
    assert (listed.page.total_words, listed.page.last) == ("6+", 1)
    assert titles(listed) == whole[:6]


PARAMETERS = st.sampled_from(
    ["q", "aspect", "unit", "status", "timing", "long_term", "overdue", "counted", "page", "sort", "per_page", "done"]
)
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["\0", "\uffff", "%", "_", "\\", "'", "1", "-1", "on"]),
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.dictionaries(PARAMETERS, VALUES, max_size=5))
def test_no_query_string_breaks_a_list(office_client: Client, case: Case, query: dict[str, str]) -> None:
    for view in ("finding_list", "measure_list", "regulation_list"):
        address = reverse(f"findings:{view}", args=[case.inspection.pk])
        assert office_client.get(address, query).status_code == 200
    assert office_client.get(reverse("findings:inspection_list"), query).status_code == 200


def test_a_search_takes_signs_literally(office_client: Client, case: Case) -> None:
    make_finding(case.aspect, title="完成率50%以上")
    assert titles(listing(office_client, "finding_list", case.inspection, q="50%")) == ["完成率50%以上"]
    assert titles(listing(office_client, "finding_list", case.inspection, q="_%")) == []
