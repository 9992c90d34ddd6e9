"""What an import says about the file before anything is stored: columns, days, new aspects, drafts."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from accounts.models import User
from documents.excel.workbook import MEMORY
from findings.choices import Timing
from findings.models import Aspect, Finding, Measure, Recovery
from ledgers.headings import SAME_MEANING
from ledgers.models import ListImport
from tests.findings.conftest import Case
from tests.ledgers.workbooks import Book, brought_in, confirmed, taken_out

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _first_of_june() -> Iterator[None]:
    """Before the deadlines of the case, which may not be emptied once they have passed."""
    with time_machine.travel(dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC), tick=False):
        yield


def renamed(book: Book, before: str, after: str) -> None:
    """Call a column something else."""
    book.sheet.cell(3, book.headings[before]).value = after


def run(file: Path, book: Book, case: Case, *options: str) -> str:
    """What the command says about the file."""
    file.write_bytes(book.content)
    said = io.StringIO()
    call_command(
        "import_list", str(file), "--inspection", str(case.inspection.pk), "--user", "office", *options, stdout=said
    )
    return said.getvalue()


@pytest.mark.parametrize("heading", [name for group in SAME_MEANING[:1] for name in group[1:]])
def test_a_column_that_offices_call_otherwise_is_read(office_client: Client, case: Case, heading: str) -> None:
    book = taken_out(office_client, case.inspection, "register")
    book.write(case.measure, "完成时限", dt.date(2026, 9, 30))
    renamed(book, "完成时限", heading)
    page = brought_in(office_client, case.inspection, "register", book.content)
    assert f"“{heading}”读作“完成时限”" in page.text
    confirmed(office_client, page)
    assert Measure.objects.get(pk=case.measure.pk).due_on == dt.date(2026, 9, 30)


def test_a_renamed_column_is_known_by_what_it_says(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "register")
    renamed(book, "整改措施", "干什么")
    page = brought_in(office_client, case.inspection, "register", book.content)
    assert "没有叫“干什么”的列，内容却像“整改措施”" in page.context["form"].errors["file"][0]


def test_a_column_that_is_left_out_is_named_and_stops_the_command(
    office_client: Client, office: User, case: Case, tmp_path: Path
) -> None:
    book = taken_out(office_client, case.inspection, "register")
    book.write(case.measure, "整改措施", "改过的措施。")
    book.sheet.cell(3, book.sheet.max_column + 1).value = "验收结论"
    page = brought_in(office_client, case.inspection, "register", book.content)
    assert [row.heading for row in page.context["form"].rows] == ["验收结论"]
    with pytest.raises(CommandError, match="认不出的列“验收结论”") as stopped:
        run(tmp_path / "台账.xlsx", book, case)
    assert stopped.value.returncode == 1
    assert Measure.objects.get(pk=case.measure.pk).plan == "建立督查台账。"
    said = run(tmp_path / "台账.xlsx", book, case, "--allow-unknown-columns")
    assert "没有读取的列“验收结论”" in said
    assert Measure.objects.get(pk=case.measure.pk).plan == "改过的措施。"


@pytest.mark.parametrize(
    ("value", "due", "timing", "long_term", "words"),
    [
        (20261130, dt.date(2026, 11, 30), Timing.SCHEDULED, False, ""),
        ("2026年11月30日", dt.date(2026, 11, 30), Timing.SCHEDULED, False, ""),
        ("2026年11月30日前", dt.date(2026, 11, 30), Timing.SCHEDULED, False, "完成时限按2026年11月30日读"),
        ("11月底", dt.date(2026, 11, 30), Timing.SCHEDULED, False, "完成时限按2026年11月30日读"),
        ("1月5日", dt.date(2027, 1, 5), Timing.SCHEDULED, False, "完成时限按2027年1月5日读"),
        ("立行立改", None, Timing.IMMEDIATE, False, "时限类型记为“立行立改”，完成时限留空"),
        ("持续推进", None, Timing.SCHEDULED, True, "问题标为“长期坚持”，完成时限留空"),
        ("2026年11月，长期坚持", dt.date(2026, 11, 30), Timing.SCHEDULED, True, "按2026年11月30日读"),
    ],
)
def test_a_deadline_is_read_and_said(  # noqa: PLR0917 -- what stands in the cell, and what becomes of it
    office_client: Client, case: Case, value: Any, due: Any, timing: str, long_term: bool, words: str
) -> None:
    book = taken_out(office_client, case.inspection, "responsibilities")
    book.write(case.finding, "完成时限", value)
    page = brought_in(office_client, case.inspection, "responsibilities", book.content)
    assert page.context["plan"].problems == []
    assert [words in reading.words for reading in page.context["plan"].readings] == [True] * bool(words)
    assert words in page.text
    confirmed(office_client, page)
    finding = Finding.objects.get(pk=case.finding.pk)
    assert (finding.due_on, finding.timing, finding.long_term) == (due, timing, long_term)
    again = brought_in(office_client, case.inspection, "responsibilities", book.content).context["plan"]
    assert (again.problems, again.rows) == ([], [])


def test_a_kind_of_deadline_must_agree_with_its_own_column(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "problems", "template")
    for heading, value in {
        "类别": "第1方面",
        "反馈问题": "新的",
        "时限类型": "限期整改",
        "完成时限": "立行立改",
    }.items():
        book.write(6, heading, value)
    plan = brought_in(office_client, case.inspection, "problems", book.content).context["plan"]
    assert [(problem.at, problem.value) for problem in plan.problems] == [("F6", "立行立改")]


def test_a_measure_without_a_day_keeps_its_deadline_empty_and_says_where_the_kind_belongs(
    office_client: Client, case: Case
) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    book.write(case.measure, "完成时限", "长期坚持")
    page = brought_in(office_client, case.inspection, "tasks", book.content)
    assert page.context["plan"].problems == []
    assert "“长期坚持”：完成时限留空；时限类型和长期坚持是整个问题的，这里不改" in page.text
    confirmed(office_client, page)
    assert Measure.objects.get(pk=case.measure.pk).due_on is None
    assert not Finding.objects.get(pk=case.finding.pk).long_term
    again = brought_in(office_client, case.inspection, "tasks", book.content).context["plan"]
    assert (again.problems, again.rows) == ([], [])


def test_plain_numbers_are_days_of_the_calendar_of_the_workbook(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    for row in book.sheet.iter_rows(min_row=4):
        for cell in row:
            if isinstance(cell.value, dt.datetime):
                cell.value, cell.number_format = (cell.value.date() - dt.date(1904, 1, 1)).days, "General"
    book.book.epoch = CALENDAR_MAC_1904
    plan = brought_in(office_client, case.inspection, "tasks", book.content).context["plan"]
    assert (plan.problems, plan.rows) == ([], [])


@pytest.mark.parametrize("value", [20260930123456789012, 2.026e19, "2.02609E+19"])
def test_a_number_that_lost_digits_is_no_text(office_client: Client, case: Case, value: Any) -> None:
    book = taken_out(office_client, case.inspection, "recoveries", "template")
    for heading, text in {"类型": "追缴", "金额（元）": 5, "凭据号": value}.items():
        book.write(6, heading, text)
        book.sheet.cell(6, book.headings[heading]).number_format = "General"
    (problem,) = brought_in(office_client, case.inspection, "recoveries", book.content).context["plan"].problems
    assert problem.at == "D6"
    assert "文本格式" in problem.words


def test_text_columns_keep_what_is_typed_also_below_the_list(office_client: Client, case: Case) -> None:
    for form in ("xlsx", "template"):
        book = taken_out(office_client, case.inspection, "recoveries", form)
        column = book.sheet.column_dimensions["D"]
        assert column.number_format == "@"
    assert [book.sheet.cell(row, 4).number_format for row in (4, 5, 20)] == ["@"] * 3
    book.write(5, "类型", "追缴")
    book.write(5, "金额（元）", 7)
    book.write(5, "凭据号", "00120260930123456789")
    confirmed(office_client, brought_in(office_client, case.inspection, "recoveries", book.content))
    assert Recovery.objects.get().voucher == "00120260930123456789"


def test_an_escaped_line_break_is_one(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    book.write(case.measure, "整改措施", "第一行_x000D_\n第二行")
    confirmed(office_client, brought_in(office_client, case.inspection, "tasks", book.content))
    assert Measure.objects.get(pk=case.measure.pk).plan == "第一行\n第二行"


def filled(client: Client, case: Case, *rows: dict[str, Any]) -> Book:
    """A template of findings, filled in from its first blank row, which its hint names."""
    book = taken_out(client, case.inspection, "problems", "template")
    assert "请从第 5 行起填写" in book.sheet["A2"].value
    assert not any(area.min_row <= 5 + len(rows) and area.max_row >= 5 for area in book.sheet.merged_cells.ranges)
    for number, row in enumerate(rows, start=5):
        for heading, value in ({"时限类型": "限期整改"} | row).items():
            book.write(number, heading, value)
    return book


def test_new_aspects_are_listed_and_made_on_confirmation(office_client: Client, case: Case) -> None:
    book = filled(
        office_client,
        case,
        {"类别": "践行宗旨意识不够牢固", "反馈问题": "热线办理质量不高"},
        {"类别": "践行宗旨　意识不够牢固", "反馈问题": "窗口服务不优"},
        {"类别": "第1方面", "反馈问题": "已有方面的问题"},
        {"类别": "党建责任压得不实", "反馈问题": "组织生活不严"},
    )
    page = brought_in(office_client, case.inspection, "problems", book.content)
    (aspect, rows), (other, _) = page.context["plan"].new_aspects
    assert (aspect.title, rows, aspect.pk) == ("践行宗旨意识不够牢固", [5, 6], None)
    assert other.title == "党建责任压得不实"
    assert "确认导入时将新建方面" in page.text
    assert Aspect.objects.count() == 1
    assert confirmed(office_client, page).status_code == 200
    made = Aspect.objects.get(title="践行宗旨意识不够牢固")
    assert (made.order, [finding.order for finding in made.findings.order_by("order")]) == (2, [1, 2])
    again = brought_in(office_client, case.inspection, "problems", book.content).context["plan"]
    assert (again.problems, again.rows, again.new_aspects) == ([], [], [])


def test_an_aspect_that_is_nearly_one_is_asked_about_at_its_cell(office_client: Client, case: Case) -> None:
    book = filled(
        office_client,
        case,
        {"类别": "推动决策部署落地见效存在温茶", "反馈问题": "甲"},
        {"类别": "第1方面", "反馈问题": "乙", "序号": "3-1"},
        {"类别": "新的方面很不一样", "反馈问题": "丙", "序号": "1-7"},
        {"类别": "长" * 201, "反馈问题": "丁"},
    )
    problems = brought_in(office_client, case.inspection, "problems", book.content).context["plan"].problems
    assert [(problem.at, problem.value[:4]) for problem in problems] == [
        ("B5", "推动决策"),
        ("A6", "3-1"),
        ("A7", "1-7"),
        ("B8", "长长长长"),
    ]
    assert "是不是“推动决策部署落地见效存在温差”" in problems[0].words


def test_the_command_makes_new_aspects_only_when_told(
    office_client: Client, office: User, case: Case, tmp_path: Path
) -> None:
    book = filled(office_client, case, {"类别": "践行宗旨意识不够牢固", "反馈问题": "热线办理质量不高"})
    with pytest.raises(CommandError, match="没有方面“践行宗旨意识不够牢固”"):
        run(tmp_path / "问题.xlsx", book, case)
    said = json.loads(run(tmp_path / "问题.xlsx", book, case, "--create-aspects", "--json"))
    assert said["new_aspects"] == ["践行宗旨意识不够牢固"]
    assert Aspect.objects.count() == 2


def test_the_deadline_of_a_finding_of_a_new_aspect_is_checked(office_client: Client, case: Case) -> None:
    book = filled(office_client, case, {"类别": "践行宗旨意识不够牢固", "反馈问题": "甲", "完成时限": "2020-01-01"})
    (problem,) = brought_in(office_client, case.inspection, "problems", book.content).context["plan"].problems
    assert (problem.at, "反馈日期" in problem.words) == ("F5", True)


def test_drafts_stay_side_by_side_until_they_are_confirmed_or_given_up(office_client: Client, case: Case) -> None:
    one, other = (taken_out(office_client, case.inspection, "tasks") for _ in range(2))
    one.write(case.measure, "整改措施", "第一份的措施。")
    other.write(case.faceted, "整改措施", "第二份的措施。")
    first = brought_in(office_client, case.inspection, "tasks", one.content).context["draft"]
    second = brought_in(office_client, case.inspection, "tasks", other.content).context["draft"]
    address = reverse("ledgers:list_import", args=[case.inspection.pk, "tasks"])
    page = office_client.get(address)
    assert list(page.context["drafts"]) == [second, first]
    assert reverse("ledgers:import_preview", args=[first.pk]) in page.text
    discard = reverse("ledgers:import_discard", args=[second.pk])
    assert office_client.get(discard).status_code == 405
    assert "已放弃" in office_client.post(discard, follow=True).text
    assert list(ListImport.objects.all()) == [first]
    digest = office_client.get(reverse("ledgers:import_preview", args=[first.pk])).context["plan"].digest
    office_client.post(reverse("ledgers:import_preview", args=[first.pk]), {"digest": digest})
    assert Measure.objects.get(pk=case.measure.pk).plan == "第一份的措施。"
    assert not office_client.get(address).context["drafts"]


def test_an_exported_memory_without_its_keys_is_recognised(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "problems")
    assert MEMORY in book.book.sheetnames
    for row in (book.row_of(case.finding), book.row_of(case.sub_finding)):
        book.sheet.cell(row, book.sheet.max_column).value = None
    plan = brought_in(office_client, case.inspection, "problems", book.content).context["plan"]
    assert (plan.problems, plan.rows) == ([], [])
