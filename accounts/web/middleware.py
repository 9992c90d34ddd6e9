"""Middleware: security headers, the database connection, size limits, sign-in and expired passwords."""

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
    """Sets Content-Security-Policy and Permissions-Policy; a view may set a stricter policy itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response with both headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", FEATURES)
        return response


class DatabaseMiddleware:
    """Starts a request only with a working connection: a database restart fails only the requests already running."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response; a request that only reads is repeated once if the connection was lost during it."""
        database.connect()
        attributes, meta = dict(vars(request)), dict(request.META)
        response = self.get_response(request)
        if request.method in SAFE and LOST in request.META:
            # The first try may have left a session, a user or messages on the request: start from the same state.
            for now, before in ((vars(request), attributes), (request.META, meta)):
                now.clear()
                now.update(before)
            database.connect()
            response = self.get_response(request)
        return response


class BodyLimitMiddleware:
    """Refuses a body by its Content-Length before any of it is read.

    The views check uploads more closely. Users who are not signed in submit only a name and a password, so that their
    limit is far lower.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, or 413 with the limit in megabytes."""
        length = request.headers.get("Content-Length", "")
        size = int(length) if length.isdecimal() else 0
        if size > settings.ANONYMOUS_BODY_MAX_BYTES:
            is_known = request.user.is_authenticated  # only for large bodies: it costs queries
            most = settings.BODY_MAX_BYTES if is_known else settings.ANONYMOUS_BODY_MAX_BYTES
            if size > most:
                return render(request, "413.html", {"most": most // MEGABYTE}, status=413)
        return self.get_response(request)


class WrongMethodMiddleware:
    """Fills the body of 405 responses, which Django leaves empty, with a page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response; an empty 405 gets a page and keeps its headers (Allow)."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response


class PrivateAnswersMiddleware:
    """Forbids proxies and browsers to store responses, unless the view sets Cache-Control itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response with ``Cache-Control: private, no-store``."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's redirect to the sign-in page, with the reason why the session ended."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        """Redirect to the sign-in page, with the address to return to and, for a former session, ``why`` it ended."""
        query = {REDIRECT_FIELD_NAME: self.way_back(request)}
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            query["why"] = getattr(request.session, "ended", "") or "gone"
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode(query, safe='/')}")

    def way_back(self, request: HttpRequest) -> str:
        """The address to return to: the requested page; for a submitted form the page it was on, from the Referer.

        The address of a form may accept POST only. "/" when the Referer is missing or another site's.
        """
        if request.method in SAFE:
            return request.get_full_path()
        referrer = urlsplit(request.headers.get("Referer", ""))
        return referrer._replace(scheme="", netloc="").geturl() if referrer.netloc == request.get_host() else "/"


class NewPasswordMiddleware:
    """Restricts users with an initial or expired password to the page that changes it, and to signing out."""

    OPEN = frozenset({"accounts:password_change", "accounts:logout"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response; ``process_view`` decides, because it needs the resolved view."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Redirect requests for pages to the password page; raise PermissionDenied for files, data and forms."""
        reason = why_to_change(request.user) if isinstance(request.user, User) else ""
        if not reason or (request.resolver_match and request.resolver_match.view_name in self.OPEN):
            return None
        if request.method in SAFE and request.path.endswith("/") and request.accepts("text/html"):
            return redirect("accounts:password_change")
        set_refusal_reason(reason)  # Django calls no process_exception for exceptions raised in process_view
        raise PermissionDenied(reason)
