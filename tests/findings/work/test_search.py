"""The search in the header: what it finds, for whom, and how it marks the words."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from accounts.web.markup import to_html
from findings.factories import (
    make_aspect,
    make_facet,
    make_finding,
    make_inspection,
    make_measure,
    make_reporter,
    make_unit,
)
from findings.work.search import LISTED, mark_words, search_records

pytestmark = pytest.mark.django_db


def found(user: User, words: str) -> dict[str, list[str]]:
    """The numbers that were found, by kind."""
    return {group.label: [hit.number for hit in group.hits] for group in search_records(user, words)}


def test_words_and_numbers_find_records_of_all_inspections(office: User) -> None:
    first = make_finding(make_aspect(make_inspection()), title="会议偏多", detail="全区性会议31次")
    make_measure(first, plan="修订会议审批办法。", outcome="会议减少到22次。")
    other = make_finding(make_aspect(make_inspection()), title="公车管理不严", detail="")
    measure = make_measure(other, plan="清理公车。", outcome="减少会议用车。")
    part = make_finding(other.aspect, parent=other, title="登记不全")
    assert found(office, "会议") == {"问题": ["1-1"], "措施": ["1-1/1", "1-1/1"]}
    assert found(office, "公车管理") == {"问题": ["1-1"], "措施": []}
    assert found(office, "1-1-1") == {"问题": ["1-1-1"], "措施": []}
    assert found(office, f"1-1/{measure.order}")["问题"] == []
    assert len(found(office, "1-1/1")["措施"]) == 2
    assert "<mark>登记</mark>不全" in str(search_records(office, part.title[:2])[0].hits[0].text)
    assert found(office, "没有的词") == {"问题": [], "措施": []}


def test_a_measure_is_found_by_its_number_with_its_facet(office: User) -> None:
    finding = make_finding(make_aspect(make_inspection()))
    facet = make_facet(finding)
    make_measure(finding)
    for _ in range(2):
        make_measure(finding, facet=facet)
    assert found(office, "1-1")["措施"] == ["1-1/1.2", "1-1/1.1", "1-1/1"]
    assert found(office, "1-1/1")["措施"] == ["1-1/1"]
    assert found(office, "1-1/1.2")["措施"] == found(office, "1-1 / 1.2")["措施"] == ["1-1/1.2"]
    assert found(office, "1-1/2.1") == {"问题": [], "措施": []}


def test_a_hit_names_the_unit_that_leads_it_through_the_finding_above(office: User) -> None:
    unit = make_unit(name="综合科")
    part = make_finding(parent=make_finding(lead_unit=unit), title="登记不全")
    make_measure(part, plan="补齐登记。")
    assert [hit.unit for group in search_records(office, "登记") for hit in group.hits] == ["综合科", "综合科"]


def test_nobody_finds_what_they_may_not_see(office_client: Client) -> None:
    body, elsewhere = make_unit(), make_unit()
    reporter = make_reporter(body)
    own = make_finding(make_aspect(make_inspection(unit=body)), title="会议偏多", lead_unit=body)
    make_measure(own, plan="会议计划按季度编报。", lead_unit=body)
    make_measure(make_finding(make_aspect(make_inspection(unit=elsewhere)), title="会议重复"), plan="会议合并。")
    assert found(reporter, "会议") == {"问题": ["1-1"], "措施": ["1-1/1"]}
    assert "<mark>会议</mark>重复" in office_client.get("/search/?q=会议").content.decode()


def test_the_words_are_marked_where_they_stand() -> None:
    assert to_html(mark_words("修订<会议>办法", "", "会议")) == "修订&lt;<mark>会议</mark>&gt;办法"
    second = mark_words("清理公车。", "前" * 30 + "会议" + "后" * 30, "会议")
    assert to_html(second) == (f'清理公车。<span class="subline">…{"前" * 24}<mark>会议</mark>{"后" * 24}…</span>')


def test_the_page_says_how_much_it_lists_and_asks_for_words(office_client: Client) -> None:
    finding = make_finding(make_aspect(make_inspection()), title="问题")
    for _ in range(LISTED + 1):
        make_measure(finding, plan="制定会议计划。")
    page = office_client.get("/search/?q=会议").content.decode()
    assert f"只列前 {LISTED} 条" in page
    assert page.count("<mark>会议</mark>") == LISTED
    assert "请在上面的框里输入" in office_client.get("/search/").content.decode()
    assert "没有找到“无此词”" in office_client.get("/search/?q=无此词").content.decode()
    long = office_client.get("/search/", {"q": "会" * 61}).content.decode()
    assert "已按前 60 个字查找" in long
    assert office_client.get("/search/", {"q": "a\x00b"}).status_code == 200
