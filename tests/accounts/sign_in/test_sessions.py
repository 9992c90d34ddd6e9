"""How long a session lasts, what ends it, and what a person is told then."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Session, User
from accounts.sign_in.devices import device
from accounts.sign_in.passwords import reset_password
from accounts.sign_in.sessions import end_sessions
from findings.factories import make_user
from tests.accounts.conftest import LOGIN, NEW_PASSWORD, PASSWORD, browser_of, copy_of, is_in, session_of
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=timezone.get_default_timezone())
MINUTE = dt.timedelta(minutes=1)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


@pytest.fixture
def clock() -> time_machine.Traveller:  # type: ignore[misc]  # a generator, as fixtures are
    """A clock that stands still until it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def told(client: Client, address: str = "/units/") -> str:
    """What the sign-in page says to a browser that is sent there."""
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(LOGIN)
    return client.get(answer.headers["Location"]).content.decode()


def writes(queries: CaptureQueriesContext) -> list[str]:
    """Those that change something."""
    return [query["sql"] for query in queries if query["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


def test_a_session_knows_whose_it_is_and_where(person: User, clock: time_machine.Traveller) -> None:
    client = browser_of("wangqiang", user_agent=CHROME)
    session = session_of(client)
    assert (session.user, session.address, session.device) == (person, "127.0.0.1", "Chrome · Windows")
    assert (session.started, session.seen) == (NOW, NOW)


def test_fifteen_idle_minutes_end_a_session(person: User, clock: time_machine.Traveller) -> None:
    client = browser_of("wangqiang")
    clock.shift(14 * MINUTE + dt.timedelta(seconds=59))
    assert is_in(client)
    clock.shift(15 * MINUTE)
    page = told(client)
    assert "您已有 15 分钟没有操作" in page
    assert '<input type="hidden" name="next" value="/units/">' in page


def test_twelve_hours_end_a_session_however_busy(person: User, clock: time_machine.Traveller) -> None:
    client = browser_of("wangqiang")
    for _ in range(71):
        clock.shift(10 * MINUTE)
        assert is_in(client)
    clock.shift(10 * MINUTE)
    assert "您登录已满 12 小时" in told(client)


def test_a_password_change_does_not_stretch_the_twelve_hours(person: User, clock: time_machine.Traveller) -> None:
    client = browser_of("wangqiang")
    clock.shift(10 * MINUTE)
    before = session_of(client)
    client.post("/accounts/password/", {"old": PASSWORD, "new": NEW_PASSWORD, "repeated": NEW_PASSWORD})
    after = session_of(client)
    assert after.session_key != before.session_key
    assert (after.started, after.device) == (before.started, before.device)


def test_a_request_is_noted_at_most_once_a_minute(person: User, clock: time_machine.Traveller) -> None:
    client = browser_of("wangqiang")
    data = session_of(client).session_data
    clock.shift(59)
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert is_in(client)
        assert writes(queries) == []
    clock.shift(1)
    with CaptureQueriesContext(connection) as queries:
        assert is_in(client)
    (update,) = writes(queries)
    assert update.startswith('UPDATE "accounts_session" SET "seen"')
    assert "session_data" not in update
    assert session_of(client).seen == NOW + MINUTE
    assert session_of(client).session_data == data
    with CaptureQueriesContext(connection) as queries:
        assert is_in(client)
    assert writes(queries) == []


def test_a_request_costs_one_query_each_for_session_and_person_for_the_roles_and_the_bell(
    signed_in: Client,
) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert signed_in.get("/accounts/password/").status_code == 200
    tables = [query["sql"].split("FROM ")[1].split()[0] for query in queries]
    assert sorted(tables) == ['"accounts_grant"', '"accounts_session"', "(SELECT"]


def test_an_anonymous_visit_stores_no_session(client: Client) -> None:
    client.get(LOGIN)
    client.post(LOGIN, {"username": "nobody", "password": "x"})
    assert not Session.objects.exists()
    assert "sessionid" not in client.cookies


def test_signing_out_ends_the_session(signed_in: Client) -> None:
    thief = copy_of(signed_in)
    assert is_in(thief)
    signed_in.post("/accounts/logout/")
    assert "您的登录已经失效" in told(thief)


def test_a_password_change_ends_all_other_sessions(person: User, signed_in: Client) -> None:
    other, thief = browser_of("wangqiang"), copy_of(signed_in)
    form = {"old": PASSWORD, "new": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    assert signed_in.post("/accounts/password/", form).status_code == 302
    assert is_in(signed_in)
    assert "您的登录已经失效" in told(other)
    assert "您的登录已经失效" in told(thief)
    assert Session.objects.filter(user=person).count() == 1


def test_a_password_that_was_set_anywhere_ends_the_session(person: User, signed_in: Client) -> None:
    person.set_password(NEW_PASSWORD)
    person.save(update_fields=["password"])
    assert "您的登录已经失效" in told(signed_in)


def test_a_reset_of_the_password_ends_all_sessions(person: User, signed_in: Client) -> None:
    reset_password(person)
    assert "您的登录已经失效" in told(signed_in)
    assert not Session.objects.exists()


def test_who_is_deactivated_is_out_at_once(person: User, signed_in: Client) -> None:
    with unchecked_writes():
        User.objects.filter(pk=person.pk).update(is_active=False)
    assert "您的登录已经失效" in told(signed_in)


def test_a_change_of_rights_ends_the_sessions_of_that_person_alone(person: User, signed_in: Client) -> None:
    make_user(username="neighbour", password=PASSWORD)
    second, neighbour = browser_of("wangqiang"), browser_of("neighbour")
    assert end_sessions(person) == 2
    assert not is_in(signed_in)
    assert not is_in(second)
    assert is_in(neighbour)


def test_a_session_that_was_ended_during_a_request_does_not_come_back(person: User, signed_in: Client) -> None:
    session = signed_in.session
    session["kept"] = 1
    end_sessions(person)
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_signing_in_changes_the_key_and_takes_nothing_over(person: User, signed_in: Client) -> None:
    key = signed_in.cookies["sessionid"].value
    signed_in.post("/accounts/logout/")
    signed_in.cookies["sessionid"] = key
    signed_in.post(LOGIN, {"username": "wangqiang", "password": PASSWORD})
    assert signed_in.cookies["sessionid"].value != key
    assert Session.objects.count() == 1


def test_two_sessions_have_different_numbers_and_pages_never_show_a_key(person: User, signed_in: Client) -> None:
    other = browser_of("wangqiang")
    page = signed_in.get("/accounts/profile/").content.decode()
    assert str(session_of(other).number) in page
    for client in (signed_in, other):
        assert client.cookies["sessionid"].value not in page


def test_ended_sessions_are_cleared_away(person: User, clock: time_machine.Traveller) -> None:
    browser_of("wangqiang")
    clock.shift(16 * MINUTE)
    kept = browser_of("wangqiang")
    assert Session.objects.count() == 2
    call_command("clearsessions")
    assert Session.objects.get() == session_of(kept)


def test_a_sign_in_clears_away_what_ended_a_day_ago(person: User, clock: time_machine.Traveller) -> None:
    browser_of("wangqiang")
    clock.shift(dt.timedelta(days=1, minutes=16))
    assert Session.objects.get() != session_of(browser_of("wangqiang"))
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("sent_from", "back"),
    [("http://testserver/units/?a=1", "/units/?a=1"), ("http://x.cn/units/", "/"), ("nonsense", "/"), ("", "/")],
)
def test_after_a_form_the_way_leads_back_to_its_page(
    person: User, clock: time_machine.Traveller, sent_from: str, back: str
) -> None:
    client = browser_of("wangqiang")
    clock.shift(20 * MINUTE)
    answer = client.post("/import/store/", headers={"referer": sent_from})
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query == {"next": [back], "why": ["idle"]}


def test_the_way_back_keeps_the_whole_address(client: Client) -> None:
    answer = client.get("/units/?a=1&why=idle&b=%E4%B8%AD")
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query == {"next": ["/units/?a=1&why=idle&b=%E4%B8%AD"]}


def test_no_strange_word_is_shown_as_a_reason(client: Client) -> None:
    for word in ("<script>", "{idle}", "hours", ""):
        assert "message-warning" not in client.get(LOGIN, {"why": word}).content.decode()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, "Chrome · Windows"),
        (f"{CHROME} Edg/130.0", "Edge · Windows"),
        (f"{CHROME} QIHU 360SE", "360浏览器 · Windows"),
        (f"{CHROME} Qaxbrowser", "奇安信浏览器 · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0", "微信 · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari · macOS"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile", "Chrome · Android"),
        ("curl/8.5", "未知设备"),
        ("", "未知设备"),
        ("<script>" * 99, "未知设备"),
    ],
)
def test_devices_are_named_in_words(user_agent: str, words: str) -> None:
    assert device(user_agent) == words
