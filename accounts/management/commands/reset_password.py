"""The command that resets a password, for accounts that no page can help: those of the officers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.sign_in.passwords import reset_password
from accounts.users.models.users import User


class Command(BaseCommand):
    """reset_password USERNAME"""

    help = "Give an account a new initial password, unlock it and end its sessions; written to the trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the argument for the user name."""
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        """Reset the password and print the new one; CommandError when there is no such account."""
        user = User.objects.filter(username=User.normalize_username(username)).first()
        if user is None:
            raise CommandError(f"没有用户名为“{username}”的账号。")
        self.stdout.write(f"{user.name}（{user.username}）的初始密码 {reset_password(user)}")
        self.stdout.write("密码只显示这一次。请交给本人，首次登录时必须修改；此人在所有设备上的登录都已退出。")
