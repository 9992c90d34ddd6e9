"""Lists that come back: what is taken over, what stays, what has to be chosen; all of it comes in or nothing."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Action, Event, Result, User
from documents.excel.workbook import MEMORY, write_table
from findings.factories import closing_fields, make_finding, make_inspection, make_measure, make_user
from findings.models import Accountability, Finding, Measure, Recovery, Regulation, SignOff, Supervision
from findings.workflow.models.signoffs import digest_of
from findings.workflow.saving import workflow_writer
from ledgers.catalogue import LISTS
from ledgers.models import ListImport
from tests.findings.conftest import Case
from tests.ledgers.workbooks import Book, answer_questions, brought_in, confirmed, taken_out

pytestmark = pytest.mark.django_db


def test_what_is_changed_in_excel_is_changed_in_the_record(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "register")
    book.write(case.measure, "整改措施", "建立督查台账，\n每周更新。")
    book.write(case.measure, "完成时限", "2026年7月")
    book.write(case.measure, "整改进展", "已建立台账。")
    book.write(case.measure, "完成情况", "已核实")
    book.write(case.measure, "具体表现", "台账里写的表现")
    page = brought_in(office_client, case.inspection, "register", book.content)
    plan = page.context["plan"]
    assert (plan.problems, len(plan.rows_to_change), plan.rows_to_create) == ([], 1, [])
    assert {problem.value for problem in plan.ignored} == {"台账里写的表现", "已核实"}  # the first for each measure
    assert "请在问题清单里改了再导入" in plan.ignored[0].words
    measure = Measure.objects.get(pk=case.measure.pk)
    assert measure.plan == "建立督查台账。"
    answer = confirmed(office_client, page)
    assert "已导入整改台账：新增 0 条措施，修改 1 条措施。" in answer.content.decode()
    measure.refresh_from_db()
    assert (measure.plan, measure.due_on) == ("建立督查台账，\n每周更新。", dt.date(2026, 7, 31))
    assert measure.status == "under_way"
    assert next(entry.text for entry in measure.progress.all()) == "已建立台账。"
    again = brought_in(office_client, case.inspection, "register", book.content)
    assert (again.context["plan"].problems, again.context["plan"].rows) == ([], [])
    assert "文件里的内容和系统里的一样，不需要导入。" in again.content.decode()


def test_both_changed_is_chosen_for_each_field(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "problems")
    book.write(case.finding, "反馈问题", "文件里的标题")
    book.write(case.finding, "具体表现", "文件里的表现")
    finding = Finding.objects.get(pk=case.finding.pk)
    finding.title, finding.detail, finding.due_on = "系统里的标题", "系统里的表现", dt.date(2026, 6, 1)
    workflow_writer.save(finding, seen=finding.version)
    page = brought_in(office_client, case.inspection, "problems", book.content)
    (row,) = page.context["plan"].clashing
    assert [change.column.key for change in row.clashes] == ["title", "detail"]
    confirmed(office_client, page, **{row.clashes[0].name(row.number): "theirs"})
    finding.refresh_from_db()
    assert (finding.title, finding.detail) == ("文件里的标题", "系统里的表现")
    assert finding.due_on == dt.date(2026, 6, 1)


def test_a_workbook_is_in_the_trail_when_it_is_brought_when_it_is_refused_and_once_when_it_cannot_be_stored(
    office_client: Client, case: Case
) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    book.write(case.faceted, "责任人", "查无此人")
    last = Event.objects.latest("number").number
    page = brought_in(office_client, case.inspection, "tasks", book.content)
    assert confirmed(office_client, page).status_code == 409
    brought_in(office_client, case.inspection, "tasks", b"no workbook")
    told = Event.objects.filter(number__gt=last).order_by("number")
    assert list(told.values_list("action", "result", "record_id")) == [
        (Action.UPLOAD, Result.DONE, case.inspection.pk),
        (Action.IMPORT, Result.REFUSED, case.inspection.pk),
        (Action.UPLOAD, Result.REFUSED, case.inspection.pk),
    ]
    assert "查无此人" not in "".join(event.reason for event in told)


def test_one_wrong_cell_keeps_all_out_and_is_marked_in_the_file(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    book.write(case.measure, "整改措施", "新的说法")
    book.write(case.faceted, "完成时限", "近期")
    book.write(case.faceted, "责任人", "查无此人")
    page = brought_in(office_client, case.inspection, "tasks", book.content)
    row = book.row_of(case.faceted)
    assert [problem.at for problem in page.context["plan"].problems] == [f"G{row}", f"H{row}"]
    assert "确认导入" not in page.content.decode()
    assert "需要改正 2 处" in page.content.decode()
    assert confirmed(office_client, page).status_code == 409
    assert Measure.objects.get(pk=case.measure.pk).plan == "建立督查台账。"
    draft = ListImport.objects.get()
    marked = Book(office_client.get(reverse("ledgers:import_errors", args=[draft.pk])).getvalue())
    cell = marked.sheet[f"H{row}"]
    assert (cell.fill.start_color.rgb, cell.value) == ("FFFFC7CE", "近期")
    assert "不是日期" in cell.comment.text


def test_what_a_form_refuses_stands_at_its_cell(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "register")
    book.write(case.measure, "完成时限", "2020-01-01")
    book.write(case.measure, "完成日期", "2099-01-01")
    problems = brought_in(office_client, case.inspection, "register", book.content).context["plan"].problems
    assert [problem.words for problem in problems] == [
        "不能早于反馈日期（2026年1月15日）。",
        "完成日期不能在今天之后。",
    ]


def test_rows_are_found_wherever_they_and_their_columns_stand(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    book.write(case.faceted, "整改措施", "改过的措施")
    rows = [[cell.value for cell in row] for row in book.sheet.iter_rows(min_row=3, max_row=book.sheet.max_row - 1)]
    sheet = book.book.create_sheet("整理后", 0)
    head, *body = [[*reversed(row[:-1]), "自己加的列", row[-1]] for row in rows]
    sheet.append(head[:-1])
    for line in reversed(body):
        sheet.append(["我的备注" if value == "自己加的列" else value for value in line])
    asked = brought_in(office_client, case.inspection, "tasks", book.content)
    plan = answer_questions(office_client, asked).context["plan"]
    assert (plan.problems, [row.record for row in plan.rows_to_change]) == ([], [case.faceted])
    assert (plan.file.extra, plan.file.left_out, plan.missing) == ([], ["自己加的列"], [])


def test_a_row_that_is_missing_is_told_and_stays(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    book.sheet.delete_rows(book.row_of(case.faceted))
    page = brought_in(office_client, case.inspection, "tasks", book.content)
    assert page.context["plan"].missing == [case.faceted.plan]
    assert Measure.objects.filter(pk=case.faceted.pk).exists()


def test_a_row_of_a_record_that_is_gone_is_no_new_one(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    measure = Measure.objects.get(pk=case.faceted.pk)
    workflow_writer.delete(measure, seen=measure.version)
    plan = brought_in(office_client, case.inspection, "tasks", book.content).context["plan"]
    assert (plan.problems, plan.rows) == ([], [])
    row = book.row_of(case.faceted)
    book.write(row, "整改措施", "又改了")
    plan = brought_in(office_client, case.inspection, "tasks", book.content).context["plan"]
    assert [problem.words[:10] for problem in plan.problems] == ["这条记录已被删除，或"]


def test_a_copied_row_is_a_new_record(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    for cell in book.sheet[book.row_of(case.measure)]:
        book.sheet.cell(30, cell.column).value = cell.value
    book.write(30, "整改措施", "照着另一条写的措施")
    book.write(30, "序号", "1-1")
    page = brought_in(office_client, case.inspection, "tasks", book.content)
    confirmed(office_client, page)
    made = Measure.objects.get(plan="照着另一条写的措施")
    assert (made.finding, made.order, made.person_in_charge) == (case.finding, 2, case.measure.person_in_charge)
    assert Measure.objects.get(pk=case.measure.pk).plan == "建立督查台账。"


def test_a_change_after_the_preview_is_looked_at_again(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "tasks")
    book.write(case.measure, "整改措施", "文件里的措施")
    page = brought_in(office_client, case.inspection, "tasks", book.content)
    measure = Measure.objects.get(pk=case.measure.pk)
    measure.plan = "别人刚改的措施"
    workflow_writer.save(measure, seen=measure.version)
    answer = confirmed(office_client, page)
    assert answer.status_code == 409
    assert "又有变化" in answer.content.decode()
    assert len(answer.context["plan"].clashing) == 1
    assert Measure.objects.get(pk=case.measure.pk).plan == "别人刚改的措施"


FILLED: dict[str, tuple[dict[str, Any], type[Any]]] = {
    "problems": ({"类别": "第1方面", "反馈问题": "新的问题", "时限类型": "立行立改", "牵头单位": "综合科"}, Finding),
    "responsibilities": ({"序号": "1-7", "反馈问题": "新的问题", "配合单位": "综合科"}, Finding),
    "tasks": ({"序号": "1-1", "整改措施": "新的措施"}, Measure),
    "register": ({"反馈问题": "台账不全", "整改措施": "新的措施", "整改进展": "2026年3月1日：开了头。"}, Measure),
    "regulations": ({"制度名称": "新办法", "类型": "新建", "印发日期": "2026.3.1", "对应问题": "1-1"}, Regulation),
    "accountability": ({"处理方式": "谈话提醒", "人数": "2人", "人次": 3, "对应问题": "1-1"}, Accountability),
    "recoveries": ({"类型": "追缴", "金额（元）": "1.2万元", "凭据号": "=1+1"}, Recovery),
    "supervision": (
        {"日期": "2026/3/1", "实施单位和人员": "巡察办", "发现的情况": "好", "涉及问题": "1-1"},
        Supervision,
    ),
}


@pytest.mark.parametrize("key", FILLED)
def test_a_template_that_was_filled_in_becomes_records(office_client: Client, case: Case, key: str) -> None:
    filled, model = FILLED[key]
    book, before = taken_out(office_client, case.inspection, key, "template"), model.objects.count()
    chosen = {each.heading: each.choices[0] for each in LISTS[key].columns if each.choices}
    for heading, value in filled.items():
        book.write(6, heading, chosen.get(heading, value))
        if value == "=1+1":
            book.sheet.cell(6, book.headings[heading]).data_type = "s"
    if key == "supervision":
        book.write(6, "方式", chosen["方式"])
    page = brought_in(office_client, case.inspection, key, book.content)
    assert page.context["plan"].problems == []
    assert len(page.context["plan"].rows_to_create) == 1
    assert confirmed(office_client, page).status_code == 200
    assert model.objects.count() == before + 1
    again = brought_in(office_client, case.inspection, key, book.content).context["plan"]
    assert (again.problems, again.rows) == ([], [])


@pytest.mark.parametrize("key", FILLED)
def test_an_empty_template_does_nothing(office_client: Client, case: Case, key: str) -> None:
    book = taken_out(office_client, case.inspection, key, "template")
    assert "示例" in book.sheet["A2"].value
    plan = brought_in(office_client, case.inspection, key, book.content).context["plan"]
    assert (plan.problems, plan.rows, plan.same) == ([], [], 0)


def test_a_file_of_something_else_is_named(office_client: Client, case: Case) -> None:
    def refused(key: str, content: bytes, inspection: Any = case.inspection) -> str:
        return str(brought_in(office_client, inspection, key, content).context["form"].errors["file"][0])

    tasks = taken_out(office_client, case.inspection, "tasks")
    assert "这是“任务清单”的文件" in refused("register", tasks.content)
    assert "另一次巡察" in refused("tasks", tasks.content, make_inspection(unit=case.inspection.unit))
    memory = tasks.book[MEMORY]
    memory["A1"].value = memory["A1"].value.replace('"form": "1"', '"form": "0"')
    assert "第 0 版的表样" in refused("tasks", tasks.content)
    slip = taken_out(office_client, case.inspection, "tasks")
    slip.sheet["E3"].value = "整改措拖"
    assert "是不是“整改措施”" in refused("tasks", slip.content)
    foreign = Book(write_table("表", [("姓名", 5), ("电话", 5)], [["甲", "1"]]))
    assert "找不到“任务清单”的表头" in refused("tasks", foreign.content)


def test_a_reporter_brings_in_what_his_sheet_takes(client: Client, reporter: User, case: Case) -> None:
    client.force_login(reporter)
    book = taken_out(client, case.inspection, "register")
    book.write(case.measure, "整改成效", "已经做成。")
    book.write(case.measure, "整改进展", "2026年3月1日：又进一步。")
    page = brought_in(client, case.inspection, "register", book.content)
    assert page.context["plan"].problems == []
    confirmed(client, page)
    measure = Measure.objects.get(pk=case.measure.pk)
    assert (measure.outcome, measure.progress.filter(logged_by=reporter).count()) == ("已经做成。", 2)
    book.write(case.measure, "整改措施", "填报员改的措施")
    book.write(case.faceted, "整改成效", "别的科室的成效")
    plan = brought_in(client, case.inspection, "register", book.content).context["plan"]
    assert [problem.words[:8] for problem in plan.problems] == ["只有整改办可以新", "这条措施由其他单"]
    assert client.get(reverse("ledgers:list_import", args=[case.inspection.pk, "problems"])).status_code == 403


def test_a_draft_is_its_owners_alone(office_client: Client, keeper_client: Client, case: Case) -> None:
    brought_in(office_client, case.inspection, "tasks", taken_out(office_client, case.inspection, "tasks").content)
    draft = ListImport.objects.get()
    client = Client()
    client.force_login(make_user(role="office"))
    for name in ("import_preview", "import_errors"):
        assert client.get(reverse(f"ledgers:{name}", args=[draft.pk])).status_code == 404


def test_a_draft_that_nobody_confirms_is_kept_for_thirty_days(office_client: Client, case: Case) -> None:
    left = []
    for key, days in (("register", 31), ("problems", 29)):
        brought_in(office_client, case.inspection, key, taken_out(office_client, case.inspection, key).content)
        left.append(ListImport.objects.latest("pk"))
        ListImport.objects.filter(pk=left[-1].pk).update(uploaded=timezone.now() - dt.timedelta(days=days))
    page = reverse("ledgers:list_import", args=[case.inspection.pk, "tasks"])
    assert "没有确认的保留 30 天" in office_client.get(page).text
    brought_in(office_client, case.inspection, "tasks", taken_out(office_client, case.inspection, "tasks").content)
    assert ListImport.objects.filter(pk__in=[one.pk for one in left]).get() == left[1]


def test_commands_take_out_and_bring_in(office: User, case: Case, tmp_path: Path) -> None:
    def run(*words: Any) -> str:
        said = io.StringIO()
        call_command(*map(str, words), stdout=said)
        return said.getvalue()

    file, about = tmp_path / "任务.xlsx", ("--inspection", case.inspection.pk)
    assert "共 2 条措施" in run("export_list", "tasks", *about, "--output", file)
    assert "共 2 条措施" in run("export_list", "tasks", *about, "--output", tmp_path / "任务.csv", "--user", "office")
    book = Book(file.read_bytes())
    book.write(case.measure, "整改措施", "命令改的措施")
    file.write_bytes(book.content)
    rehearsed = json.loads(run("import_list", file, *about, "--user", "office", "--dry-run", "--json"))
    assert rehearsed["rows"][0]["changes"]["plan"]["theirs"] == "命令改的措施"
    assert Measure.objects.get(pk=case.measure.pk).plan == "建立督查台账。"
    assert "修改 1" in run("import_list", file, *about, "--user", "office")
    measure = Measure.objects.get(pk=case.measure.pk)
    assert measure.plan == "命令改的措施"
    measure.plan = "页面改的措施"
    workflow_writer.save(measure, seen=measure.version)
    book.write(case.measure, "整改措施", "表里又改的措施")
    file.write_bytes(book.content)
    assert "双方都改过，保留系统里的内容。" in run("import_list", file, *about, "--user", "office")
    assert Measure.objects.get(pk=case.measure.pk).plan == "页面改的措施"
    book.write(case.measure, "完成时限", "近期")
    file.write_bytes(book.content)
    with pytest.raises(CommandError, match="打不开这个文件（没有这个文件或文件夹）"):
        run("import_list", f"{file}.none", *about, "--user", "office")
    with pytest.raises(CommandError, match="没有导入"):
        run("import_list", file, *about, "--user", "office")
    with pytest.raises(CommandError, match="只有整改办可以"):
        run("import_list", file, *about, "--user", make_user(username="nobody").username)


def test_what_a_change_undoes_is_said_before_and_happens(office_client: Client, case: Case, office: User) -> None:
    fields = closing_fields(make_user(), dt.date(2026, 6, 1))
    finding = make_finding(case.aspect, title="已经销号", **fields)
    measures = [make_measure(finding), make_measure(finding)]
    SignOff.objects.create(
        finding=finding,
        submission=1,
        content="{}",
        digest=digest_of("{}"),
        signed_by=fields["closed_by"],
        signed_at=fields["closed_at"],
        completion=fields["completion"],
    )
    book = taken_out(office_client, case.inspection, "tasks")
    for measure in measures:
        book.write(measure, "整改措施", "销号以后改的措施")
    page = brought_in(office_client, case.inspection, "tasks", book.content)
    rows = "、".join(str(book.row_of(measure)) for measure in measures)
    assert f"第 {rows} 行：问题已经销号。您保存修改以后，销号即失效" in page.content.decode()
    confirmed(office_client, page)
    assert Finding.objects.get(pk=finding.pk).is_void


def test_a_forged_memory_breaks_nothing(office_client: Client, case: Case) -> None:
    for forged in (r'["\u0000\ud800"' + ',""' * 8 + "]", "[1]", "[" * 3000, "{}", '[{"a":1}]'):
        book = taken_out(office_client, case.inspection, "tasks")
        book.book[MEMORY]["C2"].value = forged
        book.write(case.measure, "整改措施", "改")
        page = brought_in(office_client, case.inspection, "tasks", book.content)
        assert page.status_code == 200
        assert "plan" in page.context


def test_history_and_trail_name_the_command_and_whom_it_acted_for(
    office: User, office_client: Client, case: Case, tmp_path: Path
) -> None:
    file, about = tmp_path / "任务.xlsx", ("--inspection", str(case.inspection.pk), "--user", office.username)
    call_command("export_list", "tasks", *about, "--output", str(file), stdout=io.StringIO())
    book = Book(file.read_bytes())
    book.write(case.measure, "整改措施", "命令改的措施")
    file.write_bytes(book.content)
    call_command("import_list", str(file), *about, stdout=io.StringIO())
    events = Event.objects.filter(action__in=[Action.EXPORT, Action.IMPORT, Action.CHANGE]).order_by("number")
    assert [event.action for event in events] == [Action.EXPORT, Action.CHANGE, Action.IMPORT]
    for event in events:
        assert re.fullmatch(rf"{office}，由命令 .+（.+）代办", event.who)
        assert (event.user, event.role) == (office, "整改办")
    history = office_client.get(reverse("findings:history", args=["measure", case.measure.pk])).text
    assert f"{office}，由命令" in history
    assert Measure.field_history.rows.filter(id=case.measure.pk).latest("history_id").history_user == office


def test_a_command_that_acts_for_nobody_is_named_alone(case: Case, tmp_path: Path) -> None:
    about = ("--inspection", str(case.inspection.pk), "--output", str(tmp_path / "任务.csv"))
    call_command("export_list", "tasks", *about, stdout=io.StringIO())
    event = Event.objects.latest("number")
    assert (event.action, event.user, event.role) == (Action.EXPORT, None, "")
    assert re.fullmatch(r"命令 .+（.+）", event.who)
