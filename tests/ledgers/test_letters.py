"""Letters: what the register allows, what they say, who sends and sees them, and chasing many units in one step."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, User
from findings.choices import LetterKind, NoticeKind, SupervisionKind
from findings.factories import (
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_supervision,
    make_unit,
    make_user,
)
from findings.followup.models.letter_rules import letter_rules
from findings.followup.reminders import remind
from findings.models import Finding, Inspection, LetterRule, Measure, Notice, Supervision, Unit
from findings.workflow import RefusedError
from findings.workflow.saving import workflow_writer
from ledgers.factories import make_letter
from ledgers.letter_sending import next_number, registers
from tests.documents.word.word_files import text
from tests.findings.conftest import Case, seen
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
K = LetterKind
TODAY = timezone.localdate()


def ago(days: int) -> dt.date:
    """A day before today, after it for a negative number."""
    return timezone.localdate() - dt.timedelta(days=days)


@pytest.fixture
def supervisor() -> User:
    """Somebody of the inspecting committee's office."""
    return make_user(username="supervisor", name="孙督查", role="supervisor")


@pytest.fixture
def late(case: Case) -> Case:
    """The small inspection with one measure of 综合科 late by twenty days, and its finding due in ten."""
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(due_on=ago(-10))
        Measure.objects.filter(pk=case.measure.pk).update(due_on=ago(20))
    return case


def objection(case: Case, kind: LetterKind, user: User) -> str:
    """Why a letter of this kind cannot be sent to 综合科 today."""
    register = next(one for one in registers(case.inspection, user, timezone.localdate()) if one.unit == case.unit)
    return register.draft(kind).objection


def sendable(case: Case, user: User) -> list[LetterKind]:
    """The kinds that can be sent to 综合科 today."""
    return next(one for one in registers(case.inspection, user, timezone.localdate()) if one.unit == case.unit).sendable


def test_the_next_kind_is_offered_when_the_one_before_was_sent_and_has_lapsed(late: Case, supervisor: User) -> None:
    assert sendable(late, supervisor) == [K.REMINDER, K.SUPERVISION, K.NOTICE]
    assert "不能告诫" in objection(late, K.ADMONITION, supervisor)
    assert "不能建议问责" in objection(late, K.ACCOUNTABILITY, supervisor)
    first = make_letter(late.inspection, late.unit, supervisor, sent_on=ago(5), due=ago(-1))
    assert "还没有到" in objection(late, K.ADMONITION, supervisor)
    assert first.number in objection(late, K.SUPERVISION, supervisor)
    with unchecked_writes():
        Supervision.objects.filter(pk=first.pk).update(answer_due_on=ago(1))
    assert objection(late, K.ADMONITION, supervisor) == ""
    second = make_letter(late.inspection, late.unit, supervisor, K.ADMONITION, due=ago(-3))
    assert f"《督查督办通知书》（{first.number}，" in second.found
    assert "经督办、指导、提醒" not in second.found
    assert second.number in objection(late, K.ACCOUNTABILITY, supervisor)
    with unchecked_writes():
        Supervision.objects.filter(pk=second.pk).update(held_on=ago(4), answer_due_on=ago(1))
    third = make_letter(late.inspection, late.unit, supervisor, K.ACCOUNTABILITY)
    assert second.number in third.found
    assert [row["文号"] for row in third.as_sent["content"]["经过表"]] == [first.number, second.number]
    assert third.as_sent["cited"] == [first.pk, second.pk]


def test_what_was_done_or_extended_after_a_letter_is_not_held_against_the_unit(late: Case, supervisor: User) -> None:
    make_letter(late.inspection, late.unit, supervisor, sent_on=ago(9), due=ago(1))
    assert objection(late, K.ADMONITION, supervisor) == ""
    with unchecked_writes():
        Measure.objects.filter(pk=late.measure.pk).update(due_on=ago(-3))  # more time was given
    assert objection(late, K.ADMONITION, supervisor) == "没有逾期事项。"


def test_a_void_letter_is_no_step_of_the_ladder(late: Case, supervisor: User) -> None:
    letter = make_letter(late.inspection, late.unit, supervisor, sent_on=ago(9), due=ago(1))
    letter.voided_at, letter.voided_by, letter.void_reason = timezone.now(), supervisor, "单位写错"
    workflow_writer.save(letter, seen=letter.version)
    assert "不能告诫" in objection(late, K.ADMONITION, supervisor)
    again = make_letter(late.inspection, late.unit, supervisor)
    assert again.number != letter.number  # the number stays taken


