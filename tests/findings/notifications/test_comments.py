"""Comments: who may write and see them, whom they mention, and what stays of them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from findings.choices import NoticeKind
from findings.factories import make_grant, make_inspection, make_member, make_unit, make_user
from findings.models import Comment, Finding, Measure, Notice
from findings.notifications.recipients import Recipients
from tests.findings.conftest import Case, seen, words_of
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


def say(client: Client, case: Case, text: str) -> None:
    """A comment on the finding."""
    client.post(reverse("findings:finding_comment", args=[case.finding.pk]), {"text": text})


def test_a_mention_tells_the_person_and_nobody_else(case: Case, office_client: Client, reporter: User) -> None:
    say(office_client, case, "请 @李填报 补充台账。")
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.finding) == (reporter, NoticeKind.MENTION, case.finding)
    page = words_of(office_client.get(case.finding.get_absolute_url()).content.decode())
    assert "请 @李填报 补充台账。" in page
    assert "已通知：李填报" in page


def test_who_is_in_charge_is_told_of_a_comment(case: Case, client: Client, reporter: User, office: User) -> None:
    client.force_login(reporter)
    client.post(reverse("findings:measure_comment", args=[case.measure.pk]), {"text": "台账已补。"})
    assert [(one.user, one.kind, one.measure) for one in Notice.objects.all()] == [
        (office, NoticeKind.COMMENT, case.measure)
    ]


def test_a_name_of_two_people_is_asked_back_by_unit(case: Case, office_client: Client) -> None:
    people = []
    for unit in (case.unit, case.other_unit):
        person = make_user(name="张伟")
        make_member(unit, person)
        make_grant(person, "reporter", unit)
        people.append(person)
    address = reverse("findings:finding_comment", args=[case.finding.pk])
    answer = office_client.post(address, {"text": "@张伟 请看"})
    assert "有 2 位“张伟”，请写明是哪一位：@张伟（综合科）" in answer.content.decode()
    assert not Comment.objects.exists()
    say(office_client, case, "@张伟（综合科） 请看")
    assert Notice.objects.get().user == people[0]


def test_foreign_people_are_neither_offered_nor_told(case: Case, office_client: Client) -> None:
    body = make_unit(name="区文旅体局")
    stranger = make_user(name="外单位人")
    make_grant(stranger, "office", body)
    answer = office_client.get(reverse("findings:finding_people", args=[case.finding.pk]), {"q": ""})
    assert answer.json() == {"people": ["李填报"]}
    say(office_client, case, "@外单位人 请看")
    assert not Notice.objects.exists()


def test_who_supports_from_another_body_learns_no_names(case: Case, client: Client) -> None:
    body = make_unit(name="区文旅体局")
    helper = make_user(name="外单位填报")
    make_member(body, helper)
    make_grant(helper, "reporter", body)
    with unchecked_writes():
        case.finding.supporting_units.add(body)
    client.force_login(helper)
    answer = client.get(reverse("findings:finding_people", args=[case.finding.pk]))
    assert answer.json() == {"people": []}


def messages_after(client: Client, case: Case, text: str) -> list[str]:
    """What the page says after a comment on the finding."""
    address = reverse("findings:finding_comment", args=[case.finding.pk])
    answer = client.post(address, {"text": text}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_each_name_that_is_not_notified_is_told_with_the_reason(case: Case, office_client: Client) -> None:
    make_member(case.unit, make_user(name="赵无角"))
    blind = make_user(name="钱他科")
    idle = make_unit(name="档案科", parent=case.inspection.unit)
    make_member(idle, blind)
    make_grant(blind, "reporter", idle)
    gone = make_user(name="孙离职", is_active=False)
    make_member(case.unit, gone)
    foreign = make_user(name="周外单位")
    make_grant(foreign, "office", make_unit(name="区文旅体局"))
    text = "@李填报，@赵无角 @钱他科 @孙离职 @周外单位 @吴不在 @张整改 抄送 a.b@example.cn"
    assert messages_after(office_client, case, text) == [
        "没有通知“赵无角”：没有角色，看不到这条记录。",
        "没有通知“钱他科”：看不到这条记录。",
        "没有通知“孙离职”：账号已停用。",
        "没有通知“周外单位”：不在本单位，看不到这条记录。",
        "没有通知“吴不在”：没有这个人。",
        "没有通知“张整改”：是您自己。",
        "已发表评论，并通知了李填报。",
    ]
    assert [notice.user.name for notice in Notice.objects.filter(kind=NoticeKind.MENTION)] == ["李填报"]
    assert Comment.objects.get().text == text


def test_a_reporter_learns_of_nobody_in_another_body(case: Case, client: Client, reporter: User) -> None:
    foreign = make_user(name="周外单位")
    make_grant(foreign, "office", make_unit(name="区文旅体局"))
    client.force_login(reporter)
    assert messages_after(client, case, "@周外单位")[0] == "没有通知“周外单位”：没有这个人。"


def test_a_writer_of_another_body_is_told_that_nobody_is_notified(case: Case, client: Client) -> None:
    body = make_unit(name="区文旅体局")
    helper = make_user(name="外单位填报")
    make_member(body, helper)
    make_grant(helper, "reporter", body)
    with unchecked_writes():
        case.finding.supporting_units.add(body)
    client.force_login(helper)
    said = messages_after(client, case, "@李填报 请看")
    assert said[0] == "没有通知“李填报”：您不在被巡察单位，评论里不能提醒别人。"


@pytest.mark.parametrize("text", ["＠李填报 请看", "@李 填报请看", "@ 李填报", "@李　填报"])
def test_names_are_found_whatever_their_width_and_spaces(case: Case, office_client: Client, text: str) -> None:
    assert messages_after(office_client, case, text) == ["已发表评论，并通知了李填报。"]


def test_a_space_ends_a_name_that_is_whole_before_it(case: Case, office_client: Client) -> None:
    for name in ("李明", "李明华"):
        person = make_user(name=name)
        make_member(case.unit, person)
        make_grant(person, "reporter", case.unit)
    assert messages_after(office_client, case, "@李明 华为公司的材料") == ["已发表评论，并通知了李明。"]


def test_while_typing_the_page_says_the_same(case: Case, office_client: Client) -> None:
    address = reverse("findings:finding_people", args=[case.finding.pk])
    answer = office_client.get(address, {"text": "@李填报 @吴不在"})
    assert answer.json() == {"notified": ["李填报"], "problems": ["没有通知“吴不在”：没有这个人。"]}


def test_a_withdrawn_comment_leaves_a_line(case: Case, office_client: Client, office: User) -> None:
    say(office_client, case, "写错了的话")
    comment = Comment.objects.get()
    office_client.post(reverse("findings:comment_withdraw", args=[comment.pk]), seen(comment))
    page = words_of(office_client.get(case.finding.get_absolute_url()).content.decode())
    assert "写错了的话" not in page
    assert "这条评论已由张整改于" in page
    comment.refresh_from_db()
    assert comment.withdrawn_by == office


def test_nobody_withdraws_what_another_said(case: Case, client: Client, office_client: Client, reporter: User) -> None:
    say(office_client, case, "请补充台账。")
    comment = Comment.objects.get()
    client.force_login(reporter)
    assert client.post(reverse("findings:comment_withdraw", args=[comment.pk]), seen(comment)).status_code == 403
    comment.refresh_from_db()
    assert comment.withdrawn_at is None


def test_recipients_are_those_whose_lists_show_the_record(case: Case, office: User, reporter: User) -> None:
    """The rule is asked of all people at once here and of one person there; it must be the same rule."""
    far = make_unit(name="区文旅体局")
    make_inspection(unit=far)
    for role, unit in (
        ("reporter", case.other_unit),
        ("reporter", far),
        ("leader", case.inspection.unit),
        ("supervisor", None),
        ("publisher", case.unit),
        ("office", far),
        ("audit_officer", None),
    ):
        person = make_user()
        make_member(unit or far, person)
        make_grant(person, role, unit)
    named = make_user()
    make_grant(named, "leader", case.unit)
    make_user()
    with unchecked_writes():
        Finding.objects.filter(pk=case.sub_finding.pk).update(responsible_leader=named)
    for finding in Finding.objects.select_related("inspection", "parent"):
        seeing = {user.pk for user in Recipients.of(finding).allowed_to_see()}
        everybody = User.objects.all()
        assert seeing == {one.pk for one in everybody if Finding.objects.visible_to(one).filter(pk=finding.pk)}
        for measure in finding.measures.all():
            seeing = {user.pk for user in Recipients.of(finding, measure).allowed_to_see()}
            assert seeing == {
                one.pk for one in User.objects.all() if Measure.objects.visible_to(one).filter(pk=measure.pk)
            }
