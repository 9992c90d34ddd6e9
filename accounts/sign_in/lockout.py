"""The only function that checks passwords: attempts are counted by user name, which is locked after too many (ADR 9).

django-axes checks the count and increases it in two steps: of 60 simultaneous attempts it would evaluate far more than
five. Here the attempts for one name run one after the other. Axes is given an empty request, so that it counts by name
only and stores nothing of what was typed.
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
from accounts.locks import BusyError, serialise
from accounts.users.models.users import User

LONGEST = 60  # characters of a user name; no account has a longer one
WRONG = "用户名或密码不正确"


class LockedError(Exception):
    """The password was not checked; the message tells the user why, until when, and what to do."""


@sensitive_variables("password")
def authenticate_with_lockout(username: str, password: str, action: Action = Action.SIGN_IN) -> User | None:
    """The active user with this name and password, else None.

    Every refusal is recorded in the trail as one of ``action``, with the name if it is an account's. Raises LockedError
    when the name is locked, also if this attempt has locked it. Do not call inside a transaction.
    """
    name = counted_name(None, {"username": username})
    try:
        with serialise(f"password of {name}"):
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
    request: Any = HttpRequest()  # axes sets ``axes_locked_out`` on it
    user = authenticate(request, username=name, password=password)
    if isinstance(user, User):
        AxesProxyHandler.reset_attempts(username=name)
        return user, None
    return None, locked_until(name) if request.axes_locked_out else None


def username_for_trail(name: str) -> str:
    """The user name for the trail; a name without an account is left out, as it may be a password typed there."""
    return f"用户名：{name}" if User.objects.filter(username=name).exists() else "没有这个用户名"


def counted_name(request: HttpRequest | None, credentials: dict[str, Any]) -> str:
    """The name under which axes counts attempts: the stored spelling, cut to ``LONGEST``. An axes callable."""
    return User.normalize_username(credentials["username"])[:LONGEST]


def locked_until(name: str) -> dt.datetime | None:
    """When the lock of a name ends; None when it is not locked. One query."""
    attempts = AccessAttempt.objects.filter(username=name, failures_since_start__gte=settings.AXES_FAILURE_LIMIT)
    last: dt.datetime | None = attempts.aggregate(last=Max("attempt_time"))["last"]
    until = last + settings.AXES_COOLOFF_TIME if last else None
    return until if until and until >= timezone.now() else None


def locked_words(moment: str) -> str:
    """The message for a user whose name is locked until ``moment`` (HH:MM)."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return (
        f"这个用户名连续 {settings.AXES_FAILURE_LIMIT} 次输错密码，已锁定 {minutes} 分钟，到 {moment} 为止；"
        "在此之前，密码正确也不能使用。请到时再试；急需使用或不是您本人操作的，请联系系统管理员。"
    )


def unlock(user: User) -> bool:
    """Delete the failed attempts of a user; True when there were any, which is then recorded in the trail."""
    forgotten = bool(AxesProxyHandler.reset_attempts(username=user.username))
    if forgotten:
        record(Action.UNLOCK, user)
    return forgotten