def test_a_letter_before_the_date_never_says_that_anything_is_late(late: Case, supervisor: User) -> None:
    letter = make_letter(late.inspection, late.unit, supervisor, K.NOTICE)
    assert letter.item_keys == {(late.finding.pk, None)}
    assert "距到期还有 10 天" in letter.found
    assert "逾期" not in letter.found + letter.demand
    with unchecked_writes():
        Supervision.objects.all().update(voided_at=timezone.now(), voided_by=supervisor, void_reason="写错")
    late.inspection.letter_days = 9
    assert objection(late, K.NOTICE, supervisor) == "没有在 9 天内到期的事项。"


def test_a_first_letter_at_the_start_lists_what_is_open_and_says_nothing_of_delay(case: Case, supervisor: User) -> None:
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(due_on=ago(-90))
        Measure.objects.filter(pk=case.measure.pk).update(due_on=ago(-60))
    assert sendable(case, supervisor) == [K.SUPERVISION]
    letter = make_letter(case.inspection, case.unit, supervisor)
    assert letter.item_keys == {(case.finding.pk, None), (case.finding.pk, case.measure.pk)}
    assert "逾期" not in letter.found + letter.demand
    assert sendable(case, supervisor) == []


def test_guidance_is_what_supervision_has_recorded(late: Case, supervisor: User) -> None:
    assert "没有可以写的指导意见" in objection(late, K.GUIDANCE, supervisor)
    make_supervision(late.inspection, findings=[late.finding], held_on=ago(3), found="台账不全。", demand="补齐台账。")
    letter = make_letter(late.inspection, late.unit, supervisor, K.GUIDANCE)
    (row,) = letter.as_sent["content"]["逾期表"]
    assert (row["督查情况"], row["指导意见"]) == ("台账不全。", "补齐台账。")
    assert "现场督查" in letter.found


def test_a_visit_is_named_only_when_there_is_one(late: Case, supervisor: User) -> None:
    letter = make_letter(late.inspection, late.unit, supervisor)
    assert "督查，" not in letter.found
    with unchecked_writes():
        Supervision.objects.filter(pk=letter.pk).update(answer_due_on=letter.held_on)
    make_supervision(late.inspection, units=[late.unit], held_on=ago(2), kind="unannounced")
    register = registers(late.inspection, supervisor, ago(-1))[0]
    assert register.draft(K.SUPERVISION).visits


def test_numbers_run_by_issuer_kind_and_year(late: Case, supervisor: User) -> None:
    rules = letter_rules(late.inspection)
    assert next_number(rules[K.SUPERVISION], TODAY.year) == 1
    first = make_letter(late.inspection, late.unit, supervisor)
    assert first.number == f"区委巡办督〔{TODAY.year}〕1号"
    assert next_number(rules[K.SUPERVISION], TODAY.year) == 2
    assert next_number(rules[K.ADMONITION], TODAY.year) == 1
    assert next_number(rules[K.SUPERVISION], TODAY.year + 1) == 1
    with unchecked_writes():
        Supervision.objects.filter(pk=first.pk).update(number=f"区委巡办督〔{TODAY.year}〕41号")
    assert next_number(rules[K.SUPERVISION], TODAY.year) == 42


def chase(client: Client, inspection: Inspection, units: list[Unit], **fields: Any) -> str:
    """The page after letters were sent to these units."""
    data = {"unit": [unit.pk for unit in units], "letter": "supervision"} | fields
    page = client.post(reverse("ledgers:letter_list", args=[inspection.pk]), data)
    assert page.status_code == 200
    return page.content.decode()


@pytest.fixture
def client_of(late: Case, supervisor: User) -> Client:
    """A browser of the supervisor."""
    client = Client()
    client.force_login(supervisor)
    return client


