"""Two people at one record: the later one is told, keeps every word he typed, and chooses; so it is with deletions."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Event, Record, Result, User
from findings.factories import (
    make_accountability,
    make_facet,
    make_recovery,
    make_spot_check,
    make_supervision,
    make_unit,
    make_user,
)
from findings.followup.views.history import KINDS
from findings.models import Finding, Progress, Unit
from findings.workflow.saving import workflow_writer
from ledgers.factories import make_entry
from reports.models import ReportDetails
from tests.findings.conftest import Case, newest, query_count, seen, words_of, write_address
from tests.findings.test_versions import versions_of
from tests.ledgers.template_workbooks import make_superior_form
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def second() -> Client:
    """Another browser, with another person of the office."""
    client = Client()
    client.force_login(make_user(username="second", name="李整改", role="office"))
    return client


def filled_in(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send for the form at that address, with some fields changed."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items() if value is not False} | changes


def answer_of(page: str, **changes: str) -> dict[str, Any]:
    """What a browser would send for the page of a conflict, with some choices or texts changed."""
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page.split('class="card card-body conflict"')[1]):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes["type"] not in {"radio", "checkbox"} or " checked" in tag:
            sent.setdefault(attributes["name"], []).append(
                html.unescape(attributes.get("value", "on" if attributes["type"] == "checkbox" else ""))
            )
    for name, text in re.findall(r'(?s)<textarea name="(\w+)"[^>]*>\r?\n?(.*?)</textarea>', page):
        sent[name] = html.unescape(text)
    for name, options in re.findall(r'(?s)<select name="(\w+)".*?>(.*?)</select>', page):
        sent[name] = re.findall(r'value="([^"]*)" selected', options) or [""]
    return sent | changes


def results(record: Record, action: Action) -> list[str]:
    """How the attempts at a record ended, oldest first."""
    rows = Event.objects.filter(record_type=record._meta.label_lower, record_id=record.pk, action=action)
    return list(rows.order_by("pk").values_list("result", flat=True))


def test_the_later_of_two_gets_his_words_back_and_chooses(office_client: Client, second: Client, case: Case) -> None:
    address = write_address(case, "finding_edit")
    mine = filled_in(second, address, title="我改的标题", detail="我写的表现")
    theirs = filled_in(office_client, address, title="他改的标题", introduction="他写的引言")
    assert office_client.post(address, theirs).status_code == 302
    answer = second.post(address, mine)
    page, words = answer.content.decode(), words_of(answer.content.decode())
    assert answer.status_code == 409
    assert "这条问题记录已由张整改于" in words
    for part in ("我改的标题", "我写的表现", "他改的标题", "他写的引言", "双方都改了"):
        assert part in page
    chosen = answer_of(page)
    assert chosen["seen"] == ["2"]
    assert chosen["take-title"] == chosen["take-detail"] == ["mine"]  # he changed both
    assert chosen["take-introduction"] == ["theirs"]  # only the other one did
    assert "take-order" not in chosen
    assert second.post(address, chosen | {"take-title": "theirs"}).status_code == 302
    case.finding.refresh_from_db()
    assert case.finding.version == 3
    assert (case.finding.title, case.finding.detail, case.finding.introduction) == (
        "他改的标题",
        "我写的表现",
        "他写的引言",
    )
    assert case.finding.lead_unit == case.unit
    assert results(case.finding, Action.CHANGE) == [Result.DONE, Result.CONFLICT, Result.DONE]
    assert versions_of(case.finding) == [1, 2, 3]


def test_texts_can_be_merged_by_hand_on_the_page(office_client: Client, second: Client, case: Case) -> None:
    address = write_address(case, "finding_edit")
    mine = filled_in(second, address, detail="我写的表现")
    office_client.post(address, filled_in(office_client, address, detail="他写的表现"))
    page = second.post(address, mine).content.decode()
    merged = answer_of(page, detail="他写的表现\r\n我写的表现")
    assert second.post(address, merged).status_code == 302
    case.finding.refresh_from_db()
    assert case.finding.detail == "他写的表现\n我写的表现"


def test_a_third_change_is_a_conflict_again(office_client: Client, second: Client, case: Case) -> None:
    address = write_address(case, "finding_edit")
    mine = filled_in(second, address, title="我改的标题")
    office_client.post(address, filled_in(office_client, address, title="第二版"))
    chosen = answer_of(second.post(address, mine).content.decode())
    office_client.post(address, filled_in(office_client, address, title="第三版"))
    again = second.post(address, chosen)
    assert again.status_code == 409
    assert answer_of(again.content.decode())["seen"] == ["3"]
    assert "第三版" in again.content.decode()
    assert "我改的标题" in again.content.decode()
    case.finding.refresh_from_db()
    assert case.finding.title == "第三版"


def test_choices_of_units_dates_and_ticks_come_back(office_client: Client, second: Client, case: Case) -> None:
    address = write_address(case, "finding_edit")
    mine = filled_in(second, address, lead_unit=case.other_unit.pk, supporting_units=[], due_on="2026-05-20")
    others = filled_in(
        office_client, address, supporting_units=[make_unit(name="丙科").pk], due_on="2026-06-15", long_term="on"
    )
    assert office_client.post(address, others).status_code == 302
    answer = second.post(address, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "2026年6月15日" in page
    assert "丙科" in page
    chosen = answer_of(page)
    assert chosen["take-lead_unit"] == chosen["take-supporting_units"] == ["mine"]
    assert chosen["take-long_term"] == ["theirs"]
    choices = {"take-supporting_units": "theirs", "take-due_on": "theirs"}
    assert second.post(address, chosen | choices).status_code == 302
    case.finding.refresh_from_db()
    assert str(case.finding.due_on) == "2026-06-15"
    assert case.finding.lead_unit == case.other_unit
    assert [unit.name for unit in case.finding.supporting_units.all()] == ["丙科"]
    assert case.finding.long_term is True


@pytest.mark.parametrize("odd", [None, "", "abc", "-1", "0", "1.0", "２", "9" * 400, "\0", "99"])
def test_a_missing_or_forged_version_is_a_conflict(office_client: Client, case: Case, odd: str | None) -> None:
    address = write_address(case, "aspect_edit")
    values = {"order": 1, "title": "改过的标题"} | ({} if odd is None else {"seen": odd})
    answer = office_client.post(address, values)
    assert answer.status_code == 409
    assert "改过的标题" in answer.content.decode()
    case.aspect.refresh_from_db()
    assert (case.aspect.title, case.aspect.version) == ("推动决策部署落地见效存在温差", 1)
    assert results(case.aspect, Action.CHANGE) == [Result.CONFLICT]


def test_the_version_itself_cannot_be_set(office_client: Client, case: Case) -> None:
    values = {"order": 1, "title": "改过的标题", "version": "77", "status": "closed"} | seen(case.aspect)
    assert office_client.post(write_address(case, "aspect_edit"), values).status_code == 302
    case.aspect.refresh_from_db()
    assert case.aspect.version == 2


def test_saving_without_a_change_says_so_and_writes_nothing(office_client: Client, case: Case) -> None:
    case.finding.detail = "第一行\n第二行"
    workflow_writer.save(case.finding, seen=1)
    address = write_address(case, "finding_edit")
    values = filled_in(office_client, address, detail="第一行\r\n第二行")  # as browsers send line ends
    before = Event.objects.count()
    answer = office_client.post(address, values, follow=True)
    assert "没有改动" in answer.content.decode()
    assert "已保存" not in answer.content.decode()
    assert Event.objects.count() == before
    case.finding.refresh_from_db()
    assert case.finding.version == 2


def test_two_who_type_the_same_do_not_quarrel(office_client: Client, second: Client, case: Case) -> None:
    address = write_address(case, "aspect_edit")
    mine = filled_in(second, address, title="同样的标题")
    office_client.post(address, filled_in(office_client, address, title="同样的标题"))
    answer = second.post(address, mine, follow=True)
    assert "没有改动" in answer.content.decode()
    assert results(case.aspect, Action.CHANGE) == [Result.DONE]


def test_a_unit_is_defended_too(keeper_client: Client, case: Case) -> None:
    second = Client()
    second.force_login(make_user(role="system_officer"))
    address = write_address(case, "unit_edit")
    mine = filled_in(second, address, name="我取的名称")
    keeper_client.post(address, filled_in(keeper_client, address, name="他取的名称"))
    answer = second.post(address, mine)
    assert answer.status_code == 409
    assert "他取的名称" in answer.content.decode()
    assert second.post(address, answer_of(answer.content.decode())).status_code == 302
    assert Unit.objects.get(pk=case.unit.pk).name == "我取的名称"


def test_two_who_begin_the_same_report_details(office_client: Client, second: Client, case: Case) -> None:
    address = reverse("reports:details_edit", args=[case.inspection.pk])
    mine = filled_in(second, address, title="我的标题")
    assert office_client.post(address, filled_in(office_client, address, title="他的标题")).status_code == 302
    answer = second.post(address, mine)
    assert answer.status_code == 409
    assert answer_of(answer.content.decode())["take-title"] == ["mine"]
    assert ReportDetails.objects.get().title == "他的标题"


def test_a_form_for_a_record_deleted_meanwhile_gives_the_words_back(
    office_client: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = write_address(case, "regulation_edit")
    values = filled_in(office_client, address, title="改了很久的制度名称")
    original = workflow_writer.save

    def removed_first(record: Record, **how: Any) -> bool:
        workflow_writer.delete(type(record)._base_manager.get(pk=record.pk), seen=1)
        return original(record, **how)

    with monkeypatch.context() as patched:
        patched.setattr(workflow_writer, "save", removed_first)
        late = office_client.post(address, values)
    for answer, status in ((late, 409), (office_client.post(address, values), 404)):
        assert answer.status_code == status
        assert re.search(r"(?s)<textarea[^>]* readonly>改了很久的制度名称</textarea>", answer.content.decode())
        assert "没有保存" in words_of(answer.content.decode())
    assert "readonly" not in office_client.get(address).content.decode()


def test_what_is_typed_is_not_shown_on_addresses_there_are_not(office_client: Client, client: Client) -> None:
    assert "恶意" not in office_client.post("/nothing/", {"text": "恶意文字"}).content.decode()


def test_a_record_changed_meanwhile_is_not_deleted_unseen(office_client: Client, second: Client, case: Case) -> None:
    facet = make_facet(case.finding)
    address = reverse("findings:facet_delete", args=[facet.pk])
    form = second.get(address).content.decode()
    assert 'name="seen" value="1"' in form
    facet.title = "改过的分面"
    workflow_writer.save(facet, seen=1)
    answer = second.post(address, {"seen": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "没有删除：这条分面记录已由" in words_of(page)
    assert "在改过的分面方面" in page
    assert second.post(address).status_code == 409
    assert second.post(address, {"seen": "2"}).status_code == 302
    assert results(facet, Action.DELETE) == [Result.CONFLICT, Result.CONFLICT, Result.DONE]


def test_two_who_delete_the_same_are_both_told(office_client: Client, case: Case, monkeypatch: Any) -> None:
    facet, original = make_facet(case.finding), workflow_writer.delete

    def removed_first(record: Record, **how: Any) -> None:
        original(type(record)._base_manager.get(pk=record.pk), seen=1)
        original(record, **how)

    monkeypatch.setattr(workflow_writer, "delete", removed_first)
    address = reverse("findings:facet_delete", args=[facet.pk])
    answer = office_client.post(address, {"seen": "1"}, follow=True)
    assert "这条分面记录已由张整改于" in words_of(answer.content.decode())


def test_moving_what_is_being_changed_is_told(office_client: Client, case: Case, monkeypatch: Any) -> None:
    make_unit()
    other = Finding.objects.get(pk=case.finding.pk)
    sibling = case.sub_finding
    assert sibling.parent == other

    def late(_writer: object, record: Finding, *args: object) -> bool:
        record.version = 99
        return workflow_writer.save(record, seen=1)

    monkeypatch.setattr("accounts.web.http.move", late)
    answer = office_client.post(write_address(case, "finding_move"), {"step": "down"}, follow=True)
    assert "顺序没有变：这条问题记录已由" in words_of(answer.content.decode())


def test_the_timeline_says_who_did_what_with_before_and_after(office_client: Client, case: Case, office: User) -> None:
    address = write_address(case, "finding_edit")
    office_client.post(address, filled_in(office_client, address, title="改过的标题", due_on="2026-06-01"))
    facet = make_facet(case.finding, title="将被删除")
    office_client.post(reverse("findings:facet_delete", args=[facet.pk]), seen(facet))
    section = newest(office_client, case.finding)
    for part in (
        "张整改 修改问题 改动 2 项 字段 修改前 修改后 问题 督查工作重部署轻问效 改过的标题",
        "完成时限 2026年6月30日 2026年6月1日",
        "删除分面“在将被删除方面” 删除前的内容",
        "新建整改措施“建立督查台账。”",
        "新建问题“台账不全”",
    ):
        assert part in section, section
    assert section.index("删除分面") < section.index("修改问题") < section.index("新建整改措施")


FILED: dict[str, Callable[[Case], Record]] = {
    "accountability": lambda case: make_accountability(case.inspection, finding=case.finding),
    "recovery": lambda case: make_recovery(case.inspection, finding=case.finding),
    "supervision": lambda case: make_supervision(case.inspection, findings=[case.finding]),
    "spot_check": lambda case: make_spot_check(make_user(), case.finding),
    "entry": lambda case: make_entry(case.inspection, units=[case.unit]),
    "superior_form": lambda case: make_superior_form(make_user()),
}
OFFICERS = {"superior_form": "system_officer"}  # who sees what is nobody's in particular


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_history_is_shown_of_what_one_may_see(client: Client, reporter: User, case: Case, kind: str) -> None:
    record = getattr(case, kind, None) or FILED[kind](case)
    address = reverse("findings:history", args=[kind, record.pk])
    reader = make_user(role=OFFICERS[kind]) if kind in OFFICERS else reporter
    client.force_login(reader)
    assert "新建" in words_of(client.get(address).content.decode())
    assert client.get(reverse("findings:history", args=[kind, 999_999])).status_code == 404
    assert client.get(address, {"before": "abc"}).status_code == 200
    with unchecked_writes():
        User.objects.filter(pk=reader.pk).update(is_active=False)
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("kind", ["user", "grant", "event", "aspect", "accounts.user", "1"])
def test_there_is_no_history_of_other_kinds(office_client: Client, case: Case, kind: str) -> None:
    assert office_client.get(reverse("findings:history", args=[kind, 1])).status_code == 404


def test_a_foreign_record_is_not_there(client: Client, reporter: User, case: Case) -> None:
    """On the parent's timeline a hidden child is left out too, also once it is gone."""
    client.force_login(reporter)
    assert client.get(reverse("findings:history", args=["finding", case.sub_finding.pk])).status_code == 404
    for _ in range(2):
        words = newest(client, case.finding)
        assert "台账不全" not in words
        assert "新建整改措施" in words
        if case.sub_finding.pk:
            workflow_writer.delete(case.sub_finding, seen=case.sub_finding.version)


