"""The demo's accounts: passwords generated for each installation, and the file that keeps them."""

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
    """One account: user name, password, and the labels of role and person."""

    username: str
    password: str
    role: str
    person: str

    @classmethod
    def of(cls, person: dict[str, Any], password: str) -> Account:
        """The account of a person in the demo's data."""
        post = person["posts"][0]
        roles = dict.fromkeys(ROLES[grant["role"]].label for grant in person["grants"])
        return cls(person["username"], password, "、".join(roles), f"{person['name']}（{post['unit']}{post['title']}）")


def accounts_file() -> Path:
    """The file with the accounts, in the folder of generated files."""
    return Path(settings.VAR_DIR) / "demo" / "accounts.txt"


def database_label() -> str:
    """Host (or vendor) and name of the database, without its password."""
    database = connection.settings_dict
    return f"{database['HOST'] or connection.vendor} {database['NAME']}"


def database_line() -> str:
    """The line of the file that names the database to which the accounts belong."""
    return f"数据库：{database_label()}"


def has_accounts_file() -> bool:
    """Whether the file exists and belongs to this database."""
    try:
        return database_line() in accounts_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False


def format_accounts(accounts: Iterable[Account]) -> str:
    """The content of the file: a heading, the database, and one line for each account."""
    lines = [f"{account.username:<12}  {account.password}  {account.role}：{account.person}" for account in accounts]
    return "\n".join([WARNING, database_line(), "", *lines, ""])


def store_accounts(accounts: Iterable[Account]) -> None:
    """Write the accounts into their file, readable by its owner only and replaced as a whole."""
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
    """Set new passwords for those people of the demo who have a role and an account; return the accounts.

    The file is not written.
    """
    accounts = []
    for person in people:
        user = User.objects.filter(username=person["username"]).first()
        if "grants" in person and user:
            account = Account.of(person, generated_password())
            set_password(user, account.password)
            accounts.append(account)
    return accounts