def test_many_units_are_chased_in_one_step_with_a_result_for_each(late: Case, client_of: Client) -> None:
    units = [make_unit(name=f"第{n}科", parent=late.inspection.unit) for n in (1, 2)]
    for unit in units:
        make_finding(late.aspect, lead_unit=unit, due_on=ago(3))
    make_letter(late.inspection, units[1], make_user(role="supervisor"))
    page = chase(client_of, late.inspection, [late.unit, *units], due=f"{ago(-7):%Y-%m-%d}")
    assert "选了 3 个单位，已发 2 份" in page
    assert f"已发：区委巡办督〔{TODAY.year}〕2号" in page
    assert f"已发：区委巡办督〔{TODAY.year}〕3号" in page
    assert "的期限是" in page
    assert f'value="{ago(-7):%Y-%m-%d}"' in page  # what was typed is kept, and who got none stays ticked
    assert f'name="unit" value="{units[1].pk}" aria-label="选择：第2科" checked' in page
    assert f'name="unit" value="{units[0].pk}" aria-label="选择：第1科" checked' not in page
    assert "已发 0 份" in chase(client_of, late.inspection, [late.unit])  # a second press sends nothing twice
    assert Supervision.objects.letters().count() == 3


def test_a_preview_says_what_would_be_sent_and_sends_nothing(late: Case, client_of: Client) -> None:
    page = chase(client_of, late.inspection, [late.unit], preview="on", first="7")
    assert f"将发：区委巡办督〔{TODAY.year}〕7号" in page
    assert "现对下列事项予以督办" in page
    assert not Supervision.objects.letters().exists()


def test_bad_input_is_named_and_kept(late: Case, client_of: Client) -> None:
    page = chase(client_of, late.inspection, [late.unit], due=f"{ago(1):%Y-%m-%d}")
    assert "期限应在发文日期之后" in page
    assert f'value="{late.unit.pk}" aria-label="选择：综合科" checked' in page
    assert "发文日期不能在今天之后" in chase(client_of, late.inspection, [late.unit], sent_on=f"{ago(-1):%Y-%m-%d}")
    assert "还没有勾选单位" in chase(client_of, late.inspection, [])
    assert "请选择文书" in chase(client_of, late.inspection, [late.unit], letter="")
    assert "没有未完成的事项" in chase(client_of, late.inspection, [late.other_unit])
    first = make_letter(late.inspection, late.unit, make_user(role="supervisor"))
    workflow_writer.save(voided(first), seen=first.version)
    assert "已经用过" in chase(client_of, late.inspection, [late.unit], first="1")


def voided(letter: Supervision) -> Supervision:
    """A letter with the marks of a void one, not stored."""
    letter.voided_at, letter.voided_by, letter.void_reason = timezone.now(), letter.sent_by, "写错"
    return letter


def test_a_role_sends_only_the_kinds_of_its_rule(late: Case, office_client: Client) -> None:
    own_office = make_user()
    make_grant(own_office, "office", late.inspection.unit)
    of_the_body = Client()
    of_the_body.force_login(own_office)
    page = chase(of_the_body, late.inspection, [late.unit], letter="supervision")
    assert "请重新选择" in page
    assert "已发：" in chase(of_the_body, late.inspection, [late.unit], letter="reminder")
    # The office of a wider area is not the body's own.
    assert "已发：" in chase(office_client, late.inspection, [late.unit], letter="supervision")
    leader = make_user()
    make_grant(leader, "leader", late.inspection.unit)
    client = Client()
    client.force_login(leader)
    address = reverse("ledgers:letter_list", args=[late.inspection.pk])
    assert "您可以查看，不能发出文书" in client.get(address).content.decode()
    assert client.post(address, {"unit": [late.unit.pk], "letter": "reminder"}).status_code == 403


def test_the_rule_of_a_kind_is_set_for_the_inspection(late: Case, office_client: Client, client_of: Client) -> None:
    address = reverse("findings:letter_rule_edit", args=[late.inspection.pk, "supervision"])
    fields = {"issuer": "区委整改办", "code": "青整办督", "role": "office", "seen": "0"}
    assert office_client.post(address, fields).status_code == 302
    assert LetterRule.objects.get().letter == "supervision"
    rules = office_client.get(reverse("findings:letter_rule_list", args=[late.inspection.pk]))
    assert "青整办督" in rules.content.decode()
    assert f"已发：青整办督〔{TODAY.year}〕1号" in chase(office_client, late.inspection, [late.unit])
    proposal = reverse("findings:letter_rule_edit", args=[late.inspection.pk, "accountability"])
    page = office_client.post(proposal, fields | {"issuer": "区政府办党组"}).content.decode()
    assert "不能由被巡察党组织的整改办发出" in page
    assert "不能以被巡察党组织的名义发出" in page
    assert office_client.get(proposal.replace("accountability", "nothing")).status_code == 404


