"""Comments on the entries of the special ledgers: as on findings, for those who see the entry."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Event, User
from findings.choices import NoticeKind
from findings.factories import make_finding, make_grant, make_inspection, make_member, make_unit, make_user
from findings.models import Finding, Notice
from findings.workflow.saving import workflow_writer
from ledgers.factories import make_entry
from ledgers.models import Entry, EntryComment
from tests.findings.conftest import Case, newest, query_count, seen, words_of
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(case: Case, office: User) -> Entry:
    """An entry that the unit of the case handles and the office answers for."""
    return make_entry(case.inspection, units=[case.unit], person_in_charge=office)


def say(client: Client, entry: Entry, text: str) -> None:
    """A comment on the entry."""
    client.post(reverse("ledgers:entry_comment", args=[entry.pk]), {"text": text})


def page_of(client: Client, entry: Entry) -> str:
    """What the page of the entry says."""
    return words_of(client.get(entry.get_absolute_url()).content.decode())


def test_a_mention_tells_the_person_where_it_was_and_nobody_else(
    entry: Entry, office_client: Client, client: Client, reporter: User
) -> None:
    say(office_client, entry, "请 @李填报 补充反馈。")
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.get_absolute_url()) == (
        reporter,
        NoticeKind.MENTION,
        entry.get_absolute_url(),
    )
    assert "请 @李填报 补充反馈。" in page_of(office_client, entry)
    client.force_login(reporter)
    assert "已通知：李填报" in page_of(client, entry)
    assert client.post(reverse("findings:notice_open", args=[notice.pk])).url == entry.get_absolute_url()  # type: ignore[attr-defined]  # a redirect has one


def test_who_is_in_charge_is_told_of_a_comment(entry: Entry, client: Client, reporter: User, office: User) -> None:
    client.force_login(reporter)
    say(client, entry, "已经反馈。")
    assert [(one.user, one.kind) for one in Notice.objects.all()] == [(office, NoticeKind.COMMENT)]


def test_only_who_sees_the_entry_says_something_and_is_offered(case: Case, entry: Entry, office_client: Client) -> None:
    client = Client()
    for unit in (case.other_unit, make_unit(name="区文旅体局")):
        person = make_user(name=f"{unit}的人")
        make_member(unit, person)
        make_grant(person, "reporter", unit)
        client.force_login(person)
        for name in ("entry_comment", "entry_people"):
            assert client.get(reverse(f"ledgers:{name}", args=[entry.pk])).status_code == 404
    answer = office_client.get(reverse("ledgers:entry_people", args=[entry.pk]))
    assert answer.json() == {"people": ["李填报"]}
    say(office_client, entry, "@青山区政务服务便民热线工作管理服务中心的人 请看")
    assert not Notice.objects.exists()


def test_a_withdrawn_comment_leaves_a_line_and_both_are_in_the_history(
    entry: Entry, office_client: Client, reporter: User, office: User
) -> None:
    say(office_client, entry, "写错了的话")
    comment = EntryComment.objects.get()
    address = reverse("ledgers:comment_withdraw", args=[comment.pk])
    another = Client()
    another.force_login(reporter)
    assert another.post(address, seen(comment)).status_code == 403
    office_client.post(address, seen(comment))
    comment.refresh_from_db()
    assert (comment.withdrawn_by, comment.version) == (office, 2)
    assert "这条评论已由张整改于" in page_of(office_client, entry)
    history = newest(office_client, entry)
    assert "新建评论" in history and "修改评论" in history
    done = Event.objects.filter(record_type="ledgers.entrycomment", record_id=comment.pk).order_by("pk")
    assert [event.action for event in done] == ["create", "change"]


def test_an_entry_that_was_talked_about_is_not_deleted(entry: Entry, office_client: Client) -> None:
    say(office_client, entry, "请补充。")
    address = reverse("ledgers:entry_delete", args=[entry.pk])
    assert "这件事项已有 1 条评论，不能删除。" in office_client.get(address).content.decode()
    assert office_client.post(address, seen(entry)).status_code == 409
    assert Entry.objects.exists()


def test_more_comments_need_no_more_queries(entry: Entry, office_client: Client, reporter: User) -> None:
    def one_more() -> None:
        workflow_writer.create(EntryComment(entry=entry, text="请看。", written_by=reporter), {"mentioned": [reporter]})

    one_more()
    before = query_count(office_client, entry.get_absolute_url())
    for _ in range(4):
        one_more()
    assert query_count(office_client, entry.get_absolute_url()) == before


def test_the_readers_of_a_comment_are_exactly_who_sees_the_entry(case: Case, office: User, reporter: User) -> None:
    """The rule is asked of all people at once here and of one person there; it must be the same rule."""
    far = make_unit(name="区文旅体局")
    idle = make_unit(name="档案科", parent=case.inspection.unit)  # handles an entry, has no part in a finding
    foreign = make_inspection(unit=far)
    for role, unit in (
        ("reporter", case.other_unit),
        ("reporter", idle),
        ("reporter", far),
        ("leader", case.inspection.unit),
        ("leader", case.unit),
        ("supervisor", None),
        ("publisher", case.unit),
        ("office", far),
        ("audit_officer", None),
    ):
        person = make_user()
        make_member(unit or far, person)
        make_grant(person, role, unit)
    named = make_user()
    make_grant(named, "leader", idle)
    make_finding(case.aspect, responsible_leader=named)
    with unchecked_writes():
        Finding.objects.get(pk=case.sub_finding.pk).supporting_units.add(far)
    entries = [make_entry(case.inspection, units=units) for units in ([case.unit], [idle, case.other_unit], [far], [])]
    entries.append(make_entry(foreign, units=[case.unit, far]))
    for entry in entries:
        comment = EntryComment.about(Entry.objects.get(pk=entry.pk), office)
        readers = {user.pk for user in comment.recipients().allowed_to_see()}
        assert readers == {one.pk for one in User.objects.all() if Entry.objects.visible_to(one).filter(pk=entry.pk)}
