"""Who a request comes from."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.request_context import current_context
from accounts.sign_in.sessions import SessionStore
from accounts.users.models.users import User


class SessionBackend(ModelBackend):
    """Django's people, by name and password. Whose a session is comes with the session, not by a query of its own."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of that number if he may still sign in."""
        session = getattr(current_context().request, "session", None)
        person = session.person if isinstance(session, SessionStore) else None
        if person is None or person.pk != user_id:
            return super().get_user(user_id)
        return person if self.user_can_authenticate(person) else None