def test_who_is_told_of_a_letter_and_who_sees_it(late: Case, reporter: User, supervisor: User, client: Client) -> None:
    make_letter(late.inspection, late.unit, supervisor, sent_on=ago(9), due=ago(4))
    admonition = make_letter(late.inspection, late.unit, supervisor, K.ADMONITION, sent_on=ago(3), due=ago(1))
    proposal = make_letter(late.inspection, late.unit, supervisor, K.ACCOUNTABILITY)
    assert Notice.objects.filter(user=reporter, kind="letter").count() == 2  # not of the proposal about it
    foreign = make_user()
    make_grant(foreign, "office", make_unit(name="区文旅体局"))
    assert not Supervision.objects.visible_to(foreign).exists()
    client.force_login(reporter)
    assert client.get(admonition.get_absolute_url()).status_code == 200
    assert client.get(proposal.get_absolute_url()).status_code == 404
    assert client.get(reverse("ledgers:letter_file", args=[proposal.pk])).status_code == 404
    for page in (late.finding, late.measure, admonition):
        words = client.get(page.get_absolute_url()).content.decode()
        assert admonition.number in words
        assert proposal.number not in words
    register = client.get(reverse("ledgers:list", args=[late.inspection.pk, "letters"])).content.decode()
    assert admonition.number in register
    assert proposal.number not in register
    client.force_login(supervisor)
    assert proposal.number in client.get(late.measure.get_absolute_url()).content.decode()


def test_the_unit_signs_for_a_letter_and_answers_once(late: Case, reporter: User, client_of: Client) -> None:
    supervisor = User.objects.get(username="supervisor")
    letter = make_letter(late.inspection, late.unit, supervisor)
    own = Client()
    own.force_login(reporter)
    address = reverse("findings:letter_answer", args=[letter.pk])
    fields = {"received_on": f"{TODAY}", "received_by": "李填报", "answered_on": "", "answer": "已经补齐。"}
    page = own.post(address, fields | seen(letter)).content.decode()
    assert "请填写回复日期" in page
    assert "不能在今天之后" in own.post(address, fields | seen(letter) | {"answered_on": f"{ago(-1)}"}).content.decode()
    assert own.post(address, fields | seen(letter) | {"answered_on": f"{TODAY}"}).status_code == 302
    letter.refresh_from_db()
    assert (letter.received_by, letter.answer) == ("李填报", "已经补齐。")
    assert own.get(address).status_code == 403
    assert client_of.get(address).status_code == 200
    assert Notice.objects.filter(user=supervisor, words__contains="答复了").count() == 1
    page = client_of.get(letter.get_absolute_url()).content.decode()
    assert "已经补齐。" in page


def test_a_mistaken_letter_is_corrected_or_voided_and_never_deleted(late: Case, client_of: Client) -> None:
    supervisor = User.objects.get(username="supervisor")
    first = make_letter(late.inspection, late.unit, supervisor, sent_on=ago(9), due=ago(4))
    second = make_letter(late.inspection, late.unit, supervisor, K.ADMONITION)
    correct = reverse("findings:letter_edit", args=[second.pk])
    fields = {"number": "区委巡办告〔2026〕9号", "held_by": second.held_by}
    assert client_of.post(correct, fields | seen(second)).status_code == 302
    file = client_of.get(reverse("ledgers:letter_file", args=[second.pk])).getvalue()
    assert second.demand in text(file)
    void = reverse("findings:letter_void", args=[first.pk])
    page = client_of.post(void, {"void_reason": "写错"} | seen(first)).content.decode()
    assert "请先作废引用它的文书" in page
    second.refresh_from_db()
    page = client_of.post(reverse("findings:letter_void", args=[second.pk]), seen(second)).content.decode()
    assert "请填写作废原因" in page
    for letter in (second, first):
        address = reverse("findings:letter_void", args=[letter.pk])
        assert client_of.post(address, {"void_reason": "单位写错"} | seen(letter)).status_code == 302
    page = client_of.get(first.get_absolute_url()).content.decode()
    assert "作废：单位写错" in page
    assert client_of.get(void).status_code == 403
    for name in ("supervision_edit", "supervision_delete"):
        assert client_of.post(reverse(f"findings:{name}", args=[first.pk]), seen(first)).status_code == 404
    assert Supervision.objects.letters().count() == 2
    assert dict(Supervision.objects.of(late.inspection).counts())[SupervisionKind.NOTICE] == 0
    assert late.inspection.saying.number("督查.书面通知") == 0
    assert Event.objects.filter(record_type="findings.supervision", record_id=first.pk).count() == 2


