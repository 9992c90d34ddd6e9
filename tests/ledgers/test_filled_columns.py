"""The columns that go out only where they are filled in: on the page, in the workbook, in the template, and back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl.utils import get_column_letter

from accounts.models import User
from findings.choices import Timing
from findings.factories import make_finding, make_measure, make_member, make_user
from findings.models import Finding, Measure
from ledgers.catalogue import LISTS
from tests.findings.conftest import Case, query_count
from tests.ledgers.workbooks import Book, brought_in, confirmed, taken_out
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
OF_FINDING = {
    "cause_analysis": "抓得不实。",
    "amount_involved": Decimal("12000.50"),
    "amount_received": Decimal("0.00"),
    "accepted_by_name": "李验收",
    "accepted_on": dt.date(2026, 3, 1),
    "acceptance_conclusion": "同意通过。",
    "timing": Timing.STAGED,
}
OF_MEASURE = {
    "goal": "建成台账。",
    "started_on": dt.date(2026, 2, 1),
    "percent_complete": 0,
    "reason_open": "等待资金。",
    "next_step": "四月招标。",
}
KEYS = ["problems", "tasks", "register"]


@pytest.fixture
def people(case: Case) -> list[User]:
    """Two people of the unit."""
    found = [make_user(name=name) for name in ("王镕", "贺望舒")]
    for person in found:
        make_member(case.unit, person)
    return found


def fill_all(case: Case, people: list[User]) -> None:
    """Fill in every field that has a column of its own."""
    with unchecked_writes():
        Finding.objects.update(**OF_FINDING)
        Measure.objects.update(**OF_MEASURE)
        for measure in Measure.objects.all():
            measure.other_people_in_charge.set(people)
            measure.supporting_units.set([case.other_unit])


def headings(key: str) -> set[str]:
    """The headings of the columns of a list that go out only where they are filled in."""
    return {column.heading for column in LISTS[key].columns if column.if_filled}


def page_headings(page: Any) -> set[str]:
    """The headings on the page of a list."""
    return {column.header for column in page.context["table"].columns}


@pytest.mark.parametrize("key", KEYS)
def test_a_column_goes_out_where_it_is_filled_in(
    office_client: Client, case: Case, people: list[User], key: str
) -> None:
    address = reverse("ledgers:list", args=[case.inspection.pk, key])
    assert headings(key)
    assert headings(key).isdisjoint(taken_out(office_client, case.inspection, key).headings)
    assert headings(key).isdisjoint(page_headings(office_client.get(address)))
    fill_all(case, people)
    assert headings(key) <= set(taken_out(office_client, case.inspection, key).headings)
    assert headings(key) <= page_headings(office_client.get(address))


@pytest.mark.parametrize("key", KEYS)
def test_all_filled_in_comes_back_unchanged(office_client: Client, case: Case, people: list[User], key: str) -> None:
    fill_all(case, people)
    content = taken_out(office_client, case.inspection, key).content
    page = brought_in(office_client, case.inspection, key, content)
    plan = page.context["plan"]
    assert (plan.problems, plan.rows, plan.ignored, plan.missing) == ([], [], [], [])
    assert "文件里的内容和系统里的一样，不需要导入。" in page.content.decode()


@pytest.mark.parametrize("key", KEYS)
def test_the_columns_cost_no_query_for_each_row(
    office_client: Client, case: Case, people: list[User], key: str
) -> None:
    fill_all(case, people)
    address = reverse("ledgers:list", args=[case.inspection.pk, key])
    before = query_count(office_client, address)
    for _ in range(4):
        make_measure(make_finding(case.aspect))
    fill_all(case, people)
    assert query_count(office_client, address) == before


def test_what_is_typed_into_the_columns_is_stored(office_client: Client, case: Case, people: list[User]) -> None:
    fill_all(case, [])
    with unchecked_writes():
        case.faceted.other_people_in_charge.set(people[:1])
    book = taken_out(office_client, case.inspection, "tasks")
    book.write(case.measure, "其他责任人", "王镕、贺望舒")
    book.write(case.measure, "进度（%）", "50%")
    assert plan_problems(confirm(office_client, case, "tasks", book)) == []
    measure = Measure.objects.get(pk=case.measure.pk)
    assert {person.name for person in measure.other_people_in_charge.all()} == {"王镕", "贺望舒"}
    assert measure.percent_complete == 50


def confirm(client: Client, case: Case, key: str, book: Book) -> Any:
    """The preview of a workbook, after its confirmation when nothing is wrong."""
    page = brought_in(client, case.inspection, key, book.content)
    if not page.context["plan"].problems:
        confirmed(client, page)
    return page


def plan_problems(page: Any) -> list[tuple[str, str]]:
    """Where something is wrong, and what."""
    return [(problem.at, problem.words) for problem in page.context["plan"].problems]


def test_amounts_and_kinds_of_time_limit_are_read(office_client: Client, case: Case, people: list[User]) -> None:
    fill_all(case, people)
    book = taken_out(office_client, case.inspection, "problems")
    book.write(case.finding, "涉及金额（元）", "1.5万元")
    book.write(case.finding, "时限类型", "持续整改")
    assert plan_problems(confirm(office_client, case, "problems", book)) == []
    finding = Finding.objects.get(pk=case.finding.pk)
    assert (finding.amount_involved, finding.timing, finding.long_term) == (Decimal(15000), Timing.SCHEDULED, True)
    book = taken_out(office_client, case.inspection, "problems")
    book.write(case.finding, "时限类型", "分阶段整改")
    confirm(office_client, case, "problems", book)
    finding.refresh_from_db()
    assert finding.timing == Timing.STAGED


def test_an_unknown_name_among_others_is_a_problem_at_its_cell(
    office_client: Client, case: Case, people: list[User]
) -> None:
    fill_all(case, people)
    book = taken_out(office_client, case.inspection, "tasks")
    book.write(case.measure, "其他责任人", "王镕、查无此人")
    ((at, words),) = plan_problems(confirm(office_client, case, "tasks", book))
    assert at == f"{get_column_letter(book.headings['其他责任人'])}{book.row_of(case.measure)}"
    assert words == "没有可选的人员“查无此人”。请填系统里的名称。"


def test_several_names_in_the_cell_of_one_person_are_told_where_to_go(
    office_client: Client, case: Case, people: list[User]
) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    book.write(case.measure, "责任人", "王镕、贺望舒")
    ((_, words),) = plan_problems(confirm(office_client, case, "tasks", book))
    assert words == "“王镕、贺望舒”是几个人，这一栏只填一个。请留下一个；措施的其余责任人填在“其他责任人”一栏。"
