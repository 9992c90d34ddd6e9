"""What is typed wrongly is refused in Chinese at the right field; the typed text stays and nothing is stored."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.test import Client
from django.urls import reverse

from findings.factories import make_aspect, make_facet, make_finding, make_inspection, make_measure, make_user
from findings.models import Aspect, Facet, Finding, Inspection, Measure, Membership, Regulation, Unit
from tests.findings.conftest import Case, write_address
from tests.raw_writes import unchecked_writes
from tests.test_honesty import FORGED

pytestmark = pytest.mark.django_db

GOOD: dict[str, dict[str, Any]] = {
    "inspection_create": {
        "name": "第四轮巡察",
        "term": "xuncha",
        "level": "district",
        "commissioner": "区委",
        "team": "区委第四巡察组",
        "body": "区城管局党组",
        "notice_days": 20,
        "letter_days": 30,
        "warning_days": 10,
        "extensions_by": "office",
        "counting": "findings",
        "open_word": "待整改",
        "in_progress_word": "整改中",
        "submitted_word": "待审核",
        "closed_word": "已销号",
        "complete_word": "完成",
        "substantially_word": "基本完成",
        "staged_word": "阶段性完成",
    },
    "aspect_create": {"order": 2, "title": "践行宗旨不够扎实"},
    "finding_create": {"order": 2, "title": "热线办理质效不稳定", "timing": "scheduled"},
    "facet_create": {"order": 2, "title": "制度建设"},
    "measure_create": {"order": 2, "plan": "逐条对照台账。"},
    "regulation_create": {"title": "会议管理办法", "kind": "new"},
    "unit_create": {"name": "人事科", "kind": "office", "order": 3},
    "member_create": {"started_on": "2026-01-01"},
}
MODELS: dict[str, type[models.Model]] = {
    "inspection_create": Inspection,
    "aspect_create": Aspect,
    "finding_create": Finding,
    "facet_create": Facet,
    "measure_create": Measure,
    "regulation_create": Regulation,
    "unit_create": Unit,
    "member_create": Membership,
}
LONG = "长" * 300
CONTROL = "督查\x07工作"
TURNED = "督查\u202e工作"
WRONG = [
    ("inspection_create", "name", LONG, "最多 100 个字，现在有 300 个字。"),
    ("inspection_create", "name", "第三轮巡察", "这个名称已经用过，请换一个名称。"),
    ("inspection_create", "extensions_by", "reporter", "所选的一项已不存在或不能选，请重新选择。"),
    ("inspection_create", "notice_days", "-1", "不能小于 0。"),
    ("inspection_create", "warning_days", "30", "不能多于提醒天数（20）。"),
    ("inspection_create", "notice_days", "二十", "请填写整数。"),
    ("inspection_create", "notice_days", "99999999999", "不能大于 32767。"),
    ("inspection_create", "level", "galaxy", "所选的一项已不存在或不能选，请重新选择。"),
    ("inspection_create", "feedback_on", "15/01/2026", "请按“年-月-日”填写，如 2026-03-31。"),
    ("inspection_create", "feedback_on", "2026-02-30", "请按“年-月-日”填写，如 2026-03-31。"),
    ("inspection_create", "open_word", "", "请填写“待整改”的用词。"),
    ("aspect_create", "title", LONG, "最多 200 个字，现在有 300 个字。"),
    ("aspect_create", "title", CONTROL, "第 3 个字符（U+0007）是看不见的控制字符，请删除后再提交。"),
    ("aspect_create", "title", "一行\n两行", "此处只能填写一行文字，请去掉换行和制表符。"),
    ("aspect_create", "title", "   ", "请填写标题。"),
    ("aspect_create", "order", "1", "本次巡察已有这个序号的方面，请换一个序号。"),
    ("aspect_create", "order", "40000", "不能大于 32767。"),
    ("aspect_create", "order", "9" * 40, "不能大于 32767。"),
    ("aspect_create", "order", "1.5", "请填写整数。"),
    ("finding_create", "title", LONG, "最多 200 个字，现在有 300 个字。"),
    ("finding_create", "title", TURNED, "第 3 个字符（U+202E）是看不见的控制字符，请删除后再提交。"),
    ("finding_create", "detail", CONTROL, "第 3 个字符（U+0007）是看不见的控制字符，请删除后再提交。"),
    ("finding_create", "order", "1", "本方面已有这个序号的问题，请换一个序号。"),
    ("finding_create", "due_on", "2026-01-14", "不能早于反馈日期（2026年1月15日）。"),
    ("finding_create", "lead_unit", "999999", "所选的一项已不存在或不能选，请重新选择。"),
    ("finding_create", "lead_unit", "综合科", "所选的一项已不存在或不能选，请重新选择。"),
    ("facet_create", "order", "1", "该问题下已有这个序号的分面，请换一个序号。"),
    ("facet_create", "title", LONG, "最多 100 个字，现在有 300 个字。"),
    ("measure_create", "plan", "", "整改措施和整改成效至少填写一项。"),
    ("measure_create", "plan", CONTROL, "第 3 个字符（U+0007）是看不见的控制字符，请删除后再提交。"),
    ("measure_create", "order", "1", "该问题下已有这个序号的措施，请换一个序号。"),
    ("measure_create", "due_on", "2026-01-14", "不能早于反馈日期（2026年1月15日）。"),
    ("measure_create", "completed_on", "2026-01-14", "不能早于反馈日期（2026年1月15日）。"),
    ("measure_create", "completed_on", "2099-01-01", "完成日期不能在今天之后。"),
    ("regulation_create", "title", "督查工作办法", "这项制度已经登记过了。"),
    ("regulation_create", "title", LONG, "最多 200 个字，现在有 300 个字。"),
    ("unit_create", "name", "区政府办", "已有同名的顶级单位。"),
    ("unit_create", "short_name", LONG, "最多 20 个字，现在有 300 个字。"),
    ("member_create", "user", "", "请选择人员。"),
    ("member_create", "ended_on", "2025-12-31", "结束日期不能早于开始日期。"),
]


def values_for(name: str) -> dict[str, Any]:
    """What a good form sends."""
    return GOOD[name] | ({"user": make_user().pk} if name == "member_create" else {})


@pytest.mark.parametrize("name", list(GOOD))
def test_what_is_in_order_is_stored(fitting: Callable[[str], Client], case: Case, name: str) -> None:
    before = MODELS[name].objects.count()  # type: ignore[attr-defined]
    answer = fitting(name).post(write_address(case, name), values_for(name))
    assert answer.status_code == 302, answer.context["form"].errors
    assert MODELS[name].objects.count() == before + 1  # type: ignore[attr-defined]
    assert 'class="message message-success"' in fitting(name).get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize(("name", "field", "value", "message"), WRONG)
def test_what_is_wrong_is_said_at_its_field(  # noqa: PLR0917 -- pytest hands them over by name
    fitting: Callable[[str], Client], case: Case, name: str, field: str, value: str, message: str
) -> None:
    before = MODELS[name].objects.count()  # type: ignore[attr-defined]
    answer = fitting(name).post(write_address(case, name), values_for(name) | {field: value})
    form, page = answer.context["form"], answer.content.decode()
    assert answer.status_code == 200
    assert form.errors == {field: [message]}
    assert MODELS[name].objects.count() == before  # type: ignore[attr-defined]
    assert f'href="#id_{field}"' in page
    assert f'id="id_{field}_error"' in page
    assert page.count(html.escape(message)) == 2  # in the summary and at the field
    chosen = field in {
        "level",
        "extensions_by",
        "lead_unit",
        "user",
    }  # a choice that does not exist cannot be shown as chosen
    for typed in (GOOD[name] | ({} if chosen else {field: value})).values():
        assert html.escape(str(typed).strip()) in page


def test_a_null_byte_is_refused_in_chinese(office_client: Client, case: Case) -> None:
    answer = office_client.post(write_address(case, "aspect_create"), {"order": 2, "title": "督\0查"})
    assert answer.context["form"].errors["title"][0].endswith("控制字符，请删除后再提交。")
    assert Aspect.objects.count() == 1


def test_several_mistakes_are_all_said_at_once(office_client: Client, case: Case) -> None:
    values = {"order": "1", "title": LONG, "timing": "scheduled", "due_on": "2020-01-01"}
    answer = office_client.post(write_address(case, "finding_create"), values)
    page = answer.content.decode()
    assert set(answer.context["form"].errors) == {"order", "title", "due_on"}
    assert "没有保存，有 3 处需要修改，您填的都还在：" in page
    assert LONG in page
    assert "maxlength" not in re.search(r'<input[^>]*name="title"[^>]*>', page)[0]  # type: ignore[index]


def test_dates_of_an_inspection_are_blamed_on_the_later_one(office_client: Client) -> None:
    values = GOOD["inspection_create"] | {"started_on": "2026-05-01", "ended_on": "2026-04-01"}
    answer = office_client.post(reverse("findings:inspection_create"), values)
    assert answer.context["form"].errors == {"ended_on": ["不能早于巡察开始日期（2026年5月1日）。"]}
    assert not Inspection.objects.exists()


def test_a_sub_finding_has_numbers_of_its_own(office_client: Client, case: Case) -> None:
    address = f"{write_address(case, 'finding_create')}?parent={case.finding.pk}"
    values = GOOD["finding_create"]
    answer = office_client.post(address, values | {"order": 1})
    assert answer.context["form"].errors == {"order": ["该问题下已有这个序号的分项问题，请换一个序号。"]}
    assert office_client.post(address, values).status_code == 302
    assert case.finding.sub_findings.count() == 2


def test_a_measure_in_a_facet_has_numbers_of_its_own(office_client: Client, case: Case) -> None:
    address = f"{write_address(case, 'measure_create')}?facet={case.facet.pk}"
    values = {"order": 1, "plan": "另一条。", "facet": case.facet.pk}
    answer = office_client.post(address, values)
    assert answer.context["form"].errors == {"order": ["该分面下已有这个序号的措施，请换一个序号。"]}
    assert office_client.get(address).context["form"]["order"].value() is None


@pytest.mark.parametrize("asked", ["abc", "0", "-1", "9" * 5000, "１２", "\0", "1 OR 1=1"])
def test_nonsense_in_the_address_of_a_form_breaks_nothing(office_client: Client, case: Case, asked: str) -> None:
    assert office_client.get(write_address(case, "finding_create"), {"parent": asked}).status_code == 404
    assert office_client.get(write_address(case, "measure_create"), {"facet": asked}).status_code == 200


def test_a_sub_finding_cannot_be_divided_further(office_client: Client, case: Case) -> None:
    address = write_address(case, "finding_create")
    assert office_client.get(address, {"parent": case.sub_finding.pk}).status_code == 404
    assert "新建分项问题" not in office_client.get(case.sub_finding.get_absolute_url()).content.decode()


def test_a_record_stays_in_the_inspection_of_its_parent(case: Case) -> None:
    elsewhere = make_inspection()
    for record, field in ((make_finding(), "aspect"), (make_measure(), "finding")):
        record.inspection = elsewhere
        with pytest.raises(ValidationError, match="必须属于同一次巡察") as refused:
            record.clean()
        assert list(refused.value.message_dict) == [field]


def test_a_facet_of_another_finding_is_refused(office_client: Client, case: Case) -> None:
    other = make_facet(make_finding(case.aspect))
    values = {"order": 5, "plan": "另一条。", "facet": other.pk}
    answer = office_client.post(write_address(case, "measure_create"), values)
    assert answer.context["form"].errors == {"facet": ["所选的一项已不存在或不能选，请重新选择。"]}


def test_a_unit_does_not_lead_and_support(office_client: Client, case: Case) -> None:
    values = GOOD["finding_create"] | {"lead_unit": case.unit.pk, "supporting_units": [case.unit.pk]}
    answer = office_client.post(write_address(case, "finding_create"), values)
    assert answer.context["form"].errors == {"supporting_units": ["牵头单位不必再列为配合单位，请去掉其中一个。"]}


def test_a_unit_does_not_go_below_itself(keeper_client: Client, case: Case) -> None:
    case.other_unit.parent = case.unit
    with unchecked_writes():
        case.other_unit.save()
    values = {"name": "综合科", "kind": "office", "order": 1, "parent": case.other_unit.pk}
    answer = keeper_client.post(write_address(case, "unit_edit"), values)
    assert answer.context["form"].errors == {"parent": ["“综合科”不能放在自己或自己的下级单位之下。"]}


def test_a_refused_edit_leaves_the_record_and_the_shell_as_they_were(office_client: Client, case: Case) -> None:
    values = GOOD["inspection_create"] | {"name": "改过的名称", "notice_days": 5}
    page = office_client.post(write_address(case, "inspection_edit"), values).content.decode()
    assert 'value="改过的名称"' in page
    assert 'title="第三轮巡察"' in page
    case.inspection.refresh_from_db()
    assert case.inspection.name == "第三轮巡察"


@pytest.mark.parametrize("name", ["aspect_create", "finding_create", "facet_create", "measure_create", "unit_create"])
def test_a_race_for_one_number_is_lost_in_words(
    fitting: Callable[[str], Client], case: Case, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other person saved between our look and our write: the look is made blind, the database still refuses."""
    monkeypatch.setattr(MODELS[name], "validate_constraints", lambda *args, **kwargs: None)
    taken = {"name": "区政府办"} if name == "unit_create" else {"order": 1}
    values = GOOD[name] | taken
    before = MODELS[name].objects.count()  # type: ignore[attr-defined]
    answer = fitting(name).post(write_address(case, name), values)
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [NON_FIELD_ERRORS]
    assert "刚才有人同时保存了相同的内容" in errors[NON_FIELD_ERRORS][0]
    assert str(values.get("title") or values.get("plan") or values["name"]) in answer.content.decode()
    assert MODELS[name].objects.count() == before  # type: ignore[attr-defined]


