"""The demo is loaded: once, whole or not at all, with accounts that nobody else can read."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core.management import CommandError
from django.db import OperationalError
from pytest_django import Settings

from accounts.models import User
from findings.factories import make_user
from findings.models import Inspection
from rectify.demo import accounts
from rectify.demo.people import hash_password
from rectify.management.commands import demo_report, load_demo
from tests.accounts.conftest import browser_of
from tests.raw_writes import unchecked_writes
from tests.rectify.test_demo import run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("var")]


def test_loading_prints_accounts_that_only_the_owner_can_read(var: Path) -> None:
    said = run("load_demo")
    file = var / "demo" / "accounts.txt"
    assert file.read_text(encoding="utf-8") in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["accounts.txt"]


def test_nothing_is_stored_when_the_accounts_cannot_be(var: Path) -> None:
    var.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(CommandError, match="账号文件写不进"):
        run("load_demo")
    assert not User.objects.exists()
    assert not Inspection.objects.exists()


def test_no_scratch_file_is_left_when_the_accounts_cannot_be_put_in_place() -> None:
    accounts.accounts_file().mkdir(parents=True)
    with pytest.raises(CommandError, match="账号文件写不进"):
        run("load_demo")
    assert [path.name for path in accounts.accounts_file().parent.iterdir()] == ["accounts.txt"]


def test_a_database_without_tables_is_answered_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("no such table: accounts_user")

    monkeypatch.setattr(load_demo, "load", fail)
    monkeypatch.setattr(demo_report, "inspect_database", fail)
    for command in ("load_demo", "demo_report"):
        with pytest.raises(CommandError, match=r"请先运行 python manage\.py migrate"):
            run(command)


def test_passwords_are_hashed_quickly_until_they_are_first_used(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    user = make_user()
    with unchecked_writes():
        User.objects.filter(pk=user.pk).update(password=hash_password("k7xe-uwqc-wjxv-cfeg"))
    user.refresh_from_db()
    assert identify_hasher(user.password).must_update(user.password)
    assert browser_of(user.username, "k7xe-uwqc-wjxv-cfeg").get("/accounts/profile/").status_code == 200
    user.refresh_from_db()
    assert not identify_hasher(user.password).must_update(user.password)


def test_the_demo_report_loads_the_demo_and_makes_a_pdf(var: Path) -> None:
    said = run("demo_report")
    assert "演示账号" in said
    assert f"已生成 {var / 'demo' / 'report.pdf'}：" in said
    assert "字体：" in said
    assert (var / "demo" / "report.pdf").read_bytes().startswith(b"%PDF-")
