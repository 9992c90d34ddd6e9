"""The pages of superiors' forms: uploaded, mapped, replaced, removed by who keeps the forms; filled in by who sees the
list; every step in the trail.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Event, Result, User
from findings.factories import (
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_unit,
    make_user,
)
from ledgers.models import SuperiorForm, SuperiorWorkbook
from tests.documents.excel.templates.workbooks import (
    opened,
    with_instructions,
    with_placeholders,
    with_two_lines_of_headings,
)
from tests.findings.conftest import Case, newest
from tests.ledgers.template_workbooks import make_superior_form, plain_form

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LIST, CREATE = "ledgers:superior_list", "ledgers:superior_create"


def uploaded(client: Client, content: bytes, listed: str = "register", **fields: Any) -> Any:
    """The answer to an upload."""
    file = SimpleUploadedFile(fields.pop("file_name", "情况表.xlsx"), content)
    sent = {"name": "全市情况表", "listed": listed, "workbook": file, **fields}
    return client.post(reverse(CREATE), sent, follow=True)


def page_of(form: SuperiorForm, name: str) -> str:
    """The address of a page of a form."""
    return reverse(f"ledgers:superior_{name}", args=[form.pk])


def last_event(form: SuperiorForm) -> Event:
    """What was last done to a form."""
    return Event.objects.filter(record_type="ledgers.superiorform", record_id=form.pk).latest("number")


def test_a_form_with_placeholders_is_in_use_at_once(keeper_client: Client, case: Case, reporter: User) -> None:
    page = uploaded(keeper_client, plain_form())
    form = SuperiorForm.objects.get()
    assert "用示例数据试填成功" in page.content.decode()
    assert (form.name, form.listed, form.sheet, form.row, form.is_confirmed) == (
        "全市情况表",
        "register",
        "进展情况表",
        4,
        True,
    )
    assert form.columns["D"] == "{{责任科室}}（{{责任人}}）"
    assert form.cells["进展情况表!A5"] == "共 {{总数}} 条"
    assert bytes(form.workbook.content) == plain_form()
    event = last_event(form)
    assert (event.action, event.result, event.version_after) == (Action.CREATE, Result.DONE, 1)
    assert SuperiorForm.field_history.rows.filter(id=form.pk).count() == 1
    reader = Client()
    reader.force_login(reporter)
    list_page = reader.get(reverse("ledgers:list", args=[case.inspection.pk, "register"]), {"q": "台账"})
    address = reverse("ledgers:superior_export", args=[case.inspection.pk, "register", form.pk])
    assert f'href="{address}?q=' in list_page.content.decode()
    assert "按上级表样导出" in list_page.content.decode()
    other = reader.get(reverse("ledgers:list", args=[case.inspection.pk, "tasks"]))
    assert "按上级表样导出" not in other.content.decode()


def test_a_broken_form_is_refused_with_its_places_and_what_was_typed_is_kept(keeper_client: Client) -> None:
    broken = with_placeholders(lambda sheet: sheet.__setitem__("C4", "{{整改措旋}}"))
    page = uploaded(keeper_client, broken)
    words = page.content.decode()
    assert "工作表“进展情况表”C4 单元格“{{整改措旋}}”：没有“整改措旋”这个占位符，是不是“整改措施”？请改正。" in words
    assert 'value="全市情况表"' in words
    assert '<option value="register" selected>' in words
    assert not SuperiorForm.objects.exists()
    assert not SuperiorWorkbook.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("表.xls", b"x", "必须是 .xlsx"),
        ("表.xlsx", b"", "已损坏或不完整"),
        ("表.xlsx", b"x" * (2 * 1024 * 1024 + 1), "不能超过 2 MB"),
    ],
)
def test_what_is_no_workbook_is_refused(keeper_client: Client, name: str, content: bytes, reason: str) -> None:
    assert reason in uploaded(keeper_client, content, file_name=name).content.decode()
    assert not SuperiorForm.objects.exists()


def test_two_forms_of_a_list_have_two_names(keeper_client: Client, office: User) -> None:
    make_superior_form(office, name="全市情况表")
    page = uploaded(keeper_client, plain_form())
    assert "这张清单已有同名的上级表样" in page.content.decode()
    assert SuperiorForm.objects.count() == 1


def mapped(client: Client, form: SuperiorForm, query: str = "", **fields: str) -> Any:
    """The answer to a mapping as its page proposes it, with these of its fields chosen otherwise."""
    address = page_of(form, "mapping") + query
    page = client.get(address)
    proposed = page.context["form"]
    sent = {name: proposed.get_initial_for_field(field, name) or "" for name, field in proposed.fields.items()}
    return client.post(address, {**sent, **fields}, follow=True)


def test_a_form_without_placeholders_is_in_use_once_its_columns_are_confirmed(
    keeper_client: Client, office_client: Client, case: Case
) -> None:
    page = uploaded(keeper_client, with_two_lines_of_headings(), "recoveries")
    form = SuperiorForm.objects.get()
    assert "请逐列核对，确认后才会启用" in page.content.decode()
    assert "到账情况 ▸ 金额（元）" in page.content.decode()
    assert not form.is_confirmed
    export = reverse("ledgers:superior_export", args=[case.inspection.pk, "recoveries", form.pk])
    assert office_client.get(export).status_code == 404
    answer = mapped(
        keeper_client, form, use_F="", use_G="text", text_G="本级", cells="资金追缴!A2：填报单位：{{被巡察党组织}}"
    )
    assert "可以使用了" in answer.content.decode()
    form.refresh_from_db()
    assert form.is_confirmed
    assert form.columns == {
        "A": "{{行号}}",
        "B": "{{类型}}",
        "C": "{{金额（元）}}",
        "D": "{{到账日期}}",
        "E": "{{凭据号}}",
        "G": "本级",
    }
    assert form.cells == {"资金追缴!A2": "填报单位：{{被巡察党组织}}"}
    assert (last_event(form).version_before, last_event(form).version_after) == (1, 2)
    assert "资金追缴!A2：填报单位：{{被巡察党组织}}" in newest(keeper_client, form)
    sheet = opened(office_client.get(export).getvalue()).active
    assert sheet["A2"].value == f"填报单位：{case.inspection.body}"


def test_headings_can_be_looked_for_in_another_row(keeper_client: Client, office: User) -> None:
    form = make_superior_form(office, with_instructions(), "problems")
    page = keeper_client.get(page_of(form, "mapping"), {"sheet": "填表说明", "row": "2"})
    assert "还没有保存" in page.content.decode()
    assert list(page.context["form"].headings) == ["A"]
    answer = mapped(keeper_client, form, "?sheet=填表说明&row=4", cells="")
    assert "至少要有一列填清单的内容" in answer.content.decode()
    form.refresh_from_db()
    assert form.sheet == "明细表"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"use_F": "{{完成时限}}"}, "F2 单元格“集中整改”：这一行要填记录，但表样里已经有内容"),
        ({"use_D": "text"}, "选了“固定文字”，请写出文字"),
        ({"use_D": "text", "text_D": "{{没有}}"}, "没有“没有”这个占位符"),
        ({"cells": "B2"}, "要写成“工作表名称!B2：文字”"),
        ({"cells": "没有!B9：字"}, "“没有!B9”不是表样里的单元格"),
    ],
)
def test_a_mapping_that_cannot_be_filled_in_is_refused_and_kept_on_the_page(
    keeper_client: Client, office: User, fields: dict[str, str], words: str
) -> None:
    form = make_superior_form(office, with_instructions(), "problems")
    answer = mapped(keeper_client, form, **{"use_A": "{{序号}}", **fields})
    assert words in answer.content.decode()
    assert answer.context["form"]["use_A"].value() == "{{序号}}"
    form.refresh_from_db()
    assert form.version == 1


def test_who_maps_second_is_told_and_keeps_his_choices(keeper_client: Client, office: User) -> None:
    form = make_superior_form(office, with_instructions(), "problems")
    mapped(keeper_client, form, use_A="{{序号}}")
    answer = mapped(keeper_client, form, use_A="{{行号}}", seen="1")
    assert answer.status_code == 409
    words = answer.content.decode()
    assert "这条上级表样记录已由陶系统于" in words
    assert "现在保存的" in words
    assert answer.context["form"]["use_A"].value() == "{{行号}}"
    form.refresh_from_db()
    assert form.columns["A"] == "{{序号}}"
    assert last_event(form).result == Result.CONFLICT
    again = mapped(keeper_client, form, use_A="{{行号}}", seen=str(answer.context["form"]["seen"].value()))
    assert again.status_code == 200
    form.refresh_from_db()
    assert form.columns["A"] == "{{行号}}"


def test_another_workbook_takes_the_place_and_the_history_tells(keeper_client: Client, office: User) -> None:
    form = make_superior_form(office)
    other = with_placeholders(lambda sheet: sheet.__setitem__("F4", "{{备注}}"))
    file = SimpleUploadedFile("新表.xlsx", other)
    keeper_client.post(page_of(form, "workbook"), {"workbook": file, "seen": "1"})
    form.refresh_from_db()
    assert (form.workbook.name, form.columns["F"], form.version) == ("新表.xlsx", "{{备注}}", 2)
    assert SuperiorWorkbook.objects.count() == 2
    assert "表样.xlsx（摘要" in newest(keeper_client, form)
    assert keeper_client.get(page_of(form, "file")).getvalue() == other
    answer = keeper_client.post(
        page_of(form, "workbook"), {"workbook": SimpleUploadedFile("晚.xlsx", plain_form()), "seen": "1"}
    )
    assert answer.status_code == 409
    assert "这一次没有保存" in answer.content.decode()
    form.refresh_from_db()
    assert form.workbook.name == "新表.xlsx"


def test_a_sample_shows_who_sees_no_records_how_it_will_look(keeper_client: Client, office: User) -> None:
    form = make_superior_form(office)
    sheet = opened(keeper_client.get(page_of(form, "sample")).getvalue()).active
    assert [cell.value for cell in sheet[5]][:2] == [2, "（示例）反馈问题"]
    assert sheet["A1"].value == "区政府办党组巡察整改进展情况表"


def test_a_form_is_renamed_and_removed(keeper_client: Client, office_client: Client, office: User, case: Case) -> None:
    form = make_superior_form(office)
    keeper_client.post(form.get_absolute_url(), {"name": "新名称", "seen": "1"})
    form.refresh_from_db()
    assert (form.name, form.version) == ("新名称", 2)
    assert keeper_client.post(form.get_absolute_url(), {"name": "晚了", "seen": "1"}).status_code == 409
    keeper_client.post(page_of(form, "delete"), {"seen": "2"})
    assert not SuperiorForm.objects.exists()
    assert SuperiorWorkbook.objects.count() == 1
    assert last_event(form).action == Action.DELETE
    export = reverse("ledgers:superior_export", args=[case.inspection.pk, "register", form.pk])
    assert office_client.get(export).status_code == 404


def test_a_unit_gets_its_own_part_alone_and_nobody_a_foreign_list(
    office_client: Client, office: User, case: Case
) -> None:
    form = make_superior_form(office)
    export = reverse("ledgers:superior_export", args=[case.inspection.pk, "register", form.pk])
    own = make_user()
    unit = make_unit(parent=case.unit.parent)
    make_measure(make_finding(case.aspect, lead_unit=unit), plan="只有这一条。")
    make_member(unit, own)
    make_grant(own, "reporter", unit)
    reader = Client()
    reader.force_login(own)
    sheet = opened(reader.get(export).getvalue()).active
    assert [sheet.cell(row, 3).value for row in (4, 5)] == ["只有这一条。", None]
    foreign = make_inspection()
    assert reader.get(reverse("ledgers:superior_export", args=[foreign.pk, "register", form.pk])).status_code == 404
    assert (
        reader.get(reverse("ledgers:superior_export", args=[case.inspection.pk, "tasks", form.pk])).status_code == 404
    )
    for name in (LIST, CREATE):
        assert office_client.get(reverse(name)).status_code == 403
    for name in ("form", "mapping", "workbook", "file", "sample", "delete"):
        assert office_client.get(page_of(form, name)).status_code == 403
