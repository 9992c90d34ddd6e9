"""The session store: reading, expiry and ending of sessions (ADR 9).

A session ends after ``SESSION_IDLE`` without a request and after ``SESSION_LIFETIME`` in any case. The time of the last
request is stored at most once in ``NOTED_EVERY``, by an update that leaves the session's data alone; a session can
therefore end that much before its idle limit, never after it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import models
from django.utils import timezone

from accounts.request_context import current_context
from accounts.sign_in.devices import device
from accounts.users.models.sessions import Session, end_of
from accounts.users.models.users import User

NOTED_EVERY = dt.timedelta(minutes=1)
KEPT = dt.timedelta(days=1)  # how long the row of an ended session is kept, to tell the user why it ended


class SessionStore(db.SessionStore):
    """Django's database sessions; ``ended`` is why the session of the cookie has ended: idle, age, gone, or ""."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.ended = ""
        self._row: Session | None = None

    @property
    def person(self) -> User | None:
        """The user of the session, as read with it in this request; None when nobody is signed in."""
        return self._row.user if self._row else None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The model of this project."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """The row of the cookie's key, None when it has ended; one query, and an update at most once a minute."""
        row = Session.objects.select_related("user").filter(session_key=self.session_key).first()
        now = timezone.now()
        if row is None or row.expire_date <= now:
            self.ended = "gone" if row is None else "age" if row.is_over_age else "idle"
            self._session_key = None
            return None
        if now - row.seen >= NOTED_EVERY:
            row.seen, row.expire_date = now, end_of(row.started, now)
            Session.objects.filter(pk=row.pk).update(seen=row.seen, expire_date=row.expire_date)
        self._row = row
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row to store; start, address and device are kept while the user stays the same, else set anew."""
        before, now, owner = self._row, timezone.now(), data.get(SESSION_KEY)
        user_id = User._meta.pk.to_python(owner) if owner else None
        row = cast(Session, super().create_model_instance(data))
        row.user_id = user_id
        # A changed user with the same key keeps the number; a new key (after a sign-in) gets a new one.
        if before and before.session_key == row.session_key:
            row.number = before.number
        if before and before.user_id == user_id:
            row.started, row.address, row.device = before.started, before.address, before.device
        else:
            row.started, (row.address, row.device) = now, client_address_and_device()
        row.seen, row.expire_date = now, end_of(row.started, now)
        self._row = row
        return row

    def flush(self) -> None:
        """Delete the session and forget its row."""
        super().flush()
        self._row = None


def client_address_and_device() -> tuple[str, str]:
    """The client address and the device label of the current request; the device is "" outside requests."""
    origin = current_context()
    return origin.address, device(origin.request.headers.get("User-Agent", "")) if origin.request else ""


def end_sessions(user: User, except_key: str | None = None) -> int:
    """Delete all sessions of a user except that of ``except_key``; returns their number."""
    ended, _ = Session.objects.filter(user=user).exclude(session_key=except_key or "").delete()
    return ended


def end_all_sessions(users: models.QuerySet[User]) -> None:
    """Delete all sessions of several users, in one query."""
    Session.objects.filter(user__in=users).delete()


def forget_ended_sessions() -> None:
    """Delete sessions that ended more than ``KEPT`` ago; called at every sign-in, so that no timer is needed."""
    Session.objects.filter(expire_date__lt=timezone.now() - KEPT).delete()
