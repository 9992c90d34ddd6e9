"""The way back from a record to the filtered list it was opened from.

The links of a filtered list carry its address in ``?back=``. The pages of records hand it on: links in templates by
``{{ back_query }}``, breadcrumbs by the filter ``returning``, the redirects after a form by ``ReturnMiddleware``. So a
user with two lists open in two tabs comes back to the right one, and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.template import Context
from django.utils.http import url_has_allowed_host_and_scheme

PARAMETER = "back"
LONGEST = 2000  # characters; the longest filters with all their words take less


def list_address(request: HttpRequest) -> str:
    """The address of the list from which this page was opened, or an empty string; never one of another host."""
    address = request.GET.get(PARAMETER, "")
    is_path = address.startswith("/") and address.isprintable() and len(address) <= LONGEST
    return address if is_path and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def back_query(back: str) -> str:
    """The query string that carries the address of a list, with its question mark; empty for an empty address."""
    return f"?{urlencode({PARAMETER: back})}" if back else ""


def returning(address: str, back: str) -> str:
    """The address with the way back to a list; when it is the address of that list, the list as it was filtered."""
    parts = urlsplit(address)
    if not back or not address.startswith("/") or PARAMETER in parts.query:
        return address
    if parts.path == urlsplit(back).path:
        return f"{back}#{parts.fragment}" if parts.fragment else back
    query = f"{parts.query}&{back_query(back)[1:]}" if parts.query else back_query(back)[1:]
    return parts._replace(query=query).geturl()


def back_context(request: HttpRequest) -> dict[str, str]:
    """A context processor: ``list_address``, and ``back_query`` to write after the address of a link."""
    back = list_address(request)
    return {"list_address": back, "back_query": back_query(back)}


def way_back(context: Context) -> dict[str, Any]:
    """What an inclusion tag, whose template has a context of its own, hands on to it of ``back_context``."""
    return {name: context.get(name, "") for name in ("list_address", "back_query")}


class ReturnMiddleware:
    """Keeps the way back in the redirect after a form was submitted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, a redirect with the way back of the request."""
        response = self.get_response(request)
        if request.method == "POST" and response.has_header("Location"):
            response.headers["Location"] = returning(response.headers["Location"], list_address(request))
        return response
