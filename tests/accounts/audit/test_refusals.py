"""What is refused or fails leaves a row in the trail that outlives the request; what is handed out leaves one too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.audit import refusals
from accounts.models import Action, Event, Result, User
from accounts.users.roles import Right, refusal
from documents.pdf.client import PdfUnavailable
from findings.factories import make_inspection, make_user
from findings.models import Inspection
from findings.work.views import inspections
from reports import views
from tests.accounts.conftest import events
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def reporter_client(client: Client, reporter: User) -> Client:
    """A browser in which somebody of a unit is signed in."""
    client.force_login(reporter)
    return client


def the_event() -> Event:
    """The only one."""
    return events().get()


def broken(_request: HttpRequest, pk: int) -> HttpResponse:
    """A view that changes something, then fails over something typed."""
    with transaction.atomic():
        with unchecked_writes():
            Inspection.objects.filter(pk=pk).update(name="改了一半")
        raise KeyError("typed-secret")


def test_what_a_role_does_not_allow(reporter_client: Client, reporter: User) -> None:
    answer = reporter_client.get(reverse("findings:inspection_create"))
    assert answer.status_code == 403
    event = the_event()
    assert (event.action, event.result, event.reason) == (Action.VISIT, Result.REFUSED, refusal(Right.EDIT_RECORDS))
    assert (event.user, event.who, event.record_words) == (reporter, "李填报", "/inspections/new/")
    assert event.request_id == answer.headers["X-Request-ID"]
    assert event.address == "127.0.0.1"


@pytest.mark.parametrize("number", [999, 10**30])
def test_a_record_that_is_not_there_or_not_for_this_person(reporter_client: Client, number: int) -> None:
    assert reporter_client.get(f"/findings/{number}/?q=typed-secret").status_code == 404
    event = the_event()
    assert (event.result, event.reason) == (Result.REFUSED, "看不到或不存在")
    assert (event.record_id, event.record_words) == (999 if number == 999 else None, f"/findings/{number}/")


def test_an_address_that_is_none_and_a_stranger_leave_nothing(reporter_client: Client) -> None:
    assert reporter_client.get("/no/such/page/typed-secret/").status_code == 404
    assert Client().get("/findings/999/").status_code == 302
    assert not events().exists()


def test_a_method_that_is_not_allowed(reporter_client: Client) -> None:
    answer = reporter_client.post(reverse("reports:report_pdf", args=[1]))
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"
    assert "这个网址不能这样打开" in answer.content.decode()
    assert the_event().result == Result.REFUSED


def test_what_is_sent_in_too_many_fields_or_too_many_bytes(reporter_client: Client, settings: Settings) -> None:
    address = reverse("accounts:profile")
    assert reporter_client.post(address, {f"typed-{number}": "x" for number in range(1001)}).status_code == 400
    event = the_event()
    assert (event.result, event.record_words, event.reason) == (Result.REFUSED, address, "提交的内容过多或格式不对")
    settings.ANONYMOUS_BODY_MAX_BYTES = settings.BODY_MAX_BYTES = 10
    assert reporter_client.post(address, {"email": "typed@example.org"}).status_code == 413
    event = events().latest("number")
    assert (event.result, event.reason) == (Result.REFUSED, "提交的内容过大")


def test_a_foreign_record_behind_an_address_with_words_is_named_without_them(reporter_client: Client) -> None:
    assert reporter_client.get("/inspections/999/lists/typed-secret/xlsx/").status_code == 404
    event = the_event()
    assert (event.record_id, event.record_words) == (999, "/inspections/999/lists/…/…/")


def test_an_initial_password_says_why_nothing_else_is_open(client: Client) -> None:
    client.force_login(make_user(must_change_password=True))
    assert client.post(reverse("accounts:profile"), {"email": ""}).status_code == 403
    assert the_event().reason.startswith("您现在用的是初始密码")


def test_a_form_from_elsewhere(reporter: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reporter)
    assert client.post(reverse("findings:inspection_create"), {"name": "typed-secret"}).status_code == 403
    event = the_event()
    assert (event.reason, event.user) == ("页面校验（CSRF）没有通过", reporter)


@pytest.mark.django_db(transaction=True)
def test_a_failure_outlives_the_rollback(
    reporter: User, monkeypatch: pytest.MonkeyPatch, captured_logs: Callable[[], str]
) -> None:
    inspection = make_inspection(name="第三轮巡察")
    monkeypatch.setattr(inspections, "get_object_or_404", lambda *_, pk: broken(HttpRequest(), pk))
    client = Client(raise_request_exception=False)
    client.force_login(reporter)
    answer = client.get(reverse("findings:inspection_detail", args=[inspection.pk]))
    inspection.refresh_from_db()
    assert inspection.name == "第三轮巡察"
    event = the_event()
    assert (event.result, event.reason, event.record_id) == (Result.FAILED, "程序出错（KeyError）", inspection.pk)
    page = answer.content.decode()
    assert (answer.status_code, event.request_id) == (500, answer.headers["X-Request-ID"])
    assert event.request_id in page
    assert "系统管理员" in page
    assert "KeyError" not in page
    assert "typed-secret" not in page + captured_logs()
    assert "KeyError" in captured_logs()


def test_a_row_that_cannot_be_written_does_not_replace_the_answer(
    reporter_client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(refusals, "record", failing)
    assert reporter_client.get("/findings/999/").status_code == 404
    assert [entry.levelname for entry in caplog.records if entry.name == "accounts.audit.refusals"] == ["ERROR"]
    assert not events().exists()


@pytest.mark.parametrize(
    ("name", "words"), [("report_text", "报告 文本（脱敏版）"), ("report_pdf", "报告 PDF（脱敏版）")]
)
def test_a_report_that_is_taken_out_is_written_down(
    office_client: Client, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    inspection = make_inspection(name="第三轮巡察")
    answer = office_client.get(reverse(f"reports:{name}", args=[inspection.pk]) + "?edition=masked")
    assert answer.status_code == 200
    event = the_event()
    assert (event.action, event.result, event.reason) == (Action.EXPORT, Result.DONE, words)
    assert (event.record_type, event.record_id) == ("findings.inspection", inspection.pk)


def test_a_pdf_that_could_not_be_made_is_written_down(office_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_document: object) -> None:
        raise PdfUnavailable("没有字体。")

    monkeypatch.setattr(views, "render_pdf", failing)
    assert office_client.get(reverse("reports:report_pdf", args=[make_inspection().pk])).status_code == 503
    assert the_event().result == Result.FAILED


def test_nothing_is_handed_out_that_cannot_be_written_down(office: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(views, "record", failing)
    client = Client(raise_request_exception=False)
    client.force_login(office)
    answer = client.get(reverse("reports:report_text", args=[make_inspection().pk]))
    assert answer.status_code == 500
    assert "Content-Disposition" not in answer.headers


def test_what_strangers_try_fills_the_log_and_not_the_trail() -> None:
    client = Client(enforce_csrf_checks=True)
    for _ in range(3):
        assert client.post("/accounts/login/", {"username": "x"}).status_code == 403
    assert not events().exists()


def test_an_official_act_that_is_not_possible_is_written_down(client: Client) -> None:
    client.force_login(make_user(role="security_officer"))
    last = make_user(role="audit_officer").grants.get()
    assert client.post(reverse("findings:grant_revoke", args=[last.pk])).status_code == 409
    event = the_event()
    assert (event.result, event.reason) == (Result.REFUSED, "这是最后一名审计管理员，请先授予另一个人。")


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("10.0.0.9", "203.0.113.5", "10.0.0.9"),  # a stranger may say what he likes
        ("10.1.2.3", "203.0.113.5", "203.0.113.5"),
        ("10.1.2.3", "1.1.1.1, 203.0.113.5, 10.1.9.9", "203.0.113.5"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "nonsense", "nonsense"),
    ],
)
def test_who_comes_through_a_proxy_of_ours_is_known(
    settings: Settings, client: Client, remote: str, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.1.0.0/16"]
    client.force_login(make_user())
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    client.get(reverse("findings:inspection_create"), REMOTE_ADDR=remote, headers=headers)
    assert the_event().address == address
