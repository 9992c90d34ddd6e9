"""Where what is being done comes from: a request, or a command on the server."""

from __future__ import annotations

import getpass
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, empty

if TYPE_CHECKING:  # log lines are written from here before there are models
    from accounts.users.models.users import User


@dataclass(frozen=True)
class RequestContext:
    """One request, or one command; ``request`` is looked at late because its user is known late."""

    request_id: str
    address: str = ""
    request: HttpRequest | None = None
    command: str = ""

    @property
    def user(self) -> User | None:
        """Who is signed in."""
        user = getattr(self.request, "user", None)
        return cast("User", user) if user is not None and user.is_authenticated else None

    @property
    def known_user_id(self) -> int | None:
        """The number of who is signed in, when it is known by now: a log line must not ask the database."""
        user = getattr(self.request, "user", None)
        if isinstance(user, SimpleLazyObject) and user.__dict__["_wrapped"] is empty:
            return None
        return getattr(user, "pk", None)

    @property
    def who(self) -> str:
        """The name to write down."""
        if self.request is None:
            return f"命令 {self.command}（{getpass.getuser()}）"
        return str(self.user) if self.user else "未登录"


NOTED = "accounts.request_context.noted"  # set on a request whose refusal has its row in the trail already
REASON = "accounts.request_context.reason"  # why a request is refused, in the words of its answer
LOST = "accounts.request_context.lost"  # set on a request under which the database went away
KEPT = "accounts.request_context.origin"  # where a request keeps its origin
_current: ContextVar[RequestContext | None] = ContextVar("origin", default=None)


def current_context() -> RequestContext:
    """The origin of what runs now; outside of requests the command that was started."""
    origin = _current.get()
    if origin is None:
        command = sys.argv[1] if len(sys.argv) > 1 and Path(sys.argv[0]).name == "manage.py" else Path(sys.argv[0]).name
        origin = RequestContext(request_id=uuid.uuid4().hex, command=command[:60])
        _current.set(origin)
    return origin


def skip_response_audit() -> None:
    """Let the middleware add no row of its own to the trail about the answer to this request."""
    if (request := current_context().request) is not None:
        request.META[NOTED] = True


def set_refusal_reason(words: str) -> None:
    """Let the row about the answer to this request say why; words of ours, never what somebody typed."""
    if (request := current_context().request) is not None:
        request.META[REASON] = words


def context_of(request: object) -> RequestContext | None:
    """The origin of a request: Django logs its answer only after all middleware, when nothing is current any more."""
    return request.META.get(KEPT) if isinstance(request, HttpRequest) else None


@contextmanager
def use_context(origin: RequestContext) -> Iterator[None]:
    """Let everything inside come from this origin."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: behind proxies of ours, and only there, the last hop that is none of them."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    hops.append(str(request.META.get("REMOTE_ADDR", "")))
    while len(hops) > 1 and is_ours(hops[-1]):
        hops.pop()
    return hops[-1][:64]


def is_ours(address: str) -> bool:
    """Whether an address is one of our proxies."""
    try:
        return any(ip_address(address) in ip_network(proxy) for proxy in settings.TRUSTED_PROXIES)
    except ValueError:
        return False


class RequestContextMiddleware:
    """Gives every request a number, which its answer, its log lines and its rows in the trail carry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer under the request's own origin."""
        origin = RequestContext(uuid.uuid4().hex, address_of(request), request)
        request.META[KEPT] = origin
        with use_context(origin):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = origin.request_id
        return response