def test_letters_are_downloaded_one_by_one_and_as_a_zip(late: Case, client_of: Client) -> None:
    supervisor = User.objects.get(username="supervisor")
    address = reverse("ledgers:letter_archive", args=[late.inspection.pk])
    assert client_of.get(address).status_code == 302  # there is none
    letter = make_letter(late.inspection, late.unit, supervisor)
    unit = make_unit(name="信息科", parent=late.inspection.unit)
    make_finding(late.aspect, lead_unit=unit, due_on=ago(3))
    other = make_letter(late.inspection, unit, supervisor)
    with zipfile.ZipFile(io.BytesIO(client_of.get(address).getvalue())) as archive:
        assert archive.namelist() == [f"{one.number}-{one.recipient}-督查督办通知书.docx" for one in (letter, other)]
        assert letter.found in text(archive.read(archive.namelist()[0]))
    with zipfile.ZipFile(io.BytesIO(client_of.get(address, {"letter": [other.pk]}).getvalue())) as archive:
        assert len(archive.namelist()) == 1


def test_the_text_stays_as_sent_when_the_record_goes_on(late: Case, supervisor: User) -> None:
    letter = make_letter(late.inspection, late.unit, supervisor)
    with unchecked_writes():
        Measure.objects.filter(pk=late.measure.pk).update(plan="另一条措施。", due_on=ago(2))
    stored = Supervision.objects.get(pk=letter.pk)
    assert stored.as_sent["content"]["逾期表"][0]["事项"] == "措施 1：建立督查台账。"
    assert "最长逾期 20 天" in stored.found


@pytest.mark.parametrize("state", ["waiting", "late", "answered", "void"])
def test_the_register_is_filtered_by_what_became_of_the_answer(late: Case, client_of: Client, state: str) -> None:
    supervisor = User.objects.get(username="supervisor")
    late_letter = make_letter(late.inspection, late.unit, supervisor, sent_on=ago(9), due=ago(4))
    waiting = make_letter(late.inspection, late.unit, supervisor, K.ADMONITION)
    void = make_letter(late.inspection, late.unit, supervisor, K.REMINDER)
    workflow_writer.save(voided(void), seen=void.version)
    answered = make_letter(late.inspection, late.unit, supervisor, K.NOTICE)
    answered.answered_on = TODAY
    workflow_writer.save(answered, seen=answered.version)
    address = reverse("ledgers:list", args=[late.inspection.pk, "letters"])
    page = client_of.get(address, {"state": state}).content.decode()
    expected = {"waiting": waiting, "late": late_letter, "answered": answered, "void": void}[state]
    found = [one.number for one in (late_letter, waiting, void, answered) if one.number in page]
    assert found == [expected.number]
    exported = client_of.get(reverse("ledgers:list_export", args=[late.inspection.pk, "letters", "csv"]))
    words = exported.getvalue().decode("utf-8")
    assert [one.number for one in (late_letter, waiting, void, answered) if one.number not in words] == []
    assert client_of.get(reverse("ledgers:list_import", args=[late.inspection.pk, "letters"])).status_code == 404


def test_more_letters_and_units_take_no_more_queries(
    late: Case, client_of: Client, django_assert_max_num_queries: Any
) -> None:
    supervisor = User.objects.get(username="supervisor")
    make_letter(late.inspection, late.unit, supervisor)
    address = reverse("ledgers:letter_list", args=[late.inspection.pk])
    client_of.get(address)
    for n in range(4):
        unit = make_unit(name=f"第{n}科", parent=late.inspection.unit)
        finding = make_finding(late.aspect, lead_unit=unit, due_on=ago(3))
        make_measure(finding, due_on=ago(2))
        make_letter(late.inspection, unit, supervisor)
    with django_assert_max_num_queries(25):
        client_of.get(address)


