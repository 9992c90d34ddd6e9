"""The context of the running code: the request or the command on the server that caused it."""

from __future__ import annotations

import getpass
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, empty

if TYPE_CHECKING:  # the log formatter imports this module before models can be imported
    from accounts.users.models.users import User


@dataclass(frozen=True)
class RequestContext:
    """One request or one command; the user is read from ``request`` when needed, as later middleware sets it.

    ``acts_for`` is the user in whose name, and with whose rights, a command acts (``--user``).
    """

    request_id: str
    address: str = ""
    request: HttpRequest | None = None
    command: str = ""
    acts_for: User | None = None

    @property
    def user(self) -> User | None:
        """The signed-in user or the one a command acts for; None when nobody is signed in and for other commands."""
        if self.request is None:
            return self.acts_for
        user = getattr(self.request, "user", None)
        return cast("User", user) if user is not None and user.is_authenticated else None

    @property
    def known_user_id(self) -> int | None:
        """The key of the signed-in user if it is loaded already, else None; makes no query."""
        user = getattr(self.request, "user", None)
        # A log line must not query the database.
        if isinstance(user, SimpleLazyObject) and user.__dict__["_wrapped"] is empty:
            return None
        return getattr(user, "pk", None)

    @property
    def who(self) -> str:
        """The name for the trail: of the user, 未登录, or the command with the system's user and whom it acts for."""
        if self.request is not None:
            return str(self.user) if self.user else "未登录"
        command = f"命令 {self.command}（{getpass.getuser()}）"
        return f"{self.acts_for}，由{command}代办" if self.acts_for else command


# Keys of ``request.META``.
NOTED = "accounts.request_context.noted"  # set when the refusal of this request is in the trail already
REASON = "accounts.request_context.reason"  # why the request is refused, as its response says
LOST = "accounts.request_context.lost"  # set when the database connection was lost during the request
KEPT = "accounts.request_context.origin"  # the request's RequestContext
_current: ContextVar[RequestContext | None] = ContextVar("origin", default=None)


def current_context() -> RequestContext:
    """The context of the running code; outside of requests that of the command, made at the first call."""
    origin = _current.get()
    if origin is None:
        command = sys.argv[1] if len(sys.argv) > 1 and Path(sys.argv[0]).name == "manage.py" else Path(sys.argv[0]).name
        origin = RequestContext(request_id=uuid.uuid4().hex, command=command[:60])
        _current.set(origin)
    return origin


def skip_response_audit() -> None:
    """Keep the middleware from adding its own event about the response to this request."""
    if (request := current_context().request) is not None:
        request.META[NOTED] = True


def set_refusal_reason(words: str) -> None:
    """Set the reason for the event about the response to this request; fixed texts only, never what a user typed."""
    if (request := current_context().request) is not None:
        request.META[REASON] = words


def context_of(request: object) -> RequestContext | None:
    """The context stored on a request; None for other objects and for requests before the middleware."""
    # Django logs a response after all middleware, when ``current_context`` is that of the process again.
    return request.META.get(KEPT) if isinstance(request, HttpRequest) else None


@contextmanager
def act_for(user: User | None) -> Iterator[None]:
    """Let a command act for a user in the block: history, trail and consequences name the user and the command."""
    with use_context(replace(current_context(), acts_for=user)):
        yield


@contextmanager
def use_context(origin: RequestContext) -> Iterator[None]:
    """Make this the current context for the block."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def address_of(request: HttpRequest) -> str:
    """The client address of a request, at most 64 characters: the last hop that is not one of our proxies."""
    # From the end: everything before the hop that our own proxy added can be forged by the client.
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    hops.append(str(request.META.get("REMOTE_ADDR", "")))
    while len(hops) > 1 and is_ours(hops[-1]):
        hops.pop()
    return hops[-1][:64]


def is_ours(address: str) -> bool:
    """Whether an address belongs to ``TRUSTED_PROXIES``; False for text that is not an address."""
    try:
        return any(ip_address(address) in ip_network(proxy) for proxy in settings.TRUSTED_PROXIES)
    except ValueError:
        return False


class RequestContextMiddleware:
    """Gives every request an id, which its response (X-Request-ID), its log lines and its events carry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, made in the request's own context."""
        origin = RequestContext(uuid.uuid4().hex, address_of(request), request)
        request.META[KEPT] = origin
        with use_context(origin):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = origin.request_id
        return response
