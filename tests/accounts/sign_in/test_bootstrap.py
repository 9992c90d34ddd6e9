"""The first three accounts of an installation."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from accounts import locks
from accounts.management.commands import bootstrap
from accounts.models import Action, Event, Grant, User
from accounts.sign_in.passwords import why_to_change
from accounts.users.roles import OFFICERS, ROLES
from findings.factories import make_user
from tests.accounts.conftest import NEW_PASSWORD, browser_of

pytestmark = pytest.mark.django_db
DEFAULTS = {"sysadmin": "system_officer", "secadmin": "security_officer", "audadmin": "audit_officer"}


def run(**options: Any) -> str:
    """What the command prints."""
    output = StringIO()
    call_command("bootstrap", stdout=output, **options)
    return output.getvalue()


def parse_accounts(said: str) -> dict[str, str]:
    """The passwords by user name."""
    return dict(re.findall(r"用户名 (\S+)  初始密码 (\S+)", said))


def test_three_officers_get_passwords_that_must_be_changed() -> None:
    passwords = parse_accounts(run())
    assert set(passwords) == set(DEFAULTS)
    assert len(set(passwords.values())) == 3
    for name, password in passwords.items():
        user = User.objects.get(username=name)
        assert [grant.role for grant in user.grants.all()] == [DEFAULTS[name]]
        assert why_to_change(user)
        client = browser_of(name, password)
        assert client.get("/units/").headers["Location"] == "/accounts/password/"
        form = {"old": password, "new": NEW_PASSWORD, "repeated": NEW_PASSWORD}
        assert client.post("/accounts/password/", form).status_code == 302
        assert client.get("/accounts/profile/").status_code == 200


def test_the_trail_tells_of_it_without_the_passwords() -> None:
    passwords = parse_accounts(run())
    rows = list(Event.objects.order_by("pk").values_list("action", "record_type", "record_id", "reason"))
    wanted: list[tuple[str, str, int, str]] = []
    for name, role in DEFAULTS.items():
        user = User.objects.get(username=name)
        wanted += [
            (Action.CREATE, "accounts.user", user.pk, ""),
            (Action.GRANT, "accounts.user", user.pk, f"{ROLES[role].label}（全系统）"),
        ]
    assert rows == wanted
    kept = str(list(Event.objects.values_list()))
    assert not any(password in kept for password in passwords.values())


def test_the_names_can_be_chosen() -> None:
    said = run(system_officer=" ＺhangSan", security_officer="lisi", audit_officer="wangwu")
    assert set(parse_accounts(said)) == {"zhangsan", "lisi", "wangwu"}


def test_it_is_done_once_only() -> None:
    run()
    with pytest.raises(CommandError, match="系统里已有账号，没有新建"):
        run(system_officer="a", security_officer="b", audit_officer="c")
    assert User.objects.count() == 3


def test_any_account_refuses_it() -> None:
    make_user(is_active=False)
    with pytest.raises(CommandError, match="系统里已有账号"):
        run()
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"audit_officer": "SYSADMIN"}, "三员的用户名不能相同"),
        ({"audit_officer": "长" * 61}, "没有新建账号：审计管理员的用户名“长+”不能用。.*60"),
        ({"audit_officer": "a\0b"}, "没有新建账号：审计管理员的用户名“.*”不能用。.*控制字符"),
        ({"audit_officer": ""}, "没有新建账号：审计管理员的用户名“”不能用。"),
    ],
)
def test_a_bad_name_makes_nothing(options: dict[str, str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(**options)
    assert not User.objects.exists()
    assert not Grant.objects.exists()
    assert not Event.objects.exists()


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def third_fails(role: str, name: str) -> str:
        if len(made) == 2:
            raise OperationalError("disk full")
        made.append(role)
        return make_officer(role, name)

    make_officer = bootstrap.make_officer
    monkeypatch.setattr(bootstrap, "make_officer", third_fails)
    with pytest.raises(CommandError, match=r"请先运行 python manage\.py migrate"):
        run()
    assert made == list(OFFICERS[:2])
    assert not User.objects.exists()
    assert not Event.objects.exists()


def test_two_at_once_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(name: str) -> None:
        raise locks.BusyError

    monkeypatch.setattr(bootstrap, "serialise", busy)
    with pytest.raises(CommandError, match="另一个初始化正在进行"):
        run()
