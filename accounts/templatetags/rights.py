"""What pages show only to those who have a right."""

from __future__ import annotations

from django import template

from accounts.models import User
from accounts.rights import has_right
from accounts.roles import Right

register = template.Library()


@register.filter
def reads_trail(user: User) -> bool:
    """Whether the person may look at the audit trail."""
    return has_right(user, Right.READ_TRAIL)
