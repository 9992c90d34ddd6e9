"""The one door to every check of a password."""

from __future__ import annotations

import ast
import datetime as dt
import subprocess
import threading
from pathlib import Path

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import connection, connections
from django.utils import timezone

from accounts import locks
from accounts.models import Action, Event, User
from accounts.sign_in.lockout import LockedError, authenticate_with_lockout, unlock
from findings.factories import make_user
from tests.accounts.conftest import (
    NEW_PASSWORD,
    PASSWORD,
    CountingHasher,
    Hashes,
    attempt,
    browser_of,
    trail,
)
from tests.findings.conftest import words_of
from tests.test_repository import ROOT, modules

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=timezone.get_default_timezone())
TRIES = 60


def fail(times: int, username: str = "wangqiang") -> str:
    """That many wrong passwords; what was said to the last."""
    return [attempt(username, f"wrong-{number}") for number in range(times)][-1]


def in_parallel(jobs: list[threading.Thread]) -> None:
    """Run them all at once."""
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()


@pytest.mark.django_db(transaction=True)
def test_sixty_tries_at_once_evaluate_five_hashes(person: User) -> None:
    CountingHasher.pause = 0.02
    ready = threading.Barrier(TRIES)
    said: list[str] = []

    def guess(number: int) -> None:
        ready.wait()
        try:
            said.append(attempt(["wangqiang", " ＷangQiang"][number % 2], f"wrong-{number}"))
        finally:
            connections.close_all()

    with Hashes() as hashes:
        in_parallel([threading.Thread(target=guess, args=[number]) for number in range(TRIES)])
    assert len(said) == TRIES
    assert hashes.count == 5
    assert sum("已锁定 15 分钟" in page for page in said) == TRIES - 4
    assert Event.objects.filter(action=Action.SIGN_IN, result="refused").count() == TRIES
    with Hashes() as hashes:
        assert "已锁定 15 分钟" in attempt("wangqiang", PASSWORD)
    assert hashes.count == 0


