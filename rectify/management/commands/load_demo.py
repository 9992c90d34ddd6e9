"""Load the demo with its units, people and accounts."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, transaction

from accounts.os_errors import why
from rectify.demo import accounts, loading
from reports.importing import ImportRefusedError


class Command(BaseCommand):
    """load_demo [--reset-passwords]"""

    help = "Load the demo inspections and their people, once; print the accounts made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to make new passwords."""
        parser.add_argument("--reset-passwords", action="store_true", help="give the demo's accounts new passwords")

    def handle(self, *, reset_passwords: bool = False, **options: Any) -> None:
        """Load what is not there yet, or make new passwords, or say where everything is."""
        with complaints():
            if not loading.is_loaded():
                made = loading.load()
            elif reset_passwords:
                made = new_passwords()
            else:
                self.stdout.write(whereabouts())
                return
        self.stdout.write(accounts.as_text(made), ending="")
        self.stdout.write(f"以上账号保存在 {accounts.accounts_file()}，只有本机当前用户能打开。")


@contextmanager
def complaints() -> Iterator[None]:
    """Say in Chinese what keeps the demo from being loaded, and what to do about it."""
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        raise CommandError(f"数据库还不能用（{error}）。请先运行 python manage.py migrate。") from error
    except ImportRefusedError as error:
        raise CommandError(f"演示数据没有载入：{error} 请先删除该巡察。") from error
    except OSError as error:
        raise CommandError(
            f"账号文件写不进 {accounts.accounts_file()}（{why(error)}），没有做任何改动。请检查文件夹权限后重试。"
        ) from error


def new_passwords() -> list[accounts.Account]:
    """New passwords for the demo's accounts, in the database and in their file."""
    with transaction.atomic():
        made = accounts.renew(loading.data("people")["people"])
        accounts.store_accounts(made)
    return made


def whereabouts() -> str:
    """What there is already, and where the accounts are or how to get new ones."""
    if accounts.is_stored():
        return f"演示数据已经载入，账号和密码见 {accounts.accounts_file()}。"
    return (
        f"演示数据已经载入，但 {accounts.accounts_file()} 里没有这个数据库的账号。"
        "请运行 python manage.py load_demo --reset-passwords 重新生成密码。"
    )