def test_a_long_history_goes_on_page_by_page(office_client: Client, case: Case) -> None:
    for number in range(60):
        case.aspect.title = f"第{number}次"
        workflow_writer.save(case.aspect, seen=case.aspect.version)
    address = reverse("findings:history", args=["inspection", case.inspection.pk])
    first = office_client.get(address)
    older = first.context["timeline"].more
    assert len(first.context["timeline"].entries) == 50
    rest = office_client.get(address, {"before": older})
    assert rest.context["timeline"].more is None
    keys = [entry.event.pk for answer in (first, rest) for entry in answer.context["timeline"].entries]
    assert keys == sorted(set(keys), reverse=True)
    assert "更早的改动" in first.content.decode()


@pytest.mark.parametrize("name", ["finding_detail", "measure_detail"])
def test_timelines_cost_the_same_however_long_they_are(office_client: Client, case: Case, name: str) -> None:
    record: Any = case.finding if name == "finding_detail" else case.measure
    units = [make_unit() for _ in range(12)]

    def edit_all() -> None:
        for unit in units:
            record.lead_unit = unit
            record.person_in_charge = make_user()
            workflow_writer.save(record, seen=record.version)
            entry = case.progress
            entry.text = f"{entry.text}又。"
            workflow_writer.save(entry, seen=entry.version)

    edit_all()
    address = f"{reverse('findings:history', args=[record._meta.model_name, record.pk])}?newest=on"
    before = query_count(office_client, address)
    edit_all()
    assert query_count(office_client, address) == before
    assert before <= 16
    assert Progress.objects.count() == 1
