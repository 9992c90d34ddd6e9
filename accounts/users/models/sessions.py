"""Sessions: who is signed in, where, and since when."""

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
    """A number that tells nothing of other sessions."""
    return secrets.randbelow(2**53)


def end_of(started: dt.datetime, seen: dt.datetime) -> dt.datetime:
    """When a session ends by itself: too long unused, or too old however busy it is."""
    return min(seen + settings.SESSION_IDLE, started + settings.SESSION_LIFETIME)


class SessionQuerySet(models.QuerySet["Session"]):
    """The words for lists of sessions."""

    def alive(self) -> Self:
        """Those that have not ended by themselves."""
        return self.filter(expire_date__gt=timezone.now())


class Session(AbstractBaseSession):
    """Django's session, and whose it is. Written by ``accounts.sign_in.sessions`` alone.

    ``session_key`` is what the cookie holds and is shown to nobody; pages and addresses use ``number``.
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
    seen = models.DateTimeField("最近操作", editable=False)  # within a minute
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
        """The store of the setting: imported late, for it imports this model."""
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store

    @property
    def is_over_age(self) -> bool:
        """Whether it ended, or will end, because of its age and not because it was left alone."""
        return self.expire_date >= self.started + settings.SESSION_LIFETIME