def test_half_a_record_is_never_stored(office_client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The supporting units are written after the finding: when that fails, the finding is not there either."""

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no disk")

    office_client.raise_request_exception = False
    monkeypatch.setattr(Finding.field_history, "write", fail)
    values = GOOD["finding_create"] | {"supporting_units": [case.unit.pk]}
    assert office_client.post(write_address(case, "finding_create"), values).status_code == 500
    assert not Finding.objects.filter(title=values["title"]).exists()


def test_who_left_stays_where_he_is_named_and_cannot_be_named_anew(office_client: Client, case: Case) -> None:
    gone = make_user(name="赵离任", is_active=False)
    case.finding.person_in_charge = gone
    with unchecked_writes():
        case.finding.save()
    page = office_client.get(write_address(case, "finding_edit")).content.decode()
    assert page.count("赵离任（账号已停用）</option>") == 1
    assert "赵离任的账号已停用，收不到通知、也不能填报；请改选其他人。" in page
    values = GOOD["measure_create"] | {"person_in_charge": gone.pk}
    answer = office_client.post(write_address(case, "measure_create"), values)
    assert answer.context["form"].errors == {"person_in_charge": ["赵离任的账号已停用，不能选；请选其他人。"]}


def test_an_inspection_keeps_its_own_words(office_client: Client) -> None:
    inspection = make_inspection(in_progress_word="推进中")
    finding = make_finding(make_aspect(inspection), status="in_progress")
    make_measure(finding)
    for address in (finding.get_absolute_url(), inspection.get_absolute_url()):
        assert "推进中" in office_client.get(address).content.decode()


@pytest.mark.parametrize("name", list(GOOD))
def test_a_new_record_takes_what_its_form_shows_and_nothing_else(
    fitting: Callable[[str], Client], case: Case, name: str
) -> None:
    values = values_for(name)
    client = fitting(name)
    form = client.get(write_address(case, name)).context["form"]
    forged = {key: value for key, value in FORGED.items() if key not in form.fields}
    answer = client.post(write_address(case, name), values | forged)
    assert answer.status_code == 302
    made = MODELS[name].objects.latest("pk")  # type: ignore[attr-defined]
    expected = form.instance  # as the view prepared it: everything the form does not show
    for field in made._meta.concrete_fields:
        if field.name not in {*form.fields, "id", "logged_at"}:
            assert getattr(made, field.attname) == getattr(expected, field.attname), field.name
