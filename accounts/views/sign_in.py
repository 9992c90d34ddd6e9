"""The views for signing in and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.audit.events import record
from accounts.audit.models import Action
from accounts.profile_forms import SignInForm
from accounts.sign_in.passwords import days_left
from accounts.sign_in.sessions import forget_ended_sessions
from accounts.users.models.users import User

# Messages for a session that ended, by the ``why`` parameter of the sign-in page.
ENDED = {
    "idle": "您已有 {idle} 分钟没有操作，为安全起见系统已自动退出，请重新登录。登录后回到刚才的页面。",
    "age": "您登录已满 {hours} 小时，为安全起见系统已自动退出，请重新登录。登录后回到刚才的页面。",
    "gone": "您的登录已经失效，请重新登录。可能是已在别处退出，也可能是密码、账号或权限刚有变动。",
}
SOON = 7  # days before a password expires


class SignInView(LoginView):
    """Django's sign-in, which checks ``next``, with our form; signed-in users are redirected to the first page."""

    authentication_form = SignInForm
    template_name = "accounts/sign_in/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The context with ``why`` the session ended; "" after a failed attempt and for an unknown reason."""
        words = ENDED.get(self.request.GET.get("why", ""), "") if self.request.method == "GET" else ""
        return super().get_context_data(**kwargs) | {"why": words.format(**limits())}

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]  # it is our form
        """Begin the session and record the sign-in in one transaction."""
        forget_ended_sessions()
        with transaction.atomic():
            response = super().form_valid(form)
            record(Action.SIGN_IN, user=form.get_user())
        self._warn(form.get_user())
        return response

    def _warn(self, user: User) -> None:
        left = days_left(user)
        if left is not None and 0 < left <= SOON and not user.must_change_password:
            messages.warning(self.request, f"您的密码再过 {left} 天到期，请尽快在“我的账号”里修改。")


def limits() -> dict[str, int]:
    """The limits of a session: minutes without use, and hours in all."""
    return {
        "idle": int(settings.SESSION_IDLE.total_seconds() // 60),
        "hours": int(settings.SESSION_LIFETIME.total_seconds() // 3600),
    }


class SignOutView(LogoutView):
    """Django's sign-out, recorded in the trail."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record the sign-out and end the session in one transaction."""
        with transaction.atomic():
            record(Action.SIGN_OUT)  # before the session is gone, and with it the user
            return super().post(request, *args, **kwargs)
