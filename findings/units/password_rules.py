"""The password rule about names of units, for ``AUTH_PASSWORD_VALIDATORS``."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.sign_in.validators import found_in
from findings.units.models import Unit


class UnitNameValidator:
    """Refuses passwords that contain the name of a unit of the installation."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError when the password contains the name or the short name of a unit."""
        names = Unit.objects.order_by().values_list("name", "short_name")
        if word := found_in(password, (name for pair in names for name in pair)):
            raise ValidationError(f"密码里不能有单位名称“{word}”。", code="unit_name")

    def get_help_text(self) -> str:
        """The rule as a phrase for the help text."""
        return "不能含有单位名称或简称"
