"""Reminders: the right people on the right days, once, whatever happens in between; and one e-mail a day."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import User
from findings.choices import MeasureStatus, NoticeKind
from findings.factories import closing_fields, make_user, report_fields, submission_fields
from findings.followup.reminders import remind
from findings.models import Digest, Extension, Finding, Measure, Notice
from tests.findings.conftest import Case
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 6, 30)


def days(number: int) -> dt.date:
    """So many days after the deadline."""
    return DUE + dt.timedelta(days=number)


@pytest.fixture
def quiet(case: Case) -> Case:
    """Only one measure has a deadline."""
    with unchecked_writes():
        Finding.objects.update(due_on=None)
    return case


def test_a_deadline_reminds_at_notice_and_warning_and_then_weekly(quiet: Case, office: User) -> None:
    told = {number: remind(days(number)) for number in (-21, -20, -19, -10, -9, 0, 1, 2, 7, 8, 15)}
    assert {number for number, new in told.items() if new} == {-20, -10, 1, 8, 15}
    assert set(Notice.objects.values_list("user", "measure")) == {(office.pk, quiet.measure.pk)}


def test_a_day_on_which_cron_slept_is_made_up_for(quiet: Case) -> None:
    assert remind(days(-8)) == 1
    assert "还剩8天" in Notice.objects.get().words


def test_without_a_person_in_charge_the_unit_is_reminded(quiet: Case, reporter: User) -> None:
    with unchecked_writes():
        Measure.objects.update(person_in_charge=None)
    remind(days(1))
    assert Notice.objects.get().user == reporter


def test_what_is_done_or_signed_off_reminds_nobody(quiet: Case, office: User) -> None:
    with unchecked_writes():
        Measure.objects.filter(pk=quiet.measure.pk).update(**report_fields(make_user()))
    assert remind(days(1)) == 0
    with unchecked_writes():
        Finding.objects.filter(pk=quiet.finding.pk).update(**closing_fields(office, DUE))
    assert remind(days(1)) == 0


def test_a_measure_that_was_sent_back_reminds_again_whatever_day_of_completion_it_has(quiet: Case) -> None:
    with unchecked_writes():
        Measure.objects.filter(pk=quiet.measure.pk).update(status=MeasureStatus.SENT_BACK, completed_on=DUE)
    assert remind(days(1)) == 1
    assert Notice.objects.get().kind == NoticeKind.LATE


def test_the_unit_is_not_reminded_of_a_finding_that_waits_for_review(quiet: Case) -> None:
    with unchecked_writes():
        Measure.objects.update(due_on=None)
        Finding.objects.filter(pk=quiet.finding.pk).update(due_on=DUE, **submission_fields(make_user()))
    assert remind(days(1)) == 0


def test_who_lets_a_submission_wait_is_reminded_each_week_and_the_unit_is_not(quiet: Case, office: User) -> None:
    supervisor, submitter = make_user(role="supervisor"), make_user()
    with unchecked_writes():
        Measure.objects.update(due_on=None)
        values = submission_fields(submitter) | {"submitted_at": dt.datetime(2026, 6, 1, 1, tzinfo=dt.UTC)}
        Finding.objects.filter(pk=quiet.finding.pk).update(due_on=DUE, **values)
    told = {number: remind(dt.date(2026, 6, 1) + dt.timedelta(days=number)) for number in (6, 7, 8, 13, 14)}
    assert {number for number, new in told.items() if new} == {7, 14}
    assert set(Notice.objects.values_list("user", flat=True)) == {supervisor.pk}
    assert "申请销号已7天，现在等待销号，请您办理。" in Notice.objects.order_by("pk")[0].words


def test_who_lets_a_report_wait_is_reminded_each_week(quiet: Case) -> None:
    supervisor = make_user(role="supervisor")
    with unchecked_writes():
        values = report_fields(make_user()) | {"reported_at": dt.datetime(2026, 6, 1, 1, tzinfo=dt.UTC)}
        Measure.objects.filter(pk=quiet.measure.pk).update(**values)
    assert [remind(dt.date(2026, 6, number)) for number in (7, 8, 9)] == [0, 1, 0]
    notice = Notice.objects.get()
    assert notice.user == supervisor
    assert "报完成已7天，还没有核实，请您核实。" in notice.words


def test_the_same_day_twice_changes_nothing_and_a_dry_run_nothing_at_all(quiet: Case) -> None:
    assert remind(days(1), dry_run=True) == 1
    assert not Notice.objects.exists()
    assert [remind(days(1)), remind(days(1)), remind(days(1), dry_run=True)] == [1, 0, 0]


def test_a_missed_review_and_a_waiting_request_are_told(quiet: Case, office: User, reporter: User) -> None:
    signer = make_user(role="supervisor")
    with unchecked_writes():
        Measure.objects.update(due_on=None)
        Finding.objects.filter(pk=quiet.finding.pk).update(
            long_term=True, next_review_on=DUE, **closing_fields(signer, dt.date(2026, 3, 1))
        )
    remind(days(1))
    assert set(Notice.objects.values_list("user", "kind")) == {(one.pk, "review") for one in (signer, reporter)}
    with unchecked_writes():
        how = {"old_due_on": DUE, "new_due_on": days(30), "reason": "等待批复。", "requested_by": reporter}
        Extension.for_record(quiet.measure, version=1, **how).save()
    asked = dt.datetime(2026, 7, 2, 9, tzinfo=dt.UTC)
    with unchecked_writes():
        Extension.objects.update(requested_at=asked)
    remind(dt.date(2026, 7, 3))
    assert Notice.objects.get(kind=NoticeKind.EXTENSION).user == office


@pytest.fixture
def posted(settings: Settings, quiet: Case, office: User) -> Case:
    """A server for e-mail, and somebody with an address and something due."""
    settings.EMAIL_HOST = "mail.example.cn"
    with unchecked_writes():
        User.objects.filter(pk=office.pk).update(email="office@example.cn")
    return quiet


def run(day: dt.date) -> str:
    """The command, as cron calls it."""
    said = StringIO()
    call_command("send_reminders", date=day, stdout=said)
    return said.getvalue()


def test_one_digest_a_day_tells_of_notices_and_deadlines(posted: Case) -> None:
    assert "已提醒 1 人次，摘要邮件 1 封" in run(days(1))
    assert "已提醒 0 人次，摘要邮件 0 封" in run(days(1))
    text = mail.outbox[0].body
    assert "您有 1 条未读通知。" in text
    assert "建立督查台账。（6月30日 · 逾期1天）" in text
    run(days(2))
    assert len(mail.outbox) == 2


def test_titles_can_be_left_out(posted: Case, settings: Settings) -> None:
    settings.DIGEST_WITH_TITLES = False
    run(days(1))
    assert "台账" not in mail.outbox[0].body
    assert "您负责的措施已逾期 1 条。" in mail.outbox[0].body


def test_no_e_mail_without_a_server_an_address_or_the_wish(posted: Case, office: User, settings: Settings) -> None:
    with unchecked_writes():
        User.objects.filter(pk=office.pk).update(daily_mail=False)
    run(days(1))
    with unchecked_writes():
        User.objects.filter(pk=office.pk).update(daily_mail=True, email="")
    run(days(1))
    with unchecked_writes():
        User.objects.filter(pk=office.pk).update(email="office@example.cn")
    settings.EMAIL_HOST = ""
    run(days(1))
    assert mail.outbox == []


def test_after_a_failure_the_next_run_sends_the_rest_only(
    posted: Case, reporter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unchecked_writes():
        User.objects.filter(pk=reporter.pk).update(email="reporter@example.cn")
        Measure.objects.exclude(pk=posted.measure.pk).update(due_on=DUE, lead_unit=posted.unit)

    def failing(subject: str, text: str, sender: str, to: list[str]) -> int:
        if to == ["reporter@example.cn"]:
            raise ConnectionRefusedError
        return mail.send_mail(subject, text, sender, to)

    with monkeypatch.context() as broken:
        broken.setattr("findings.notifications.digests.send_mail", failing)
        with pytest.raises(CommandError, match="1 封摘要邮件没有发出"):
            run(days(1))
    assert [message.to for message in mail.outbox] == [["office@example.cn"]]
    run(days(1))
    assert [message.to for message in mail.outbox] == [["office@example.cn"], ["reporter@example.cn"]]


def test_what_a_dead_run_had_begun_is_sent_later_and_not_meanwhile(posted: Case, office: User) -> None:
    Digest.objects.create(user=office, day=days(1))
    run(days(1))
    assert mail.outbox == []
    Digest.objects.update(begun=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    run(days(1))
    assert len(mail.outbox) == 1
