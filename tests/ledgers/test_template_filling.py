"""Superiors' forms filled in: three of them, cell by cell; what people wrote stays text; many records."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Action, Event, Result, User
from documents.excel.limits import MOST_CHARACTERS
from documents.excel.templates.mapping import TemplateMapping
from findings.factories import make_finding, make_measure, make_recovery
from findings.models import Measure
from ledgers.models import SuperiorForm
from tests.documents.excel.templates.workbooks import (
    opened,
    with_instructions,
    with_placeholders,
    with_two_lines_of_headings,
)
from tests.findings.conftest import Case
from tests.ledgers.template_workbooks import make_superior_form
from tests.ledgers.test_lists_out import HOSTILE
from tests.raw_writes import unchecked_writes

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def exported(client: Client, case: Case, form: SuperiorForm, **query: str) -> bytes:
    """The file somebody gets who asks for a list in this form."""
    address = reverse("ledgers:superior_export", args=[case.inspection.pk, form.listed, form.pk])
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.getvalue()


def values(sheet: Any) -> list[tuple[Any, ...]]:
    """What stands in the sheet, row by row; openpyxl reads days as the first second of them."""
    return [
        tuple(value.date() if isinstance(value, dt.datetime) else value for value in row)
        for row in sheet.iter_rows(values_only=True)
    ]


def merged(sheet: Any) -> set[str]:
    """Which cells are one."""
    return {str(one) for one in sheet.merged_cells.ranges}


def test_placeholders_are_filled_in_and_what_is_below_moves_down(
    office_client: Client, office: User, case: Case
) -> None:
    form = make_superior_form(office)
    sheet = opened(exported(office_client, case, form)).active
    today, finding, inspection = timezone.localdate(), case.finding.title, case.inspection
    assert values(sheet) == [
        (f"{inspection.body}巡察整改进展情况表", None, None, None, None, None),
        (
            f"轮次：{inspection.round or inspection.name}",
            None,
            None,
            f"填报日期：{today.year}年{today.month}月{today.day}日",
            None,
            None,
        ),
        ("序号", "问题", "措施", "责任单位和责任人", "时限", "备注"),
        (1, finding, "建立督查台账。", "综合科（张整改）", dt.date(2026, 6, 30), "巡察整改"),
        (2, finding, case.faceted.plan, f"{case.other_unit.name}（）", None, "巡察整改"),
        ("共 2 条", None, None, None, None, None),
        (None,) * 6,
        ("主要负责人（签字）：", None, None, None, "（公章）", None),
    ]
    assert merged(sheet) == {"A1:F1", "A2:C2", "D2:F2", "A6:F6", "A8:C8"}


def test_the_form_keeps_its_looks(office_client: Client, office: User, case: Case) -> None:
    sheet = opened(exported(office_client, case, make_superior_form(office))).active
    before = opened(with_placeholders()).active
    for letter in "ABCDEF":
        assert sheet.column_dimensions[letter].width == before.column_dimensions[letter].width
        for row in (4, 5):
            cell, drawn = sheet[f"{letter}{row}"], before[f"{letter}4"]
            assert repr((cell.font, cell.border, cell.fill)) == repr((drawn.font, drawn.border, drawn.fill))
    assert sheet["E4"].number_format == sheet["E5"].number_format == before["E4"].number_format
    assert sheet["E4"].is_date
    assert sheet["C4"].alignment.wrap_text
    assert repr(sheet["A8"].font) == repr(before["A7"].font)
    assert (sheet.row_dimensions[1].height, sheet.row_dimensions[8].height) == (36, 40)
    assert sheet.print_area == "'进展情况表'!$A$1:$F$8"
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "8")
    assert (sheet.freeze_panes, sheet.oddFooter.center.text) == ("A4", "第 &P 页")
    assert sheet["B3"].comment.text == "照反馈意见原文填写"


def test_rows_are_as_high_as_their_texts(office_client: Client, office: User, case: Case) -> None:
    with unchecked_writes():
        Measure.objects.filter(pk=case.measure.pk).update(plan="整改" * 60)
    sheet = opened(exported(office_client, case, make_superior_form(office))).active
    assert sheet.row_dimensions[4].height >= 8 * 10 * 1.3  # 240 half characters in a column of 30 with letters of 10
    assert sheet.row_dimensions[5].height < sheet.row_dimensions[4].height


RECOVERED = TemplateMapping(
    "资金追缴",
    5,
    {"A": "{{行号}}", "B": "{{类型}}", "C": "{{金额（元）}}", "D": "{{到账日期}}", "E": "{{凭据号}}", "G": "本级"},
    {"资金追缴!A2": "填报单位：{{被巡察党组织}}"},
)


def recovered(case: Case, number: int) -> None:
    """So many recoveries."""
    for each in range(1, number + 1):
        day = dt.date(2026, 3, each)
        make_recovery(case.inspection, amount=Decimal(f"{each}00.50"), recovered_on=day, voucher=f"=收{each}")


def filled_from_recoveries(client: Client, office: User, case: Case, number: int) -> Any:
    """The second form with so many records."""
    recovered(case, number)
    form = make_superior_form(office, with_two_lines_of_headings(), "recoveries")
    with unchecked_writes():
        SuperiorForm.objects.filter(pk=form.pk).update(columns=RECOVERED.columns, cells=RECOVERED.cells)
    return opened(exported(client, case, form))


def test_more_records_than_rows_were_drawn_stretch_the_sum_and_all_that_refers_to_it(
    office_client: Client, office: User, case: Case
) -> None:
    book = filled_from_recoveries(office_client, office, case, 5)
    sheet = book["资金追缴"]
    kind = case.inspection.recoveries.first().get_kind_display()  # type: ignore[union-attr]
    assert values(sheet)[:4] == [
        ("资金追缴、退赔情况汇总表", *[None] * 6),
        (f"填报单位：{case.inspection.body}", *[None] * 6),
        ("序号", "类型", "到账情况", None, "凭据号", "所涉及的对应问题", "数据来源"),
        (None, None, "金额（元）", "到账日期", None, None, None),
    ]
    assert values(sheet)[4:9] == [
        (each, kind, each * 100 + 0.5, dt.date(2026, 3, each), f"=收{each}", None, "本级") for each in range(1, 6)
    ]
    assert values(sheet)[9] == ("合计", None, "=SUM(C5:C9)", '=COUNTA($D$5:$D$9)&"笔"', None, "=C10/2", None)
    assert values(book["汇总"]) == [("总额", "=资金追缴!C10"), (None, "=SUM(资金追缴!C5:C9)")]
    assert merged(sheet) == {"A1:G1", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4", "G3:G4"}
    assert (sheet["C5"].number_format, sheet["D5"].number_format) == ("#,##0.00", "yyyy.m.d")
    assert sheet["C10"].number_format == "#,##0.00"
    assert [sheet[f"C{row}"].border.bottom.style for row in range(5, 11)] == ["thin"] * 4 + ["medium", None]
    assert [str(one.sqref) for one in sheet.data_validations.dataValidation] == ["B5:B9"]
    (rule,) = sheet.conditional_formatting
    assert (str(rule.sqref), rule.rules[0].formula) == ("C5:C9", ["C5>$C$10"])


def test_fewer_records_than_rows_leave_the_rows_drawn(office_client: Client, office: User, case: Case) -> None:
    book = filled_from_recoveries(office_client, office, case, 1)
    sheet = book["资金追缴"]
    assert [sheet.cell(row, 1).value for row in range(5, 9)] == [1, None, None, "合计"]
    assert sheet["C8"].value == "=SUM(C5:C7)"
    assert sheet["C7"].border.bottom.style == "medium"


def test_rows_that_the_superior_numbered_are_used_up_first(office_client: Client, office: User, case: Case) -> None:
    def numbered(sheet: Any) -> None:
        for row in (5, 6, 7):
            sheet.cell(row, 1).value = row - 4

    recovered(case, 2)
    form = make_superior_form(office, with_two_lines_of_headings(numbered), "recoveries")
    sheet = opened(exported(office_client, case, form))["资金追缴"]
    assert [sheet.cell(row, 1).value for row in range(5, 9)] == [1, 2, 3, "合计"]
    assert [sheet.cell(row, 3).value for row in range(5, 9)] == [100.5, 200.5, None, "=SUM(C5:C7)"]


def test_no_record_leaves_the_row_empty(office_client: Client, office: User, case: Case) -> None:
    sheet = opened(exported(office_client, case, make_superior_form(office), q="没有这样的措施")).active
    assert values(sheet)[3] == (None, None, None, None, None, "巡察整改")
    assert sheet["A5"].value == "共 0 条"


def test_a_sheet_of_instructions_stays_and_each_row_has_the_constant_and_the_formula(
    office_client: Client, office: User, case: Case
) -> None:
    form = make_superior_form(office, with_instructions(), "problems")
    columns = {"A": "{{序号}}", "B": "{{反馈问题}}", "D": "{{完成时限}}", "E": "{{牵头单位}}"}
    with unchecked_writes():
        SuperiorForm.objects.filter(pk=form.pk).update(columns=columns)
    book = opened(exported(office_client, case, form))
    assert values(book["填表说明"]) == values(opened(with_instructions())["填表说明"])
    sheet = book["明细表"]
    assert values(sheet)[1:] == [
        (
            "1-1",
            case.finding.title,
            None,
            dt.date(2026, 6, 30),
            "综合科",
            "集中整改",
            '=IF(A2="","",F2)',
        ),
        ("1-1-1", "台账不全", None, None, case.other_unit.name, "集中整改", '=IF(A3="","",F3)'),
        ("审核人：", None, None, None, "=ROWS(A2:A3)", None, None),
    ]
    assert merged(sheet) == {"B1:C1", "B2:C2", "B3:C3"}
    assert sheet["D2"].alignment.shrink_to_fit  # or a narrow column would show ####
    assert sheet.row_dimensions[3].height > 5 * 9  # a long name in a column of five


def test_what_people_wrote_stays_text(office_client: Client, office: User, case: Case) -> None:
    with unchecked_writes():
        Measure.objects.filter(inspection=case.inspection).delete()
    for text in HOSTILE:
        make_measure(case.finding, plan=text)
    with unchecked_writes():
        type(case.inspection).objects.filter(pk=case.inspection.pk).update(body="=1+1")
    form = make_superior_form(office, with_placeholders(lambda sheet: sheet.__setitem__("A5", "{{被巡察党组织}}")))
    sheet = opened(exported(office_client, case, form)).active
    assert [sheet.cell(row, 3).value for row in range(4, 4 + len(HOSTILE))] == list(HOSTILE)
    last = sheet.cell(4 + len(HOSTILE), 1)
    assert last.value == "=1+1"
    for cell in (*(sheet.cell(row, 3) for row in range(4, 4 + len(HOSTILE))), last):
        assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_braces_that_people_wrote_are_not_placeholders(office_client: Client, office: User, case: Case) -> None:
    with unchecked_writes():
        type(case.finding).objects.filter(pk=case.finding.pk).update(title="{{责任领导}}")
    sheet = opened(exported(office_client, case, make_superior_form(office))).active
    assert sheet["B4"].value == "{{责任领导}}"


def test_more_than_a_hundred_records_stand_in_the_order_and_filter_of_the_page(
    office_client: Client, office: User, case: Case
) -> None:
    finding = make_finding(case.aspect, title="另一个问题")
    for each in range(150):
        make_measure(finding, plan=f"第{each:03}件要办的事", due_on=dt.date(2027, 1, 1) - dt.timedelta(days=each))
    form = make_superior_form(office)
    sheet = opened(exported(office_client, case, form, q="件要办的事", sort="due")).active
    assert [sheet.cell(row, 3).value for row in range(4, 154)] == [
        f"第{149 - each:03}件要办的事" for each in range(150)
    ]
    assert [sheet.cell(row, 1).value for row in (4, 153)] == [1, 150]
    assert sheet["A154"].value == "共 150 条"
    assert sheet["A156"].value == "主要负责人（签字）："
    assert sheet.row_dimensions[156].height == 40
    assert sheet.print_area == "'进展情况表'!$A$1:$F$156"


def test_the_trail_says_what_was_taken_out_and_what_was_not(office_client: Client, office: User, case: Case) -> None:
    form = make_superior_form(office)
    exported(office_client, case, form)
    event = Event.objects.filter(action=Action.EXPORT).latest("number")
    assert event.reason == "整改台账（上级表样：上级的表），共 2 条措施"
    assert event.record_id == case.inspection.pk
    with unchecked_writes():
        Measure.objects.filter(pk=case.measure.pk).update(plan="长" * (MOST_CHARACTERS + 1))
    address = reverse("ledgers:superior_export", args=[case.inspection.pk, form.listed, form.pk])
    page = office_client.get(address, follow=True).content.decode()
    assert "没有导出：第 1 条记录：有 32768 个字，Excel 的一个单元格只能放 32767 个字" in page
    assert Event.objects.filter(action=Action.EXPORT, result=Result.FAILED).count() == 1
