"""The lists taken out: what stands in each workbook, in which order, and how it is printed."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Event, Result
from documents.excel.limits import MOST_CHARACTERS
from documents.excel.paper import possible_layouts
from documents.excel.rows import list_rows as rows_drawn
from documents.excel.workbook import END, HEADINGS_ROW, MEMORY
from findings.factories import (
    make_accountability,
    make_aspect,
    make_evidence,
    make_facet,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_recovery,
    make_regulation,
    make_supervision,
    make_unit,
    make_user,
)
from findings.models import Finding, Inspection, Progress
from ledgers.catalogue import LISTS
from ledgers.exporting import identify, sheet_of
from ledgers.factories import make_letter
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
VIEWS = [key for key, one in LISTS.items() if not one.ledger]  # the special ledgers have tests of their own
FIRST = HEADINGS_ROW + 1
HOSTILE = ("=1+1", "+A1", "-2", "@x", "'quoted", "\t=1", "2024.3.1", "007", "1E5", "<b>&", "行一\n行二", "😀")


@pytest.fixture
def inspection() -> Inspection:
    """Two aspects, three findings, one record of everything."""
    inspection = make_inspection(name="第三轮巡察", body="区政府办党组")
    person, unit = (
        make_user(name="陈珺"),
        make_unit(name="青山区政务服务便民热线工作管理服务中心", short_name="热线中心"),
    )
    for number in (1, 2):
        aspect = make_aspect(inspection, title=f"第{number}方面存在差距", short_title=f"方面{number}")
        for _ in range(3 - number):
            finding = make_finding(
                aspect, lead_unit=unit, responsible_leader=person, due_on=dt.date(2026, 6, 30), detail="台账不全。" * 40
            )
            for _ in range(2):
                measure = make_measure(finding, due_on=dt.date(2026, 5, 31), person_in_charge=person)
                make_evidence(measure, by=person)
            make_measure(finding, facet=make_facet(finding))
            with unchecked_writes():
                Progress.objects.create(measure=measure, text="台账已经建立。", logged_by=person)
    make_regulation(inspection, finding=finding, issued_on=dt.date(2026, 3, 1))
    make_accountability(inspection, finding=finding, persons=2, person_times=3)
    make_recovery(inspection, finding=finding)
    make_supervision(inspection, findings=[finding], units=[unit])
    make_letter(inspection, unit, make_user(role="supervisor"))
    return inspection


def address(inspection: Inspection, key: str, form: str = "", **query: str) -> str:
    """The page of a list, or its file."""
    words = ["ledgers:list_export", inspection.pk, key, form] if form else ["ledgers:list", inspection.pk, key]
    where = reverse(str(words[0]), args=words[1:])
    return f"{where}?{'&'.join(f'{name}={value}' for name, value in query.items())}" if query else where


def workbook(client: Client, inspection: Inspection, key: str, **query: str) -> Any:
    """The workbook of a list, opened."""
    answer = client.get(address(inspection, key, "xlsx", **query))
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    """The rows between the headings and the foot, without the hidden column."""
    return [row[:-1] for row in sheet.iter_rows(min_row=FIRST, values_only=True) if row[-1] != END]


@pytest.mark.parametrize("key", VIEWS)
def test_every_list_says_what_its_columns_say_and_is_set_up_to_be_printed(
    office_client: Client, inspection: Inspection, key: str
) -> None:
    listed, book = LISTS[key].always, workbook(office_client, inspection, key)  # nothing more is filled in
    sheet = book[listed.title]
    assert book.sheetnames[0] == listed.title
    assert sheet["A1"].value == listed.title
    assert "区政府办党组" in sheet["A2"].value
    headings = [str(cell.value).replace("\n", "") for cell in sheet[HEADINGS_ROW]][: len(listed.columns)]
    assert headings == [column.heading for column in listed.columns]
    records = list(listed.records(make_user(role="office")).filter(inspection=inspection))
    rows = rows_of(sheet)
    assert len(rows) == len(records) > 0
    assert sheet.print_title_rows == f"${HEADINGS_ROW}:${HEADINGS_ROW}"
    assert sheet.freeze_panes == f"A{FIRST}"
    assert sheet.protection.sheet
    assert sheet.cell(HEADINGS_ROW, 1).protection.locked
    assert not sheet.cell(FIRST, 1).protection.locked
    assert str(sheet.cell(sheet.max_row, 1).value).startswith("填报单位")
    memory = list(book[MEMORY].iter_rows(values_only=True))
    assert book[MEMORY].sheet_state == "veryHidden"
    assert json.loads(memory[0][0])["list"] == key
    keys = [row[-1] for row in sheet.iter_rows(min_row=FIRST, values_only=True)]
    assert [row[0] for row in memory[1:]] == [one for one in keys if one != END]
    for remembered in memory[1:]:
        assert len(json.loads("".join(filter(None, remembered[2:])))) == len(listed.columns)


def test_findings_and_aspects_are_one_cell_each(office_client: Client, inspection: Inspection) -> None:
    sheet = workbook(office_client, inspection, "register")["整改台账"]
    ranges = {str(one) for one in sheet.merged_cells.ranges}
    assert {"A4:A6", "A7:A9", "A10:A12", "B4:B9", "B10:B12", "D4:D6"} <= ranges
    assert [sheet.cell(row, 1).value for row in range(4, 13)] == [
        "1-1",
        None,
        None,
        "1-2",
        None,
        None,
        "2-1",
        None,
        None,
    ]
    assert sheet["B4"].value == "方面1"
    assert sheet["J4"].value.date() == dt.date(2026, 5, 31)
    assert sheet["J4"].is_date


def test_numbers_are_numbers_and_units_and_choices_are_offered(office_client: Client, inspection: Inspection) -> None:
    sheet = workbook(office_client, inspection, "recoveries")["资金情况"]
    assert sheet["B4"].value == 100
    assert sheet["B4"].number_format == "#,##0.00"
    rules = sheet.data_validations.dataValidation
    assert [str(rule.sqref) for rule in rules] == ["A4:A504"]
    book = workbook(office_client, inspection, "tasks")
    offered = [cell.value for cell in book["选项"]["A"]]
    assert "青山区政务服务便民热线工作管理服务中心" in offered


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_stays_what_it_is(office_client: Client, inspection: Inspection, text: str) -> None:
    finding = inspection.findings.order_by("aspect__order", "order")[0]
    with unchecked_writes():
        Finding.objects.filter(pk=finding.pk).update(title=text)
    sheet = workbook(office_client, inspection, "problems")["问题清单"]
    assert sheet["C4"].value == text
    assert sheet["C4"].data_type == "s"
    answer = office_client.get(address(inspection, "problems", "csv"))
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert lines[1][2] in {text, f"'{text}"}
    assert not lines[1][2].startswith(("=", "+", "-", "@", "\t"))


def test_the_file_has_the_records_of_the_page_in_its_order(office_client: Client, inspection: Inspection) -> None:
    first = inspection.findings.order_by("aspect__order", "order")[0]
    with unchecked_writes():
        Finding.objects.filter(pk=first.pk).update(due_on=dt.date(2026, 9, 1), title="只有这一条")
    numbers = [row[0] for row in rows_of(workbook(office_client, inspection, "problems", sort="-due")["问题清单"])]
    assert numbers[0] == "1-1"
    page = office_client.get(address(inspection, "problems", sort="-due"))
    assert str(page.context["listing"].page.records[0]) == "只有这一条"
    found = rows_of(workbook(office_client, inspection, "problems", q="只有这一条")["问题清单"])
    assert [row[2] for row in found] == ["只有这一条"]
    part, whole = (workbook(office_client, inspection, "problems", **query) for query in ({"q": "只有这一条"}, {}))
    assert "（按条件筛选出 1 条，共 3 条）" in part["问题清单"]["A2"].value
    assert "条" not in whole["问题清单"]["A2"].value
    assert "q=%E5%8F%AA" in office_client.get(address(inspection, "problems"), {"q": "只有这一条"}).content.decode()


def test_a_text_too_long_for_a_cell_is_refused_in_words_and_csv_has_all_of_it(
    office_client: Client, inspection: Inspection
) -> None:
    with unchecked_writes():
        Finding.objects.filter(inspection=inspection).update(detail="长" * (MOST_CHARACTERS + 1))
    answer = office_client.get(address(inspection, "problems", "xlsx"), follow=True)
    assert "没有导出：第 1 行：有 32768 个字" in answer.content.decode()
    assert Event.objects.filter(action=Action.EXPORT, result=Result.FAILED).count() == 1
    text = b"".join(office_client.get(address(inspection, "problems", "csv")).streaming_content).decode()  # type: ignore[attr-defined]
    assert text.count("长") == 3 * (MOST_CHARACTERS + 1)


def test_every_export_is_in_the_trail(office_client: Client, inspection: Inspection) -> None:
    workbook(office_client, inspection, "regulations")
    event = Event.objects.filter(action=Action.EXPORT).latest("number")
    assert event.reason == "制度清单（xlsx），共 1 项制度"


def test_a_unit_takes_out_its_own_part_alone(client: Client, inspection: Inspection) -> None:
    unit, person = make_unit(), make_user()
    make_member(unit, person)
    make_grant(person, "reporter", unit)
    own = inspection.findings.order_by("aspect__order", "order")[0]
    with unchecked_writes():
        Finding.objects.filter(pk=own.pk).update(lead_unit=unit)
    client.force_login(person)
    sheet = workbook(client, inspection, "problems")["问题清单"]
    assert [row[0] for row in rows_of(sheet)] == ["1-1"]
    assert f"（只含{person.name}可以查看的记录）" in sheet["A2"].value
    assert client.get(address(make_inspection(), "problems", "xlsx")).status_code == 404
    assert client.get(f"/inspections/{inspection.pk}/lists/unknown/").status_code == 404
    assert client.get(f"/inspections/{inspection.pk}/lists/problems/pdf/").status_code == 404


def test_rows_that_share_nothing_are_taken_one_by_one(inspection: Inspection) -> None:
    columns = [column.sheet_column for column in LISTS["problems"].columns if not column.shared_by]
    sheet = sheet_of(LISTS["problems"], inspection, make_user(role="office"))
    sheet = replace(sheet, layout=possible_layouts(columns, [10] * len(columns))[-1])
    records = iter([*inspection.findings.all()] * 3)
    next(rows_drawn(sheet, records, identify))
    # Two wait, since the last rows stay with the foot of the list, and one says that nothing is shared.
    assert len(list(records)) == 3 * inspection.findings.count() - 4


def test_an_export_in_an_order_not_on_offer_is_refused_and_that_of_the_page_leaves_it_out(
    office_client: Client, inspection: Inspection
) -> None:
    refused = office_client.get(address(inspection, "problems", "csv"), {"sort": "__class__"}, follow=True)
    page = html.unescape(refused.content.decode())
    assert "没有导出：“排序”的值“__class__”无效：请在清单页面上点表头选好排序，再导出。" in page
    assert "下面按“序号”排列" in page
    assert all("sort" not in link for _, link in refused.context["exports"])
