"""The one door to every check of a password: counted by user name, locked after too many wrong ones.

django-axes counts, but looks and counts in two steps: of 60 tries at once it would evaluate far more than five. Here
they come one at a time for each name. Axes is given a request without address, browser or form, so that nothing but the
name matters and nothing of what was typed is stored.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.audit.events import record
from accounts.audit.models import Action, Result
from accounts.locks import BusyError, serialised
from accounts.users.models.users import User

LONGEST = 60  # characters of a name; longer ones belong to nobody
WRONG = "用户名或密码不正确"


class LockedError(Exception):
    """Passwords of this name are not checked now; the text tells a person why, until when, and what to do."""


@sensitive_variables("password")
def authenticate_with_lockout(username: str, password: str, action: Action = Action.SIGN_IN) -> User | None:
    """The person whose name and password these are, in use; None when anything of that is not so.

    Every refusal is written to the trail as one of ``action``, with the name if it is an account's. Raises LockedError
    when the name is locked, be it by this very try. Not to be called inside a transaction.
    """
    name = counted_name(None, {"username": username})
    try:
        with serialised(f"password of {name}"):
            user, until = _count_attempt(name, password)
    except BusyError:
        record(action, result=Result.REFUSED, reason=f"同时登录的请求太多，未核对密码。{username_for_trail(name)}")
        raise LockedError("这个用户名同时有很多登录请求，这一次没有核对密码。请过一分钟再试。") from None
    if until:
        moment = f"{timezone.localtime(until):%H:%M}"
        record(action, result=Result.REFUSED, reason=f"密码连续输错，已锁定到 {moment}。{username_for_trail(name)}")
        raise LockedError(locked_words(moment))
    if user is None:
        record(action, result=Result.REFUSED, reason=f"{WRONG}，或账号已停用。{username_for_trail(name)}")
    return user


@sensitive_variables("password")
def _count_attempt(name: str, password: str) -> tuple[User | None, dt.datetime | None]:
    request: Any = HttpRequest()
    user = authenticate(request, username=name, password=password)
    if isinstance(user, User):
        AxesProxyHandler.reset_attempts(username=name)
        return user, None
    return None, locked_until(name) if request.axes_locked_out else None


def username_for_trail(name: str) -> str:
    """Whose password was asked for. A name nobody has is not kept: people type their password into the wrong field."""
    return f"用户名：{name}" if User.objects.filter(username=name).exists() else "没有这个用户名"


def counted_name(request: HttpRequest | None, credentials: dict[str, Any]) -> str:
    """Under which name axes counts: the one spelling that names are stored in."""
    return User.normalize_username(credentials["username"])[:LONGEST]


def locked_until(name: str) -> dt.datetime | None:
    """When the lock of a name ends; None when it is not locked."""
    attempts = AccessAttempt.objects.filter(username=name, failures_since_start__gte=settings.AXES_FAILURE_LIMIT)
    last: dt.datetime | None = attempts.aggregate(last=Max("attempt_time"))["last"]
    until = last + settings.AXES_COOLOFF_TIME if last else None
    return until if until and until >= timezone.now() else None


def locked_words(moment: str) -> str:
    """What a person is told who meets a lock that ends at this time of day."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return (
        f"这个用户名连续 {settings.AXES_FAILURE_LIMIT} 次输错密码，已锁定 {minutes} 分钟，到 {moment} 为止；"
        "在此之前，密码正确也不能使用。请到时再试；急需使用或不是您本人操作的，请联系系统管理员。"
    )


def unlock(user: User) -> bool:
    """Let a person try again at once; whether there was anything to forget. Written to the trail."""
    forgotten = bool(AxesProxyHandler.reset_attempts(username=user.username))
    if forgotten:
        record(Action.UNLOCK, user)
    return forgotten
