"""The two password profiles, of which an installation chooses one (``RECTIFY_PASSWORD_PROFILE``).

Pure, because the settings import it: no models, no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class PasswordProfile:
    """One set of rules; every profile also refuses common words, unit names and the user's own names."""

    key: str
    shortest: int  # characters
    classes: int = 0  # of four: capital and small letters, digits, everything else
    days: int = 0  # until a password expires; 0: never
    remembered: int = 0  # passwords that must not be reused, the present one included

    def validators(self, *more: str) -> list[dict[str, Any]]:
        """The value of AUTH_PASSWORD_VALIDATORS for this profile; ``more`` are dotted paths of further validators."""
        own = "accounts.sign_in.validators."
        rules: list[tuple[str, dict[str, int]]] = [(f"{own}LengthValidator", {"shortest": self.shortest})]
        if self.classes:
            rules.append((f"{own}ClassesValidator", {"classes": self.classes}))
        rules += [(name, {}) for name in (f"{own}CommonWordValidator", f"{own}OwnNameValidator", *more)]
        if self.remembered:
            rules.append((f"{own}HistoryValidator", {"remembered": self.remembered}))
        return [{"NAME": name, "OPTIONS": options} for name, options in rules]


PROFILES = {
    profile.key: profile
    for profile in (
        # The practice of 等保 (GB/T 22239-2019, 8.1.4.1): complex and changed regularly.
        PasswordProfile("dengbao", shortest=10, classes=3, days=90, remembered=5),
        # NIST SP 800-63B-4: long, and changed only for a reason.
        PasswordProfile("nist", shortest=15),
    )
}


def chosen_profile(key: str) -> PasswordProfile:
    """The profile with that key; raises ImproperlyConfigured for an unknown one."""
    try:
        return PROFILES[key]
    except KeyError:
        known = " or ".join(PROFILES)
        raise ImproperlyConfigured(f"RECTIFY_PASSWORD_PROFILE is {key!r}; it must be {known}.") from None
