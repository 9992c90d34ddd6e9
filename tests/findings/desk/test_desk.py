"""The desk: what waits for whom, by deadline, whose turn it is, and what can be done; every number is that of rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from findings.choices import Counting, LetterKind, MeasureStatus, Status
from findings.desk import keys, page, statements, viewer
from findings.desk.desk_filter import OVERSEERS, REPORTERS
from findings.desk.row import InboxRow
from findings.desk.sources import SOURCES
from findings.factories import (
    closing_fields,
    make_aspect,
    make_evidence,
    make_extension,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_reporter,
    make_supervision,
    make_unit,
    make_user,
    report_fields,
    submission_fields,
)
from findings.models import Finding, Inspection, Measure, Supervision, Unit
from findings.workflow import StepInput, StepName, take_step
from findings.workflow.signed_content import verified_digest
from tests.findings.conftest import TODAY, Case, days, query_count, signed_in, words_of
from tests.raw_writes import unchecked_writes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_of_june")]
DESK = reverse("findings:desk")


def rows_of(answer: Any) -> list[InboxRow]:
    """The rows of one page, in their order."""
    return [row for group in answer.context["groups"] for row in group.rows]


def rows(client: Client, query: str = "") -> list[InboxRow]:
    """The rows of the desk with these filters."""
    return rows_of(client.get(f"{DESK}{query}"))


def titles(client: Client, query: str = "") -> list[str]:
    """What the rows are about, without their numbers."""
    return [row.title for row in rows(client, query)]


def acts(client: Client, query: str = "") -> list[tuple[str, str]]:
    """The kind and the next step of each row."""
    return [(row.key.source.label, row.act.label) for row in rows(client, query)]


def verify(measure: Measure) -> None:
    """Have the measure verified, past the workflow."""
    fields = report_fields(make_user()) | {"status": MeasureStatus.VERIFIED, "verified_at": timezone.now()}
    with unchecked_writes():
        Measure.objects.filter(pk=measure.pk).update(
            verified_by=make_user(), verified_digest=verified_digest(measure), **fields
        )


def letter_to(inspection: Inspection, unit: Unit, due: dt.date, **fields: Any) -> Supervision:
    """A letter sent to a unit, to be answered by a day."""
    with unchecked_writes():
        letter = make_supervision(
            inspection,
            letter=fields.pop("letter", LetterKind.SUPERVISION),
            number=f"青巡办督〔2026〕{Supervision.objects.count() + 1}号",
            held_on=days(-20),
            answer_due_on=due,
            sent_by=make_user(),
            **fields,
        )
        letter.units.add(unit)
    return letter


def test_a_reporter_finds_what_was_sent_back_first_then_the_most_urgent(case: Case, reporter: User) -> None:
    with unchecked_writes():
        Measure.objects.all().delete()
    make_measure(case.finding, plan="以后的措施", due_on=days(60))
    make_measure(case.finding, plan="逾期的措施", outcome="", due_on=days(-3))
    make_measure(case.finding, plan="今天的措施", due_on=days(0))
    make_measure(case.finding, plan="没有时限的措施", due_on=None)
    make_measure(case.finding, plan="别人的措施", lead_unit=case.other_unit, due_on=days(-9))
    verify(make_measure(case.finding, plan="核实过的", completed_on=days(-1)))
    back = make_measure(case.finding, plan="退回的措施", due_on=days(90), **report_fields(reporter))
    make_evidence(back)
    supervisor = make_user(name="秦峥", role="supervisor")
    take_step(StepName.SEND_BACK, back, supervisor, back.version, StepInput("缺会议记录。"))
    answer = signed_in(reporter).get(DESK)
    assert titles(signed_in(reporter)) == ["退回的措施", "逾期的措施", "今天的措施", "以后的措施", "没有时限的措施"]
    assert [(one.title, one.number) for one in answer.context["groups"]] == [("先办这些", 3), ("以后到期", 2)]
    words = words_of(answer.content.decode())
    assert "秦峥 6月1日退回：缺会议记录。" in words
    assert "逾期3天" in words
    assert "报完成前还差：整改成效、完成日期、佐证材料" in words
    assert "6月1日 星期一 · 该您办的 5 件，其中 1 件已逾期、1 件今天到期" in words
    first, late, _, later, _ = rows_of(answer)
    assert (first.act.label, late.act.label, later.act.label) == ("补正", "填报", "填报")
    assert [row.act.is_primary for row in rows_of(answer)] == [True, True, True, False, False]


def test_a_late_row_has_a_way_on_until_it_is_taken(case: Case, reporter: User) -> None:
    with unchecked_writes():
        Measure.objects.filter(pk=case.measure.pk).update(due_on=days(-3))
    client = signed_in(reporter)
    (late,) = rows(client, "?show=late")
    assert [way.label for way in late.ways] == ["逾期说明"]
    assert client.get(late.ways[0].address).status_code == 200
    case.measure.refresh_from_db()
    make_extension(case.measure, new_due_on=days(30))
    (late,) = rows(client, "?show=late")
    assert late.ways == []
    assert late.remark == "延期申请待整改办审批"


def test_a_reporter_chooses_between_own_work_and_that_of_the_unit(case: Case, reporter: User) -> None:
    with unchecked_writes():
        Measure.objects.all().delete()
    make_measure(case.finding, plan="没有指名的措施")
    make_measure(case.finding, plan="点名给我的措施", person_in_charge=reporter)
    make_measure(case.finding, plan="同事的措施", person_in_charge=make_user(name="何沐阳"))
    shared = make_measure(case.finding, plan="同事牵头我也负责的措施", person_in_charge=make_user())
    with unchecked_writes():
        shared.other_people_in_charge.add(reporter)
    client = signed_in(reporter)
    assert "同事的措施" not in titles(client, "?whose=own")
    colleague = next(row for row in rows(client) if "同事的措施" in row.title)
    assert "责任人 何沐阳" in colleague.context
    whose = client.get(DESK).context["whose"]
    assert [(one.label, one.number, len(rows_of(client.get(one.address)))) for one in whose] == [
        ("我的", 3, 3),
        ("全科室", 4, 4),
    ]


def test_what_a_reporter_has_handed_in_is_in_named_hands(case: Case, reporter: User) -> None:
    with unchecked_writes():
        Measure.objects.filter(finding=case.finding).update(
            **report_fields(reporter) | {"reported_at": timezone.now() - dt.timedelta(days=8)}
        )
    client = signed_in(reporter)
    answer = client.get(DESK)
    (handed_in,) = [row for row in answer.context["handed_in"] if row.key.pk == case.measure.pk]
    assert (handed_in.who, handed_in.since, handed_in.is_mine) == ("督查员", "，已 8 天", False)
    assert "手上，已 8 天" in words_of(answer.content.decode())


def test_the_lights_are_each_inspections_own(case: Case, reporter: User) -> None:
    with unchecked_writes():
        Measure.objects.filter(pk=case.measure.pk).update(due_on=days(8))
    other = make_inspection(name="第四轮巡察", unit=case.inspection.unit, notice_days=10, warning_days=5)
    from_other = make_finding(make_aspect(other), lead_unit=case.unit)
    make_measure(from_other, plan="另一次的措施", due_on=days(8))
    lights = {row.context.split(" · ")[0]: row.light for row in rows(signed_in(reporter)) if row.key.due < "9"}
    assert lights == {"第三轮巡察": "warn", "第四轮巡察": "good"}


def test_a_finding_whose_measures_are_all_reported_can_be_submitted(case: Case, reporter: User) -> None:
    client = signed_in(reporter)
    assert rows(client, "?kind=ready") == []
    with unchecked_writes():
        Measure.objects.filter(finding=case.finding).update(**report_fields(reporter))
    (ready,) = rows(client, "?kind=ready")
    assert (ready.act.label, ready.act.is_primary) == ("申请销号", True)
    assert client.get(ready.act.address).status_code == 200


def test_a_letter_waits_for_the_unit_and_when_late_for_the_office(case: Case, reporter: User, office: User) -> None:
    letter = letter_to(case.inspection, case.unit, days(-2))
    letter_to(case.inspection, case.other_unit, days(5))
    letter_to(case.inspection, case.unit, days(-2), letter=LetterKind.ACCOUNTABILITY)
    client = signed_in(reporter)
    (row,) = rows(client, "?kind=answer")
    assert (row.key.pk, row.act.label, row.is_mine, row.light) == (letter.pk, "答复", True, "late")
    assert client.get(row.act.address).status_code == 200
    chased = rows(signed_in(office), "?kind=reply")
    assert {(row.act.label, row.is_mine, row.who) for row in chased} == {("看文书", False, "综合科")}
    with unchecked_writes():
        Supervision.objects.update(answered_on=TODAY)
    assert rows(client, "?kind=answer") == rows(signed_in(office), "?kind=reply") == []


def test_a_supervisor_verifies_and_signs_what_others_handed_in(case: Case) -> None:
    supervisor = make_user(role="supervisor")
    client = signed_in(supervisor)
    assert acts(client) == []
    reported = report_fields(make_user()) | {"reported_at": timezone.now() - dt.timedelta(days=3)}
    with unchecked_writes():
        make_measure(case.finding, plan="按时报来的", due_on=days(-1), **reported)
        make_measure(case.finding, plan="自己报的", **report_fields(supervisor))
        make_finding(case.aspect, title="待销号的", **submission_fields(make_user()))
        make_finding(case.aspect, title="自己申请的", **submission_fields(supervisor))
    assert sorted(acts(client)) == [("核实", "核实"), ("销号", "销号")]
    (checked,) = rows(client, "?kind=check")
    assert checked.remark == "单位按时报来，不算单位逾期"
    assert checked.since == "，已 3 天"
    assert checked.is_mine
    assert checked.act.is_primary
    opened = client.get(checked.act.address).context["current"]
    assert opened.record.pk == checked.key.pk
    # What the supervisor handed in is in the hands of others.
    assert {"自己报的", "自己申请的"} <= set(titles(client, "?show=others"))


def test_what_is_handed_in_after_midnight_here_is_late(case: Case) -> None:
    # 31 May in Shanghai, and still the 30th, on which it was due, in UTC.
    moment = dt.datetime(2026, 5, 30, 17, tzinfo=dt.UTC)
    by, due = make_user(), days(-2)
    with unchecked_writes():
        make_measure(case.finding, due_on=due, **report_fields(by) | {"reported_at": moment})
        make_finding(case.aspect, due_on=due, **submission_fields(by) | {"submitted_at": moment})
    client = signed_in(make_user(role="supervisor"))
    assert [row.remark for kind in ("check", "sign") for row in rows(client, f"?kind={kind}")] == ["", ""]


def test_the_office_finds_every_kind_with_one_next_step(office: User, case: Case) -> None:
    client = signed_in(office)
    with unchecked_writes():
        Measure.objects.all().delete()
        Inspection.objects.update(report_due_on=days(5), plan_due_on=days(2))
    late = make_finding(case.aspect, title="逾期的问题", due_on=days(-1), lead_unit=case.unit)
    make_measure(late, plan="逾期问题的逾期措施", due_on=days(-2))
    make_finding(case.aspect, title="没有单位的问题", due_on=days(50))
    signed = closing_fields(make_user(), days(-9)) | {"due_on": days(-9), "lead_unit": case.unit}
    make_finding(case.aspect, title="失效的问题", **signed, is_void=True)
    make_finding(case.aspect, title="该复查的问题", **signed, next_review_on=days(-1))
    in_time = make_finding(case.aspect, title="没逾期的问题", due_on=days(60), lead_unit=case.unit)
    make_measure(in_time, plan="单独逾期的措施", due_on=days(-2))
    make_extension(make_measure(in_time, plan="要延期的措施", due_on=days(3)))
    found = rows(client)
    assert {(row.key.source.label, row.act.label, row.act.is_primary) for row in found} == {
        ("催办", "催办…", False),
        ("失效", "看改动", False),
        ("复查", "复查", True),
        ("延期", "审批", True),
        ("报送", "下载方案", False),
        ("报送", "去写", False),
        ("分派", "去分派", True),
    }
    # A late finding stands for its late measures.
    assert titles(client, "?kind=chase") == ["单独逾期的措施", "逾期的问题"]
    assert all(client.get(row.act.address).status_code == 200 for row in found if "plan/" not in row.act.address)
    assert all(client.get(row.address).status_code == 200 for row in found)
    (assign,) = rows(client, "?kind=assign")
    assert assign.title == "1 个问题没有牵头单位、1 个问题没有完成时限"
    late_group = client.get(DESK).context["groups"][0]
    (urging,) = late_group.urging
    assert urging.label == "一次催办 1 个单位…"
    ticked = client.get(urging.address).context["ticked"]
    assert ticked == {case.unit.pk}


def test_a_row_to_urge_tells_the_last_letter(office: User, case: Case) -> None:
    finding = make_finding(case.aspect, title="逾期的问题", due_on=days(-1), lead_unit=case.unit)
    client = signed_in(office)
    (row,) = rows(client, "?kind=chase")
    assert (row.who, row.remark, row.is_mine) == ("综合科", "未催办过", False)
    letter = letter_to(case.inspection, case.unit, days(-2))
    with unchecked_writes():
        letter.findings.add(finding)
    (row,) = rows(client, "?kind=chase")
    assert row.remark == "上次催办 5月12日，未回复"


def test_what_is_void_is_decided_by_those_who_supervise(office: User, case: Case) -> None:
    signed = closing_fields(make_user(), days(-9)) | {"due_on": days(-9), "lead_unit": case.unit}
    make_finding(case.aspect, title="失效的问题", **signed, is_void=True)
    leader = make_user(role="leader")
    assert titles(signed_in(office), "?show=void") == titles(signed_in(leader), "?show=void") == ["失效的问题"]
    assert "失效的问题" in titles(signed_in(office))
    assert titles(signed_in(leader)) == []
    assert rows(signed_in(leader), "?show=void")[0].who == "综合科"


def test_groups_and_sentence_follow_the_deadlines(office: User, case: Case) -> None:
    with unchecked_writes():
        Measure.objects.all().delete()
        Finding.objects.all().delete()
    finding = make_finding(case.aspect, lead_unit=case.unit, due_on=days(90))
    for number in (-5, 0, 0, 7, 8):
        make_extension(make_measure(finding, due_on=days(number)), old_due_on=days(number), new_due_on=days(40))
    client = signed_in(office)
    groups = client.get(DESK).context["groups"]
    assert [(one.title, one.number) for one in groups if one.rows[0].key.source.kind != "chase"][1:] == [
        ("今天", 2),
        ("7 天内", 1),
        ("以后", 1),
    ]
    calendar = {one.day: one for one in client.get(DESK).context["days"]}
    assert len(calendar) == 14
    assert {day: one.number for day, one in calendar.items() if one.number} == {days(0): 2, days(7): 1, days(8): 1}
    for one in calendar.values():
        if one.number:
            assert len(rows_of(client.get(one.address))) == one.number
    with unchecked_writes():
        Measure.objects.all().delete()
    assert "没有等您办理的事项" in words_of(client.get(DESK).content.decode())


def test_a_body_sees_nothing_of_another(case: Case) -> None:
    elsewhere = make_unit(name="区文旅体局")
    user = make_user()
    make_grant(user, "office", elsewhere)
    make_finding(case.aspect, due_on=days(-1))
    make_extension(case.measure)
    letter_to(case.inspection, case.unit, days(-2))
    client = signed_in(user)
    for show in OVERSEERS:
        assert rows(client, f"?show={show}") == []
    answer = client.get(DESK)
    assert answer.context["progress"] == []
    assert "现在没有等您办理的事项。" in answer.content.decode()
    assert rows(client, f"?inspection={case.inspection.pk}") == []


def test_a_unit_sees_nothing_of_another(case: Case) -> None:
    reporter = make_reporter(case.other_unit)
    letter_to(case.inspection, case.unit, days(-2))
    client = signed_in(reporter)
    shown = {row.title for show in REPORTERS for row in rows(client, f"?show={show}")}
    assert not any("建立督查台账" in title for title in shown)
    assert rows(client, "?kind=answer") == []


def test_a_unit_that_no_longer_takes_part_is_not_asked_for_an_answer(case: Case) -> None:
    former = make_unit(name="原牵头科", parent=case.inspection.unit)
    letter = letter_to(case.inspection, former, days(-2))
    reporter = make_reporter(former)
    client = signed_in(reporter)
    assert rows(client, "?kind=answer") == []
    make_finding(case.aspect, lead_unit=former)
    (row,) = rows(client, "?kind=answer")
    assert row.key.pk == letter.pk
    assert client.get(row.act.address).status_code == 200


def records_of_every_kind(case: Case, reporter: User) -> None:
    """Something for every list of the desk."""
    by, unit = make_user(), case.unit
    inspection = make_inspection(unit=case.inspection.unit, report_due_on=days(5), plan_due_on=days(2))
    aspect = make_aspect(inspection)
    led = make_finding(aspect, lead_unit=unit, due_on=days(20))
    make_extension(make_measure(led, due_on=days(3)), old_due_on=days(3), new_due_on=days(40))
    make_measure(led, due_on=days(-3))
    make_measure(led, due_on=days(0), person_in_charge=by)
    with unchecked_writes():
        make_measure(led, **report_fields(reporter))
        make_measure(led, status=MeasureStatus.SENT_BACK)
        make_measure(make_finding(aspect, lead_unit=unit), **report_fields(by))
        make_finding(aspect, lead_unit=unit, **submission_fields(by))
    verify(make_measure(led))
    make_finding(aspect, due_on=days(-1), lead_unit=unit)
    make_finding(aspect, is_void=True, lead_unit=unit, **closing_fields(by, days(-9)))
    make_finding(aspect, next_review_on=days(-1), **closing_fields(by, days(-9)))
    letter_to(inspection, unit, days(-1))
    assert Finding.objects.filter(status=Status.SUBMITTED).exists()


def person(case: Case, role: str) -> User:
    """Somebody with this role in the body or, who reports, in its unit."""
    user = make_user()
    make_member(case.unit, user)
    make_grant(user, role, case.unit if role == "reporter" else None)
    return user


@pytest.mark.parametrize("role", ["reporter", "leader", "office", "supervisor"])
def test_every_number_is_that_of_the_rows_behind_it(case: Case, role: str) -> None:
    user = person(case, role)
    client = signed_in(user)
    for _ in range(3):
        records_of_every_kind(case, user)
    answer = client.get(DESK)
    tiles = answer.context["tiles"]
    shown = {one.label: len(rows(client, one.address.removeprefix(DESK))) for one in tiles}
    assert shown == {one.label: one.number for one in tiles}
    assert sum(one.number > 0 for one in tiles) >= {"leader": 2}.get(role, 4)
    assert sum(one.is_current for one in tiles) == 1
    assert [group.number for group in answer.context["groups"]] == [
        len(group.rows) for group in answer.context["groups"]
    ]
    for chip in answer.context["kinds"][1:]:
        assert len(rows_of(client.get(chip.address))) == chip.number
    for entry in answer.context["inspections"]:
        assert f"{len(rows_of(client.get(entry.address)))} 件" == entry.note
    # A filter by inspection holds for every number of the page.
    chosen = case.inspection.pk
    for tile in client.get(f"{DESK}?inspection={chosen}").context["tiles"]:
        behind = rows(client, tile.address.removeprefix(DESK))
        assert len(behind) == tile.number
        assert {row.key.inspection for row in behind} <= {chosen}


@pytest.mark.parametrize("role", ["reporter", "office"])
def test_the_menu_names_the_chosen_inspection_and_leads_back_to_all(case: Case, role: str) -> None:
    user = person(case, role)
    client = signed_in(user)
    records_of_every_kind(case, user)
    menu = client.get(DESK)
    assert '<summary class="btn btn-outline-secondary">各轮巡察</summary>' in menu.content.decode()
    assert not any(entry.effect for entry in menu.context["inspections"])
    chosen = client.get(next(entry.address for entry in menu.context["inspections"] if entry.label == "第三轮巡察"))
    assert '<summary class="btn btn-outline-secondary">第三轮巡察</summary>' in chosen.content.decode()
    assert [(entry.label, entry.address) for entry in chosen.context["inspections"]] == [("全部巡察", DESK)]


def test_no_name_is_told_of_an_inspection_of_others(reporter: User, case: Case) -> None:
    hidden = make_inspection(name="不该看到的巡察")
    assert "不该看到的巡察" not in signed_in(reporter).get(f"{DESK}?inspection={hidden.pk}").content.decode()


@pytest.mark.parametrize("role", ["reporter", "leader", "office", "supervisor"])
def test_one_primary_at_most_and_only_where_it_is_the_users_turn(case: Case, role: str) -> None:
    user = person(case, role)
    records_of_every_kind(case, user)
    client = signed_in(user)
    for show in OVERSEERS if role != "reporter" else REPORTERS:
        for row in rows(client, f"?show={show}"):
            assert row.is_mine or not row.act.is_primary
        html = client.get(f"{DESK}?show={show}").content.decode()
        for item in html.split('<li class="inbox-row')[1:]:
            assert item.split("</li>")[0].count("btn-primary") <= 1


@pytest.mark.parametrize("role", ["reporter", "leader", "office", "supervisor"])
def test_the_desk_asks_eight_queries_beside_the_header(case: Case, role: str) -> None:
    user = person(case, role)
    client = signed_in(user)
    records_of_every_kind(case, user)
    header = query_count(client, reverse("findings:role_list"))
    before = query_count(client, DESK)
    for _ in range(4):
        records_of_every_kind(case, user)
    assert query_count(client, DESK) == before
    assert before - header <= 8


def test_long_lists_have_pages_and_stop_where_nobody_reads_on(
    office: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "PER_PAGE", 5)
    monkeypatch.setattr(viewer, "MOST", 12)
    with unchecked_writes():
        Measure.objects.all().delete()
        Finding.objects.all().delete()
    finding = make_finding(case.aspect, lead_unit=case.unit, due_on=days(90))
    for number in range(15):
        make_measure(finding, plan=f"第{number}条", due_on=days(number - 40))
    client = signed_in(office)
    answer = client.get(DESK)
    tile = answer.context["tiles"][0]
    assert (tile.number, tile.is_least) == (12, True)
    assert "12+" in words_of(answer.content.decode())
    found = [title for number in (1, 2, 3) for title in titles(client, f"?page={number}")]
    assert found == [f"第{number}条" for number in range(12)]
    assert "最急的" in words_of(answer.content.decode())
    assert titles(client, "?page=99") == found[10:]
    links = client.get(f"{DESK}?page=2").context["desk"].pages()
    assert [(one.number, one.is_current) for one in links] == [(1, False), (2, True), (3, False)]
    assert titles(client, links[2].address.removeprefix(DESK)) == found[10:]
    # A number is complete where none of what is missing can belong.
    make_extension(make_measure(finding, due_on=days(0)), old_due_on=days(0), new_due_on=days(40))
    answer = client.get(DESK)
    assert {one.label: (one.number, one.is_least) for one in answer.context["tiles"][:4]} == {
        "该我办": (13, True),
        "其中已逾期": (12, True),
        "今天到期": (1, False),
        "7 天内到期": (0, False),
    }
    assert {one.label: one.is_least for one in answer.context["kinds"][1:]} == {"延期": False, "催办": True}
    assert not any(one.is_least for one in answer.context["days"])
    assert [one.is_least for one in answer.context["groups"]] == [True]
    words = words_of(answer.content.decode())
    assert "该您办的 13 件以上，其中 12 件以上已逾期、1 件今天到期" in words
    assert "一次催办 1 个以上单位…" in words


def test_nothing_is_hidden_by_what_is_more_urgent(office: User, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer, "MOST", 3)
    for number in range(9):
        make_finding(case.aspect, lead_unit=case.unit, due_on=days(-number - 1))
        make_finding(case.aspect, lead_unit=case.unit, due_on=days(-number - 1), **submission_fields(office))
    make_finding(case.aspect, title="还没有到期的", lead_unit=case.unit, due_on=days(3))
    make_finding(case.aspect, title="别人申请的", **submission_fields(make_user()), due_on=days(9))
    assert "还没有到期的" in titles(signed_in(office), "?show=others&kind=with_unit")
    assert titles(signed_in(office_and_supervisor(office)), "?kind=sign") == ["别人申请的"]


def test_a_list_that_was_not_read_is_not_said_to_be_empty(
    office: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewer, "MOST", 2)
    for number in range(4):
        make_finding(case.aspect, next_review_on=days(number - 3), **closing_fields(make_user(), days(-9)))
    client = signed_in(office)
    tiles = {one.label: (one.number, one.is_least) for one in client.get(DESK).context["tiles"]}
    assert tiles["今天到期"] == (0, True)
    assert "未列全" in words_of(client.get(DESK).content.decode())
    assert "最急的 2 件里没有这里的事项" in words_of(client.get(f"{DESK}?show=today").content.decode())


def office_and_supervisor(user: User) -> User:
    """The user with the role of a supervisor besides their own."""
    make_grant(user, "supervisor")
    return user


@pytest.mark.parametrize("role", ["reporter", "leader", "office", "supervisor"])
def test_users_of_equal_rights_share_statements_and_nothing_else(case: Case, role: str) -> None:
    first, second = person(case, role), person(case, role)
    for user in (first, second, first):
        records_of_every_kind(case, user)
    make_measure(case.finding, plan="点名给第二个人的", person_in_charge=second, due_on=days(-1))
    shown = {}
    for kept in (True, False):
        for user in (first, second):
            if not kept:
                statements._kept.clear()
            viewed = viewer.Viewer(user)
            every = [source for source in SOURCES.values() if viewed.scope.has_right(source.right)]
            shown[user.pk, kept] = keys.find_keys(viewed, every, [])
    assert shown[first.pk, True] == shown[first.pk, False]
    assert shown[second.pk, True] == shown[second.pk, False]
    if role in {"reporter", "supervisor"}:
        assert shown[first.pk, True] != shown[second.pk, True]


@pytest.mark.parametrize(
    "query",
    ["show=nothing", "kind=nothing", "day=2026-13-01", "day=20260601", "inspection=987654", "inspection=x", "page=0"],
)
def test_a_filter_that_is_not_valid_is_named_and_left_out(office: User, case: Case, query: str) -> None:
    make_finding(case.aspect, due_on=days(-1), lead_unit=case.unit)
    answer = signed_in(office).get(f"{DESK}?{query}")
    assert "无效" in answer.content.decode()
    assert len(rows_of(answer)) == len(rows(signed_in(office))) > 0


def test_what_the_user_did_last_is_told_in_the_words_of_the_steps(case: Case, reporter: User) -> None:
    supervisor = make_user(role="supervisor")
    with unchecked_writes():
        Measure.objects.filter(pk=case.measure.pk).update(**report_fields(reporter))
    case.measure.refresh_from_db()
    take_step(StepName.SEND_BACK, case.measure, supervisor, case.measure.version, StepInput("照片看不出地点。"))
    steps = signed_in(supervisor).get(DESK).context["last_steps"]
    assert [(one.when, one.words, one.tone) for one in steps] == [
        ("10:00", f"退回 1-1 措施 {case.measure.order}：照片看不出地点。", "back")
    ]
    assert signed_in(reporter).get(DESK).context["last_steps"] == []


def test_a_measure_is_numbered_with_its_facet(case: Case, office: User) -> None:
    supervisor, name = make_user(role="supervisor"), "1-1 措施 1.1"
    faceted = case.faceted
    with unchecked_writes():
        Measure.objects.filter(pk=faceted.pk).update(due_on=days(-1))
    faceted.refresh_from_db()
    make_extension(faceted)
    (chased,) = rows(signed_in(office), "?kind=chase")
    (asked,) = rows(signed_in(office), "?kind=extension")
    assert (chased.number, asked.number) == (name, name)
    with unchecked_writes():
        Measure.objects.filter(pk=faceted.pk).update(**report_fields(make_user()))
    faceted.refresh_from_db()
    take_step(StepName.SEND_BACK, faceted, supervisor, faceted.version, StepInput("照片看不出地点。"))
    (step,) = signed_in(supervisor).get(DESK).context["last_steps"]
    assert step.words == f"退回 {name}：照片看不出地点。"


def test_the_state_is_told_in_the_inspections_own_words(case: Case) -> None:
    with unchecked_writes():
        Inspection.objects.update(open_word="未启动", in_progress_word="推进中", submitted_word="待审签")
        make_finding(case.aspect, title="推进的", lead_unit=case.unit, status=Status.IN_PROGRESS)
        make_finding(case.aspect, title="报了的", **submission_fields(make_user()))
    tags = {row.title: words_of(row.tag).strip() for row in rows(signed_in(make_user(role="leader")), "?show=others")}
    assert tags[case.finding.title].endswith("未启动")
    assert tags["推进的"].endswith("推进中")
    assert tags["报了的"].endswith("待审签")


@pytest.mark.parametrize("counting", Counting)
def test_progress_counts_as_each_inspection_counts(case: Case, office: User, counting: Counting) -> None:
    with unchecked_writes():
        Inspection.objects.update(counting=counting)
        Finding.objects.filter(pk=case.sub_finding.pk).update(status=Status.IN_PROGRESS, due_on=days(-1))
    closed = closing_fields(make_user(), days(-9))
    make_finding(case.aspect, due_on=days(-4), lead_unit=case.unit)
    make_finding(case.aspect, **closed)
    make_finding(case.aspect, due_on=days(-2), is_void=True, **closed)
    make_finding(case.aspect, due_on=days(2), is_void=True, **closed)
    make_finding(case.aspect, next_review_on=days(-1), **closed)
    make_finding(case.aspect, **submission_fields(make_user()))
    (one,) = signed_in(office).get(DESK).context["progress"]
    board = signed_in(office).get(reverse("findings:dashboard")).context["board"].counts
    numbers = dict(one.bar.numbers)
    assert sum(numbers.values()) == board.total == 7
    assert (numbers["done"], numbers["late"]) == (board.closed, board.overdue)
    assert numbers["late"] == (3 if counting == Counting.LEAVES else 2)
    assert one.late == f"逾期 {board.overdue}"
    assert one.bar.words.startswith("7 个问题：已销号 1，办理中 1")  # it waits for review
    assert "销号失效 1，复查逾期 1" in one.bar.words


def test_who_holds_no_role_is_told_whom_to_ask() -> None:
    text = signed_in(make_user()).get(DESK).content.decode()
    assert "您的账号还没有角色" in text
    assert "请联系安全管理员授予角色" in text


def test_whose_post_has_ended_is_told_so() -> None:
    user, unit = make_user(), make_unit()
    make_grant(user, "reporter", unit)
    make_member(unit, user, ended_on=timezone.localdate() - dt.timedelta(days=1))
    text = signed_in(user).get(DESK).content.decode()
    assert "您今天没有在授予角色的单位任职" in text
    assert "还没有角色" not in text


def test_a_reporter_with_nothing_to_do_is_told_so(reporter: User, case: Case) -> None:
    with unchecked_writes():
        Measure.objects.all().delete()
    assert "现在没有等您办理的事项。" in signed_in(reporter).get(DESK).content.decode()
