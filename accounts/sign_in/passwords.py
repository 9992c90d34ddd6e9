"""Setting of passwords: chosen by the user, or generated for a first sign-in; and their expiry."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.password_validation import password_validators_help_texts
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.audit.events import record
from accounts.audit.models import Action
from accounts.sign_in.lockout import unlock
from accounts.sign_in.password_profiles import PasswordProfile
from accounts.sign_in.sessions import end_sessions
from accounts.users.models.passwords import PasswordHistory
from accounts.users.models.users import User

DAY = dt.timedelta(days=1)
LETTERS, DIGITS = "acdefghjkmnpqrtuvwxy", "3479"  # without characters that are easily confused
GROUPS, GROUP_LENGTH = 4, 4


def profile() -> PasswordProfile:
    """The password profile of this installation."""
    chosen: PasswordProfile = settings.PASSWORD_PROFILE
    return chosen


def generated_password() -> str:
    """A random password of four groups of four lower-case letters and digits, joined by hyphens.

    It satisfies every profile: 19 characters, three classes, no group long enough for a common word.
    """
    while True:
        groups = ["".join(secrets.choice(LETTERS + DIGITS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS)]
        password = "-".join(groups)
        if set(password) & set(LETTERS) and set(password) & set(DIGITS):
            return password


@sensitive_variables("password")
def set_password(user: User, password: str, *, initial: bool = False) -> None:
    """Store a validated password, and the hash of the former one; ``initial``: it must be changed at first sign-in."""
    former, since = user.password, user.password_changed_at
    user.set_password(password)
    user.password_changed_at = timezone.now()
    user.must_change_password = initial
    with transaction.atomic():
        user.save(update_fields=["password", "password_changed_at", "must_change_password"])
        if is_password_usable(former):
            PasswordHistory.objects.create(user=user, digest=former, set_at=since)
            # The present password counts as one of those remembered.
            kept = user.former_passwords.values_list("pk", flat=True)[: max(profile().remembered - 1, 0)]
            user.former_passwords.exclude(pk__in=list(kept)).delete()


@sensitive_variables("password")
def change_password(user: User, password: str, session_key: str | None = None) -> None:
    """Store a password chosen by the user, record it, and end all sessions except that of ``session_key``."""
    with transaction.atomic():
        set_password(user, password)
        end_sessions(user, except_key=session_key)
        record(Action.PASSWORD, user, user=user)


def reset_password(user: User) -> str:
    """Set and return a generated initial password; unlocks the account, ends all sessions, recorded in the trail."""
    password = generated_password()
    with transaction.atomic():
        set_password(user, password, initial=True)
        unlock(user)
        end_sessions(user)
        record(Action.PASSWORD, user, reason="重置为初始密码，首次登录须修改")
    return password


def why_to_change(user: User) -> str:
    """Why the user must change the password first, in Chinese; "" when they need not."""
    if user.must_change_password:
        return "您现在用的是初始密码或重置的密码，请先改成只有您自己知道的密码，再使用系统。"
    if days_left(user) == 0:
        return f"您的密码已用满 {profile().days} 天，请先换一个新密码，再使用系统。"
    return ""


def days_left(user: User) -> int | None:
    """Days until the password expires, rounded up; 0 when it has expired, None when the profile has no limit."""
    if not (days := profile().days):
        return None
    left = user.password_changed_at + days * DAY - timezone.now()
    return max(-(-left // DAY), 0)


def rules_in_words() -> str:
    """The rules for passwords as Chinese text, with the expiry where there is one."""
    words = "；".join(str(text) for text in password_validators_help_texts())
    return f"{words}。" + (f"每 {profile().days} 天要换一次。" if profile().days else "")
