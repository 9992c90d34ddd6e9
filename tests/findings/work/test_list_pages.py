"""What the lists share: filters that are not valid, pages and their sizes, and a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.web import pagination
from accounts.web.listing import in_order
from accounts.web.tables import ListTable
from findings.factories import (
    make_aspect,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_regulation,
    make_unit,
    report_fields,
)
from findings.models import Finding, Inspection, Measure
from findings.work.tables import FindingTable, MeasureTable
from tests.databases import examples
from tests.findings.conftest import Case, query_count, read_address, words_of
from tests.raw_writes import unchecked_writes
from tests.test_honesty import sent

pytestmark = pytest.mark.django_db

LISTS = ("inspection_list", "finding_list", "measure_list", "regulation_list")


def listed(client: Client, name: str, inspection: Inspection | None = None, **query: Any) -> list[str]:
    """What the first column with text says in each row of a list."""
    answer = client.get(reverse(f"findings:{name}", args=[inspection.pk] if inspection else []), query)
    assert answer.status_code == 200
    cells = re.findall(r'<td class="col-text[^>]*>(.*?)</td>', answer.content.decode(), re.DOTALL)
    return [re.sub(r"<span class=\"subline\">.*?</span>|<[^>]*>", "", cell).strip() for cell in cells]


def test_measures_are_filtered(office_client: Client, client: Client, reporter: User) -> None:
    unit, other = make_unit(), make_unit()
    inspection = make_inspection(unit=unit)
    make_member(unit, reporter)
    make_grant(reporter, "reporter", unit)
    yesterday, tomorrow = (timezone.localdate() + dt.timedelta(days=days) for days in (-1, 1))
    finding = make_finding(make_aspect(inspection), lead_unit=unit)
    make_measure(finding, plan="建立营商环境台账", due_on=yesterday)
    make_measure(finding, plan="由别人负责", lead_unit=other, due_on=tomorrow, outcome="")
    make_measure(finding, plan="由本人负责", lead_unit=other, person_in_charge=reporter, **report_fields(reporter))
    make_measure(make_finding(lead_unit=unit), plan="别的巡察的措施")
    expected: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["建立营商环境台账", "由别人负责", "由本人负责"]),
        ({"q": "营商环境"}, ["建立营商环境台账"]),
        ({"unit": unit.pk}, ["建立营商环境台账"]),
        ({"unit": other.pk}, ["由别人负责", "由本人负责"]),
        ({"done": "yes"}, ["由本人负责"]),
        ({"done": "no"}, ["建立营商环境台账", "由别人负责"]),
        ({"overdue": "on"}, ["建立营商环境台账"]),
        ({"no_outcome": "on"}, ["由别人负责"]),
        ({"mine": "on"}, []),
    ]
    for query, plans in expected:
        assert listed(office_client, "measure_list", inspection, **query) == plans, query
    client.force_login(reporter)
    assert listed(client, "measure_list", inspection, mine="on") == ["建立营商环境台账", "由本人负责"]


def test_inspections_and_regulations_are_filtered(office_client: Client) -> None:
    one, two = make_inspection(name="甲轮", round="第一轮"), make_inspection(name="乙轮", body="区城管局党组")
    for query, names in (({"q": "甲"}, ["甲轮"]), ({"q": "第一轮"}, ["甲轮"]), ({"q": "城管"}, ["乙轮"])):
        assert listed(office_client, "inspection_list", None, **query) == names
    make_regulation(one, title="会议办法", document_number="青政办发〔2026〕7号")
    make_regulation(one, title="公务用车办法", kind="revised")
    make_regulation(two, title="另一项办法")
    assert listed(office_client, "regulation_list", one, q="7号") == ["《会议办法》"]
    assert listed(office_client, "regulation_list", one, kind="revised") == ["《公务用车办法》"]
    assert listed(office_client, "regulation_list", two) == ["《另一项办法》"]


@pytest.fixture
def long_list() -> Inspection:
    """Sixty findings of one inspection."""
    aspect = make_aspect()
    with unchecked_writes():
        Finding.objects.bulk_create(
            Finding(inspection=aspect.inspection, aspect=aspect, order=n, title=f"第{n}项") for n in range(1, 61)
        )
    return aspect.inspection


INVALID = [
    ("status", "bogus", "“状态”的值“bogus”无效：所选的一项已不存在或不能选，请重新选择。"),
    ("aspect", "999999", "“方面”的值“999999”无效：所选的一项已不存在或不能选，请重新选择。"),
    ("unit", "abc", "“单位”的值“abc”无效"),
    ("unit", "9" * 400, f"“单位”的值“{'9' * 29}…”无效"),
    ("q", "长" * 61, f"“关键词”的值“{'长' * 29}…”无效：最多 60 个字，现在有 61 个字。"),
    ("q", "\0", "“关键词”的值“\ufffd”无效：含有看不见的控制字符"),
    ("overdue", "no", "“已逾期”的值“no”无效：这一项只能勾选或不勾选，请重新勾选。"),
    ("page", "abc", "“页码”的值“abc”无效：请用列表下面的页码翻页。"),
    ("page", "-1", "“页码”的值“-1”无效"),
    ("page", "9" * 5000, "“页码”的值"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), INVALID)
def test_an_invalid_filter_is_reported_and_matches_nothing(
    office_client: Client, long_list: Inspection, name: str, value: str, sentence: str
) -> None:
    address = reverse("findings:finding_list", args=[long_list.pk])
    answer = office_client.get(address, {name: value, "timing": "scheduled"})
    page = words_of(answer.content.decode())
    assert "没有列出任何记录，因为有 1 个条件无效：" in page
    assert sentence in page
    assert list(answer.context["listing"].page.records) == []
    assert answer.context["listing"].page.total == 0
    assert len(listed(office_client, "finding_list", long_list, timing="scheduled")) == 25


@pytest.mark.parametrize(
    "sort", ["__class__", "pk", "aspect__inspection__import_digest", "--due", "-", "\0", "closed_by"]
)
@pytest.mark.parametrize("name", LISTS)
def test_only_what_is_offered_sorts(office_client: Client, case: Case, name: str, sort: str) -> None:
    answer = office_client.get(read_address(case, name), {"sort": sort})
    assert answer.status_code == 200
    assert answer.context["listing"].sort == answer.context["listing"].default_sort


REPLACED = [
    ({"sort": "__class__"}, "“排序”的值“__class__”无效：下面按“编号”排列，可以点表头另选。"),
    ({"sort": "-"}, "“排序”的值“-”无效：下面按“编号”排列"),
    ({"per_page": "1000"}, "“每页条数”的值“1000”无效：下面每页 25 条，可以在列表下面另选。"),
    ({"per_page": "x"}, "“每页条数”的值“x”无效"),
    ({"page": "99"}, "没有第 99 页，下面是第 3 页。"),
    ({"page": "0"}, "没有第 0 页，下面是第 1 页。"),
]


@pytest.mark.parametrize(("query", "sentence"), REPLACED)
def test_a_sorting_size_or_page_not_on_offer_is_replaced_and_named(
    office_client: Client, long_list: Inspection, query: dict[str, str], sentence: str
) -> None:
    answer = office_client.get(reverse("findings:finding_list", args=[long_list.pk]), query)
    assert sentence in words_of(answer.content.decode())
    listing = answer.context["listing"]
    assert (listing.problems, len(listing.page.records) > 0) == ([], True)
    assert "sort" not in listing.address() + str(listing.kept_parameters)  # so that exports do as the page says


def test_what_is_on_offer_is_not_remarked_on(office_client: Client, long_list: Inspection) -> None:
    address = reverse("findings:finding_list", args=[long_list.pk])
    for query in ({}, {"sort": "-due", "per_page": "50", "page": "2"}, {"sort": "number", "page": "3"}, {"sort": ""}):
        assert office_client.get(address, query).context["listing"].remarks == []
        office_client.get(address, {"per_page": "25"})


def test_the_page_size_is_one_on_offer_and_remembered(office_client: Client, long_list: Inspection) -> None:
    assert len(listed(office_client, "finding_list", long_list)) == 25
    for nonsense in ("1000000000", "0", "-50", "abc", "", "26", "\0"):
        assert len(listed(office_client, "finding_list", long_list, per_page=nonsense)) == 25
    assert len(listed(office_client, "finding_list", long_list, per_page="50")) == 50
    assert len(listed(office_client, "finding_list", long_list)) == 50
    assert len(listed(office_client, "finding_list", long_list, page="2")) == 10


def test_pages_keep_filter_and_sort(office_client: Client, long_list: Inspection) -> None:
    answer = office_client.get(
        reverse("findings:finding_list", args=[long_list.pk]), {"q": "第", "sort": "-number", "page": "2"}
    )
    links = {one.number: one.address for one in answer.context["listing"].pages}
    assert list(links) == [1, 2, 3]
    assert QueryDict(links[3].split("?")[1]).dict() == {"q": "第", "sort": "-number", "page": "3"}
    assert "共 60 个问题" in words_of(answer.content.decode())


def test_page_numbers_near_the_ends_and_gaps() -> None:
    links = pagination.page_links(10, 20, str)
    assert [one.number for one in links] == [1, None, 8, 9, 10, 11, 12, None, 20]
    assert [one.number for one in links if one.is_current] == [10]
    assert pagination.page_links(1, 1, str) == []


def sizes(inspection: Inspection) -> None:
    """Make an inspection larger by some of everything."""
    for _ in range(3):
        aspect = make_aspect(inspection)
        for _ in range(4):
            finding = make_finding(aspect, lead_unit=make_unit())
            with unchecked_writes():
                finding.supporting_units.add(make_unit())
            make_finding(parent=finding, lead_unit=make_unit())
            make_measure(finding, lead_unit=make_unit())
            make_regulation(inspection, finding=finding)


@pytest.mark.parametrize("name", [*LISTS, "inspection_detail", "unit_list"])
def test_the_number_of_queries_does_not_grow(office_client: Client, case: Case, name: str) -> None:
    address = read_address(case, name)
    sizes(case.inspection)
    before = query_count(office_client, address)
    for _ in range(3):
        sizes(case.inspection)
        sizes(make_inspection())
    assert query_count(office_client, address) == before
    # With those of the bell and of the numbers at the tabs; an inspection also lists what it was imported from.
    assert before <= (9 if name in LISTS else 13)


@pytest.mark.parametrize("name", ["finding_detail", "measure_detail"])
def test_the_number_of_queries_of_one_record_does_not_grow(office_client: Client, case: Case, name: str) -> None:
    address = read_address(case, name)
    before = query_count(office_client, address)
    for _ in range(5):
        make_measure(case.finding, lead_unit=make_unit())
        make_measure(case.finding, facet=case.facet, lead_unit=make_unit())
        make_finding(parent=case.finding, lead_unit=make_unit())
        with unchecked_writes():
            case.measure.progress.create(text="又有进展。", logged_by=case.progress.logged_by)
    assert query_count(office_client, address) == before
    assert before == {"finding_detail": 17, "measure_detail": 14}[name]


def test_the_words_of_a_box_stand_behind_it(office_client: Client, case: Case) -> None:
    page = office_client.get(read_address(case, "measure_list"), {"soon": "on"}).content.decode()
    box = r'<input class="form-check-input" type="checkbox" name="{0}" id="id_{0}"{1}> <label class="form-check-label"'
    for name, ticked in (("overdue", ""), ("soon", " checked")):
        assert re.search(box.format(name, ticked), page)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by the size of its tables; SQLite by rules")
@pytest.mark.parametrize("sort", ["number", "-number"])
@pytest.mark.parametrize("table", [FindingTable, MeasureTable])
def test_a_list_by_number_is_read_aspect_by_aspect_and_not_sorted_whole(
    case: Case, table: type[ListTable], sort: str
) -> None:
    records = (Finding if table is FindingTable else Measure)._default_manager.filter(inspection=case.inspection)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as after every migration
    plan = in_order(table.orderings, sort)(records)[:25].explain()
    assert "aspect USING COVERING INDEX" in plan.splitlines()[0]
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_no_raw_query_breaks_a_list(office_client: Client, case: Case, raw: str) -> None:
    answer = office_client.get(read_address(case, "finding_list"), QUERY_STRING=raw)
    assert answer.status_code == 200


def links(page: str, words: str) -> list[str]:
    """The addresses of the links with these words."""
    found = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>\s*([^<]*?)\s*</a>', page)
    return [html.unescape(address) for address, text in found if text == words]


def test_the_filtered_list_is_shown_again_after_a_record_was_saved(office_client: Client, case: Case) -> None:
    for number in range(30):
        make_measure(case.finding, plan=f"逐项对账{number}。")
    address = read_address(case, "measure_list")
    asked = f"{address}?q={quote('对账')}&sort=-due&page=2"
    rows = office_client.get(asked)
    assert len(rows.context["listing"].page.records) == 5
    record = html.unescape(re.findall(r'<a class="clamp" href="([^"]*)"', rows.content.decode())[0])

    shown = office_client.get(record).content.decode()
    assert links(shown, "返回列表") == [asked]
    (edit,) = links(shown, "修改措施")
    form = office_client.get(edit)
    assert links(form.content.decode(), "取消") == [record]
    saved = office_client.post(edit, sent(form.context["form"]) | {"plan": "逐项对账，改过。"})
    assert saved.headers["Location"] == record
    assert links(office_client.get(record).content.decode(), "返回列表") == [asked]
    finding = f"{case.finding.get_absolute_url()}?{record.partition('?')[2]}"
    page = form_address(office_client.get(finding).content.decode(), "evidence")  # also takes the comment
    commented = office_client.post(page, {"comment": "on", "comment-text": "已看。"})
    assert commented.headers["Location"] == f"{finding}#comments"


def form_address(page: str, part: str) -> str:
    """The address of the form whose address has this part."""
    return html.unescape(next(address for address in re.findall(r'action="([^"]*)"', page) if f"/{part}/" in address))


def test_the_crumb_and_a_saved_form_lead_to_the_list_as_it_was_filtered(office_client: Client, case: Case) -> None:
    findings = f"{read_address(case, 'finding_list')}?unit={case.unit.pk}"
    record = html.unescape(
        re.findall(r'<a class="clamp" href="([^"]*)"', office_client.get(findings).content.decode())[0]
    )
    assert findings in links(office_client.get(record).content.decode(), "问题")  # besides the tab

    regulations = f"{read_address(case, 'regulation_list')}?kind=new"
    edit = html.unescape(
        re.findall(r'href="([^"]*regulations[^"]*back=[^"]*)"', office_client.get(regulations).content.decode())[0]
    )
    form = office_client.get(edit).context["form"]
    assert office_client.post(edit, sent(form)).headers["Location"] == regulations


def test_the_rows_of_a_list_without_a_filter_have_plain_addresses(office_client: Client, case: Case) -> None:
    assert "back=" not in office_client.get(read_address(case, "measure_list")).content.decode()


def test_a_list_without_records_says_how_they_come_there(office_client: Client) -> None:
    inspection = make_inspection()
    for key, words in (
        ("problems", "录入问题、措施、制度等以后，自动列在这里"),
        ("letters", "在“催办发文”里勾选单位"),
        ("instructions", "可以逐条登记，也可以从 Excel 导入"),
    ):
        page = office_client.get(reverse("ledgers:list", args=[inspection.pk, key])).content.decode()
        assert words in words_of(page), key
        crumbs = re.findall(r'<li class="breadcrumb-item[^>]*>(.*?)</li>', page, re.DOTALL)
        assert len(crumbs) == len(set(crumbs)), key


def test_a_fresh_inspection_says_that_importing_a_letter_makes_another_one(office_client: Client) -> None:
    inspection = make_inspection()
    page = office_client.get(inspection.get_absolute_url()).content.decode()
    assert 'href="/import/"' in page.split('id="main"')[1]
    assert "另建一轮巡察，不放进这一轮" in words_of(page)
