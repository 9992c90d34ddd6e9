"""The pages of the user's own account: e-mail, password, and the devices where they are signed in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.audit.events import record
from accounts.audit.models import Action, Event, Result
from accounts.profile_forms import PasswordForm, ProfileForm
from accounts.sign_in.passwords import change_password, days_left, why_to_change
from accounts.sign_in.sessions import end_sessions
from accounts.users.models.sessions import Session
from accounts.users.models.users import User
from accounts.web.http import PageRequest

PROFILE = ("我的账号", "/accounts/profile/")


def profile(request: PageRequest) -> HttpResponse:
    """The page of the user's own account; a conflicting edit is answered with the conflict page (409)."""
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.save():
        messages.success(request, form.success_message("已保存电子邮箱。"))
        return redirect("accounts:profile")
    if form.conflict:
        context = {"form": form, "title": "我的账号", "layout": "base.html", "back": PROFILE[1], "crumbs": [PROFILE]}
        return render(request, "forms/conflict.html", context, status=409)
    sessions = request.user.sessions.alive().order_by("-seen")
    here = next((session for session in sessions if session.session_key == request.session.session_key), None)
    context = {
        "form": form,
        "here": here,
        "others": [session for session in sessions if session != here],
        "sign_in_before": sign_in_before(request.user, here),
        "days_left": days_left(request.user),
    }
    return render(request, "accounts/sign_in/profile.html", context)


def sign_in_before(user: User, here: Session | None) -> Event | None:
    """The event of the sign-in before that of this session; None when there is none."""
    # The event of this session's own sign-in is in the trail as soon as the session begins: the second one is meant.
    sign_ins = user.events.filter(action=Action.SIGN_IN, result=Result.DONE).order_by("-pk")
    return next(iter(sign_ins.filter(at__lte=here.started)[1:2]), None) if here else None


@sensitive_post_parameters()
def password_change(request: PageRequest) -> HttpResponse:
    """The page for a new password, the only one open to users with an initial or expired password."""
    reason = why_to_change(request.user)
    form = PasswordForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            change_password(request.user, form.cleaned_data["new"], request.session.session_key)
            update_session_auth_hash(request, request.user)  # or this session would end as well
        messages.success(request, "密码已修改。您在其他设备上的登录都已退出。")
        return redirect("home" if reason else "accounts:profile")
    context = {
        "form": form,
        "reason": reason,
        "layout": "plain.html" if reason else "base.html",
        "crumbs": [PROFILE, ("修改密码", "")],
    }
    return render(request, "accounts/sign_in/password_change.html", context)


@require_POST
def session_end(request: PageRequest, number: int) -> HttpResponse:
    """End one of the user's other sessions; 404 for the present one and for those of others."""
    session = get_object_or_404(
        request.user.sessions.alive().exclude(session_key=request.session.session_key or ""), number=number
    )
    with transaction.atomic():
        session.delete()
        record(Action.END_SESSION, request.user, reason=f"退出设备：{session}")
    messages.success(request, f"已退出设备“{session}”。")
    return redirect("accounts:profile")


@require_POST
def sessions_end_others(request: PageRequest) -> HttpResponse:
    """End all sessions of the user except the present one."""
    with transaction.atomic():
        ended = end_sessions(request.user, except_key=request.session.session_key)
        record(Action.END_SESSION, request.user, reason=f"退出其他全部设备：{ended} 个")
    messages.success(request, f"已退出其他 {ended} 个设备。" if ended else "没有其他设备登录，无须退出。")
    return redirect("accounts:profile")