def test_the_right_password_is_refused_for_fifteen_minutes(person: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        assert "已锁定" not in fail(4)
        assert "连续 5 次输错密码，已锁定 15 分钟，到 09:45 为止" in fail(1)
        clock.shift(dt.timedelta(minutes=14, seconds=59))
        page = words_of(attempt("wangqiang", PASSWORD))
        assert "到 09:45 为止" in page
        assert "请联系系统管理员" in page
        clock.shift(dt.timedelta(seconds=2))
        assert attempt("wangqiang", PASSWORD) == ""


def test_a_refused_try_does_not_make_the_lock_longer(person: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        fail(5)
        clock.shift(dt.timedelta(minutes=14))
        fail(3)
        clock.shift(dt.timedelta(minutes=1, seconds=1))
        assert attempt("wangqiang", PASSWORD) == ""


def test_a_lock_holds_its_full_time_however_far_apart_the_tries_were(person: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        fail(4)
        clock.shift(dt.timedelta(minutes=14))
        assert "到 09:59 为止" in fail(1)
        clock.shift(dt.timedelta(minutes=14))
        assert "已锁定" in attempt("wangqiang", PASSWORD)


def test_wrong_passwords_are_forgotten_by_time_and_by_success(person: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        fail(4)
        clock.shift(dt.timedelta(minutes=15, seconds=1))
        assert "已锁定" not in fail(4)
        assert attempt("wangqiang", PASSWORD) == ""
        assert not AccessAttempt.objects.exists()
        assert "已锁定" not in fail(4)


@pytest.mark.parametrize("spelling", ["wangqiang", "  WangQiang ", "ｗａｎｇｑｉａｎｇ", "WANGQIANG"])
def test_all_spellings_of_a_name_and_all_addresses_count_together(person: User, spelling: str) -> None:
    fail(2, "WangQiang")
    fail(2, "ｗａｎｇｑｉａｎｇ ")
    disguise = {"HTTP_X_FORWARDED_FOR": "203.0.113.7", "REMOTE_ADDR": "203.0.113.8", "HTTP_USER_AGENT": "another"}
    assert "已锁定" in attempt(spelling, "wrong", **disguise)
    for number in range(3):
        page = attempt(spelling, PASSWORD, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}", REMOTE_ADDR=f"192.0.2.{number}")
        assert "已锁定" in page


def test_neighbours_at_the_same_address_are_not_locked_out(person: User) -> None:
    make_user(username="neighbour", password=PASSWORD)
    fail(5)
    assert attempt("neighbour", PASSWORD) == ""


def test_wrong_old_passwords_and_wrong_sign_ins_count_together(person: User) -> None:
    client = browser_of("wangqiang")
    fail(3)
    form = {"old": "wrong", "new": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    assert "现在的密码不正确" in client.post("/accounts/password/", form).content.decode()
    assert "已锁定" in client.post("/accounts/password/", form).content.decode()
    with Hashes() as hashes:
        assert "已锁定" in client.post("/accounts/password/", form | {"old": PASSWORD}).content.decode()
        assert "已锁定" in attempt("wangqiang", PASSWORD)
    assert hashes.count == 0
    assert person.check_password(PASSWORD)


def test_a_right_old_password_clears_the_count(person: User) -> None:
    client = browser_of("wangqiang")
    fail(4)
    client.post("/accounts/password/", {"old": PASSWORD, "new": NEW_PASSWORD, "repeated": NEW_PASSWORD})
    assert "已锁定" not in fail(4)


def test_every_reason_to_refuse_is_answered_alike_and_takes_one_hash(person: User) -> None:
    make_user(username="left", password=PASSWORD, is_active=False)
    make_user(username="unusable")
    pages = set()
    for name, password in (
        ("wangqiang", "wrong"),
        ("nobody", PASSWORD),
        ("left", PASSWORD),
        ("left", "wrong"),
        ("unusable", PASSWORD),
    ):
        with Hashes() as hashes:
            pages.add(words_of(attempt(name, password)))
        assert hashes.count == 1, name
    assert len(pages) == 1
    assert "用户名或密码不正确" in pages.pop()


@pytest.mark.parametrize("name", ["nobody", "left", "unusable"])
def test_names_without_anybody_are_locked_like_others(person: User, name: str) -> None:
    make_user(username="left", password=PASSWORD, is_active=False)
    make_user(username="unusable")
    with time_machine.travel(NOW, tick=False):  # both say until when
        assert words_of(fail(5, name)) == words_of(fail(5))


def test_an_officer_unlocks(person: User) -> None:
    fail(5)
    assert unlock(person)
    assert not unlock(person)
    assert attempt("wangqiang", PASSWORD) == ""
    assert [row[1:3] for row in trail()].count((Action.UNLOCK, "done")) == 1


def test_signing_in_and_out_is_written_down_without_any_password(
    person: User, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = len(trail())
    with time_machine.travel(NOW, tick=False):
        browser_of("wangqiang").post("/accounts/logout/")
        attempt("  NoBody", "secret-wrong-1")
        for _ in range(5):
            attempt("wangqiang", "secret-wrong-2")
    rows = trail()[before:]
    assert rows[:2] == [("王强", "sign_in", "done", ""), ("王强", "sign_out", "done", "")]
    assert rows[2][:3] == ("未登录", "sign_in", "refused")
    assert rows[2][3].endswith("没有这个用户名")
    assert [row[3] for row in rows[3:]] == [
        *["用户名或密码不正确，或账号已停用。用户名：wangqiang"] * 4,
        "密码连续输错，已锁定到 09:45。用户名：wangqiang",
    ]
    assert set(Event.objects.filter(action=Action.SIGN_IN).values_list("address", flat=True)) == {"127.0.0.1"}
    kept = str(list(Event.objects.values_list())) + str(list(AccessAttempt.objects.values_list()))
    for text in (kept, caplog.text, "".join(capfd.readouterr())):
        assert "secret-wrong" not in text
        assert PASSWORD not in text
    assert not AccessLog.objects.exists()
    assert not AccessFailureLog.objects.exists()


def test_a_long_name_is_cut_in_the_trail() -> None:
    assert authenticate_with_lockout("ﷺ" * 60, PASSWORD) is None
    assert len(Event.objects.get().reason) < 100


def test_the_door_holds_for_a_wrong_name_of_any_kind() -> None:
    for name in ("", "   ", "a'b", "💥", "%s"):
        assert authenticate_with_lockout(name, PASSWORD) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite waits without a limit of the database's")
def test_who_waits_too_long_for_the_door_is_told_so(person: User) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with locks.serialise("password of wangqiang"):
            entered.set()
            leave.wait(20)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(20)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    with Hashes() as hashes, pytest.raises(LockedError, match="请过一分钟再试"):
        authenticate_with_lockout("wangqiang", PASSWORD)
    leave.set()
    holder.join()
    assert hashes.count == 0
    assert "未核对密码" in trail()[-1][3]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's locks hold for all its clients")
def test_the_lock_on_a_file_holds_for_other_processes_and_only_inside(tmp_path: Path) -> None:
    command = ["flock", "--nonblock", "--conflict-exit-code", "9"]
    with locks.serialise("password of wangqiang"):
        (file,) = (tmp_path / "locks").iterdir()
        inside = subprocess.run([*command, file, "true"], check=False)  # noqa: S603 -- our own words
    outside = subprocess.run([*command, file, "true"], check=False)  # noqa: S603 -- our own words
    assert (inside.returncode, outside.returncode) == (9, 0)
    assert file.stat().st_mode & 0o777 == 0o600


def test_only_the_door_checks_passwords() -> None:
    callers = set()
    for file in modules():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in {"authenticate", "check_password"}:
                    callers.add((str(file.relative_to(ROOT)), name))
    assert callers == {
        ("accounts/sign_in/lockout.py", "authenticate"),
        ("accounts/sign_in/validators.py", "check_password"),
    }
