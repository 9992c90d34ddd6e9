"""The check whether a user has a right."""

from __future__ import annotations

from accounts.users.models.users import User
from accounts.users.roles import ROLES, Right


def has_right(user: User, right: Right) -> bool:
    """Whether any role of the user includes this right, whatever the unit of the grant. One query."""
    return user.grants.filter(role__in=[role.key for role in ROLES.values() if right in role.rights]).exists()
