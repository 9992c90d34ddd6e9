"""Signing in and out."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.conftest import LOGIN, PASSWORD

pytestmark = pytest.mark.django_db


def is_signed_in(client: Client) -> bool:
    """Whether somebody is signed in in this browser."""
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("typed", ["wangqiang", "  WangQiang ", "ｗａｎｇｑｉａｎｇ", "WANGQIANG"])
def test_a_name_is_recognised_however_it_is_typed(client: Client, person: User, typed: str) -> None:
    answer = client.post(LOGIN, {"username": typed, "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    assert is_signed_in(client)


@pytest.mark.parametrize("typed", ["", "   ", "a\0b", "\u202eevil", "长" * 300, "<script>alert(1)</script>"])
def test_no_name_breaks_the_page(client: Client, person: User, typed: str) -> None:
    html = client.post(LOGIN, {"username": typed, "password": "\0"}).content.decode()
    assert 'role="alert"' in html
    assert "<script>alert" not in html
    assert not is_signed_in(client)


def test_the_password_is_never_sent_back(client: Client, person: User) -> None:
    html = client.post(LOGIN, {"username": "wangqiang", "password": "wrong-secret"}).content.decode()
    assert "wrong-secret" not in html
    assert 'value="wangqiang"' in html


def test_the_way_goes_on_to_the_page_asked_for(client: Client, person: User) -> None:
    asked = client.get("/units/")
    assert asked.headers["Location"] == f"{LOGIN}?next=/units/"
    html = client.get(asked.headers["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/units/">' in html
    answer = client.post(LOGIN, {"username": "wangqiang", "password": PASSWORD, "next": "/units/"})
    assert answer.headers["Location"] == "/units/"


@pytest.mark.parametrize(
    "foreign", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_never_leads_to_a_foreign_host(client: Client, person: User, foreign: str) -> None:
    answer = client.post(LOGIN, {"username": "wangqiang", "password": PASSWORD, "next": foreign})
    assert answer.headers["Location"] == "/"
    assert "evil" not in client.get(LOGIN, {"next": foreign}).content.decode()


def test_who_is_signed_in_needs_no_form(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.get(LOGIN).headers["Location"] == "/"


def test_signing_out_takes_a_press_of_the_button(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert is_signed_in(client)
    assert client.post(reverse("accounts:logout")).headers["Location"] == LOGIN
    assert not is_signed_in(client)


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_forged_way_back_is_not_followed_after_a_form(client: Client, foreign: str) -> None:
    answer = client.post("/import/store/", headers={"referer": foreign})
    assert answer.headers["Location"] == f"{LOGIN}?next=/"


def test_a_foreign_host_is_refused(client: Client, person: User) -> None:
    for address in (LOGIN, "/units/"):
        assert client.get(address, headers={"host": "evil.example"}).status_code == 400
    answer = client.post(LOGIN, {"username": "wangqiang", "password": PASSWORD}, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert not is_signed_in(client)


def test_signing_in_and_out_take_the_token_of_the_form(person: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(LOGIN, {"username": "wangqiang", "password": PASSWORD}).status_code == 403
    client.force_login(person)
    for name, numbers in (
        ("logout", []),
        ("profile", []),
        ("password_change", []),
        ("session_end", [1]),
        ("sessions_end_others", []),
    ):
        assert client.post(reverse(f"accounts:{name}", args=numbers)).status_code == 403
    assert is_signed_in(client)


def test_nothing_that_is_said_may_be_kept(client: Client, person: User) -> None:
    client.force_login(person)
    for address in ("/units/", "/accounts/profile/", "/nothing/", "/"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in Client().get(LOGIN).headers["Cache-Control"]


def test_signing_in_begins_a_new_session(client: Client, person: User) -> None:
    session = client.session
    session["left by somebody else"] = 1
    session.save()
    before = session.session_key
    client.post(LOGIN, {"username": "wangqiang", "password": PASSWORD})
    assert client.session.session_key != before


def test_the_page_names_what_must_not_be_entered(client: Client) -> None:
    answer = client.get(LOGIN)
    assert "本系统不得录入国家秘密、工作秘密" in answer.content.decode()
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "evil" not in client.get(LOGIN, headers={"host": "evil.example"}).content.decode()
