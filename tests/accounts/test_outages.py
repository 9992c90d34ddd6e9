"""The database goes away: a restart is waited for, what was under way is told and given back; other errors stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from accounts import outages
from accounts.models import Action, Event, Result, Session, User
from accounts.outages import ReconnectingDatabase, is_outage
from accounts.sign_in.sessions import SessionStore
from findings.factories import make_finding
from findings.work.overview import with_counts

WORDS = "数据库暂时连接不上，请稍后再试"
TYPED = "只查看了2份台账"


class DriverError(Exception):
    """What stands behind an error of Django's: the driver's own, with the code it was given."""


def error_of(**codes: str | None) -> OperationalError:
    """An error of Django's with such codes behind it."""
    error, cause = OperationalError("typed-secret"), DriverError()
    vars(cause).update(codes)
    error.__cause__ = cause
    return error


@pytest.fixture(autouse=True)
def _waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests wait a moment only; the fixtures of one know nothing of another's outages."""
    monkeypatch.setattr(outages, "PAUSE", 0)
    monkeypatch.setattr(outages.database, "missed_since", None)


class Missing:
    """A database that cannot be reached for the first so many tries; ``tries`` counts all."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self.tries = 0
        wrapper = connections["default"]
        connect = wrapper.connect

        def connects() -> None:
            self.tries += 1
            if self.tries <= times:
                raise error_of(pgcode=None)
            connect()

        wrapper.close()
        monkeypatch.setattr(wrapper, "connect", connects)


@pytest.mark.parametrize(
    "error",
    [
        InterfaceError("connection already closed"),
        error_of(pgcode=None),
        error_of(pgcode="08006"),
        error_of(pgcode="57P01"),
        error_of(pgcode="57P03"),
        error_of(sqlite_errorname="SQLITE_CANTOPEN"),
    ],
)
def test_what_is_an_outage(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        None,
        KeyError(),
        DatabaseError(),
        error_of(pgcode="40P01"),  # a deadlock
        error_of(pgcode="55P03"),  # the lock timeout
        error_of(pgcode="57014"),  # the statement timeout
        error_of(sqlite_errorname="SQLITE_BUSY"),
        error_of(sqlite_errorname="SQLITE_FULL"),
    ],
)
def test_what_is_none(error: Exception | None) -> None:
    assert not is_outage(error)


@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_is_waited_for(office_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Missing(monkeypatch, times=3)
    assert office_client.get(reverse("findings:inspection_list")).status_code == 200
    assert missing.tries == 4
    assert outages.database.missed_since is None


@pytest.mark.django_db(transaction=True)
def test_who_waited_in_vain_is_told_to_try_again(
    office: User, monkeypatch: pytest.MonkeyPatch, captured_logs: Callable[[], str]
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(office)
    monkeypatch.setattr(outages, "PATIENCE", 0.01)
    monkeypatch.setattr(outages, "PAUSE", 0.02)
    missing = Missing(monkeypatch, times=2)
    answer = client.get(reverse("findings:inspection_list"))
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"], missing.tries) == (503, "30", 2)
    assert WORDS in page
    assert "提交" not in page
    assert answer.headers["X-Request-ID"] in page
    assert "Content-Security-Policy" in answer.headers
    assert "typed-secret" not in page + captured_logs()
    assert client.get(reverse("findings:inspection_list")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_in_a_long_outage_nobody_is_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "PATIENCE", 0)
    waiting = ReconnectingDatabase()
    missing = Missing(monkeypatch, times=2)
    for tries in (1, 2):
        with pytest.raises(OperationalError):
            waiting.connect()
        assert missing.tries == tries
    waiting.connect()
    assert connection.is_usable()


def lose_the_connection(*_: object, **__: object) -> None:
    """What a restart does to a transaction under way."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    else:
        connection.close()
        raise error_of(sqlite_errorname="SQLITE_CANTOPEN")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("times", [1, 2])
def test_a_page_is_begun_once_more_when_the_database_went_away_under_it(
    office: User, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(office)
    asked: list[int] = []

    def lost_at_first(*args: Any) -> Any:
        asked.append(1)
        if len(asked) <= times:
            lose_the_connection()
        return with_counts(*args)

    monkeypatch.setattr("findings.work.views.inspections.with_counts", lost_at_first)
    answer = client.get(reverse("findings:inspection_list"))
    assert (answer.status_code, len(asked)) == ((200, 2) if times == 1 else (503, 2))
    assert (office.name in answer.content.decode()) is (times == 1)


@pytest.mark.django_db(transaction=True)
def test_an_outage_before_the_view_is_written_down_too(office: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(office)
    read, asked = SessionStore._get_session_from_db, []

    def lost_at_first(store: SessionStore) -> Session | None:
        asked.append(store)
        if len(asked) == 1:
            lose_the_connection()
        return read(store)

    monkeypatch.setattr(SessionStore, "_get_session_from_db", lost_at_first)
    assert client.post(reverse("findings:inspection_create")).status_code == 503
    event = Event.objects.get(action=Action.VISIT)
    assert (event.result, event.reason, event.user) == (Result.FAILED, "数据库连接中断", office)


@pytest.mark.django_db(transaction=True)
def test_what_was_being_saved_is_given_back_and_written_down(
    office: User, monkeypatch: pytest.MonkeyPatch, captured_logs: Callable[[], str]
) -> None:
    finding = make_finding(detail="以文件落实文件")
    client = Client(raise_request_exception=False)
    client.force_login(office)
    sent = {"order": "1", "title": finding.title, "detail": TYPED, "timing": finding.timing, "seen": "1"}
    address = reverse("findings:finding_edit", args=[finding.pk])
    with monkeypatch.context() as patch:
        patch.setattr("accounts.records.saving.write_version", lose_the_connection)
        answer = client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert WORDS in page
    assert "很可能没有保存" in page
    assert TYPED in page
    assert TYPED not in captured_logs()
    finding.refresh_from_db()
    assert (finding.detail, finding.version) == ("以文件落实文件", 1)
    event = Event.objects.get(action=Action.VISIT)
    assert (event.result, event.reason, event.record_words) == (Result.FAILED, "数据库连接中断", address)
    assert event.user == office
    assert client.post(address, sent).status_code == 302
    finding.refresh_from_db()
    assert (finding.detail, finding.version) == (TYPED, 2)
