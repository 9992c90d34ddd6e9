"""The forms for signing in and for the user's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables

from accounts.audit.models import Action
from accounts.sign_in.lockout import LockedError, authenticate_with_lockout
from accounts.sign_in.passwords import rules_in_words
from accounts.users.models.users import User
from accounts.web.forms import PageForm, PageFormMixin, PageModelForm


class SignInForm(PageFormMixin, AuthenticationForm):
    """User name and password; the error message does not reveal whether the user name exists."""

    refusal = "没有登录："
    error_messages = {
        "invalid_login": "用户名或密码不正确。请核对后重新输入，注意大小写；仍不能登录的，请联系系统管理员。"
    }

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """Authenticate the user with the lock-out; raises ValidationError when locked or wrong."""
        username, password = (self.cleaned_data.get(name) for name in ("username", "password"))
        if username and password:
            try:
                self.user_cache = authenticate_with_lockout(username, password)
            except LockedError as locked:
                raise ValidationError(str(locked), code="locked") from None
            if self.user_cache is None:
                raise self.get_invalid_login_error()
        return self.cleaned_data


class PasswordForm(PageForm):
    """A new password for the signed-in user, with the present one."""

    refusal = "密码没有修改："
    old = forms.CharField(
        label="现在的密码", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="新密码", strip=False, max_length=128, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    repeated = forms.CharField(
        label="再输一遍新密码", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["new"].help_text = rules_in_words()

    def clean_old(self) -> str:
        """Check the present password; wrong ones count together with those at the sign-in."""
        old: str = self.cleaned_data["old"]
        try:
            authenticated = authenticate_with_lockout(self.user.username, old, Action.PASSWORD)
        except LockedError as locked:
            raise ValidationError(str(locked), code="locked") from None
        if authenticated != self.user:
            raise ValidationError("现在的密码不正确，请重新输入，注意大小写。", code="wrong")
        return old

    def clean(self) -> dict[str, Any]:
        """Check the new password against the rules, but only if the present one was right."""
        # A refusal by the history reveals former passwords: not without the present one.
        new, repeated = self.cleaned_data.get("new"), self.cleaned_data.get("repeated")
        if new and repeated and new != repeated:
            self.add_error("repeated", "两次输入的新密码不一样，请重新输入。")
        elif new and new == self.cleaned_data.get("old"):
            self.add_error("new", "新密码不能和现在的密码相同。")
        elif new and "old" in self.cleaned_data:
            try:
                validate_password(new, self.user)
            except ValidationError as refusal:
                self.add_error("new", refusal)
        return self.cleaned_data


class ProfileForm(PageModelForm):
    """The fields of their own account that users may change."""

    class Meta:
        model = User
        fields = ("email", "daily_mail")
        labels = {"daily_mail": "每天发一封摘要邮件"}
        help_texts = {
            "email": "供系统管理员与您联系，也用来接收摘要邮件，可以不填。",
            "daily_mail": "勾选后，有未读通知或临近期限的事项时，系统每天最多发一封邮件；不勾选则不发邮件。",
        }
