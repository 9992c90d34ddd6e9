"""Load the demo with its units, people and accounts."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, transaction

from accounts.os_errors import explain
from rectify.demo import accounts
from rectify.demo.data import read_data
from rectify.demo.loading import load
from rectify.demo.recognition import ForeignDatabaseError, inspect_database

FOREIGN_DATABASE = 3  # the exit status by which scripts/run knows this refusal


class Command(BaseCommand):
    """load_demo [--check | --reset-passwords]"""

    help = (
        "Load the demo inspections, people and ledger entries into an empty database and print the accounts; "
        "leave a database that holds the demo alone, and refuse one that holds anything else."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options, which exclude each other."""
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--check", action="store_true", help="say only whether the database is refused")
        instead.add_argument("--reset-passwords", action="store_true", help="give the demo's accounts new passwords")

    def handle(self, *, check: bool = False, reset_passwords: bool = False, **options: Any) -> None:
        """Load the demo if it is missing, or reset passwords, or print where the accounts are."""
        with explain_errors():
            if check:
                inspect_database()
                return
            new_accounts = load()
            if reset_passwords and not new_accounts:
                new_accounts = reset_demo_passwords()
        if not new_accounts:
            self.stdout.write(describe_accounts())
            return
        self.stdout.write(accounts.format_accounts(new_accounts), ending="")
        self.stdout.write(f"以上账号保存在 {accounts.accounts_file()}，只有本机当前用户能打开。")


@contextmanager
def explain_errors() -> Iterator[None]:
    """Turn expected errors of loading into a CommandError that says what to do."""
    try:
        yield
    except ForeignDatabaseError as error:
        raise CommandError(str(error), returncode=FOREIGN_DATABASE) from error
    except (OperationalError, ProgrammingError) as error:
        raise CommandError(f"数据库还不能用（{error}）。请先运行 python manage.py migrate。") from error
    except OSError as error:
        raise CommandError(
            f"账号文件写不进 {accounts.accounts_file()}（{explain(error)}），没有做任何改动。请检查文件夹权限后重试。"
        ) from error


def reset_demo_passwords() -> list[accounts.Account]:
    """Give the demo's accounts new passwords, in the database and in their file."""
    with transaction.atomic():
        changed = accounts.reset_passwords(read_data("people")["people"])
        accounts.store_accounts(changed)
    return changed


def describe_accounts() -> str:
    """The message that the demo is loaded already, and where the accounts are or how to get new ones."""
    if accounts.has_accounts_file():
        return f"演示数据已经载入，账号和密码见 {accounts.accounts_file()}。"
    return (
        f"演示数据已经载入，但 {accounts.accounts_file()} 里没有这个数据库的账号。"
        "请运行 python manage.py load_demo --reset-passwords 重新生成密码。"
    )
