"""The demo's accounts: passwords that are generated anew each time, and the one file that keeps them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.models import User
from accounts.sign_in.passwords import generated_password, set_password
from accounts.users.roles import ROLES

WARNING = "演示账号（密码随机生成，只保存在本机这个文件里；请勿用于正式环境）"


@dataclass(frozen=True, slots=True)
class Account:
    """Who can sign in, as what, with which password."""

    username: str
    password: str
    role: str
    person: str

    @classmethod
    def of(cls, person: dict[str, Any], password: str) -> Account:
        """The account of a person of the demo's data."""
        post = person["posts"][0]
        roles = dict.fromkeys(ROLES[grant["role"]].label for grant in person["grants"])
        return cls(person["username"], password, "、".join(roles), f"{person['name']}（{post['unit']}{post['title']}）")


def accounts_file() -> Path:
    """Where the accounts are kept; outside the repository's files."""
    return Path(settings.VAR_DIR) / "demo" / "accounts.txt"


def database_label() -> str:
    """Which database this is, without its password."""
    database = connection.settings_dict
    return f"{database['HOST'] or connection.vendor} {database['NAME']}"


def database_line() -> str:
    """The line of the file that says which database the accounts belong to."""
    return f"数据库：{database_label()}"


def has_accounts_file() -> bool:
    """Whether the file is there and tells the accounts of this database."""
    try:
        return database_line() in accounts_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False


def format_accounts(accounts: Iterable[Account]) -> str:
    """A heading and one line for each account."""
    lines = [f"{account.username:<12}  {account.password}  {account.role}：{account.person}" for account in accounts]
    return "\n".join([WARNING, database_line(), "", *lines, ""])


def store_accounts(accounts: Iterable[Account]) -> None:
    """Put the accounts into their file, readable by its owner alone from the first byte and never half written."""
    target = accounts_file()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix="accounts.")  # 0600, and never an existing file
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(format_accounts(accounts))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def reset_passwords(people: Iterable[dict[str, Any]]) -> list[Account]:
    """Give new passwords to those of the demo's people who hold a role and are still there; the file is untouched."""
    accounts = []
    for person in people:
        user = User.objects.filter(username=person["username"]).first()
        if "grants" in person and user:
            account = Account.of(person, generated_password())
            set_password(user, account.password)
            accounts.append(account)
    return accounts
