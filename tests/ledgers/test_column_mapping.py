"""An office's own headings: asked about once, remembered for the body, and never left out without a word."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Action, Event, User
from findings.factories import make_inspection, make_member, make_unit, make_user
from findings.models import Finding, Measure
from ledgers.models import ColumnMapping
from tests.findings.conftest import Case
from tests.ledgers.workbooks import answer_questions, brought_in, columns_page, confirmed
from tests.raw_writes import unchecked_writes
from tests.samples import case_file

pytestmark = pytest.mark.django_db
HEADINGS = ("序号", "反馈问题", "整改办法", "经办人", "牵头单位", "责任单位", "取得成效", "验收人", "整改措拖")


def foreign(*rows: list[Any], headings: tuple[str, ...] = HEADINGS) -> bytes:
    """An office's own ledger."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in ([f"{2026}年整改台账"], [*headings], *rows):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def row_of(case: Case, **more: Any) -> list[Any]:
    """One row for the measure of the case, with its content in the office's columns."""
    named = {"反馈问题": case.finding.title, "整改办法": "每周核对一次台账。", "责任单位": "综合科"} | more
    return [named.get(heading) for heading in HEADINGS]


def changes_of(page: Any) -> dict[str, str]:
    """What the only planned row of a preview brings, by column."""
    (row,) = page.context["plan"].rows
    return {change.column.key: change.theirs for change in row.changes}


def run(tmp_path: Path, content: bytes, case: Case, *options: str) -> str:
    """What the command says about the file."""
    said, file = io.StringIO(), tmp_path / "台账.xlsx"
    file.write_bytes(content)
    about = ("--inspection", str(case.inspection.pk), "--user", "office", "--list", "register")
    call_command("import_list", str(file), *about, *options, stdout=said)
    return said.getvalue()


def test_headings_are_asked_about_once_and_remembered_for_the_body(office_client: Client, case: Case) -> None:
    content = foreign(row_of(case, 经办人="整改办", 取得成效="台账已经规范。", 验收人="赵六"))
    page = brought_in(office_client, case.inspection, "register", content)
    rows = {row.heading: row for row in page.context["form"].rows}
    assert [*rows] == ["整改办法", "经办人", "牵头单位", "责任单位", "取得成效", "验收人", "整改措拖"]
    assert rows["整改办法"].samples == ["每周核对一次台账。"]
    assert rows["责任单位"].use.initial == "unit"
    assert rows["整改措拖"].use.initial == "plan"  # a misspelt heading is a question, not a refusal
    assert rows["验收人"].use.initial == "-"
    assert {row.heading: row.other_list for row in rows.values() if row.other_list} == {"验收人": "问题清单"}
    assert "这是问题清单的列：同一份文件按问题清单再导入一次，就会读取。" in page.text
    page = answer_questions(office_client, page, 整改办法="plan", 整改措拖="-", 取得成效="outcome", 经办人="-")
    assert "已记住列的对应" in page.text
    assert "“整改办法”读作“整改措施”。" in page.text
    assert "“验收人”按本单位的列的对应不导入。" in page.text
    assert columns_page() in page.text
    confirmed(office_client, page)
    measure = Measure.objects.get(plan="每周核对一次台账。")
    assert (measure.finding, measure.lead_unit, measure.outcome) == (case.finding, case.unit, "台账已经规范。")
    created = Event.objects.filter(record_type="ledgers.columnmapping", action=Action.CREATE)
    assert created.count() == ColumnMapping.objects.count() == 7
    again = make_inspection(unit=case.inspection.unit)
    page = brought_in(office_client, again, "register", content)
    assert page.context["plan"].file.extra == []
    other_body = make_inspection(unit=make_unit())
    assert "form" in brought_in(office_client, other_body, "register", content).context


def test_a_changed_mapping_needs_no_second_upload(office_client: Client, case: Case) -> None:
    content = foreign(row_of(case, 取得成效="台账已经规范。"))
    page = brought_in(office_client, case.inspection, "register", content)
    page = answer_questions(office_client, page, 整改办法="plan", 整改措拖="-", 取得成效="-")
    assert not any(row.is_new for row in office_client.get(columns_page()).context["form"].rows)
    assert "outcome" not in changes_of(page)
    page = answer_questions(office_client, office_client.get(columns_page()), 取得成效="outcome")
    assert changes_of(page)["outcome"] == "台账已经规范。"
    assert ColumnMapping.objects.get(heading="取得成效").version == 2


def test_two_headings_for_one_column_are_refused_and_nothing_is_lost(office_client: Client, case: Case) -> None:
    page = brought_in(office_client, case.inspection, "register", foreign(row_of(case)))
    page = answer_questions(office_client, page, 牵头单位="unit", 经办人="person")
    assert "“牵头单位”和“责任单位”都对应到了“责任科室”" in page.text
    assert page.context["form"]["column_4"].value() == "person"
    assert not ColumnMapping.objects.exists()
    double = foreign(row_of(case), headings=(*HEADINGS[:-1], "取得成效"))
    page = brought_in(office_client, case.inspection, "register", double)
    assert "文件里有几列都叫“取得成效”" in answer_questions(office_client, page, 取得成效="outcome").text


