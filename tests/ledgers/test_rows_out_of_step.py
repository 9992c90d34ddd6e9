"""Rows whose hidden key and whose content are of different records: nothing is offered for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from findings.factories import make_finding, make_measure, make_unit
from findings.models import Finding, Measure
from tests.findings.conftest import Case
from tests.ledgers.workbooks import Book, brought_in, confirmed, taken_out

pytestmark = pytest.mark.django_db
FIRST = 4  # the row of the first record


@pytest.fixture
def many(case: Case) -> list[Measure]:
    """Three findings with two measures each, beside those of the small inspection; two plans have one person."""
    made = []
    for number in range(2, 5):
        finding = make_finding(case.aspect, title=f"第{number}个问题", detail=f"第{number}个问题的表现。")
        made += [make_measure(finding, plan=f"{number}的措施之{one}。", lead_unit=case.unit) for one in "甲乙"]
    return made


def rows_of(book: Book) -> list[int]:
    """The rows of records."""
    key = book.sheet.max_column
    return [row for row in range(FIRST, book.sheet.max_row + 1) if "-" in str(book.sheet.cell(row, key).value)]


def unmerge(book: Book) -> None:
    """Split merged cells, as a spreadsheet asks before it sorts."""
    for area in list(book.sheet.merged_cells.ranges):
        book.sheet.unmerge_cells(str(area))


def shift(book: Book, rows: list[int], step: int = 1) -> None:
    """Move the visible cells of some rows among them; the hidden keys stay."""
    columns = book.headings.values()
    visible = [[book.sheet.cell(row, column).value for column in columns] for row in rows]
    for place, row in enumerate(rows):
        for column, value in zip(columns, visible[(place + step) % len(rows)], strict=True):
            book.sheet.cell(row, column).value = value


def planned(client: Client, case: Case, key: str, book: Book) -> Any:
    """The plan for a file."""
    return brought_in(client, case.inspection, key, book.content).context["plan"]


@pytest.mark.parametrize("key", ["problems", "responsibilities", "tasks", "register"])
def test_sorting_the_visible_columns_alone_offers_nothing(
    office_client: Client, case: Case, many: list[Measure], key: str
) -> None:
    book = taken_out(office_client, case.inspection, key)
    unmerge(book)
    rows = rows_of(book)
    shift(book, rows, step=2)
    plan = planned(office_client, case, key, book)
    assert (plan.rows, {problem.row for problem in plan.problems}) == ([], set(rows))
    assert all("隐藏的记录号却是" in problem.words for problem in plan.problems)
    page = brought_in(office_client, case.inspection, key, book.content)
    assert "确认导入</button>" not in page.text
    assert confirmed(office_client, page).status_code == 409


def test_only_the_rows_that_were_shifted_are_named(office_client: Client, case: Case, many: list[Measure]) -> None:
    book = taken_out(office_client, case.inspection, "register")
    unmerge(book)
    shift(book, [book.row_of(many[2]), book.row_of(many[4])])
    book.write(many[0], "整改措施", "照常修改的措施。")
    plan = planned(office_client, case, "register", book)
    assert {problem.row for problem in plan.problems} == {book.row_of(many[2]), book.row_of(many[4])}
    assert [row.record for row in plan.rows] == [many[0]]
    named = next(problem for problem in plan.problems if problem.row == book.row_of(many[2]))
    assert "第4个问题”" in named.words
    assert "第3个问题”的" in named.words


def test_two_measures_of_one_finding_that_changed_places_are_named(
    office_client: Client, case: Case, many: list[Measure]
) -> None:
    book = taken_out(office_client, case.inspection, "register")
    unmerge(book)
    shift(book, [book.row_of(many[2]), book.row_of(many[3])])
    plan = planned(office_client, case, "register", book)
    assert (len(plan.problems), plan.rows) == (2, [])


def test_an_edited_title_and_another_number_alone_are_no_contradiction(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "problems")
    book.write(case.finding, "反馈问题", "改过的标题")
    book.write(case.sub_finding, "序号", "1-9")
    plan = planned(office_client, case, "problems", book)
    assert (plan.problems, [row.record for row in plan.rows]) == ([], [case.finding])
    assert ["次序" in problem.words for problem in plan.ignored] == [True]


def test_a_number_and_title_of_another_record_are_named(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "problems")
    book.write(case.finding, "序号", "9-9")
    book.write(case.finding, "反馈问题", "全新的问题")
    plan = planned(office_client, case, "problems", book)
    assert [(problem.at, plan.rows) for problem in plan.problems] == [("A4", [])]


def test_rows_whose_keys_were_cut_off_make_no_second_record(
    office_client: Client, case: Case, many: list[Measure]
) -> None:
    book = taken_out(office_client, case.inspection, "register")
    unmerge(book)
    keys = {row: book.sheet.cell(row, book.sheet.max_column).value for row in rows_of(book)}
    one, other = book.row_of(many[0]), book.row_of(many[2])
    book.write(one, "责任科室", case.other_unit.name)
    book.write(other, "整改措施", "改写的措施。")
    for row in keys:
        book.sheet.cell(row, book.sheet.max_column).value = None
    for row in keys:  # what was merged stands in every row, as a person without keys would write it
        for heading in ("序号", "反馈问题"):
            if book.read(row, heading) is None:
                book.write(row, heading, book.read(row - 1, heading))
    plan = planned(office_client, case, "register", book)
    assert {problem.row for problem in plan.problems} == {one, other}
    assert plan.rows_to_create == []


def test_a_copied_row_is_new_only_once_it_says_something_new(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    for cell in book.sheet[book.row_of(case.measure)]:
        book.sheet.cell(30, cell.column).value = cell.value
    book.write(30, "序号", "1-1")
    plan = planned(office_client, case, "tasks", book)
    assert [problem.words[:3] for problem in plan.problems] == ["这一行"]
    book.write(30, "整改措施", "另一条措施")
    plan = planned(office_client, case, "tasks", book)
    assert (plan.problems, [row.number for row in plan.rows_to_create]) == ([], [30])


def test_sorting_whole_rows_changes_nothing(office_client: Client, case: Case, many: list[Measure]) -> None:
    book = taken_out(office_client, case.inspection, "register")
    unmerge(book)
    rows, columns = rows_of(book), range(1, book.sheet.max_column + 1)
    values = [[book.sheet.cell(row, column).value for column in columns] for row in rows]
    for row, line in zip(rows, reversed(values), strict=True):
        for column, value in zip(columns, line, strict=True):
            book.sheet.cell(row, column).value = value
    plan = planned(office_client, case, "register", book)
    assert (plan.problems, plan.rows) == ([], [])


def test_units_of_one_name_come_back_as_they_went_out(office_client: Client, case: Case) -> None:
    housing = make_unit(name="区住建局")
    theirs = make_unit(name="综合科", parent=housing)
    finding = make_finding(case.aspect, title="两家的问题", lead_unit=theirs)
    book = taken_out(office_client, case.inspection, "problems")
    assert book.read(finding, "牵头单位") == "区住建局／综合科"
    assert book.read(case.finding, "牵头单位") == "综合科"
    assert planned(office_client, case, "problems", book).rows == []
    book.write(finding, "牵头单位", "综合科")
    book.write(case.finding, "牵头单位", "综合科(区住建局)")
    confirmed(office_client, brought_in(office_client, case.inspection, "problems", book.content))
    assert Finding.objects.get(pk=finding.pk).lead_unit == case.unit
    assert Finding.objects.get(pk=case.finding.pk).lead_unit == theirs