def test_a_letter_that_cannot_be_sent_is_refused_with_the_reason(late: Case, supervisor: User) -> None:
    with pytest.raises(RefusedError, match="不能建议问责"):
        make_letter(late.inspection, late.unit, supervisor, K.ACCOUNTABILITY)


def test_letters_of_one_inspection_are_unknown_in_another(late: Case, supervisor: User) -> None:
    make_letter(late.inspection, late.unit, supervisor)
    other = make_inspection(unit=make_unit(name="区文旅体局"))
    assert registers(other, supervisor, TODAY) == []
    assert not Supervision.objects.of(other).exists()


def reminder_recipients(day: dt.date) -> set[tuple[str, str]]:
    """The names of those reminded of missing answers on a day, each with the page the reminder leads to."""
    Notice.objects.all().delete()
    remind(day)
    told = Notice.objects.exclude(address="").select_related("user")
    return {(notice.user.name, notice.get_absolute_url()) for notice in told}


def test_a_missing_answer_reminds_unit_office_and_sender_weekly_until_it_is_given(
    late: Case, supervisor: User, office: User, reporter: User
) -> None:
    letter = make_letter(late.inspection, late.unit, supervisor, sent_on=ago(20), due=ago(10))
    page = letter.get_absolute_url()
    assert reminder_recipients(ago(10)) == set()  # its last day
    everybody = {(person.name, page) for person in (supervisor, office, reporter)}
    assert reminder_recipients(ago(9)) == everybody
    remind(ago(8))
    assert Notice.objects.filter(kind=NoticeKind.LETTER).count() == len(everybody)  # once a week
    assert reminder_recipients(ago(2)) == everybody
    assert "应在" in Notice.objects.filter(kind=NoticeKind.LETTER)[0].words
    with unchecked_writes():
        Supervision.objects.filter(pk=letter.pk).update(answered_on=ago(1))
    assert reminder_recipients(ago(-20)) == set()


def test_a_unit_is_not_reminded_of_a_letter_about_it_that_is_not_to_it(
    late: Case, supervisor: User, office: User, reporter: User
) -> None:
    letter = make_letter(late.inspection, late.unit, supervisor, sent_on=ago(20), due=ago(10))
    with unchecked_writes():
        Supervision.objects.filter(pk=letter.pk).update(letter=K.ACCOUNTABILITY)
    assert reminder_recipients(ago(9)) == {(supervisor.name, letter.get_absolute_url())}


def test_a_visit_whose_answer_is_missing_reminds_the_unit_and_the_office(
    late: Case, office: User, reporter: User
) -> None:
    visit = make_supervision(late.inspection, held_on=ago(20), answer_due_on=ago(10), units=[late.unit])
    assert reminder_recipients(ago(9)) == {(person.name, visit.get_absolute_url()) for person in (office, reporter)}
    assert set(Notice.objects.exclude(address="").values_list("kind", flat=True)) == {NoticeKind.LATE}


def test_from_the_overdue_list_the_late_units_are_chased_in_one_step(
    late: Case, supervisor: User, office: User, client: Client
) -> None:
    punctual = make_unit(parent=late.inspection.unit)
    make_measure(make_finding(late.finding.aspect, lead_unit=punctual), lead_unit=punctual, due_on=ago(-60))
    other = make_unit(parent=late.inspection.unit)
    make_measure(make_finding(late.finding.aspect, lead_unit=other), lead_unit=other, due_on=ago(3))
    client.force_login(supervisor)
    listed = reverse("findings:measure_list", args=[late.inspection.pk])
    chase = reverse("ledgers:letter_list", args=[late.inspection.pk])
    assert chase not in client.get(listed).content.decode().split("<table")[0].split("<h1")[1]
    assert f'href="{chase}?overdue=on"' in client.get(listed, {"overdue": "on"}).content.decode()
    of_one = client.get(listed, {"overdue": "on", "unit": str(other.pk)}).content.decode()
    assert f'href="{chase}?overdue=on&amp;unit={other.pk}"' in of_one
    assert client.get(chase, {"overdue": "on"}).context["ticked"] == {late.unit.pk, other.pk}
    assert client.get(chase, {"overdue": "on", "unit": str(other.pk)}).context["ticked"] == {other.pk}
    assert client.get(chase).context["ticked"] == set()
