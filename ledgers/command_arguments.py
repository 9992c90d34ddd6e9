"""Records that management commands name on their command line."""

from __future__ import annotations

from django.core.management.base import CommandError

from accounts.models import User
from accounts.users.roles import ROLES
from findings.models import Inspection
from findings.units.scopes import user_scope


def get_inspection(pk: int) -> Inspection:
    """The inspection with this key; CommandError lists the first 20 there are."""
    if found := Inspection.objects.prefetch_related("aspects").filter(pk=pk).first():
        return found
    known = "、".join(f"{inspection.pk}（{inspection}）" for inspection in Inspection.objects.order_by("pk")[:20])
    raise CommandError(f"没有编号为 {pk} 的巡察。现有：{known or '还没有任何巡察'}。")


def get_user(name: str) -> User:
    """The active user with this user name; CommandError when there is none."""
    if found := User.objects.filter(username=name, is_active=True).first():
        return found
    raise CommandError(f"没有登录名为“{name}”的在用账号。")


def user_with_all_rights() -> User:
    """An unsaved user who sees all records, for commands run without ``--user``.

    Whoever runs a command on the server can reach the database anyway.
    """
    user = User()
    # Fills the cached property: a grant row would need a stored user.
    user_scope(user).__dict__["active_roles"] = [(ROLES["leader"], None)]
    return user
