"""What every answer carries, and who gets none yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string

from accounts.outages import database
from accounts.request_context import LOST, set_refusal_reason
from accounts.sign_in.passwords import why_to_change
from accounts.users.models.users import User

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap draws its arrows and ticks as data: images
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
FEATURES = ", ".join(f"{feature}=()" for feature in ("camera", "microphone", "geolocation", "payment", "usb"))
MEGABYTE = 1024 * 1024
SAFE = {"GET", "HEAD"}
GetResponse = Callable[[HttpRequest], HttpResponse]


class PolicyMiddleware:
    """Tells the browser what pages may do; an answer may bring a stricter content policy of its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the policies."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", FEATURES)
        return response


class DatabaseMiddleware:
    """Begins a request only with a connection that answers, so that a restart fails nothing but what was under way."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or fail before anything is done. What only reads is begun once more if the database went away."""
        database.connect()
        known, told = dict(vars(request)), dict(request.META)
        response = self.get_response(request)
        if request.method in SAFE and LOST in request.META:
            for now, before in ((vars(request), known), (request.META, told)):  # session, user, messages: nothing stays
                now.clear()
                now.update(before)
            database.connect()
            response = self.get_response(request)
        return response


class BodyLimitMiddleware:
    """Refuses what is far too large by its announced length, before a byte of it is read or written anywhere.

    Uploads are looked at by the views; whoever is not signed in has nothing to send but a name and a password.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or say how much may be sent."""
        length = request.headers.get("Content-Length", "")
        size = int(length) if length.isdecimal() else 0
        if size > settings.ANONYMOUS_BODY_MAX_BYTES:
            is_known = request.user.is_authenticated  # looked up only here: it costs queries
            most = settings.BODY_MAX_BYTES if is_known else settings.ANONYMOUS_BODY_MAX_BYTES
            if size > most:
                return render(request, "413.html", {"most": most // MEGABYTE}, status=413)
        return self.get_response(request)


class WrongMethodMiddleware:
    """Gives a page to the answer that an address knows no such method, which Django leaves blank."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a blank 405 with a page in it, its headers as they are."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response


class PrivateAnswersMiddleware:
    """Lets nothing that a view says be kept on the way or on a disk, unless the view decides otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, not to be kept."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's, which sends everybody else to the sign-in page; tells that page why a session is no more."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        """To the sign-in page, and from there back to where the person was."""
        query = {REDIRECT_FIELD_NAME: self.way_back(request)}
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            query["why"] = getattr(request.session, "ended", "") or "gone"
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode(query, safe='/')}")

    def way_back(self, request: HttpRequest) -> str:
        """The page asked for; for a form that was sent, the page it stood on, for its address may not be a page."""
        if request.method in SAFE:
            return request.get_full_path()
        referrer = urlsplit(request.headers.get("Referer", ""))
        return referrer._replace(scheme="", netloc="").geturl() if referrer.netloc == request.get_host() else "/"


class NewPasswordMiddleware:
    """Lets a person whose password is an initial or an expired one reach nothing but the page to change it."""

    OPEN = frozenset({"accounts:password_change", "accounts:logout"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the decision is taken once the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Send who asked for a page to the one page that is open, and refuse everything else: files, data, forms."""
        reason = why_to_change(request.user) if isinstance(request.user, User) else ""
        if not reason or (request.resolver_match and request.resolver_match.view_name in self.OPEN):
            return None
        if request.method in SAFE and request.path.endswith("/") and request.accepts("text/html"):
            return redirect("accounts:password_change")
        set_refusal_reason(reason)  # Django asks no middleware about exceptions raised here
        raise PermissionDenied(reason)