def test_a_decision_made_meanwhile_is_not_overwritten(office_client: Client, case: Case) -> None:
    page = brought_in(office_client, case.inspection, "register", foreign(row_of(case)))
    answer_questions(office_client, office_client.get(columns_page()), 整改办法="plan", 整改措拖="-")
    late = answer_questions(office_client, page, 整改办法="-", 整改措拖="-")
    assert (late.status_code, "这期间有人改了本单位的列的对应" in late.text) == (409, True)
    assert ColumnMapping.objects.get(heading="整改办法").column == "plan"
    answer_questions(office_client, late, 整改办法="-", 整改措拖="-")
    assert ColumnMapping.objects.get(heading="整改办法").column == ""


def test_who_only_reports_is_told_what_is_left_out_and_decides_nothing(
    client: Client, reporter: User, case: Case
) -> None:
    client.force_login(reporter)
    page = brought_in(client, case.inspection, "register", foreign(row_of(case)))
    assert "没有读取的列“整改办法”。" in page.text
    assert "请整改办上传一次" in page.text
    for answer in (client.get(columns_page()), client.post(columns_page(), {})):
        assert answer.status_code == 403
        assert "只有整改办" in answer.text


def test_a_column_without_a_heading_is_named(office_client: Client, case: Case, tmp_path: Path) -> None:
    content = foreign([*row_of(case), "没有表头的内容"], headings=("序号", "反馈问题", "整改措施"))
    page = brought_in(office_client, case.inspection, "register", content)
    assert "J 列没有表头，没有读取。" in page.text
    with pytest.raises(CommandError, match=r"E|F（没有表头）"):
        run(tmp_path, content, case)


def test_the_command_stops_until_every_heading_is_decided(
    office_client: Client, office: User, case: Case, tmp_path: Path
) -> None:
    content = foreign(row_of(case, 取得成效="台账已经规范。"))
    with pytest.raises(CommandError, match="“整改办法”、“经办人”") as stopped:
        run(tmp_path, content, case)
    assert stopped.value.returncode == 1
    assert not Measure.objects.filter(plan="每周核对一次台账。").exists()
    page = brought_in(office_client, case.inspection, "register", content)
    answer_questions(office_client, page, 整改办法="plan", 整改措拖="-", 取得成效="outcome")
    said = json.loads(run(tmp_path, content, case, "--dry-run", "--json"))
    assert said["renamed"] == {"整改办法": "整改措施", "责任单位": "责任科室", "取得成效": "整改成效"}
    assert (said["unknown_columns"], said["left_out"]) == ([], ["经办人", "牵头单位", "验收人", "整改措拖"])
    said = run(tmp_path, content, case)
    assert "“整改办法”读作“整改措施”。\n" in said
    assert "“验收人”按本单位的列的对应不导入。\n" in said
    assert Measure.objects.get(plan="每周核对一次台账。").outcome == "台账已经规范。"
    with pytest.raises(CommandError, match="“电话”"):
        run(tmp_path, foreign(row_of(case), headings=(*HEADINGS[:-1], "电话")), case)


@pytest.mark.samples
def test_an_offices_ledger_comes_in_with_all_columns_that_the_list_has(
    office_client: Client, office: User, case: Case, tmp_path: Path
) -> None:
    content = case_file("t3b_office_ledger_known_names.xlsx")
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(title="理论武装学用脱节")
    for name in ("王镕", "贺望舒"):
        make_member(case.unit, make_user(name=name))
    make_unit(name="秘书一科", parent=case.inspection.unit)
    with pytest.raises(CommandError, match="“问题类型”"):
        run(tmp_path, content, case)
    page = brought_in(office_client, case.inspection, "register", content)
    page = answer_questions(office_client, page)
    file = page.context["plan"].file
    assert len(file.places) >= 15
    assert len(file.places) + len(file.left_out) == 24
    assert all(f"“{heading}”按本单位的列的对应不导入" in page.text for heading in file.left_out)
    assert page.context["plan"].problems == []
    confirmed(office_client, page)
    measure = Measure.objects.get(plan="修订学习制度")
    assert (measure.finding, measure.lead_unit, measure.due_on) == (case.finding, case.unit, dt.date(2026, 9, 30))


def test_a_row_whose_number_is_another_finding_is_a_problem(office_client: Client, case: Case) -> None:
    content = foreign(["1-1", "别的问题", "每月通报一次。"], headings=("序号", "反馈问题", "整改措施"))
    (problem,) = brought_in(office_client, case.inspection, "register", content).context["plan"].problems
    assert (problem.at, "“1-1”在系统里是“督查工作重部署轻问效”" in problem.words) == ("B3", True)


def test_numbers_that_count_the_rows_are_not_those_of_findings(office_client: Client, case: Case) -> None:
    headings = ("序号", "反馈问题", "整改措施")
    content = foreign([1, case.finding.title, "每月通报一次。"], headings=headings)
    page = brought_in(office_client, case.inspection, "register", content)
    assert "“序号”是 1、2、3 这样的流水号" in page.text
    confirmed(office_client, page)
    assert Measure.objects.get(plan="每月通报一次。").finding == case.finding
    assert brought_in(office_client, case.inspection, "register", content).context["plan"].rows == []
