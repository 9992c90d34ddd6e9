"""The store of sessions: who is signed in where, how long a session lasts, and how it is ended.

A session ends after ``SESSION_IDLE`` without a request and after ``SESSION_LIFETIME`` in any case. Requests are noted
at most once in ``NOTED_EVERY``, by one update that leaves the session's data alone; a session can therefore end that
much before its idle limit, never after it.
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
KEPT = dt.timedelta(days=1)  # how long an ended session can still be told why it ended


class SessionStore(db.SessionStore):
    """Django's sessions in the database; ``ended`` says why the session of a cookie is no more: idle, age or gone."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.ended = ""
        self._row: Session | None = None

    @property
    def person(self) -> User | None:
        """Whose it is, as the database said when the session was read in this request."""
        return self._row.user if self._row else None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our model."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """The row of the cookie's key, noted as seen, or None; one query, and an update at most once a minute."""
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
        """The row to store: begun now, or, while the person stays the same, what is known of the session so far."""
        before, now, owner = self._row, timezone.now(), data.get(SESSION_KEY)
        user_id = User._meta.pk.to_python(owner) if owner else None
        row = cast(Session, super().create_model_instance(data))
        row.user_id = user_id
        if before and before.session_key == row.session_key:
            row.number = before.number
        if before and before.user_id == user_id:
            row.started, row.address, row.device = before.started, before.address, before.device
        else:
            row.started, (row.address, row.device) = now, whereabouts()
        row.seen, row.expire_date = now, end_of(row.started, now)
        self._row = row
        return row

    def flush(self) -> None:
        """Forget the session, and what was known of it."""
        super().flush()
        self._row = None


def whereabouts() -> tuple[str, str]:
    """The address and the device the present request comes from."""
    origin = current_context()
    return origin.address, device(origin.request.headers.get("User-Agent", "")) if origin.request else ""


def end_sessions(user: User, except_key: str | None = None) -> int:
    """Sign a person out everywhere, except in the session of that key; how many sessions were ended."""
    ended, _ = Session.objects.filter(user=user).exclude(session_key=except_key or "").delete()
    return ended


def end_all_sessions(users: models.QuerySet[User]) -> None:
    """Sign several people out everywhere."""
    Session.objects.filter(user__in=users).delete()


def forget_ended_sessions() -> None:
    """Remove what ended long ago; done at every sign-in, so that no timer is needed."""
    Session.objects.filter(expire_date__lt=timezone.now() - KEPT).delete()
