"""The command that creates the first accounts of an installation: the three officers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, transaction

from accounts.audit.events import record
from accounts.audit.models import Action
from accounts.locks import BusyError, serialise
from accounts.records.saving import account_writer
from accounts.sign_in.passwords import generated_password
from accounts.users.models.users import User
from accounts.users.roles import OFFICERS, ROLES

NAMES = {"system_officer": "sysadmin", "security_officer": "secadmin", "audit_officer": "audadmin"}
EXPLAINED = "初始密码只显示这一次，系统里不保存明文。请分别交给三位管理员本人，首次登录时必须修改。"

REFUSED = "系统里已有账号，没有新建。初始化只能在还没有任何账号时做一次；需要新账号的，请由系统管理员在“人员”页面开设。"


class Command(BaseCommand):
    """bootstrap [--system-officer NAME] [--security-officer NAME] [--audit-officer NAME]"""

    help = "Make the accounts of the three officers and print their initial passwords; only where no account exists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add an option for the user name of each officer."""
        for role, name in NAMES.items():
            option = f"--{role.replace('_', '-')}"
            parser.add_argument(option, default=name, help=f"user name of the {role.replace('_', ' ')} ({name})")

    def handle(self, **options: Any) -> None:
        """Create all three accounts or none, and print their initial passwords; CommandError when refused."""
        names = {role: User.normalize_username(options[role]) for role in OFFICERS}
        if len(set(names.values())) < len(names):
            raise CommandError("三员的用户名不能相同，没有新建账号。请分别指定三个不同的用户名。")
        try:
            # Serialised, or two commands at once would both find no account.
            with serialise("bootstrap"), transaction.atomic():
                if User.objects.exists():
                    raise CommandError(REFUSED)
                passwords = {role: make_officer(role, name) for role, name in names.items()}
        except BusyError as error:
            raise CommandError("另一个初始化正在进行，没有新建账号。请稍后再看。") from error
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(f"数据库还不能用（{error}）。请先运行 python manage.py migrate。") from error
        for role, password in passwords.items():
            self.stdout.write(f"{ROLES[role].label}  用户名 {names[role]}  初始密码 {password}")
        self.stdout.write(EXPLAINED)


def make_officer(role: str, username: str) -> str:
    """Create an account with its role, recorded in the trail; returns its initial password, which is stored hashed.

    Raises CommandError for an invalid user name.
    """
    password = generated_password()
    user = User(username=username, name=ROLES[role].label, must_change_password=True)
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as error:
        words = "".join(error.messages)
        raise CommandError(f"没有新建账号：{ROLES[role].label}的用户名“{username}”不能用。{words}") from error
    account_writer.create(user)
    record(Action.GRANT, user, reason=str(user.grants.create(role=role)))
    return password
