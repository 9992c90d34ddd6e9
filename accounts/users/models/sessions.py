"""Sessions: which user is signed in, on which device and since when."""

from __future__ import annotations

import datetime as dt
import secrets
from importlib import import_module
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone


def random_number() -> int:
    """A random number for addresses, from which no other session's number can be guessed."""
    return secrets.randbelow(2**53)


def end_of(started: dt.datetime, seen: dt.datetime) -> dt.datetime:
    """When a session expires: ``SESSION_IDLE`` after its last use, at latest ``SESSION_LIFETIME`` after its start."""
    return min(seen + settings.SESSION_IDLE, started + settings.SESSION_LIFETIME)


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions, with the filters of the domain."""

    def alive(self) -> Self:
        """The sessions that have not expired."""
        return self.filter(expire_date__gt=timezone.now())


class Session(AbstractBaseSession):
    """Django's session with its user and device. Only ``accounts.sign_in.sessions`` writes it.

    ``session_key`` is the secret in the cookie and is never shown; pages and addresses use ``number``.
    """

    session_key = models.CharField("密钥", max_length=40, primary_key=True, editable=False)
    session_data = models.TextField("内容", editable=False)
    number = models.BigIntegerField("编号", unique=True, default=random_number, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name="人员",
        null=True,
        editable=False,
        related_name="sessions",
    )
    started = models.DateTimeField("登录时间", editable=False)
    seen = models.DateTimeField("最近操作", editable=False)  # up to a minute late: see ``NOTED_EVERY``
    address = models.CharField("地址", max_length=64, blank=True, editable=False)
    device = models.CharField("设备", max_length=40, blank=True, editable=False)

    objects: ClassVar = SessionQuerySet.as_manager()  # type: ignore[assignment]  # Django's manager only encodes

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "登录会话"
        verbose_name_plural = "登录会话"

    def __str__(self) -> str:
        return f"{self.device}（{self.address}）"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The session store of the settings; imported only when called, because it imports this model."""
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store

    @property
    def is_over_age(self) -> bool:
        """Whether the session expires because of its age, not because it was left unused."""
        return self.expire_date >= self.started + settings.SESSION_LIFETIME
