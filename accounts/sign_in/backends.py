"""The authentication backend, which takes the user from the session's row."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.request_context import current_context
from accounts.sign_in.sessions import SessionStore
from accounts.users.models.users import User


class SessionBackend(ModelBackend):
    """Django's backend, but the user of a request was already read with the session, without a second query."""

    def get_user(self, user_id: Any) -> User | None:
        """The user of that key if they are still active, else None."""
        session = getattr(current_context().request, "session", None)
        person = session.person if isinstance(session, SessionStore) else None
        if person is None or person.pk != user_id:
            return super().get_user(user_id)
        return person if self.user_can_authenticate(person) else None
