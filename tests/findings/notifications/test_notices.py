"""Notices: every step tells whom its button names; the bell, the list, and what is nobody else's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.records.saving import account_writer
from findings.choices import NoticeKind
from findings.factories import closing_fields, make_grant, make_user, submission_fields
from findings.models import Finding, Measure, Notice, ReviewStage
from findings.workflow import (
    BY_NAME,
    RefusedError,
    StepInput,
    StepName,
    Transition,
    recipient_names,
    recipients_sentence,
    take_step,
)
from findings.workflow.saving import workflow_writer
from findings.workflow.voiding import notify_of_void, void_stale_signoffs
from tests.findings.conftest import Case, words_of
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(case: Case) -> User:
    """Somebody who verifies and signs."""
    user = make_user(name="赵督查")
    make_grant(user, "supervisor", case.inspection.unit)
    return user


@pytest.fixture
def _without_objections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is told is at stake here, not what is against a step."""
    monkeypatch.setattr(Transition, "objections_to", lambda *_: [])


def take(name: str, record: Any, user: User) -> list[str]:
    """Take a step, make sure that those are told whom the button named, and give their names."""
    named = recipient_names(BY_NAME[type(record), name], record, user)
    Notice.objects.all().delete()
    take_step(StepName(name), record, user, record.version, StepInput(comment="请核对台账。"))
    told = [notice.user.name for notice in Notice.objects.select_related("user")]
    assert sorted(named) == sorted(told)
    return sorted(told)


@pytest.mark.usefixtures("_without_objections")
def test_a_measure_tells_who_verifies_and_then_who_reported(case: Case, reporter: User, supervisor: User) -> None:
    assert take("report", case.measure, reporter) == ["赵督查"]
    assert take("verify", case.measure, supervisor) == ["李填报"]
    assert take("send_back", case.measure, supervisor) == ["李填报"]
    assert Notice.objects.get().words == "措施“建立督查台账。”被退回，请查看理由。"


@pytest.mark.usefixtures("_without_objections")
def test_a_submission_goes_from_hand_to_hand(case: Case, reporter: User, office: User, supervisor: User) -> None:
    leader = make_user(name="钱书记")
    make_grant(leader, "leader", case.inspection.unit)
    workflow_writer.create(ReviewStage(inspection=case.inspection, order=1, name="整改办审核", role="office"))
    workflow_writer.create(ReviewStage(inspection=case.inspection, order=2, name="书记审签", role="leader"))
    finding = case.finding
    assert take("submit", finding, reporter) == ["张整改"]
    assert "现在是“整改办审核”" in Notice.objects.get().words
    assert take("review", finding, office) == ["钱书记"]
    assert take("review", finding, leader) == ["赵督查"]
    assert take("send_back", finding, supervisor) == ["张整改", "李填报"]


@pytest.mark.usefixtures("_without_objections")
def test_a_joint_review_tells_the_next_only_when_all_consent(case: Case, reporter: User, supervisor: User) -> None:
    people = [make_user(name=name) for name in ("甲", "乙")]
    for person in people:
        make_grant(person, "leader", case.inspection.unit)
    stage = ReviewStage(inspection=case.inspection, order=1, name="会签", role="leader", by_all=True)
    workflow_writer.create(stage, {"reviewers": people})
    assert take("submit", case.finding, reporter) == sorted(["甲", "乙"])
    assert take("review", case.finding, people[0]) == []
    assert take("review", case.finding, people[1]) == ["赵督查"]


@pytest.mark.usefixtures("_without_objections")
def test_reopening_tells_the_lead_unit(case: Case, reporter: User, supervisor: User, office: User) -> None:
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(
            **(submission_fields(office) | closing_fields(supervisor, dt.date(2026, 6, 30)))
        )
    case.finding.refresh_from_db()
    assert take("reopen", case.finding, supervisor) == ["张整改", "李填报"]


def test_a_refused_step_tells_nobody(case: Case, reporter: User, supervisor: User) -> None:
    with pytest.raises(RefusedError):
        take_step(StepName.SUBMIT, case.finding, reporter, case.finding.version)
    assert not Notice.objects.exists()


def test_people_out_of_use_or_gone_are_not_told(case: Case, supervisor: User, reporter: User) -> None:
    supervisor.is_active = False
    account_writer.save(supervisor, seen=supervisor.version)
    step = BY_NAME[Measure, "report"]
    assert recipient_names(step, case.measure, reporter) == []


def test_the_table_promises_only_what_is_kept() -> None:
    assert {key for key, step in BY_NAME.items() if step.recipients} == {
        key for key, step in BY_NAME.items() if step.notice
    }


def test_the_button_counts_the_people() -> None:
    assert recipients_sentence([]) == ""
    assert recipients_sentence(["张三"]) == "将通知：张三。"
    assert recipients_sentence(["张三", "李四", "王五"]) == "将通知：张三、李四等 3 人。"


def test_a_void_sign_off_tells_who_signed_and_who_reports(case: Case, office: User, reporter: User) -> None:
    signer = make_user(name="赵督查", role="supervisor")
    case.finding.signoffs.create(submission=1, completion="complete", content="旧", digest="x", signed_by=signer)
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(**closing_fields(signer, dt.date(2026, 6, 30)))
    (voided,) = void_stale_signoffs([case.finding.pk])
    notify_of_void(voided)
    assert {one.user.name for one in Notice.objects.filter(kind=NoticeKind.VOID)} == {"赵督查", "李填报"}


def test_opening_a_notice_reads_it_and_goes_to_the_record(case: Case, client: Client, reporter: User) -> None:
    notice = Notice.objects.create(user=reporter, kind=NoticeKind.MENTION, words="请看台账。", finding=case.finding)
    client.force_login(reporter)
    page = client.get(reverse("findings:notice_list")).content.decode()
    assert "通知，1 条未读" in page
    assert "请看台账。" in page
    answer = client.post(reverse("findings:notice_open", args=[notice.pk]))
    assert answer.headers["Location"] == case.finding.get_absolute_url()
    assert "条未读" not in client.get(reverse("findings:notice_list")).content.decode()


def test_all_are_marked_read_but_those_of_others(case: Case, client: Client, reporter: User, office: User) -> None:
    for user in (reporter, reporter, office):
        Notice.objects.create(user=user, kind=NoticeKind.COMMENT, words="有评论。", finding=case.finding)
    client.force_login(reporter)
    client.post(reverse("findings:notices_read"))
    assert list(Notice.objects.unread().values_list("user", flat=True)) == [office.pk]
    assert client.post(reverse("findings:notice_open", args=[Notice.objects.get(user=office).pk])).status_code == 404


def test_what_one_may_see_no_more_is_not_said(case: Case, client: Client) -> None:
    stranger = make_user()
    Notice.objects.create(user=stranger, kind=NoticeKind.MENTION, words="里面的话。", finding=case.finding)
    client.force_login(stranger)
    page = words_of(client.get(reverse("findings:notice_list")).content.decode())
    assert "里面的话" not in page
    assert "您现在已不能查看" in page


def test_the_number_of_people_costs_no_queries(case: Case, reporter: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            recipient_names(BY_NAME[Measure, "report"], Measure.objects.get(pk=case.measure.pk), reporter)
        return len(counted)

    before = queries()
    for _ in range(20):
        make_grant(make_user(), "supervisor", case.inspection.unit)
    assert queries() == before
