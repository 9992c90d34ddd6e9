"""The special ledgers come back from Excel as the other lists do: same rights, versions and trail as on their pages."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Event, User
from findings.workflow.saving import workflow_writer
from ledgers.catalogue import LISTS
from ledgers.definitions import BY_STEPS
from ledgers.factories import make_entry
from ledgers.import_saving import store
from ledgers.importing import Plan
from ledgers.models import Entry, ListImport
from ledgers.special_ledgers import LEDGERS
from ledgers.workflow import ENDED
from tests.findings.conftest import Case
from tests.ledgers.test_round_trip import workbook
from tests.ledgers.workbooks import Book, brought_in, confirmed, listed, taken_out

pytestmark = pytest.mark.django_db
KEYS = list(LEDGERS)
TYPED: dict[str, Any] = {
    "number": "〔2026〕3号",
    "title": "新登记的事项",
    "party": "区委书记",
    "content": "=1+1",
    "received_on": "2026年3月1日",
    "due_on": "2026年7月",
    "units": "青山区政务服务便民热线工作管理服务中心、综合科",
    "person_in_charge": "李填报",
    "status": "已经办好了",
    "done_on": "2026-05-01",
    "amount": "860万元",
    "quantity": "46人次",
    "handled": "已经落实。",
    "findings": "1-1-1、1-1",
    "note": "补登",
}


def register(book: Book, key: str, row: int, **more: Any) -> None:
    """Write a new entry into a row, as offices write."""
    for column in LEDGERS[key].columns:
        value = (TYPED | more).get(column.key, column.choices[0] if column.choices else None)
        book.write(row, column.heading, value)
        if value == "=1+1":
            book.sheet.cell(row, book.headings[column.heading]).data_type = "s"


@pytest.mark.parametrize("key", KEYS)
def test_a_template_that_was_filled_in_becomes_entries_once(office_client: Client, case: Case, key: str) -> None:
    book = taken_out(office_client, case.inspection, key, "template")
    empty = brought_in(office_client, case.inspection, key, book.content).context["plan"]
    assert (empty.problems, empty.rows, empty.same) == ([], [], 0)
    register(book, key, 6)
    page = brought_in(office_client, case.inspection, key, book.content)
    plan = page.context["plan"]
    assert (plan.problems, [row.words for row in plan.rows_to_create]) == ([], ["新登记的事项"])
    assert {(one.value, one.words) for one in plan.ignored} == {("已经办好了", BY_STEPS), ("2026-05-01", BY_STEPS)}
    assert Entry.objects.count() == 0
    confirmed(office_client, page)
    entry, ledger = Entry.objects.get(), LEDGERS[key]
    assert (entry.definition, entry.state, entry.done_on, entry.version) == (ledger, ledger.states[0], None, 1)
    assert entry.received_on == dt.date(2026, 3, 1)
    assert set(entry.units.all()) == {case.unit, case.other_unit}
    assert set(entry.findings.all()) == {case.finding, case.sub_finding}
    assert entry.person_in_charge == case.member.user
    assert entry.due_on == (dt.date(2026, 7, 31) if ledger.has_field("due_on") else None)
    assert entry.amount == (Decimal(860) if ledger.has_field("amount") else None)
    assert entry.quantity == (46 if ledger.has_field("quantity") else None)
    again = brought_in(office_client, case.inspection, key, book.content).context["plan"]
    assert (again.problems, again.rows, again.same, len(again.ignored)) == ([], [], 1, 2)


def test_an_entry_without_a_deadline_gets_it_by_the_rule_of_its_ledger(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "instructions", "template")
    register(book, "instructions", 6, due_on=None, status=None, done_on=None)
    confirmed(office_client, brought_in(office_client, case.inspection, "instructions", book.content))
    assert Entry.objects.get().due_on == dt.date(2026, 3, 31)


def test_what_is_changed_in_excel_is_a_version_with_its_trail_and_the_status_stays(
    office_client: Client, case: Case
) -> None:
    entry = make_entry(case.inspection, units=[case.unit, case.other_unit], findings=[case.finding, case.sub_finding])
    book = taken_out(office_client, case.inspection, "instructions")
    book.write(entry, "办理和反馈情况", "设置围挡，【学习.次数】次检查。")
    book.write(entry, "承办单位", "综合科")
    book.write(entry, "对应问题", "1-1-1；1-1")
    book.write(entry, "状态", "已办结")
    page = brought_in(office_client, case.inspection, "instructions", book.content)
    plan = page.context["plan"]
    assert [[one.column.key for one in row.changes] for row in plan.rows_to_change] == [["units", "handled"]]
    assert [(one.value, one.words) for one in plan.ignored] == [("已办结", BY_STEPS)]
    confirmed(office_client, page)
    entry.refresh_from_db()
    assert (entry.handled, entry.status, entry.version) == ("设置围挡，【学习.次数】次检查。", "received", 2)
    assert list(entry.units.all()) == [case.unit]
    trail = Event.objects.filter(record_type="ledgers.entry", record_id=entry.pk, action="change")
    assert trail.get().version_after == 2
    book.write(entry, "办理和反馈情况", "又改了。")
    plan = brought_in(office_client, case.inspection, "instructions", book.content).context["plan"]
    assert len(plan.clashing) == 1  # it was handed out before the first change


def test_both_changed_is_chosen(office_client: Client, case: Case) -> None:
    entry = make_entry(case.inspection, "risks", content="原来的")
    book = taken_out(office_client, case.inspection, "risks")
    book.write(entry, "风险表现", "文件里的")
    entry.content, entry.note = "系统里的", "别人加的"
    workflow_writer.save(entry, seen=1)
    page = brought_in(office_client, case.inspection, "risks", book.content)
    (row,) = page.context["plan"].clashing
    confirmed(office_client, page, **{row.clashes[0].name(row.number): "theirs"})
    entry.refresh_from_db()
    assert (entry.content, entry.note, entry.version) == ("文件里的", "别人加的", 3)


def test_every_error_stands_at_its_cell_and_keeps_all_out(office_client: Client, case: Case) -> None:
    entry = make_entry(case.inspection, "projects", received_on=dt.date(2026, 3, 1))
    book = taken_out(office_client, case.inspection, "projects")
    wrong = {
        "项目类别": "农业",
        "总投资（万元）": "约三千",
        "承办单位": "查无此科",
        "责任人": "查无此人",
        "对应问题": "9-9",
    }
    for heading, value in wrong.items():
        book.write(entry, heading, value)
    book.write(9, "项目名称", "没有类别的项目")
    book.write(9, "计划完成日期", "2020-01-01")
    problems = brought_in(office_client, case.inspection, "projects", book.content).context["plan"].problems
    cells = [
        f"{book.sheet.cell(row, book.headings[heading]).coordinate}"
        for row, heading in (
            *((book.row_of(entry), heading) for heading in wrong),
            (9, "项目类别"),
            (9, "计划完成日期"),
        )
    ]
    assert sorted(one.at for one in problems) == sorted(cells)
    draft = ListImport.objects.get()
    marked = Book(office_client.get(reverse("ledgers:import_errors", args=[draft.pk])).getvalue())
    assert all(marked.sheet[cell].comment for cell in cells)
    assert Entry.objects.count() == 1


def test_a_missing_row_is_told_and_stays(office_client: Client, case: Case) -> None:
    entries = [make_entry(case.inspection, "tracked", title=title) for title in ("留下的", "删掉的")]
    book = taken_out(office_client, case.inspection, "tracked")
    book.sheet.delete_rows(book.row_of(entries[1]))
    page = brought_in(office_client, case.inspection, "tracked", book.content)
    assert page.context["plan"].missing == ["删掉的"]
    assert "文件里没有的 1 条记录（不会删除）" in page.content.decode()
    assert Entry.objects.count() == 2


def test_a_file_of_another_ledger_is_named(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "tracked", "template")
    page = brought_in(office_client, case.inspection, "risks", book.content)
    assert "这是“跟踪件”的文件" in page.content.decode()


def test_who_reports_brings_in_what_his_form_takes(client: Client, reporter: User, case: Case) -> None:
    own = make_entry(case.inspection, "tracked", status="handling", units=[case.unit])
    ended = make_entry(case.inspection, "tracked", status="closed", units=[case.unit])
    client.force_login(reporter)
    book = taken_out(client, case.inspection, "tracked")
    book.write(own, "办理情况", "已经修复。")
    confirmed(client, brought_in(client, case.inspection, "tracked", book.content))
    own.refresh_from_db()
    assert (own.handled, own.version) == ("已经修复。", 2)
    book.write(own, "事项", "改了名")
    book.write(ended, "办理情况", "还要改。")
    book.write(9, "事项", "自己登记的")
    plan = brought_in(client, case.inspection, "tracked", book.content).context["plan"]
    assert [one.words[:6] for one in plan.problems] == ["只有整改办可", ENDED[:6], "只有整改办可"]


@pytest.mark.parametrize("key", KEYS)
def test_commands_take_out_and_bring_in(office: User, case: Case, tmp_path: Path, key: str) -> None:
    def run(*words: Any) -> str:
        said = io.StringIO()
        call_command(*map(str, words), stdout=said)
        return said.getvalue()

    entry = make_entry(case.inspection, key)
    file, about = tmp_path / "台账.xlsx", ("--inspection", case.inspection.pk)
    assert f"共 1 {LEDGERS[key].noun}" in run("export_list", key, *about, "--output", file)
    assert "没有变化 1" in run("import_list", file, *about, "--user", "office")
    book = Book(file.read_bytes())
    book.write(entry, "备注", "命令改的")
    file.write_bytes(book.content)
    assert "修改 1" in run("import_list", file, *about, "--user", "office")
    entry.refresh_from_db()
    assert (entry.note, entry.version) == ("命令改的", 2)


def test_a_row_costs_a_bounded_number_of_queries(case: Case, office: User) -> None:
    def queries(rows: int) -> int:
        book = Book(workbook(case, "risks", office))
        for number in range(rows):
            book.write(4 + number, "风险表现", f"改为第 {number} 条。")
        content = listed(book.content, case.inspection, "risks")
        with CaptureQueriesContext(connection) as made:
            assert len(Plan(content, LISTS["risks"], case.inspection, office).rows_to_change) == rows
        return len(made)

    for _ in range(5):
        make_entry(case.inspection, "risks", units=[case.unit], findings=[case.finding])
    queries(1)
    assert queries(5) - queries(1) <= 4 * 12


def test_two_rows_that_say_the_same_are_two_entries_however_often_they_come(case: Case, office: User) -> None:
    book = Book(workbook(case, "activities", office))
    for row in (20, 21):
        register(book, "activities", row)
    content = listed(book.content, case.inspection, "activities")
    store(content, LISTS["activities"], case.inspection, office)
    again = store(content, LISTS["activities"], case.inspection, office)
    assert (again.rows, Entry.objects.count()) == ([], 2)
